"""When each stop of a tour happens, and whether it can: the schedule of schedule.py, compiled.

The earliest schedule is the least fixed point of "no start before ..." (see schedule.py): push starts forward, raise
the pickups that would leave the kitchen too early for a hot limit, push again until nothing is raised.
"""

from services.matcher.planning.kernel.board import (
    ANYTIME,
    CAPACITY,
    DROP,
    NOBODY,
    OUT,
    OUTSET,
    PICKUP,
    VISIT,
)
from services.matcher.planning.kernel.compiled import Array, compiled, inlined
from services.matcher.planning.kernel.desk import (
    carried_of,
    limits_of,
    loads_of,
    nodes_of,
    now_of,
    people_of,
    slack_of,
    stops_of,
    tours_of,
    trial_of,
    versions_of,
    ways_of,
    windows_of,
)
from services.matcher.planning.kernel.memory import AFTER, FLOOR, LAG, MOST, NODE_AT, START

NEVER = -1


@inlined
def first_allowed(windows: Array, duty: int, node: int, moment: int) -> int:
    """Return the earliest allowed start that is not before a moment, or NEVER."""
    if moment <= windows[duty, node, 0, 1]:
        return int(max(moment, windows[duty, node, 0, 0]))
    for window in range(1, windows.shape[2]):
        if moment <= windows[duty, node, window, 1]:
            return int(max(moment, windows[duty, node, window, 0]))
    return NEVER


@inlined
def last_allowed(windows: Array, duty: int, node: int, moment: int) -> int:
    """Return the latest allowed start that is not after a moment, or NEVER."""
    for window in range(windows.shape[2] - 1, 0, -1):
        if moment >= windows[duty, node, window, 0]:
            return int(min(moment, windows[duty, node, window, 1]))
    if moment >= windows[duty, node, 0, 0]:
        return int(min(moment, windows[duty, node, 0, 1]))
    return NEVER


@compiled
def retime(desk: int, tour: int, first: int, last: int, grown: bool) -> bool:  # noqa: FBT001 - the compiler's calls
    """Work out the times, loads and cost of a tour whose sequence has changed; False if it breaks a rule.

    Only the stops from `first` to `last` and the ways to them and to the next one are new. If the tour has only
    `grown`, no stop is earlier than it was. The tour gets a new version.
    """
    one, now = tours_of(desk)[tour], now_of(desk)
    now[0].version += 1
    versions_of(desk)[tour] = now[0].version
    _add_up(desk, tour)
    if one.hot > 0:
        fine = (grown and _put_off(desk, tour, first, last)) or _earliest_hot(desk, tour, grown)
    else:
        fine = _earliest(desk, tour, first, last)
    if not fine:
        return False
    if one.hot > 0:
        _latest_hot(desk, tour)
        _spare(desk, tour)
    else:
        _latest(desk, tour, first, last)
    return bool(now_of(desk)[0].paired == 0) or _loads(desk, tour)


@inlined
def _add_up(desk: int, tour: int) -> None:
    one, person = tours_of(desk)[tour], people_of(desk)[tour]
    one.extra = (person.crowding if one.jobs >= person.fair else 0) + (person.fixed if one.length == 0 else 0)
    one.cost = one.travel + one.charges + person.crowding * max(0, one.jobs - person.fair)
    if one.length > 0:
        one.cost += person.fixed


@inlined
def link(desk: int, tour: int, at: int) -> None:
    """Work out the way to a stop after the stop before it has changed."""
    stops, one, mode = stops_of(desk), tours_of(desk)[tour], people_of(desk)[tour].mode
    stop, way = stops[tour, at], 0
    if one.length > 0:
        way = ways_of(desk)[OUT, mode, stops[tour, at - 1].place, stop.place]
    one.travel += way - stop.way
    stop.way = way


@compiled
def clear(desk: int, tour: int) -> None:
    """Make a tour empty: nothing between its outset and its end."""
    stops, person, one = stops_of(desk), people_of(desk)[tour], tours_of(desk)[tour]
    outset, end = stops[tour, 0], stops[tour, 1]
    outset.node, outset.place, outset.way, outset.setup = NOBODY, person.start, 0, 0
    outset.start, outset.leave, outset.latest = person.at, person.at, person.at
    end.node, end.place, end.way, end.setup, end.latest = NOBODY, person.end, 0, 0, person.end_by
    one.length, one.travel, one.charges, one.jobs, one.counted, one.kept, one.hot = 0, 0, 0, 0, 0, 0, 0
    for load in range(loads_of(desk).shape[1]):
        carried_of(desk)[tour, 0, AFTER, load] = limits_of(desk)[OUTSET, tour, load]
        carried_of(desk)[tour, 0, MOST, load] = limits_of(desk)[OUTSET, tour, load]
    retime(desk, tour, 1, 0, False)


