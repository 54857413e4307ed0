"""When each step of a route happens under VROOM's rules: set-up only on arriving, breaks wherever they fit.

A break is held between two tasks, before, after or amid the way from one to the other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.matcher.application.solve_door.asked import Break
from services.matcher.application.solve_door.doings import Doing
from services.matcher.application.solve_door.duty import Shift, Windows
from services.matcher.application.solve_door.reading import Reading
from services.matcher.planning.schedule import first_allowed, last_allowed


@dataclass(slots=True, kw_only=True)
class Item:
    """One step with its times, seconds of the span.

    Parameters
    ----------
    what
        A task or a break; None for the way to the vehicle's end.
    place
        Row of the ground; None for a break, and for an end anywhere.
    windows
        When it may start.
    way_s, way_m
        The way that ends here; for a break, the part of a way that lies before it.
    setup_s, service_s
        How long it takes.
    start
        When it starts, after any waiting.
    """

    what: Doing | Break | None
    place: int | None
    windows: Windows
    way_s: int = 0
    way_m: int = 0
    setup_s: int = 0
    service_s: int = 0
    start: int = 0

    @property
    def ends(self) -> int:
        """When it is over."""
        return self.start + self.setup_s + self.service_s


def timed(reading: Reading, number: int, doings: Sequence[Doing]) -> list[Item] | None:
    """Give every step of a vehicle's route its times.

    Parameters
    ----------
    reading, number
        The question, and which vehicle's route.
    doings
        Its tasks in order.

    Returns
    -------
    list of Item, or None
        Tasks, breaks and the end in order, everything as late as is harmless for what comes after; None if there is no
        way to keep the order.
    """
    shift = reading.shifts[number]
    wanted = _wanted(reading, number, doings)
    reached = _reached(shift, wanted)
    if reached is None:
        return None
    items = _items(shift, wanted, reached)
    _share_ways(items, _leave_late(items))
    return items


def _wanted(reading: Reading, number: int, doings: Sequence[Doing]) -> list[Item]:
    """Write down the tasks and the end, without times, each with the whole way to it."""
    ends, vehicle = reading.ends[number], reading.question.vehicles[number]
    ways, metres = reading.ways[reading.kinds[number]], reading.ground.metres.get(vehicle.profile)
    here, items = ends.start, list[Item]()
    for doing in (*doings, None):
        target = ends.end if doing is None else reading.place_of[id(doing.stop)]
        item = Item(what=doing, place=target, windows=((0, reading.shifts[number].closes),))
        if doing is not None:
            asked = doing.stop.time_windows
            item.windows = (reading.span.whole,) if asked is None else tuple(map(reading.span.window, asked))
            item.setup_s, item.service_s = 0 if target == here else doing.stop.setup, doing.stop.service
        if here is not None and target is not None:
            item.way_s = ways.item(here, target)
            item.way_m = 0 if metres is None else metres.item(here, target)
        items.append(item)
        here = target
    return items


class _Reached(NamedTuple):
    """How early something can be: `free` for a break, `there` at the next place; `held` breaks are behind."""

    free: int
    there: int
    held: int
    start: int = 0
    before: "_Reached | None" = None


def _reached(shift: Shift, wanted: Sequence[Item]) -> _Reached | None:
    """Find the way through tasks and breaks that is home first.

    A break begins as soon as it may: who holds it later is neither free nor anywhere else sooner.
    """
    front = [_Reached(free=shift.opens, there=shift.opens + wanted[0].way_s, held=0)]
    for item, after in zip(wanted, (*wanted[1:], None), strict=True):
        onward = 0 if after is None else after.way_s
        front = _done(item, onward, _with_breaks(shift, front))
        front = [one for one in front if one.free <= shift.closes]
    return next((one for one in front if one.held == len(shift.pauses)), None)


def _with_breaks(shift: Shift, front: Sequence[_Reached]) -> list[_Reached]:
    """Add what is reached by holding breaks before the next task; while a vehicle waits for one, it is on its way."""
    found = list(front)
    for one in found:  # grows: another break may follow
        if one.held == len(shift.pauses):
            continue
        pause = shift.pauses[one.held]
        begins = first_allowed(pause.windows, one.free)
        if begins is not None:
            free, there = begins + pause.service_s, max(one.there, begins) + pause.service_s
            found.append(_Reached(free=free, there=there, held=one.held + 1, start=begins, before=one))
    return found


def _done(item: Item, onward: int, front: Sequence[_Reached]) -> list[_Reached]:
    """Do a task, for every number of breaks as early as possible."""
    best: dict[int, _Reached] = {}
    for one in front:
        start = first_allowed(item.windows, one.there)
        if start is None or (one.held in best and best[one.held].start <= start):
            continue
        free = start + item.setup_s + item.service_s
        best[one.held] = _Reached(free=free, there=free + onward, held=one.held, start=start, before=one)
    return list(best.values())


def _items(shift: Shift, wanted: Sequence[Item], reached: _Reached) -> list[Item]:
    """Go back from the end: tasks with their starts, and the breaks between them."""
    items, left, at = list[Item](), list(wanted), reached
    while at.before is not None:
        if at.held == at.before.held:
            item = left.pop()
        else:
            pause = shift.pauses[at.before.held]
            item = Item(what=pause.asked, place=None, windows=pause.windows, service_s=pause.service_s)
        item.start = at.start
        items.append(item)
        at = at.before
    return items[::-1]


def _leave_late(items: Sequence[Item]) -> int:
    """Move every start as late as the next one allows, so that nobody waits at a door who could have left later.

    A break is held before setting out if it can be, else on the way or after it.

    Returns
    -------
    int
        When to leave the start.
    """
    free, due = items[-1].start, items[-1].start - items[-1].way_s  # to be done before it; to have set out for it
    for item in reversed(items[:-1]):
        length = item.setup_s + item.service_s
        if isinstance(item.what, Break):
            late = [last_allowed(item.windows, moment - length) for moment in (due, free)]
            item.start = next((one for one in late if one is not None and one >= item.start), item.start)
            free, due = item.start, min(due - length, item.start)
        else:
            later = last_allowed(item.windows, due - length)
            item.start = max(item.start, item.start if later is None else later)
            free, due = item.start, item.start - item.way_s
    return due


def _share_ways(items: Sequence[Item], moment: int) -> None:
    """Put the part of a way that lies before a break to the break."""
    breaks = list[Item]()
    for item in items:
        if isinstance(item.what, Break):
            breaks.append(item)
            continue
        way_s, way_m = item.way_s, item.way_m
        for pause in breaks:
            pause.way_s = min(item.way_s, pause.start - moment)
            pause.way_m = way_m * pause.way_s // max(1, way_s)
            item.way_s, item.way_m = item.way_s - pause.way_s, item.way_m - pause.way_m
            moment = pause.ends
        breaks, moment = [], item.ends
