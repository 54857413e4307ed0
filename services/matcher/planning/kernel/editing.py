"""Change tours so that an iteration can be taken back: remember, take off, close ranks, put on, restore."""

from services.matcher.planning.kernel.board import NOBODY, Board
from services.matcher.planning.kernel.compiled import Array, compiled
from services.matcher.planning.kernel.memory import Memory
from services.matcher.planning.kernel.timing import retime


@compiled
def begin(memory: Memory) -> None:
    """Start an iteration: nothing is touched yet."""
    memory.now[0].touched = 0
    for batch in range(len(memory.portions)):
        memory.old_portions[batch] = memory.portions[batch]


@compiled
def remember(memory: Memory, tour: int) -> None:
    """Keep a tour as it is, once per iteration, before it is changed."""
    if memory.stamp[tour] != NOBODY:
        return
    place = memory.now[0].touched
    memory.now[0].touched += 1
    memory.stamp[tour], memory.touched[place] = place, tour
    _copy(
        memory.stops, memory.carried, memory.peak, memory.old_stops, memory.old_carried, memory.old_peak,
        tour, place, memory.tours[tour].length,
    )  # fmt: skip
    memory.old_tours[place] = memory.tours[tour]


@compiled
def _copy(
    stops: Array,
    carried: Array,
    peak: Array,
    to_stops: Array,
    to_carried: Array,
    to_peak: Array,
    source: int,
    target: int,
    length: int,
) -> None:
    for at in range(length + 2):
        to_stops[target, at] = stops[source, at]
        for load in range(carried.shape[2]):
            to_carried[target, at, load] = carried[source, at, load]
            to_peak[target, at, load] = peak[source, at, load]


@compiled
def keep(memory: Memory) -> None:
    """End an iteration whose changes stay."""
    for place in range(memory.now[0].touched):
        memory.stamp[memory.touched[place]] = NOBODY


@compiled
def restore(board: Board, memory: Memory) -> None:
    """End an iteration by taking all its changes back."""
    for place in range(memory.now[0].pool):
        lead = memory.pool[place]
        for job in range(lead, lead + board.jobs[lead].size):
            memory.tour_of[job] = NOBODY
    for place in range(memory.now[0].touched):
        tour = memory.touched[place]
        memory.stamp[tour] = NOBODY
        _resize(memory, tour, memory.old_tours[place].length)
        memory.tours[tour] = memory.old_tours[place]
        _copy(
            memory.old_stops, memory.old_carried, memory.old_peak, memory.stops, memory.carried, memory.peak,
            place, tour, memory.tours[tour].length,
        )  # fmt: skip
        for at in range(1, memory.tours[tour].length + 1):
            node = memory.stops[tour, at].node
            memory.position[node], memory.tour_of[board.nodes[node].job] = at, tour
    for batch in range(len(memory.portions)):
        memory.portions[batch] = memory.old_portions[batch]


@compiled
def _resize(memory: Memory, tour: int, length: int) -> None:
    now, before = memory.now[0], memory.tours[tour].length
    now.stops += length - before
    now.used += (length > 0) - (before > 0)
    memory.tours[tour].length = length


@compiled
def take_off(board: Board, memory: Memory, job: int) -> None:
    """Take a job with its whole group off its tours and into the pool; the tours close ranks later."""
    lead = board.jobs[job].lead
    for member in range(lead, lead + board.jobs[lead].size):
        remember(memory, memory.tour_of[member])
        memory.tour_of[member] = NOBODY
        batch = board.jobs[member].batch
        if batch != NOBODY:
            memory.portions[batch] += 1
    memory.pool[memory.now[0].pool] = lead
    memory.now[0].pool += 1


@compiled
def close_ranks(board: Board, memory: Memory) -> bool:
    """Drop what was taken off from every touched tour; False if a tour cannot be done without it.

    That happens only where a detour is shorter than the direct way, or where set-up moves to another stop.
    """
    for place in range(memory.now[0].touched):
        tour, kept = memory.touched[place], 0
        for at in range(1, memory.tours[tour].length + 1):
            node = memory.stops[tour, at].node
            if memory.tour_of[board.nodes[node].job] == tour:
                kept += 1
                memory.stops[tour, kept].node = node
        _resize(memory, tour, kept)
        if not retime(board, memory, tour):
            return False
    return True


@compiled
def put_on(board: Board, memory: Memory, job: int, tour: int, first: int, second: int) -> bool:
    """Insert a job after the given stops (its second node after `second`, counted before the insertion)."""
    remember(memory, tour)
    one, length = board.jobs[job], memory.tours[tour].length
    if one.second != NOBODY:
        _shift(memory.stops, tour, second, length, one.second)
        length += 1
    _shift(memory.stops, tour, first, length, one.first)
    _resize(memory, tour, length + 1)
    memory.tour_of[job] = tour
    if one.batch != NOBODY:
        memory.portions[one.batch] -= 1
    return retime(board, memory, tour)


@compiled
def _shift(stops: Array, tour: int, after: int, length: int, node: int) -> None:
    for at in range(length, after, -1):
        stops[tour, at + 1].node = stops[tour, at].node
    stops[tour, after + 1].node = node


@compiled
def rebuild(board: Board, memory: Memory, sequences: Array, lengths: Array) -> bool:
    """Replace all tours by these sequences; False if one breaks a rule. Everything else becomes absent."""
    now = memory.now[0]
    now.used = now.stops = now.absent = now.pool = now.cost = 0
    for batch in range(len(memory.portions)):
        memory.portions[batch] = board.portions[batch]
    memory.tour_of[:], memory.stamp[:] = NOBODY, NOBODY
    fine = True
    for tour in range(len(board.people)):
        memory.tours[tour].length = 0
        for at in range(lengths[tour]):
            memory.stops[tour, at + 1].node = sequences[tour, at]
        _resize(memory, tour, lengths[tour])
        fine = retime(board, memory, tour) and fine
        now.cost += memory.tours[tour].cost
    _find_absent(board, memory)
    return fine


@compiled
def _find_absent(board: Board, memory: Memory) -> None:
    now = memory.now[0]
    for job in range(len(board.jobs)):
        batch, placed = board.jobs[job].batch, memory.tour_of[job] != NOBODY
        if batch != NOBODY and placed:
            memory.portions[batch] -= 1
        if board.jobs[job].lead == job and not placed:
            memory.absent[now.absent] = job
            now.absent += 1
            now.cost += board.jobs[job].penalty


@compiled
def note_best(memory: Memory) -> None:
    """Keep the present tours as the best so far."""
    memory.now[0].best = memory.now[0].cost
    for tour in range(len(memory.tours)):
        length = memory.tours[tour].length
        memory.best_length[tour] = length
        for at in range(length):
            memory.best_nodes[tour, at] = memory.stops[tour, at + 1].node