@inlined
def lag_of(stops: Array, tour: int, at: int) -> int:
    """Seconds from leaving the stop before to being ready here."""
    setup = stops[tour, at].setup if stops[tour, at].place != stops[tour, at - 1].place else 0
    return int(stops[tour, at].way + setup)


@inlined
def _earliest(desk: int, tour: int, first: int, last: int) -> bool:
    nodes, stops, windows, person = nodes_of(desk), stops_of(desk), windows_of(desk), people_of(desk)[tour]
    duty, length, leave = person.duty, tours_of(desk)[tour].length, stops_of(desk)[tour, first - 1].leave
    for at in range(first, length + 1):
        node = stops[tour, at].node
        start = first_allowed(windows, duty, node, leave + lag_of(stops, tour, at))
        if at > last and start == stops[tour, at].start:
            return True  # from here on nothing has changed
        if start == NEVER:
            return False
        leave = start + nodes[node].service
        stops[tour, at].start, stops[tour, at].leave = start, leave
    return bool(length == 0 or leave + stops[tour, length + 1].way <= person.end_by)


@inlined
def _earliest_hot(desk: int, tour: int, grown: bool) -> bool:  # noqa: FBT001 - the compiler's calls
    nodes, stops, trial, length = nodes_of(desk), stops_of(desk), trial_of(desk), tours_of(desk)[tour].length
    for at in range(1, length + 1):
        trial[NODE_AT, at], trial[LAG, at], trial[FLOOR, at] = stops[tour, at].node, lag_of(stops, tour, at), 0
        if grown:
            trial[FLOOR, at] = stops[tour, at].start
    if not runs(desk, tour, length, stops[tour, length + 1].way):
        return False
    for at in range(1, length + 1):
        stops[tour, at].start = trial[START, at]
        stops[tour, at].leave = trial[START, at] + nodes[stops[tour, at].node].service
    return True


@inlined
def _put_off(desk: int, tour: int, first: int, last: int) -> bool:
    """Put off what comes after new stops on a tour with hot limits; False if that is not all there is to do.

    It is not if a pickup would have to wait for its drop-off, or a window is over. What was put off until then has to
    be in any case.
    """
    nodes, stops, windows, person = nodes_of(desk), stops_of(desk), windows_of(desk), people_of(desk)[tour]
    duty, length, leave = person.duty, tours_of(desk)[tour].length, stops_of(desk)[tour, first - 1].leave
    for at in range(first, length + 1):
        stop = stops[tour, at]
        node = nodes[stop.node]
        start = first_allowed(windows, duty, stop.node, max(leave + lag_of(stops, tour, at), stop.start))
        if at > last and start == stop.start:
            return True  # from here on nothing has changed
        if start == NEVER:
            return False
        if (
            node.kind == DROP
            and node.ride < ANYTIME
            and start - node.ride > stops[tour, nodes[node.mate].position].leave
        ):
            return False
        leave = start + node.service
        stop.start, stop.leave = start, leave
    return bool(leave + stops[tour, length + 1].way <= person.end_by)


@inlined
def runs(desk: int, tour: int, length: int, way_home: int) -> bool:
    """Whether the sequence on trial can be done in time, hot limits included; its starts are in `trial`.

    No start is below its FLOOR; one of 0 says nothing, and what the starts were before stops were added saves rounds.
    The number of rounds is that of schedule.py, so that both accept the same sequences.
    """
    nodes, windows, trial = nodes_of(desk), windows_of(desk), trial_of(desk)
    hot, later, duty = 0, 0, people_of(desk)[tour].duty
    for at in range(1, length + 1):
        node = trial[NODE_AT, at]
        nodes[node].spot = at
        if nodes[node].kind == DROP and nodes[node].ride < ANYTIME:
            hot += 1
        for window in range(1, windows.shape[2]):
            if windows[duty, node, window, 1] >= 0:
                later += 1
    for _ in range((1 + hot) * (1 + later)):
        if not _pushed(desk, tour, length, way_home):
            return False
        if not _raised(desk, length):
            return True
    return False


@inlined
def _pushed(desk: int, tour: int, length: int, way_home: int) -> bool:
    nodes, windows, trial, person = nodes_of(desk), windows_of(desk), trial_of(desk), people_of(desk)[tour]
    leave, duty = person.at, person.duty
    for at in range(1, length + 1):
        node = trial[NODE_AT, at]
        start = first_allowed(windows, duty, node, max(leave + trial[LAG, at], trial[FLOOR, at]))
        if start == NEVER:
            return False
        trial[START, at] = start
        leave = start + nodes[node].service
    return bool(leave + way_home <= person.end_by)


