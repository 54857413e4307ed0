"""Swap the tails of two tours: what strings of limited length cannot do, and what few, long tours need.

The move is 2-opt* (Potvin and Rousseau 1995, "An exchange heuristic for routeing problems with time windows"), tried
at random between near stops and accepted like any other change. Most are turned down in constant time. Everybody goes
to their own end; no tail is cut off between a pickup and its drop-off, and none has a job of a group.
"""

from services.matcher.planning.kernel.board import CAPACITY, CARRIED, NOBODY, OUT
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    carried_of,
    charge_of,
    dice_of,
    jobs_of,
    limits_of,
    loads_of,
    near_of,
    nodes_of,
    now_of,
    people_of,
    seeds_of,
    stops_of,
    tours_of,
    ways_of,
)
from services.matcher.planning.kernel.dice import log_roll, roll, throw
from services.matcher.planning.kernel.editing import (
    begin,
    count,
    keep,
    moves_too_many,
    note_best,
    remember,
    resize,
    restore,
)
from services.matcher.planning.kernel.memory import AFTER
from services.matcher.planning.kernel.timing import link, retime

NEAR = 20  # neighbours that a stop may be tied to
AT_OUTSET = 0.3  # how often it is somebody's outset that a stop is tied to: if they are idle, it splits a tour


@compiled
def swap_tails(desk: int, temperature: float) -> None:
    """Tie a random stop, or somebody's outset, to a near stop of another tour, if the swap that follows is accepted."""
    nodes, jobs, seeds, near, dice = nodes_of(desk), jobs_of(desk), seeds_of(desk), near_of(desk), dice_of(desk)
    node = seeds[throw(dice, len(seeds))]
    other = near[node, throw(dice, min(NEAR, near.shape[1]))]
    one, two = jobs[nodes[node].job].tour, jobs[nodes[other].job].tour
    after, before = nodes[node].position, nodes[other].position
    if roll(dice) < AT_OUTSET:
        one, after = throw(dice, len(people_of(desk))), 0
    if min(one, two) == NOBODY or one == two or not _alike(desk, one, two):
        return
    most = -temperature * log_roll(dice)
    if _detour(desk, one, after, two, before) < most and _fits(desk, one, after, two, before):
        _swap(desk, one, after, two, before, most)


@compiled
def _alike(desk: int, one: int, two: int) -> bool:
    """Whether ways and windows are the same for both."""
    first, second = people_of(desk)[one], people_of(desk)[two]
    return bool(first.mode == second.mode and first.duty == second.duty)


@compiled
def _detour(desk: int, one: int, after: int, two: int, before: int) -> int:
    """Extra travel seconds; a tour that the swap leaves empty has no way to its end."""
    stops, ways, mode = stops_of(desk), ways_of(desk), people_of(desk)[one].mode
    there, rest = stops[two, before], stops[one, after + 1]
    extra = ways[OUT, mode, stops[one, after].place, there.place] - there.way - rest.way
    if before > 1 or rest.node != NOBODY:
        extra += ways[OUT, mode, stops[two, before - 1].place, _rest(desk, one, after, two)[0]]
    return int(extra + _ends(desk, one, after, two))


@compiled
def _rest(desk: int, one: int, after: int, two: int) -> tuple[int, int]:
    """Where the second tour goes on, and how late it may be there: at the rest of the first, or at its own end."""
    rest, person = stops_of(desk)[one, after + 1], people_of(desk)[two]
    if rest.node == NOBODY:
        return int(person.end), int(person.end_by)
    return int(rest.place), int(rest.latest)


@compiled
def _ends(desk: int, one: int, after: int, two: int) -> int:
    """Extra travel seconds from the last stops of both tails, if the two people end in different places."""
    stops, ways, tours, people = stops_of(desk), ways_of(desk), tours_of(desk), people_of(desk)
    mode, extra, last_one, last_two = people[one].mode, 0, tours[one].length, tours[two].length
    if people[one].end == people[two].end:
        return extra
    extra += ways[OUT, mode, stops[two, last_two].place, people[one].end] - stops[two, last_two + 1].way
    if last_one > after:
        extra += ways[OUT, mode, stops[one, last_one].place, people[two].end] - stops[one, last_one + 1].way
    return int(extra)


@compiled
def _fits(desk: int, one: int, after: int, two: int, before: int) -> bool:
    """Whether both new tours may be in time, are short enough for the memory, not too heavy, and of allowed people."""
    stops, tours, ways, mode = stops_of(desk), tours_of(desk), ways_of(desk), people_of(desk)[one].mode
    here, there, back = stops[one, after], stops[two, before], stops[two, before - 1]
    if here.leave + ways[OUT, mode, here.place, there.place] > there.latest:
        return False
    tail_one, tail_two = tours[one].length - after, tours[two].length - before + 1
    place, latest = _rest(desk, one, after, two)
    if (tail_one > 0 or before > 1) and back.leave + ways[OUT, mode, back.place, place] > latest:
        return False
    if max(after + tail_two, before + tail_one) + 4 > stops.shape[1]:
        return False
    return (
        _allowed(desk, one, two, before)
        and _allowed(desk, two, one, after + 1)
        and _carry(desk, one, after, two, before)
    )


