"""Generates the whole day of a city, or of some of its areas, from one seed."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from linli.rehearsal.scenario.chance import seats
from linli.rehearsal.scenario.changes import changes
from linli.rehearsal.scenario.city import DEFAULT_DATE, Area, City, Need, Volunteer
from linli.rehearsal.scenario.geography import longchang
from linli.rehearsal.scenario.kitchens import canteens
from linli.rehearsal.scenario.needs import lunches, patrols, reading_shifts, requests
from linli.rehearsal.scenario.scene import Scene
from linli.rehearsal.scenario.volunteers import standing_places, volunteers_of
from shared.catalogue.load import Catalogue, load_catalogue


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How many of each the whole city has; the defaults are the figures of the seed document."""

    volunteers: int = 6_000
    """ "6000余名在职党员" """
    lunches: int = 1_000
    """(A)"""
    requests: int = 767
    """23,000 person-visits over a 30-day peak (A)."""
    teams: int = 24
    """ "治安巡逻队24支", three shifts each"""
    carriers: int = 150
    """On standing duty near lunch (A)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Who gets which part of the city: positions in the city's lists, by area code."""

    volunteers: dict[str, tuple[int, ...]]
    lunches: dict[str, tuple[int, ...]]
    requests: dict[str, tuple[int, ...]]
    teams: dict[str, tuple[int, ...]]
    carriers: dict[str, tuple[int, ...]]


def day(
    seed: int,
    *,
    on: dt.date = DEFAULT_DATE,
    areas: Collection[str] | None = None,
    sizes: Sizes | None = None,
    catalogue: Catalogue | None = None,
) -> City:
    """Return the day of the city, or exactly the part of it that concerns the areas of these codes.

    Everyone has their own dice, so an area alone is the same as within the city, and one more volunteer or need at the
    end of a list leaves all others as they are.

    Raises
    ------
    LookupError
        If an area code is not one of the city's.
    """
    every_area = longchang()
    chosen = _chosen(every_area, areas)
    shares = _shares(every_area, sizes or Sizes())
    scene = Scene(seed=seed, on=on, catalogue=catalogue or load_catalogue())
    codes = {area.code for area in chosen}
    lunch_counts = {code: len(positions) for code, positions in shares.lunches.items()}
    needs = tuple(need for area in chosen for need in _needs(scene, area, shares))
    return City(
        seed=seed,
        on=on,
        areas=chosen,
        canteens=tuple(open_ for open_ in canteens(every_area, lunch_counts, on) if open_.area in codes),
        volunteers=tuple(
            sorted(
                (volunteer for area in chosen for volunteer in _volunteers(scene, area, shares)),
                key=lambda volunteer: int(volunteer.number.removeprefix("V-")),
            )
        ),
        needs=needs,
        changes=changes(seed, on, needs),
    )


def _chosen(every_area: tuple[Area, ...], codes: Collection[str] | None) -> tuple[Area, ...]:
    if codes is None:
        return every_area
    unknown = sorted(set(codes) - {area.code for area in every_area})
    if unknown:
        names = ", ".join(f"{area.code} {area.name}" for area in every_area)
        raise LookupError(f"No area {', '.join(unknown)}: choose from {names}.")
    return tuple(area for area in every_area if area.code in codes)


def _shares(every_area: tuple[Area, ...], sizes: Sizes) -> Shares:
    people = {area.code: float(area.share) for area in every_area}
    fed = {area.code: float(area.share) if area.canteen_sites else 0.0 for area in every_area}
    return Shares(
        volunteers=seats(people, sizes.volunteers),
        lunches=seats(fed, sizes.lunches),
        requests=seats(people, sizes.requests),
        teams=seats(people, sizes.teams),
        carriers=seats(fed, sizes.carriers),
    )


def _volunteers(scene: Scene, area: Area, shares: Shares) -> tuple[Volunteer, ...]:
    carriers, teams = len(shares.carriers[area.code]), len(shares.teams[area.code])
    return volunteers_of(
        scene,
        area,
        positions=shares.volunteers[area.code],
        places=standing_places(area, on=scene.on, carriers=carriers, teams=teams),
    )


def _needs(scene: Scene, area: Area, shares: Shares) -> tuple[Need, ...]:
    eaters = shares.lunches[area.code]
    return (
        *lunches(scene, area, eaters),
        *requests(scene, area, shares.requests[area.code], eaters),
        *patrols(scene, area, len(shares.teams[area.code])),
        *reading_shifts(scene, area),
    )