@inlined
def _raised(desk: int, length: int) -> bool:
    """Raise the floor of every pickup that would leave the kitchen too early; say whether one was raised."""
    nodes, trial, raised = nodes_of(desk), trial_of(desk), False
    for at in range(1, length + 1):
        node = nodes[trial[NODE_AT, at]]
        if node.kind != DROP or node.ride >= ANYTIME:
            continue
        pickup = nodes[node.mate].spot
        floor = trial[START, at] - node.ride - nodes[node.mate].service
        if trial[START, pickup] < floor:
            trial[FLOOR, pickup] = floor
            raised = True
    return raised


@inlined
def _latest(desk: int, tour: int, first: int, last: int) -> None:
    nodes, stops, windows, duty = nodes_of(desk), stops_of(desk), windows_of(desk), people_of(desk)[tour].duty
    last = min(last, tours_of(desk)[tour].length)
    moment = stops[tour, last + 1].latest - lag_of(stops, tour, last + 1)
    for at in range(last, 0, -1):
        node = stops[tour, at].node
        latest = last_allowed(windows, duty, node, moment - nodes[node].service)
        if at < first and latest == stops[tour, at].latest:
            return
        stops[tour, at].latest = latest
        moment = latest - lag_of(stops, tour, at)


@inlined
def _latest_hot(desk: int, tour: int) -> None:
    """As `_latest`, with every drop-off no later than its hot limit after the latest start of its pickup.

    Exact while ways are shortest ways: a stop more then makes no pickup's latest start later.
    """
    nodes, stops, windows, duty = nodes_of(desk), stops_of(desk), windows_of(desk), people_of(desk)[tour].duty
    trial, length, capped = trial_of(desk), tours_of(desk)[tour].length, True
    for at in range(1, length + 1):
        trial[FLOOR, at] = ANYTIME
    while capped:
        capped, moment = False, stops[tour, length + 1].latest - lag_of(stops, tour, length + 1)
        for at in range(length, 0, -1):
            node = stops[tour, at].node
            latest = last_allowed(windows, duty, node, min(moment - nodes[node].service, trial[FLOOR, at]))
            stops[tour, at].latest = latest
            moment = latest - lag_of(stops, tour, at)
            if nodes[node].kind == PICKUP and nodes[nodes[node].mate].ride < ANYTIME:
                drop = nodes[nodes[node].mate].position
                latest += nodes[node].service + nodes[nodes[node].mate].ride
                if stops[tour, drop].latest > latest:
                    trial[FLOOR, drop], capped = latest, True


@inlined
def _spare(desk: int, tour: int) -> None:
    """Work out how much longer each way may take, as if nobody had to wait anywhere; and how much later it may end.

    A delay only gets smaller from stop to stop, unless one of them has a later window: then nothing is said about it.
    """
    nodes, stops, trial, length = nodes_of(desk), stops_of(desk), trial_of(desk), tours_of(desk)[tour].length
    slack, windows, duty = slack_of(desk), windows_of(desk), people_of(desk)[tour].duty
    stops[tour, 0].spare, slack[tour, 0], clock, later = ANYTIME, ANYTIME, 0, False
    for at in range(1, length + 1):
        stops[tour, at].spare, slack[tour, at] = ANYTIME, ANYTIME
        clock += lag_of(stops, tour, at)
        trial[START, at] = clock
        node = nodes[stops[tour, at].node]
        clock += node.service
        if node.kind == DROP and node.ride < ANYTIME:
            pickup = nodes[node.mate].position
            spare = node.ride - trial[START, at] + trial[START, pickup] + nodes[node.mate].service
            later_by = node.ride - stops[tour, at].start + stops[tour, pickup].leave
            for before in range(at - 1, pickup - 1, -1):
                stops[tour, before].spare = min(stops[tour, before].spare, spare)
                slack[tour, before] = min(slack[tour, before], later_by)
        for window in range(1, windows.shape[2]):
            later = later or windows[duty, stops[tour, at].node, window, 1] >= 0
    if later:
        for at in range(length + 1):
            slack[tour, at] = NEVER


@inlined
def _loads(desk: int, tour: int) -> bool:
    nodes, loads, limits, stops, carried = (
        nodes_of(desk), loads_of(desk), limits_of(desk), stops_of(desk), carried_of(desk)
    )  # fmt: skip
    length = tours_of(desk)[tour].length
    for load in range(loads.shape[1]):
        amount = carried[tour, 0, AFTER, load]
        most, limit = amount, limits[CAPACITY, tour, load]
        for at in range(1, length + 1):
            node = stops[tour, at].node
            kind = nodes[node].kind
            if kind == PICKUP:
                amount += loads[node, load]
                if amount > limit:
                    return False
            elif kind != VISIT:
                amount -= loads[node, load]
            most = max(most, amount)
            carried[tour, at, AFTER, load], carried[tour, at, MOST, load] = amount, most
    return True