@compiled
def _allowed(desk: int, taker: int, giver: int, first: int) -> bool:
    """Whether one may do all that the other does from a stop on, and it leaves no mate behind; groups stay apart."""
    nodes, jobs, stops, charge = nodes_of(desk), jobs_of(desk), stops_of(desk), charge_of(desk)
    for at in range(first, tours_of(desk)[giver].length + 1):
        node = nodes[stops[giver, at].node]
        if charge[node.job, taker] < 0 or jobs[node.job].group != NOBODY:
            return False
        if node.mate != NOBODY and nodes[node.mate].position < first:
            return False
    return True


@compiled
def _carry(desk: int, one: int, after: int, two: int, before: int) -> bool:
    """Whether both can take along what their new tours need from the outset."""
    carried, limits = carried_of(desk), limits_of(desk)
    for load in range(limits.shape[2]):
        given, taken = _tail_load(desk, one, after + 1, load), _tail_load(desk, two, before, load)
        if given > taken and carried[two, 0, AFTER, load] + given - taken > limits[CAPACITY, two, load]:
            return False
        if taken > given and carried[one, 0, AFTER, load] + taken - given > limits[CAPACITY, one, load]:
            return False
    return True


@compiled
def _tail_load(desk: int, tour: int, first: int, load: int) -> int:
    nodes, stops, loads, amount = nodes_of(desk), stops_of(desk), loads_of(desk), 0
    for at in range(first, tours_of(desk)[tour].length + 1):
        node = stops[tour, at].node
        if nodes[node].kind == CARRIED:
            amount += loads[node, load]
    return amount


@compiled
def _swap(  # noqa: PLR0913, PLR0917 - numbers side by side
    desk: int, one: int, after: int, two: int, before: int, most: float
) -> None:
    """Swap the tails, and take that back if the wishes or the limit of stops are against it."""
    tours, people, now = tours_of(desk), people_of(desk), now_of(desk)
    begin(desk)
    remember(desk, one)
    remember(desk, two)
    cost = now[0].cost - tours[one].cost - tours[two].cost
    apart = people[one].end != people[two].end or people[one].end_by != people[two].end_by
    whole = apart or tours[one].hot + tours[two].hot > 0
    _exchange(desk, one, after, two, before)
    if apart:
        _go_home(desk, one)
        _go_home(desk, two)
    if whole:  # all times may change
        fine = retime(desk, one, 1, tours[one].length, False) and retime(desk, two, 1, tours[two].length, False)
    else:
        fine = retime(desk, one, after + 1, after, False) and retime(desk, two, before, before - 1, False)
    cost += tours[one].cost + tours[two].cost
    crowded = tours[one].counted > people[one].room or tours[two].counted > people[two].room
    if not fine or crowded or cost - now[0].cost >= most or moves_too_many(desk):
        restore(desk)
        return
    keep(desk)
    now[0].cost = cost
    if cost < now[0].best:
        note_best(desk)


@compiled
def _exchange(desk: int, one: int, after: int, two: int, before: int) -> None:
    """Swap what comes after a stop of one tour with what comes from a stop of the other on, ends included."""
    stops, tours, spare = stops_of(desk), tours_of(desk), 2 * len(people_of(desk))
    tail_one, tail_two = tours[one].length - after, tours[two].length - before + 1
    for at in range(tail_one + 1):
        stops[spare, at] = stops[one, after + 1 + at]
    _hand_over(desk, two, before, two, one, after + 1, tail_two)
    _hand_over(desk, spare, 0, one, two, before, tail_one)
    resize(now_of(desk), tours, one, after + tail_two)
    resize(now_of(desk), tours, two, before - 1 + tail_one)
    link(desk, one, after + 1)
    link(desk, two, before)


@compiled
def _go_home(desk: int, tour: int) -> None:
    """Give a tour the end of its own person."""
    person, last = people_of(desk)[tour], tours_of(desk)[tour].length + 1
    stops_of(desk)[tour, last].place, stops_of(desk)[tour, last].latest = person.end, person.end_by
    link(desk, tour, last)


@compiled
def _hand_over(  # noqa: PLR0913, PLR0917 - numbers side by side
    desk: int, row: int, first: int, giver: int, taker: int, to: int, size: int
) -> None:
    """Copy a tail with its end from a row of stops onto a tour, and keep the sums of both."""
    nodes, jobs, stops, tours = nodes_of(desk), jobs_of(desk), stops_of(desk), tours_of(desk)
    for at in range(size + 1):
        stops[taker, to + at] = stops[row, first + at]
        way = stops[taker, to + at].way
        tours[giver].travel -= way
        tours[taker].travel += way
        if at < size:
            node = stops[taker, to + at].node
            count(desk, giver, node, -1)
            count(desk, taker, node, 1)
            nodes[node].position, jobs[nodes[node].job].tour = to + at, taker
