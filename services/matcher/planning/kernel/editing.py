"""Change tours so that an iteration can be taken back: remember, take off, close ranks, put on, restore."""

from services.matcher.planning.kernel.board import ANYTIME, CARRIED, NOBODY, PICKUP
from services.matcher.planning.kernel.compiled import Array, compiled, entry, inlined
from services.matcher.planning.kernel.desk import (
    best_of,
    carried_of,
    charge_of,
    jobs_of,
    lists_of,
    loads_of,
    nodes_of,
    now_of,
    people_of,
    portions_of,
    queues_of,
    slack_of,
    stops_of,
    tours_of,
    versions_of,
)
from services.matcher.planning.kernel.memory import AFTER, MOST
from services.matcher.planning.kernel.routes import note_routes
from services.matcher.planning.kernel.timing import clear, link, retime


@inlined
def begin(desk: int) -> None:
    """Start an iteration: nothing is touched, nobody waits."""
    now, portions = now_of(desk), portions_of(desk)
    now[0].touched, now[0].pool, now[0].tried = 0, 0, 0
    for batch in range(portions.shape[1]):
        portions[1, batch] = portions[0, batch]


@inlined
def remember(desk: int, tour: int) -> None:
    """Keep a tour as it is, once per iteration, before it is changed."""
    lists, now = lists_of(desk), now_of(desk)
    if lists[tour].stamp != NOBODY:
        return
    place = now[0].touched
    now[0].touched += 1
    lists[tour].stamp, lists[place].touched = place, tour
    _copy(desk, tour, len(lists) + place)


@inlined
def _copy(desk: int, source: int, target: int) -> None:
    stops, tours, carried = stops_of(desk), tours_of(desk), carried_of(desk)
    tours[target] = tours[source]
    versions_of(desk)[target] = versions_of(desk)[source]
    length = tours[source].length
    for at in range(length + 2):
        stops[target, at] = stops[source, at]
    if tours[source].hot > 0:
        slack = slack_of(desk)
        for at in range(length + 1):
            slack[target, at] = slack[source, at]
    for at in range(length + 1 if now_of(desk)[0].paired > 0 else 1):
        for load in range(loads_of(desk).shape[1]):
            carried[target, at, AFTER, load] = carried[source, at, AFTER, load]
            carried[target, at, MOST, load] = carried[source, at, MOST, load]


@compiled
def keep(desk: int) -> None:
    """End an iteration whose changes stay; a tour that is as it was has its old number again, and its prices."""
    lists, versions = lists_of(desk), versions_of(desk)
    now_of(desk)[0].kept = kept_now(desk)
    for place in range(now_of(desk)[0].touched):
        tour = lists[place].touched
        lists[tour].stamp = NOBODY
        if _same(desk, tour, len(lists) + place):
            versions[tour] = versions[len(lists) + place]


@inlined
def kept_now(desk: int) -> int:
    """Count the jobs that their holders have, before the changes of this iteration are kept."""
    tours, lists, now = tours_of(desk), lists_of(desk), now_of(desk)
    kept = now[0].kept
    for place in range(now[0].touched):
        kept += tours[lists[place].touched].kept - tours[len(lists) + place].kept
    return int(kept)


@compiled
def moves_too_many(desk: int) -> bool:
    """Whether this iteration would leave fewer jobs with their holders than must be, and fewer than before."""
    now = now_of(desk)
    if now[0].least_kept == 0:
        return False
    return bool(kept_now(desk) < min(now[0].kept, now[0].least_kept))


@compiled
def _same(desk: int, one: int, other: int) -> bool:
    """Whether two tours have the same stops in the same order."""
    stops, length = stops_of(desk), tours_of(desk)[one].length
    if tours_of(desk)[other].length != length:
        return False
    at = 1
    while at <= length and stops[one, at].node == stops[other, at].node:
        at += 1
    return bool(at > length)


