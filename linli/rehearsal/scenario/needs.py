"""Writes what residents ask for on the day: lunches, requests of all kinds, patrols and reading room shifts."""

import datetime as dt
from collections.abc import Iterator
from functools import cache
from random import Random

from linli.rehearsal.scenario.chance import pick, turns
from linli.rehearsal.scenario.city import Area, Channel, Need, Resident
from linli.rehearsal.scenario.hours import at, between, minutes
from linli.rehearsal.scenario.people import office, resident, resident_phone
from linli.rehearsal.scenario.profiles import DIETS, HOURS, NOTES, REQUESTS
from linli.rehearsal.scenario.scene import Scene
from linli.rehearsal.scenario.volunteers import PATROL_HOURS, READING_HOURS, team_name
from shared.catalogue.model import Service
from shared.kernel.moments import TimeWindow

CHANNELS: dict[Channel, float] = {"window": 40, "online": 40, "wall": 20}
RUSH = {7: 6.0, 8: 14.0, 9: 18.0, 10: 15.0, 11: 9.0, 12: 4.0, 13: 6.0, 14: 10.0, 15: 8.0, 16: 6.0, 17: 4.0}
"""How many needs are reported in each hour of the day, in proportion (A)."""

SAME_DAY_LUNCH = 0.06
EVENING_BEFORE = 0.35
ALSO_EATS = 0.30
TWO_PORTIONS = 0.10

FIRST_REQUEST = 3000
FIRST_PATROL = 8000
FIRST_READING = 9000


def lunches(scene: Scene, area: Area, positions: tuple[int, ...]) -> Iterator[Need]:
    """Give one lunch per position: most are subscriptions known the evening before, a few come in the morning."""
    for order, position in enumerate(positions):
        number = f"{area.prefix}-{order + 1:04d}"
        own = scene.dice("lunch", number)
        late = own.random() < SAME_DAY_LUNCH
        morning, evening = _within(own, scene.on, "07:30-09:30"), _evening_before(own, scene.on)
        yield Need(
            number=number,
            area=area.code,
            service="meal.lunch",
            resident=_eater(scene, area, position),
            reported_at=morning if late else evening,
            channel=pick(own, CHANNELS),
            window=TimeWindow(
                opens=at(scene.on, own.choice(("10:45", "11:00", "11:15"))), closes=at(scene.on, "12:30")
            ),
            portions=2 if own.random() < TWO_PORTIONS else 1,
            diet=pick(own, DIETS),
            note=own.choice(NOTES["meal.lunch"]),
        )


