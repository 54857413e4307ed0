"""Where in one tour a job costs least: exact, feasible, and remembered until the tour changes.

A ruin changes a few tours; for all others the price of a job is still known. So an iteration prices each job of
the pool in the ruined tours only, and looks the rest up.
"""

from services.matcher.planning.kernel.board import ANYTIME, CAPACITY, CARRIED, INTO, NOBODY, OUT
from services.matcher.planning.kernel.compiled import inlined
from services.matcher.planning.kernel.desk import (
    carried_of,
    charge_of,
    jobs_of,
    limits_of,
    loads_of,
    nodes_of,
    now_of,
    people_of,
    slack_of,
    stops_of,
    tours_of,
    ways_of,
    windows_of,
)
from services.matcher.planning.kernel.memory import LOW, MOST
from services.matcher.planning.kernel.pairs import price_pair
from services.matcher.planning.kernel.timing import NEVER, first_allowed, lag_of, last_allowed
from services.matcher.planning.kernel.trial import fits_hot


@inlined
def pack(delta: int, first: int, second: int) -> int:
    """Put a price and the stops after which to insert into one number that sorts by price."""
    return (delta << 32) | (first << 16) | second


@inlined
def price(  # noqa: PLR0913, PLR0917 - numbers side by side
    desk: int, job: int, tour: int, most: int, not_first: int, not_second: int
) -> int:
    """Work out the packed price of the cheapest insertion below `most`, other than the given one.

    If there is none, the answer is `most` with LOW for both stops: as a packed price not below any of `most`.
    """
    one, now, charge = jobs_of(desk)[job], tours_of(desk)[tour], charge_of(desk)[job, tour]
    extra, first, second = now.extra + charge, LOW, LOW
    if charge < 0 or now.length + 4 > stops_of(desk).shape[1]:
        return pack(ANYTIME, LOW, LOW)
    delta = most - extra
    if one.second != NOBODY:
        delta, first, second = price_pair(desk, one.first, one.second, tour, delta, not_first, not_second)
    else:
        delta, first = _price_single(desk, one.first, tour, delta, not_first)
        second = first
    return pack(delta + extra, first, second)


@inlined
def _price_single(desk: int, node: int, tour: int, most: int, not_first: int) -> tuple[int, int]:
    """Price a node that has no mate on the tour; a visit, or what is on board from the outset."""
    from_outset = nodes_of(desk)[node].kind == CARRIED
    if from_outset and not _carries(desk, tour, 0, node):
        return most, LOW
    loaded = from_outset and now_of(desk)[0].paired > 0  # without pickups the load only falls
    hot = tours_of(desk)[tour].hot > 0
    if loaded or hot:
        return _walk(desk, node, tour, most, not_first, loaded, hot)
    return _walk(desk, node, tour, most, not_first, False, False)  # written out anew, and a tenth faster for it


@inlined
def _walk(  # noqa: PLR0913, PLR0917 - numbers side by side
    desk: int,
    node: int,
    tour: int,
    most: int,
    not_first: int,
    loaded: bool,  # noqa: FBT001 - the compiler's calls
    hot: bool,  # noqa: FBT001 - the compiler's calls
) -> tuple[int, int]:
    """Try a node after every stop; the load on the way there, and hot limits, are watched only where they matter."""
    nodes, person, ways, windows = nodes_of(desk), people_of(desk)[tour], ways_of(desk), windows_of(desk)
    stops, mode, duty, place, service = stops_of(desk), person.mode, person.duty, nodes[node].place, nodes[node].service
    best, first, closes = most, LOW, last_allowed(windows, duty, node, ANYTIME - 1)
    for at in range(tours_of(desk)[tour].length + 1):
        here, ahead = stops[tour, at], stops[tour, at + 1]
        if here.leave > closes or (loaded and not _carries(desk, tour, at, node)):
            break
        there, on = ways[INTO, mode, place, here.place], ways[OUT, mode, place, ahead.place]
        delta = there + on - ahead.way
        if delta >= best:
            continue
        start = first_allowed(windows, duty, node, here.leave + there)
        lag = on + (ahead.setup if ahead.place != place else 0)
        then = start + service + lag
        if start == NEVER or then > ahead.latest or at == not_first:
            continue
        if hot and there + service + lag - lag_of(stops, tour, at + 1) > here.spare:
            continue
        delayed = hot and then > ahead.start + slack_of(desk)[tour, at]
        if delayed and not fits_hot(desk, tour, node, at, NOBODY, NOBODY):
            continue
        best, first = delta, at
    return best, first


@inlined
def _carries(desk: int, tour: int, at: int, node: int) -> bool:
    """Whether there is room for the load from the outset to a stop."""
    loads, limits, carried = loads_of(desk), limits_of(desk), carried_of(desk)
    for load in range(loads.shape[1]):
        if carried[tour, at, MOST, load] + loads[node, load] > limits[CAPACITY, tour, load]:
            return False
    return True
