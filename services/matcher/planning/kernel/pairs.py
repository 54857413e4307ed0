"""Where in one tour a pickup and its drop-off cost least."""

from services.matcher.planning.kernel.board import ANYTIME, CAPACITY, INTO, NOBODY, OUT, PICKUP
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    carried_of,
    limits_of,
    loads_of,
    nodes_of,
    people_of,
    stops_of,
    tours_of,
    ways_of,
    windows_of,
)
from services.matcher.planning.kernel.memory import AFTER
from services.matcher.planning.kernel.timing import NEVER, first_allowed
from services.matcher.planning.kernel.trial import fits_hot


@compiled
def price_pair(  # noqa: C901, PLR0913, PLR0917 - numbers and arrays side by side
    desk: int, pickup: int, drop: int, tour: int, not_first: int, not_second: int
) -> tuple[int, int, int]:
    """Try the pickup after every stop, and the drop-off after it and after every later stop.

    Returns
    -------
    tuple of int
        Extra travel seconds (ANYTIME if nothing fits), and the stops after which the two are inserted.
    """
    nodes, people, ways, windows = nodes_of(desk), people_of(desk), ways_of(desk), windows_of(desk)
    stops, tours = stops_of(desk), tours_of(desk)
    mode, duty, place, door = people[tour].mode, people[tour].duty, nodes[pickup].place, nodes[drop].place
    length, ride, hot = tours[tour].length, nodes[drop].ride, tours[tour].hot > 0 or nodes[drop].ride < ANYTIME
    best, first, second = ANYTIME, 0, 0
    for at in range(length + 1):
        here, ahead = stops[tour, at], stops[tour, at + 1]
        if ahead.place == place and ahead.node != NOBODY and nodes[ahead.node].kind == PICKUP:
            continue  # the last place among pickups at one counter is as good as any other
        there = ways[INTO, mode, place, here.place]
        detour = there + ways[OUT, mode, place, ahead.place] - ahead.way
        straight = there + ways[OUT, mode, place, door] + ways[OUT, mode, door, ahead.place] - ahead.way
        if (detour >= best and straight >= best) or not _has_room(desk, tour, at, pickup):
            continue
        ready = here.leave + there + (nodes[pickup].setup if here.place != place else 0)
        start = first_allowed(windows, duty, pickup, ready)
        if start == NEVER:
            continue
        leave, ridden, before = start + nodes[pickup].service, 0, place
        for stop in range(at, length + 1):
            this, then = stops[tour, stop], stops[tour, stop + 1]
            if stop > at:  # go on to the next stop with the load on board
                lag = ways[OUT, mode, before, this.place] + (this.setup if this.place != before else 0)
                start = first_allowed(windows, duty, this.node, leave + lag)
                if start == NEVER or start > this.latest or not _has_room(desk, tour, stop, pickup):
                    break
                before, leave = this.place, start + nodes[this.node].service
                ridden += lag + nodes[this.node].service
                if ridden > ride or detour >= best:
                    break
                delta = detour + ways[INTO, mode, door, before] + ways[OUT, mode, door, then.place] - then.way
            else:
                delta = straight
            way, on = ways[OUT, mode, before, door], ways[OUT, mode, door, then.place]
            if delta >= best or ridden + way > ride or (at == not_first and stop == not_second):
                continue
            start = first_allowed(windows, duty, drop, leave + way)
            lag = on + (then.setup if then.place != door else 0)
            if start == NEVER or start + nodes[drop].service + lag > then.latest:
                continue
            if hot and not fits_hot(desk, tour, pickup, at, drop, stop):
                continue
            best, first, second = delta, at, stop
    return best, first, second


@compiled
def _has_room(desk: int, tour: int, at: int, pickup: int) -> bool:
    """Whether the new load fits beside what is on board after a stop."""
    loads, limits, carried = loads_of(desk), limits_of(desk), carried_of(desk)
    for load in range(loads.shape[1]):
        if carried[tour, at, AFTER, load] + loads[pickup, load] > limits[CAPACITY, tour, load]:
            return False
    return True
