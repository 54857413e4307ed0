"""Finished trips, read out of the facts: who went from where to where, how, and how long it took.

What nobody reports is when somebody sets out. A trip counts only if the plan left no time to wait: then leaving the
last door and setting out are one moment. That is decided by when they left, never by how long they took, so slow trips
are not preferred.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.contracts.dispatch import (
    BatchChosen,
    CanteenOpened,
    GoodsPickedUp,
    NeedAdmitted,
    RoutePlanned,
    Stop,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
    VolunteerPosted,
)
from shared.contracts.fact import Fact
from shared.contracts.needs import Request
from shared.contracts.places import Cell

_SLACK_S: Final = 5  # so much waiting may be planned into a trip that counts as one without; handing over takes more
_LEAST_STAY_S: Final = 30  # who reports arriving and finishing in one breath has reported neither
_LONGEST_S: Final = 2 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Trip:
    """One way of one volunteer, from leaving a place to arriving at the next."""

    area: str
    mode: str
    origin: Cell
    destination: Cell
    seconds: float


@dataclass(slots=True)
class _Walker:
    """What is known of one volunteer at a moment."""

    mode: str
    stops: tuple[Stop, ...] = ()
    left: tuple[datetime, Cell] | None = None
    arrived: tuple[datetime, Trip | None] | None = None


@dataclass(slots=True)
class _Street:
    """What is known of one area."""

    walkers: dict[str, _Walker] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    kitchens: dict[str, Cell] = field(default_factory=dict)
    cooked_at: dict[str, str | None] = field(default_factory=dict)

    def counter(self, need: str) -> Cell:
        """Give where the goods of a need are taken on board."""
        request = self.requests[need]
        kitchen = self.kitchens.get(self.cooked_at.get(need) or "") if request.meals else None
        return kitchen or request.pickup or request.cell


def trips_in(facts: Iterable[Fact]) -> Iterator[Trip]:
    """Give the trips that count; the facts of each area are in the order in which they were said."""
    areas: dict[str, _Street] = {}
    for fact in facts:
        if fact.type.startswith("linli.dispatch."):
            yield from _heard(areas.setdefault(fact.subject, _Street()), fact)


def _heard(street: _Street, fact: Fact) -> Iterator[Trip]:
    data = fact.data
    match data:
        case VolunteerPosted():
            street.walkers.setdefault(data.volunteer, _Walker("")).mode = data.profile.travel
        case NeedAdmitted():
            street.requests[data.need], street.cooked_at[data.need] = data.request, data.canteen
        case CanteenOpened():
            street.kitchens[data.canteen] = data.cell
        case BatchChosen():
            street.cooked_at[data.need] = data.canteen
        case RoutePlanned() if data.volunteer in street.walkers:
            street.walkers[data.volunteer].stops = data.stops
        case GoodsPickedUp() | VisitStarted() | VisitCompleted() | VisitFailed():
            if data.volunteer in street.walkers and data.need in street.requests:
                yield from _reported(street, fact.subject, data, data.at or fact.time)
        case _:
            pass


def _reported(
    street: _Street, area: str, data: GoodsPickedUp | VisitStarted | VisitCompleted | VisitFailed, at: datetime
) -> Iterator[Trip]:
    walker = street.walkers[data.volunteer]
    match data:
        case GoodsPickedUp():
            walker.left = (at, street.counter(data.need))
        case VisitStarted():
            walker.arrived = (at, _trip(walker, area, data, street.requests[data.need].cell, at))
        case _:
            arrived, walker.arrived = walker.arrived, None
            walker.left = (at, street.requests[data.need].cell)
            if arrived and arrived[1] and (at - arrived[0]).total_seconds() >= _LEAST_STAY_S:
                yield arrived[1]


def _trip(walker: _Walker, area: str, data: VisitStarted, here: Cell, at: datetime) -> Trip | None:
    doors = (one for one in walker.stops if one.action != "pickup")
    stop = next((one for one in doors if (one.need, one.slot) == (data.need, data.slot)), None)
    if walker.left is None or stop is None or walker.left[1] == here:
        return None
    left, origin = walker.left
    waits_s = (stop.starts_at - left).total_seconds() - stop.travel_s
    seconds = (at - left).total_seconds()
    if waits_s > _SLACK_S or not 0 < seconds <= _LONGEST_S:
        return None
    return Trip(area=area, mode=walker.mode, origin=origin, destination=here, seconds=seconds)
