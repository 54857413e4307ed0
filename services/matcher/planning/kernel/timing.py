"""When each stop of a tour happens, and whether it can: the schedule of schedule.py, compiled.

The earliest schedule is the least fixed point of "no start before ..." (see schedule.py): push starts forward, raise
the pickups that would leave the kitchen too early for a hot limit, push again until nothing is raised.
"""

from services.matcher.planning.kernel.board import ANYTIME, CARRIED, DROP, NOBODY, PICKUP, VISIT, Board
from services.matcher.planning.kernel.compiled import Array, compiled
from services.matcher.planning.kernel.memory import Memory

NEVER = -1
NODE, LAG, START, FLOOR = range(4)  # rows of Memory.trial


@compiled
def first_allowed(windows: Array, duty: int, node: int, moment: int) -> int:
    """Return the earliest allowed start that is not before a moment, or NEVER."""
    for window in range(windows.shape[2]):
        if moment <= windows[duty, node, window, 1]:
            return max(moment, windows[duty, node, window, 0])
    return NEVER


@compiled
def last_allowed(windows: Array, duty: int, node: int, moment: int) -> int:
    """Return the latest allowed start that is not after a moment, or NEVER."""
    for window in range(windows.shape[2] - 1, -1, -1):
        if moment >= windows[duty, node, window, 0]:
            return min(moment, windows[duty, node, window, 1])
    return NEVER


@compiled
def retime(board: Board, memory: Memory, tour: int) -> bool:
    """Work out everything about a tour from its sequence of nodes; False if it breaks a rule.

    The sequence and the length are given; all else is overwritten, and the tour gets a new version.
    """
    memory.now[0].version += 1
    memory.tours[tour].version = memory.now[0].version
    _summarise(board, memory, tour)
    if not _earliest(board, memory, tour):
        return False
    _latest(board, memory, tour)
    return _loads(board, memory, tour)


@compiled
def _summarise(board: Board, memory: Memory, tour: int) -> None:
    """Places, ways, positions and cost."""
    stops, nodes, person = memory.stops, board.nodes, board.people[tour]
    length = memory.tours[tour].length
    here, travel, charges, jobs, counted, hot = person.start, 0, 0, 0, 0, 0
    stops[tour, 0].node, stops[tour, 0].place = NOBODY, here
    stops[tour, 0].start = stops[tour, 0].leave = person.at
    for at in range(1, length + 1):
        stop, node = stops[tour, at], stops[tour, at].node
        stop.place, stop.setup = nodes[node].place, nodes[node].setup
        stop.way = board.out[person.mode, here, stop.place]
        travel += stop.way
        here = stop.place
        job = nodes[node].job
        memory.position[node], memory.tour_of[job] = at, tour
        if nodes[node].kind != PICKUP:
            jobs += 1
            counted += board.jobs[job].counts
            charges += board.charge[job, tour]
            hot += nodes[node].ride < ANYTIME
    end = stops[tour, length + 1]
    end.node, end.place, end.setup, end.latest = NOBODY, person.end, 0, person.end_by
    end.way = board.out[person.mode, here, person.end] if length else 0
    one = memory.tours[tour]
    one.jobs, one.counted, one.hot = jobs, counted, hot
    one.extra = (person.crowding if jobs >= person.fair else 0) + (person.fixed if length == 0 else 0)
    one.cost = travel + end.way + charges + person.crowding * max(0, jobs - person.fair)
    if length:
        one.cost += person.fixed


@compiled
def _lag(stops: Array, tour: int, at: int) -> int:
    """Seconds from leaving the stop before to being ready here."""
    return stops[tour, at].way + (stops[tour, at].setup if stops[tour, at].place != stops[tour, at - 1].place else 0)


@compiled
def _earliest(board: Board, memory: Memory, tour: int) -> bool:
    stops, nodes, duty, length = memory.stops, board.nodes, board.people[tour].duty, memory.tours[tour].length
    if memory.tours[tour].hot:
        return _earliest_hot(board, memory, tour)
    leave = stops[tour, 0].leave
    for at in range(1, length + 1):
        node = stops[tour, at].node
        start = first_allowed(board.windows, duty, node, leave + _lag(stops, tour, at))
        if start == NEVER:
            return False
        leave = start + nodes[node].service
        stops[tour, at].start, stops[tour, at].leave = start, leave
    return length == 0 or leave + stops[tour, length + 1].way <= board.people[tour].end_by


