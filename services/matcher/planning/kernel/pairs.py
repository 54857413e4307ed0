"""Where in one tour a pickup and its drop-off cost least."""

from services.matcher.planning.kernel.board import ANYTIME, CAPACITY, INTO, NOBODY, OUT, PICKUP
from services.matcher.planning.kernel.compiled import compiled, inlined
from services.matcher.planning.kernel.desk import (
    carried_of,
    limits_of,
    loads_of,
    nodes_of,
    people_of,
    slack_of,
    stops_of,
    tours_of,
    ways_of,
    windows_of,
)
from services.matcher.planning.kernel.memory import AFTER, LOW
from services.matcher.planning.kernel.timing import NEVER, first_allowed, lag_of, last_allowed
from services.matcher.planning.kernel.trial import fits_hot


@compiled
def price_pair(  # noqa: PLR0913, PLR0917 - numbers side by side
    desk: int, pickup: int, drop: int, tour: int, most: int, not_first: int, not_second: int
) -> tuple[int, int, int]:
    """Try the pickup after every stop, and the drop-off after it and after every later stop.

    Returns
    -------
    tuple of int
        Extra travel seconds and the stops after which the two are inserted; `most` and LOW if nothing costs less.
    """
    nodes, stops, place, door = nodes_of(desk), stops_of(desk), nodes_of(desk)[pickup].place, nodes_of(desk)[drop].place
    best, first, second = most, LOW, LOW
    if not _costs_less(desk, tour, place, door, most):
        return best, first, second
    windows, duty = windows_of(desk), people_of(desk)[tour].duty
    closes = min(last_allowed(windows, duty, pickup, ANYTIME - 1), last_allowed(windows, duty, drop, ANYTIME - 1))
    for at in range(tours_of(desk)[tour].length + 1):
        if stops[tour, at].leave > closes:
            break
        ahead = stops[tour, at + 1]
        last = tours_of(desk)[tour].length
        if ahead.place == place and ahead.node != NOBODY and nodes[ahead.node].kind == PICKUP:
            leave = ahead.start + nodes[ahead.node].service
            if first_allowed(windows, duty, pickup, leave) != NEVER:
                last = at  # to take it along, the last place among pickups at one counter is as good as any other
        cost, stop = _price_drop(desk, pickup, drop, tour, at, last, best, not_second if at == not_first else NOBODY)
        if cost < best:
            best, first, second = cost, at, stop
    return best, first, second


@inlined
def _price_drop(  # noqa: C901, PLR0913, PLR0917 - one walk along the tour
    desk: int, pickup: int, drop: int, tour: int, at: int, last: int, most: int, not_second: int
) -> tuple[int, int]:
    """Try the drop-off after every stop from `at` to `last`, the pickup after `at`; the cost, and after which stop."""
    nodes, people, ways, windows = nodes_of(desk), people_of(desk), ways_of(desk), windows_of(desk)
    stops, mode, duty = stops_of(desk), people[tour].mode, people[tour].duty
    place, door, ride = nodes[pickup].place, nodes[drop].place, nodes[drop].ride
    here, ahead, warm, best, second = stops[tour, at], stops[tour, at + 1], tours_of(desk)[tour].hot > 0, most, LOW
    there, between = ways[INTO, mode, place, here.place], ways[OUT, mode, place, door]
    detour = there + ways[OUT, mode, place, ahead.place] - ahead.way
    straight = there + between + ways[OUT, mode, door, ahead.place] - ahead.way
    if (detour >= most and straight >= most) or not _has_room(desk, tour, at, pickup):
        return most, second
    ready = here.leave + there + (nodes[pickup].setup if here.place != place else 0)
    start = first_allowed(windows, duty, pickup, ready)
    if start == NEVER:
        return most, second
    after = ways[OUT, mode, place, ahead.place] + (ahead.setup if ahead.place != place else 0)
    leave, ridden, before = start + nodes[pickup].service, 0, place
    picked, slack, delayed = leave, slack_of(desk), False
    spare = (here.spare if warm else ANYTIME) - (ready - here.leave + nodes[pickup].service)
    for stop in range(at, last + 1):
        this, then, cost = stops[tour, stop], stops[tour, stop + 1], straight
        if stop > at:  # go on to the next stop with the load on board
            lag = ways[OUT, mode, before, this.place] + (this.setup if this.place != before else 0)
            start = first_allowed(windows, duty, this.node, max(leave + lag, this.start))
            if stop == at + 1:
                delayed = warm and start > this.start + slack[tour, at]
            if start == NEVER or start > this.latest or not _has_room(desk, tour, stop, pickup):
                break
            before, leave = this.place, start + nodes[this.node].service
            spare = this.spare if warm else ANYTIME
            ridden += lag + nodes[this.node].service
            if ridden > ride or detour >= best:
                break
            cost = detour + ways[INTO, mode, door, before] + ways[OUT, mode, door, then.place] - then.way
        way = ways[OUT, mode, before, door]
        if cost >= best or ridden + way > ride or stop == not_second:
            continue
        start = first_allowed(windows, duty, drop, leave + way)
        lag = ways[OUT, mode, door, then.place] + (then.setup if then.place != door else 0)
        if start == NEVER or start + nodes[drop].service + lag > then.latest:
            continue
        if way + nodes[drop].service + lag - lag_of(stops, tour, stop + 1) > spare:
            continue  # a hot limit across this way would be broken
        if stop > at and start - ride + after > ahead.latest:
            continue  # the pickup would have to wait, and with it what comes next
        late = start - picked > ride or (warm and start + nodes[drop].service + lag > then.start + slack[tour, stop])
        if (late or delayed) and not fits_hot(desk, tour, pickup, at, drop, stop):
            continue
        best, second = cost, stop
    return best, second


@inlined
def _costs_less(desk: int, tour: int, place: int, door: int, most: int) -> bool:
    """Whether going by both places may cost less than that, whatever time it is.

    Either the pickup's way leads straight to the door, or each is a detour of its own.
    """
    ways, stops, mode = ways_of(desk), stops_of(desk), people_of(desk)[tour].mode
    straight, to_place, to_door = ANYTIME, ANYTIME, ANYTIME
    between = ways[OUT, mode, place, door]
    for at in range(tours_of(desk)[tour].length + 1):
        ahead = stops[tour, at + 1]
        come, go = ways[INTO, mode, place, stops[tour, at].place], ways[OUT, mode, door, ahead.place]
        straight = min(straight, come + between + go - ahead.way)
        to_place = min(to_place, come + ways[OUT, mode, place, ahead.place] - ahead.way)
        to_door = min(to_door, ways[INTO, mode, door, stops[tour, at].place] + go - ahead.way)
    return bool(min(straight, to_place + to_door) < most)


@inlined
def _has_room(desk: int, tour: int, at: int, pickup: int) -> bool:
    """Whether the new load fits beside what is on board after a stop."""
    loads, limits, carried = loads_of(desk), limits_of(desk), carried_of(desk)
    for load in range(loads.shape[1]):
        if carried[tour, at, AFTER, load] + loads[pickup, load] > limits[CAPACITY, tour, load]:
            return False
    return True