def requests(scene: Scene, area: Area, positions: tuple[int, ...], eaters: tuple[int, ...]) -> Iterator[Need]:
    """Give one errand, repair or visit per position; eaters are the area's lunches, some of whom ask here too."""
    for order, position in enumerate(positions):
        number = f"{area.prefix}-{FIRST_REQUEST + order + 1:04d}"
        own = scene.dice("request", number)
        service = scene.catalogue.service(_asked(area.urban, order))
        reported_at = _reported(own, scene.on, service)
        eats = own.random() < ALSO_EATS and order // 2 < len(eaters)
        home = own.choice(area.communities)
        if service.mode == "shift":
            who = office(home)
        elif eats:
            who = _eater(scene, area, eaters[order // 2])
        else:
            who = resident(scene.dice("resident", number), area, resident_phone(position, eats=False))
        yield Need(
            number=number,
            area=area.code,
            service=service.code,
            resident=who,
            reported_at=reported_at,
            channel=_channel(own, service),
            window=_window(own, scene.on, service, reported_at),
            people=service.people,
            pickup=area.community(who.community).place if service.mode == "delivery" else None,
            note=_note(own, service),
        )


def patrols(scene: Scene, area: Area, teams: int) -> Iterator[Need]:
    """Give three shifts for each patrol team: day, evening and the night that follows."""
    service = scene.catalogue.service("patrol.round")
    shifts = [(team, hours) for team in range(teams) for hours in PATROL_HOURS]
    for order, (team, hours) in enumerate(shifts, FIRST_PATROL + 1):
        yield Need(
            number=f"{area.prefix}-{order:04d}",
            area=area.code,
            service=service.code,
            resident=office(area.communities[team * 5 % len(area.communities)]),
            reported_at=_evening_before(scene.dice("patrol", area.code, team), scene.on),
            channel="window",
            window=between(scene.on, hours),
            people=service.people,
            note=team_name(area, team),
        )


def reading_shifts(scene: Scene, area: Area) -> Iterator[Need]:
    """Give the two half-days of the area's reading room, if it has one: eight hours are promised for every day."""
    if area.reading_room is None:
        return
    service = scene.catalogue.service("reading.shift")
    for order, hours in enumerate(READING_HOURS, FIRST_READING + 1):
        yield Need(
            number=f"{area.prefix}-{order:04d}",
            area=area.code,
            service=service.code,
            resident=office(area.community(area.reading_room)),
            reported_at=_evening_before(scene.dice("reading", area.code, order), scene.on),
            channel="window",
            window=between(scene.on, hours),
            people=service.people,
            note="城市书房",
        )


def _eater(scene: Scene, area: Area, position: int) -> Resident:
    """Return the resident behind a lunch; the same one whoever asks."""
    return resident(scene.dice("eater", position), area, resident_phone(position, eats=True))


@cache
def _asked(urban: bool, order: int) -> str:  # noqa: FBT001 - a cached function takes its key by position
    """Deal the services in turn, so that even a small town asks for many kinds."""
    weights = {code: urban_weight if urban else rural for code, (urban_weight, rural) in REQUESTS.items()}
    return turns(weights, order + 1)[-1]


def _reported(own: Random, on: dt.date, service: Service) -> dt.datetime:
    early = service.window == "fixed" or (service.window == "chosen" and own.random() < EVENING_BEFORE)
    return _evening_before(own, on) if early else at(on, f"{pick(own, RUSH)}:{own.randrange(60):02d}")


def _evening_before(own: Random, on: dt.date) -> dt.datetime:
    return _within(own, on - dt.timedelta(days=1), "16:00-20:00")


def _within(own: Random, on: dt.date, hours: str) -> dt.datetime:
    span = between(on, hours)
    return span.opens + minutes(own.randrange((span.closes - span.opens) // minutes(1)))


def _window(own: Random, on: dt.date, service: Service, reported_at: dt.datetime) -> TimeWindow:
    """Return the window by the service's policy; nobody is disturbed after nine in the evening."""
    if service.window == "fixed":
        return between(on, own.choice(HOURS[service.code]))
    if service.mode == "claim":
        return TimeWindow(opens=reported_at, closes=reported_at + minutes(service.window_min))
    opens = reported_at if service.window == "asap" else _chosen(own, on, reported_at)
    return TimeWindow(opens=opens, closes=min(opens + minutes(service.window_min), at(on, "21:00")))


def _chosen(own: Random, on: dt.date, reported_at: dt.datetime) -> dt.datetime:
    """Return a half hour of the day, at least an hour after reporting."""
    halves = [at(on, "08:00") + minutes(30 * step) for step in range(21)]
    possible = [half for half in halves if half >= reported_at + minutes(60)]
    return own.choice(possible or [at(on, "19:00")])


def _channel(own: Random, service: Service) -> Channel:
    """Return the channel; what is sensitive never hangs on the wall, and a wish hangs nowhere else."""
    drawn = pick(own, CHANNELS)
    if service.mode == "claim":
        return "wall"
    return "window" if drawn == "wall" and (service.sensitive or service.mode == "shift") else drawn


def _note(own: Random, service: Service) -> str:
    if service.code == "errand.parcel":
        return f"取件码 {own.randint(1, 9)}-{own.randint(1, 6)}-{own.randint(1000, 9999)}"
    return own.choice(NOTES.get(service.code, ("",)))
