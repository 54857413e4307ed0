"""When each step of a route happens under VROOM's rules: set-up only on arriving, breaks between ways, late departure.

The plan keeps every rule with some time to spare (see `reading.py`); going through its order again with less set-up
makes every moment the same or earlier, so it always fits.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matcher.application.solve_door.asked import Break
from services.matcher.application.solve_door.doings import Doing
from services.matcher.application.solve_door.reading import Reading
from services.matcher.planning.schedule import first_allowed, last_allowed

Windows = tuple[tuple[int, int], ...]


@dataclass(slots=True, kw_only=True)
class Item:
    """One step with its times, seconds of the span.

    Parameters
    ----------
    what
        A task or a break; None for the way to the vehicle's end.
    place
        Row of the ground; None for a break, and for an end anywhere.
    way_s, way_m
        The way that ends here.
    setup_s, service_s, windows
        How long it takes, and when it may start.
    start
        When it starts, after any waiting.
    """

    what: Doing | Break | None
    place: int | None
    way_s: int
    way_m: int
    setup_s: int
    service_s: int
    windows: Windows
    start: int

    @property
    def ends(self) -> int:
        """When it is over."""
        return self.start + self.setup_s + self.service_s


def timed(reading: Reading, number: int, doings: Sequence[tuple[int, Doing]]) -> list[Item]:
    """Give every step of a vehicle's route its times.

    Parameters
    ----------
    reading, number
        The question, and which vehicle's route.
    doings
        Its tasks in order, each with the moment for which it is planned.

    Returns
    -------
    list of Item
        Tasks and breaks in order, and the end; who leaves, leaves as late as is harmless.

    Raises
    ------
    AssertionError
        If the order cannot be kept: a mistake of ours.
    """
    timer, waiting = _Timer(reading, number), list(reading.shifts[number].pauses)
    for planned, doing in doings:
        pauses = [pause for moment, pause in waiting if moment <= planned]
        waiting = waiting[len(pauses) :]
        timer.go(pauses, doing)
    timer.go([pause for _, pause in waiting], None)
    _leave_late(timer.items)
    return timer.items


class _Timer:
    """Walks a route once, as early as possible."""

    def __init__(self, reading: Reading, number: int) -> None:
        kind, vehicle = reading.kinds[number], reading.question.vehicles[number]
        self._reading = reading
        self._shift = reading.shifts[number]
        self._ways = reading.ways[kind]
        self._metres = reading.ground.metres.get(vehicle.profile)
        self._end = reading.ends[number].end
        self._here = reading.ends[number].start
        self._moment = self._shift.opens
        self.items: list[Item] = []

    def go(self, pauses: Sequence[Break], doing: Doing | None) -> None:
        """Hold the breaks and do the task (or go to the end), with as many breaks before the way as is earliest."""
        tries = [self._tried(pauses, before, doing) for before in range(len(pauses), -1, -1)]
        found = min((one for one in tries if one is not None), key=lambda one: one[-1].ends, default=None)
        if found is None:
            raise AssertionError(f"the order of {self._shift} cannot be kept at {doing}")
        self.items += found
        self._moment, self._here = found[-1].ends, found[-1].place

    def _tried(self, pauses: Sequence[Break], before: int, doing: Doing | None) -> list[Item] | None:
        span, moment, found = self._reading.span, self._moment, list[Item]()
        target = self._end if doing is None else self._reading.place_of[id(doing.stop)]
        way = self._way(target)
        stays = target == self._here
        wanted = [self._pause(pause) for pause in pauses]
        if doing is None:
            wanted.append(_item(None, target, windows=((0, self._shift.closes),)))
        else:
            asked = doing.stop.time_windows
            windows = (span.whole,) if asked is None else tuple(map(span.window, asked))
            setup = 0 if stays else doing.stop.setup
            wanted.append(_item(doing, target, windows=windows, setup_s=setup, service_s=doing.stop.service))
        wanted[before].way_s, wanted[before].way_m = way
        for item in wanted:
            start = first_allowed(item.windows, moment + item.way_s)
            if start is None:
                return None
            item.start = start
            moment = item.ends
            found.append(item)
        return found if moment <= self._shift.closes else None

    def _pause(self, pause: Break) -> Item:
        windows = tuple(map(self._reading.span.window, pause.time_windows))
        return _item(pause, None, windows=windows, service_s=pause.service)

    def _way(self, target: int | None) -> tuple[int, int]:
        if self._here is None or target is None:
            return 0, 0
        metres = 0 if self._metres is None else self._metres.item(self._here, target)
        return self._ways.item(self._here, target), metres


def _item(
    what: Doing | Break | None, place: int | None, *, windows: Windows, setup_s: int = 0, service_s: int = 0
) -> Item:
    return Item(
        what=what, place=place, way_s=0, way_m=0, setup_s=setup_s, service_s=service_s, windows=windows, start=0
    )


def _leave_late(items: Sequence[Item]) -> None:
    """Move every start as late as the next one allows, so that nobody waits at a door who could have left later."""
    for item, after in zip(reversed(items[:-1]), reversed(items), strict=False):
        later = last_allowed(item.windows, after.start - after.way_s - item.setup_s - item.service_s)
        item.start = max(item.start, item.start if later is None else later)