@compiled
def _earliest_hot(board: Board, memory: Memory, tour: int) -> bool:
    stops, nodes, trial, length = memory.stops, board.nodes, memory.trial, memory.tours[tour].length
    for at in range(1, length + 1):
        trial[NODE, at], trial[LAG, at] = stops[tour, at].node, _lag(stops, tour, at)
    if not runs(nodes, board.windows, trial, memory.spot, length, board.people[tour], stops[tour, length + 1].way):
        return False
    for at in range(1, length + 1):
        stops[tour, at].start = trial[START, at]
        stops[tour, at].leave = trial[START, at] + nodes[stops[tour, at].node].service
    return True


@compiled
def runs(nodes: Array, windows: Array, trial: Array, spot: Array, length: int, person: Array, way_home: int) -> bool:
    """Whether the sequence on trial can be done in time, hot limits included; its starts are in `trial`.

    The number of rounds is that of schedule.py, so that both accept the same sequences.
    """
    hot, later = 0, 0
    for at in range(1, length + 1):
        node = trial[NODE, at]
        trial[FLOOR, at] = 0
        spot[node] = at
        hot += nodes[node].kind == DROP and nodes[node].ride < ANYTIME
        for window in range(1, windows.shape[2]):
            later += windows[person.duty, node, window, 1] >= 0
    for _ in range((1 + hot) * (1 + later)):
        if not _pushed(nodes, windows, trial, length, person, way_home):
            return False
        if not _raised(nodes, trial, spot, length):
            return True
    return False


@compiled
def _pushed(nodes: Array, windows: Array, trial: Array, length: int, person: Array, way_home: int) -> bool:
    leave = person.at
    for at in range(1, length + 1):
        node = trial[NODE, at]
        start = first_allowed(windows, person.duty, node, max(leave + trial[LAG, at], trial[FLOOR, at]))
        if start == NEVER:
            return False
        trial[START, at] = start
        leave = start + nodes[node].service
    return leave + way_home <= person.end_by


@compiled
def _raised(nodes: Array, trial: Array, spot: Array, length: int) -> bool:
    """Raise the floor of every pickup that would leave the kitchen too early; say whether one was raised."""
    raised = False
    for at in range(1, length + 1):
        node = trial[NODE, at]
        if nodes[node].kind != DROP or nodes[node].ride >= ANYTIME:
            continue
        pickup = spot[nodes[node].mate]
        floor = trial[START, at] - nodes[node].ride - nodes[trial[NODE, pickup]].service
        if trial[START, pickup] < floor:
            trial[FLOOR, pickup] = floor
            raised = True
    return raised


@compiled
def _latest(board: Board, memory: Memory, tour: int) -> None:
    stops, nodes, duty, length = memory.stops, board.nodes, board.people[tour].duty, memory.tours[tour].length
    moment = stops[tour, length + 1].latest - stops[tour, length + 1].way
    for at in range(length, 0, -1):
        node = stops[tour, at].node
        stops[tour, at].latest = last_allowed(board.windows, duty, node, moment - nodes[node].service)
        moment = stops[tour, at].latest - _lag(stops, tour, at)


@compiled
def _loads(board: Board, memory: Memory, tour: int) -> bool:
    stops, nodes, carried, peak = memory.stops, board.nodes, memory.carried, memory.peak
    length = memory.tours[tour].length
    for load in range(carried.shape[2]):
        amount = board.outset_load[tour, load]
        for at in range(1, length + 1):
            node = stops[tour, at].node
            if nodes[node].kind == CARRIED:
                amount += board.loads[node, load]
        most, limit = amount, board.capacity[tour, load]
        carried[tour, 0, load] = peak[tour, 0, load] = amount
        for at in range(1, length + 1):
            node = stops[tour, at].node
            kind = nodes[node].kind
            if kind == PICKUP:
                amount += board.loads[node, load]
                if amount > limit:
                    return False
            elif kind != VISIT:
                amount -= board.loads[node, load]
            most = max(most, amount)
            carried[tour, at, load], peak[tour, at, load] = amount, most
    return True
