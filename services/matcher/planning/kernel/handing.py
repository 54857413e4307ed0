"""Let two people swap their whole tours: whoever starts from another place may be better off with them.

Strings and tails change a tour bit by bit, and each bit fits whoever has the rest of it. So a tour that should begin at
another depot stays where it is, unless it is handed over as it is, between ruin and recreate, and can settle at once.
"""

from services.matcher.planning.kernel.board import CAPACITY
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    carried_of,
    charge_of,
    dice_of,
    jobs_of,
    limits_of,
    lists_of,
    nodes_of,
    now_of,
    people_of,
    stops_of,
    tours_of,
    trial_of,
)
from services.matcher.planning.kernel.dice import throw
from services.matcher.planning.kernel.editing import close_tour, insert, remember, resize, take_off
from services.matcher.planning.kernel.memory import AFTER, NODE_AT
from services.matcher.planning.kernel.timing import clear, retime


@compiled
def hand_over(desk: int) -> bool:
    """Swap what is left of the first ruined tour with somebody's; False if one of the two cannot do it."""
    people, lists, tours = people_of(desk), lists_of(desk), tours_of(desk)
    if now_of(desk)[0].touched == 0:
        return True
    one, two = lists[0].touched, throw(dice_of(desk), len(people))
    if people[one].twin == people[two].twin or tours[one].length + tours[two].length == 0:
        return True  # nothing would change
    remember(desk, two)
    if not (_drop_forbidden(desk, one, two) and _drop_forbidden(desk, two, one)):
        return False
    _swap(desk, one, two)
    return _can(desk, one) and _can(desk, two)


@compiled
def _drop_forbidden(desk: int, giver: int, taker: int) -> bool:
    """Take off what the taker may not do; False if the giver cannot do the rest, or if it tears a group apart."""
    nodes, jobs, stops, charge, dropped = nodes_of(desk), jobs_of(desk), stops_of(desk), charge_of(desk), False
    for at in range(1, tours_of(desk)[giver].length + 1):
        job = nodes[stops[giver, at].node].job
        if charge[job, taker] < 0 and jobs[job].tour == giver:
            if jobs[job].size > 1 or jobs[job].lead != job:
                return False
            take_off(desk, job)
            dropped = True
    return not dropped or close_tour(desk, giver)


@compiled
def _swap(desk: int, one: int, two: int) -> None:
    """Swap two tours stop by stop; times are left for later."""
    stops, tours, trial, spare = stops_of(desk), tours_of(desk), trial_of(desk), 2 * len(people_of(desk))
    ones, twos = tours[one].length, tours[two].length
    for at in range(1, ones + 1):
        trial[NODE_AT, at] = stops[one, at].node
    for at in range(1, twos + 1):
        stops[spare, at].node = stops[two, at].node
    _empty(desk, one)
    _empty(desk, two)
    for at in range(1, ones + 1):
        _append(desk, two, trial[NODE_AT, at])
    for at in range(1, twos + 1):
        _append(desk, one, stops[spare, at].node)


@compiled
def _empty(desk: int, tour: int) -> None:
    resize(now_of(desk), tours_of(desk), tour, 0)
    clear(desk, tour)


@compiled
def _append(desk: int, tour: int, node: int) -> None:
    jobs_of(desk)[nodes_of(desk)[node].job].tour = tour
    insert(desk, tour, tours_of(desk)[tour].length, node)


@compiled
def _can(desk: int, tour: int) -> bool:
    """Whether a tour is in time, and neither too long nor too heavy for whoever has it now."""
    carried, limits, one = carried_of(desk), limits_of(desk), tours_of(desk)[tour]
    if one.counted > people_of(desk)[tour].room or not retime(desk, tour, 1, one.length, False):
        return False
    for load in range(limits.shape[2]):  # noqa: SIM110 - the compiler knows no all()
        if carried[tour, 0, AFTER, load] > limits[CAPACITY, tour, load]:
            return False
    return True