@compiled
def restore(desk: int) -> None:
    """End an iteration by taking all its changes back."""
    nodes, jobs, stops, tours, lists = nodes_of(desk), jobs_of(desk), stops_of(desk), tours_of(desk), lists_of(desk)
    portions, now, queues = portions_of(desk), now_of(desk), queues_of(desk)
    for place in range(now[0].pool):
        lead = queues[place].pool
        for job in range(lead, lead + jobs[lead].size):
            jobs[job].tour = NOBODY
    for place in range(now[0].touched):
        tour = lists[place].touched
        lists[tour].stamp = NOBODY
        resize(now, tours, tour, tours[len(lists) + place].length)
        _copy(desk, len(lists) + place, tour)
        for at in range(1, tours[tour].length + 1):
            node = nodes[stops[tour, at].node]
            node.position = at
            jobs[node.job].tour = tour
    for batch in range(portions.shape[1]):
        portions[0, batch] = portions[1, batch]


@inlined
def resize(now: Array, tours: Array, tour: int, length: int) -> None:
    """Set the length of a tour, and keep the sums over all tours."""
    before = tours[tour].length
    now[0].stops += length - before
    now[0].used += int(length > 0) - int(before > 0)
    tours[tour].length = length


@inlined
def take_off(desk: int, job: int) -> None:
    """Take a job with its whole group off its tours and into the pool; the tours close ranks later."""
    jobs, now, queues = jobs_of(desk), now_of(desk), queues_of(desk)
    lead = jobs[job].lead
    for member in range(lead, lead + jobs[lead].size):
        remember(desk, jobs[member].tour)
        jobs[member].tour = NOBODY
        if jobs[member].batch != NOBODY:
            portions_of(desk)[0, jobs[member].batch] += 1
    queues[now[0].pool].pool = lead
    now[0].pool += 1


@compiled
def take_back(desk: int, job: int) -> None:
    """Undo an insertion of this iteration; the tour was feasible without it."""
    one = jobs_of(desk)[job]
    tour = one.tour
    one.tour = NOBODY
    if one.batch != NOBODY:
        portions_of(desk)[0, one.batch] += 1
    close_tour(desk, tour)


@compiled
def close_ranks(desk: int) -> bool:
    """Drop what was taken off from every touched tour; False if a tour cannot be done without it.

    That happens only where a detour is shorter than the direct way, or where set-up moves to another stop.
    """
    lists = lists_of(desk)
    for place in range(now_of(desk)[0].touched):  # noqa: SIM110 - the compiler knows no all()
        if not close_tour(desk, lists[place].touched):
            return False
    return True


@compiled
def close_tour(desk: int, tour: int) -> bool:
    """Drop what was taken off from a tour; False if it cannot be done without it."""
    nodes, jobs, stops, one = nodes_of(desk), jobs_of(desk), stops_of(desk), tours_of(desk)[tour]
    kept, first, last, length = 0, 0, 0, one.length
    for at in range(1, length + 1):
        node = stops[tour, at].node
        if jobs[nodes[node].job].tour != tour:
            one.travel -= stops[tour, at].way
            count(desk, tour, node, -1)
            first, last = (kept + 1 if first == 0 else first), kept
            continue
        kept += 1
        if kept < at:
            stops[tour, kept] = stops[tour, at]
            nodes[node].position = kept
            if last == kept - 1:
                link(desk, tour, kept)
    stops[tour, kept + 1] = stops[tour, length + 1]
    resize(now_of(desk), tours_of(desk), tour, kept)
    if last == kept:
        link(desk, tour, kept + 1)
    return retime(desk, tour, max(first, 1), last, False)


@inlined
def count(desk: int, tour: int, node: int, sign: int) -> None:
    """Keep the sums of a tour when a node comes (1) or goes (-1)."""
    new, one = nodes_of(desk)[node], tours_of(desk)[tour]
    if new.kind != PICKUP:
        one.jobs += sign
        one.counted += sign * jobs_of(desk)[new.job].counts
        if jobs_of(desk)[new.job].holder == tour:
            one.kept += sign
        one.charges += sign * charge_of(desk)[new.job, tour]
        if new.ride < ANYTIME:
            one.hot += sign
    if new.kind == CARRIED:
        carried = carried_of(desk)
        for load in range(loads_of(desk).shape[1]):
            amount = carried[tour, 0, AFTER, load] + sign * loads_of(desk)[node, load]
            carried[tour, 0, AFTER, load], carried[tour, 0, MOST, load] = amount, amount


