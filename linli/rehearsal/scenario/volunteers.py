"""Fills an area with its volunteers: carriers, patrols and reading room helpers first, then neighbours of all kinds."""

import datetime as dt
from dataclasses import dataclass
from functools import cache
from random import Random

from linli.rehearsal.scenario.chance import pick, turns
from linli.rehearsal.scenario.city import Area, Credential, Duty, DutyKind, Travel, Volunteer
from linli.rehearsal.scenario.hours import between, minutes
from linli.rehearsal.scenario.people import full_name, home_cell, volunteer_phone
from linli.rehearsal.scenario.profiles import PROFILES, Profile
from linli.rehearsal.scenario.scene import Scene
from shared.kernel.moments import TimeWindow

CARRIER_HOURS = "10:15-13:00"
PATROL_HOURS = ("08:00-16:00", "16:00-24:00", "24:00-32:00")
READING_HOURS = ("09:00-13:00", "13:00-17:00")
ON_CALL_HOURS = (
    ("08:00-12:00",),
    ("14:00-18:00",),
    ("08:30-17:30",),
    ("17:00-21:00",),
    ("09:00-13:00", "15:00-19:00"),
)
ALL_DAY = ("07:30-21:00",)

ON_THE_WAY_MIN = 45  # those who hold a shift are there for it before it begins, and get home after it (A)

PER_PATROL_SHIFT = 3  # two walk, one can stand in
PER_READING_SHIFT = 3
ON_CALL_EVERY = 5  # with the standing duties, about a quarter of all are there today
EXPIRED = 0.03
VETTED = 0.3

CAPACITY: dict[Travel, tuple[int, int, int]] = {
    # meals in an insulated box, meals without, grams
    "walk": (8, 4, 8_000),
    "e-bike": (20, 6, 25_000),
    "car": (40, 10, 80_000),
}
TRAVEL: dict[bool, dict[Travel, float]] = {
    True: {"walk": 45, "e-bike": 45, "car": 10},
    False: {"walk": 15, "e-bike": 60, "car": 25},
}
CARRIER_TRAVEL: dict[bool, dict[Travel, float]] = {
    True: {"walk": 10, "e-bike": 85, "car": 5},
    False: {"e-bike": 75, "car": 25},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A place in a standing duty that somebody of the area holds today."""

    duty: Duty
    skills: tuple[str, ...] = ()
    team: str | None = None


def team_name(area: Area, order: int) -> str:
    """Return the name of the order-th patrol team of the area, counted from 0."""
    return f"{area.name}红袖标巡逻{order + 1}队"


def standing_places(area: Area, *, on: dt.date, carriers: int, teams: int) -> tuple[Standing, ...]:
    """Return all standing duties of the area today, in the order in which its volunteers take them."""
    carrier = Standing(duty=Duty(kind="carrier", window=between(on, CARRIER_HOURS)))
    patrols = [
        Standing(duty=_shift_duty("patrol", on, hours), skills=("巡防",), team=team_name(area, team))
        for team in range(teams)
        for hours in PATROL_HOURS
        for _ in range(PER_PATROL_SHIFT)
    ]
    reading = [
        Standing(duty=_shift_duty("reading", on, hours))
        for hours in (READING_HOURS if area.reading_room else ())
        for _ in range(PER_READING_SHIFT)
    ]
    return (*[carrier] * carriers, *patrols, *reading)


def _shift_duty(kind: DutyKind, on: dt.date, hours: str) -> Duty:
    shift = between(on, hours)
    return Duty(
        kind=kind,
        window=TimeWindow(opens=shift.opens - minutes(ON_THE_WAY_MIN), closes=shift.closes + minutes(ON_THE_WAY_MIN)),
    )


def volunteers_of(
    scene: Scene, area: Area, positions: tuple[int, ...], places: tuple[Standing, ...]
) -> tuple[Volunteer, ...]:
    """Return the area's volunteers; positions are their places in the city's list, counted from 0."""
    return tuple(
        _volunteer(scene, area, position=position, order=order, places=places)
        for order, position in enumerate(positions)
    )


def _volunteer(scene: Scene, area: Area, *, position: int, order: int, places: tuple[Standing, ...]) -> Volunteer:
    number = f"V-{position + 1:04d}"
    own = scene.dice("volunteer", number)
    community = own.choice(area.communities)
    standing = places[order] if order < len(places) else None
    profile = _profile(own, area, order)
    carries = standing is not None and standing.duty.kind == "carrier"
    travel = pick(own, (CARRIER_TRAVEL if carries else TRAVEL)[area.urban])
    boxed, loose, grams = CAPACITY[travel]
    return Volunteer(
        number=number,
        name=full_name(own),
        phone=volunteer_phone(position),
        area=area.code,
        community=community.code,
        home=home_cell(own, community),
        skills=frozenset((*profile.skills, *(standing.skills if standing else ()))),
        credentials=tuple(
            Credential(name=name, valid_until=_valid(own, area, name, scene.on)) for name in profile.credentials
        ),
        travel=travel,
        capacity_meals=boxed if carries else loose,
        capacity_grams=grams,
        languages=_languages(own),
        vetted=profile.vetted or own.random() < VETTED,
        team=standing.team if standing else None,
        duties=(standing.duty,) if standing else _on_call(own, scene.on, profile, order),
    )


def _profile(own: Random, area: Area, order: int) -> Profile:
    """Deal the kinds of those on call in turn, so that no area lacks one by bad luck; draw the others."""
    weights = {place: profile.urban if area.urban else profile.rural for place, profile in enumerate(PROFILES)}
    if order % ON_CALL_EVERY == 0:
        return PROFILES[_dealt(area.urban, order // ON_CALL_EVERY)]
    return PROFILES[pick(own, weights)]


@cache
def _dealt(urban: bool, order: int) -> int:  # noqa: FBT001 - a cached function takes its key by position
    weights = {place: profile.urban if urban else profile.rural for place, profile in enumerate(PROFILES)}
    return turns(weights, order + 1)[-1]


def _on_call(own: Random, on: dt.date, profile: Profile, order: int) -> tuple[Duty, ...]:
    hours = ALL_DAY if profile.scarce else own.choice(ON_CALL_HOURS)
    if order % ON_CALL_EVERY:
        return ()
    return tuple(Duty(kind="on-call", window=between(on, span)) for span in hours)


def _valid(own: Random, area: Area, name: str, on: dt.date) -> dt.date:
    """Return the last valid day: yesterday for a few, and for everybody where the area's papers lapsed."""
    left_days = own.randint(20, 900)
    if name in area.lapsed or own.random() < EXPIRED:
        return on - dt.timedelta(days=1)
    return on + dt.timedelta(days=left_days)


def _languages(own: Random) -> tuple[str, ...]:
    spoken = ["zh"]
    for language, share in (("zh-x-sichuan", 0.85), ("csl", 0.01), ("ii", 0.005), ("en", 0.03)):
        if own.random() < share:
            spoken.append(language)
    return tuple(spoken)