@compiled
def put_on(desk: int, job: int, tour: int, first: int, second: int) -> bool:
    """Insert a job after the given stops (its second node after `second`, counted before the insertion)."""
    remember(desk, tour)
    one = jobs_of(desk)[job]
    one.tour = tour
    if one.batch != NOBODY:
        portions_of(desk)[0, one.batch] -= 1
    if one.second != NOBODY:
        insert(desk, tour, second, one.second)
        second += 1
    insert(desk, tour, first, one.first)
    return retime(desk, tour, first + 1, second + 1, True)


@inlined
def insert(desk: int, tour: int, after: int, node: int) -> None:
    """Insert a node after a stop; times are left as they are."""
    nodes, stops, length = nodes_of(desk), stops_of(desk), tours_of(desk)[tour].length
    for at in range(length + 1, after, -1):
        stops[tour, at + 1] = stops[tour, at]
        if at <= length:
            nodes[stops[tour, at].node].position = at + 1
    new = stops[tour, after + 1]
    new.node, new.place, new.way, new.setup, new.start = node, nodes[node].place, 0, nodes[node].setup, 0
    nodes[node].position = after + 1
    resize(now_of(desk), tours_of(desk), tour, length + 1)
    count(desk, tour, node, 1)
    link(desk, tour, after + 1)
    link(desk, tour, after + 2)


@entry
def rebuild(desk: int, sequences: Array) -> bool:
    """Replace all tours by these sequences (each with its length first); False if one breaks a rule."""
    nodes, jobs, tours, lists = nodes_of(desk), jobs_of(desk), tours_of(desk), lists_of(desk)
    now, portions = now_of(desk), portions_of(desk)
    now[0].used, now[0].stops, now[0].absent, now[0].cost, now[0].kept = 0, 0, 0, 0, 0
    begin(desk)
    for batch in range(portions.shape[1]):
        portions[0, batch] = portions[2, batch]
    for job in range(len(jobs)):
        jobs[job].tour = NOBODY
    fine = True
    for tour in range(len(people_of(desk))):
        lists[tour].stamp = NOBODY
        clear(desk, tour)
        for at in range(1, sequences[tour, 0] + 1):
            insert(desk, tour, at - 1, sequences[tour, at])
            jobs[nodes[sequences[tour, at]].job].tour = tour
        if not retime(desk, tour, 1, sequences[tour, 0], False):
            fine = False
        now[0].cost += tours[tour].cost
        now[0].kept += tours[tour].kept
    _find_absent(desk)
    return fine


@compiled
def _find_absent(desk: int) -> None:
    jobs, queues, now, portions = jobs_of(desk), queues_of(desk), now_of(desk), portions_of(desk)
    for job in range(len(jobs)):
        one = jobs[job]
        if one.batch != NOBODY and one.tour != NOBODY:  # noqa: PLR1714 - the compiler has no sets
            portions[0, one.batch] -= 1
        if one.lead == job and one.tour == NOBODY:
            now[0].cost += one.penalty
            if one.hopeless == 0:
                queues[now[0].absent].absent = job
                now[0].absent += 1


@compiled
def note_best(desk: int) -> None:
    """Keep the present tours as the best so far, and their routes."""
    stops, tours, best, now = stops_of(desk), tours_of(desk), best_of(desk), now_of(desk)
    now[0].best = now[0].cost
    for tour in range(len(best)):
        length = tours[tour].length
        best[tour, 0] = length
        for at in range(1, length + 1):
            best[tour, at] = stops[tour, at].node
    note_routes(desk)
