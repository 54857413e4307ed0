"""Recreate: insert the absent, one by one, where each costs least; now and then blink.

Christiaens and Vanden Berghe (2020), section 5.2 ("greedy insertion with blinks") and, for windows, section 6.
"""

from services.matcher.planning.kernel.board import ANYTIME, NOBODY
from services.matcher.planning.kernel.cheapest import cheapest
from services.matcher.planning.kernel.compiled import Array, compiled
from services.matcher.planning.kernel.desk import (
    dice_of,
    jobs_of,
    lists_of,
    now_of,
    odds_of,
    open_of,
    orders_of,
    people_of,
    queues_of,
    tours_of,
)
from services.matcher.planning.kernel.dice import roll, throw
from services.matcher.planning.kernel.editing import put_on, take_back
from services.matcher.planning.kernel.memory import LOW

RETRIED = 30  # of those absent for longer, so many are tried again in one iteration


@compiled
def call_absent(desk: int, most: int) -> None:
    """Add some of those absent for longer to the pool, at random if there are many."""
    now, queues, dice = now_of(desk), queues_of(desk), dice_of(desk)
    absent = now[0].absent
    tried = min(absent, most)
    for place in range(tried):
        if tried < absent:
            other = place + throw(dice, absent - place)
            queues[place].absent, queues[other].absent = queues[other].absent, queues[place].absent
        queues[now[0].pool].pool = queues[place].absent
        now[0].pool += 1
    now[0].tried = tried


@compiled
def recreate(desk: int, cost: int, most: float, blink: float) -> int:
    """Insert the pool into a plan of this cost; return the cost then; stop as soon as it reaches `most`."""
    jobs, queues = jobs_of(desk), queues_of(desk)
    _sort(orders_of(desk), odds_of(desk), queues, dice_of(desk), now_of(desk)[0].pool)
    _find_open(desk)
    for place in range(now_of(desk)[0].pool):
        lead = queues[place].pool
        if jobs[lead].size == 1:
            cost += _insert(desk, lead, jobs[lead].penalty, blink)
        else:
            cost += _insert_group(desk, lead, blink)
        if cost >= most:
            break
    return cost


@compiled
def forget_placed(jobs: Array, queues: Array, now: Array) -> None:
    """After an accepted iteration: the absent are those not tried, and those of the pool that found no place."""
    absent, tried = now[0].absent, now[0].tried
    waiting = absent - tried
    for place in range(min(waiting, tried)):  # those not tried are behind the tried ones
        queues[place].absent = queues[absent - 1 - place].absent
    for place in range(now[0].pool):
        lead = queues[place].pool
        if jobs[lead].tour == NOBODY:
            queues[waiting].absent = lead
            waiting += 1
    now[0].absent = waiting


@compiled
def _sort(orders: Array, odds: Array, queues: Array, dice: Array, count: int) -> None:
    """Sort the pool by one of the orders, drawn by its odds (random, demand, far, close, windows ...)."""
    draw, order = roll(dice), 0
    while order < len(orders) and draw >= odds[order]:
        order += 1
    for place in range(count):
        queues[place].key = orders[order, queues[place].pool] if order < len(orders) else roll(dice)
    for place in range(1, count):  # insertion sort: the pool is small
        key, lead, at = queues[place].key, queues[place].pool, place
        while at > 0 and queues[at - 1].key > key:
            queues[at].key, queues[at].pool = queues[at - 1].key, queues[at - 1].pool
            at -= 1
        queues[at].key, queues[at].pool = key, lead


@compiled
def _find_open(desk: int) -> None:
    """List the tours to look at: all with a stop, and the first idle one among twins."""
    people, tours, lists, now, listed, count = (
        people_of(desk),
        tours_of(desk),
        lists_of(desk),
        now_of(desk),
        open_of(desk),
        0,
    )
    now[0].sweep += 1
    sweep = now[0].sweep
    for tour in range(len(people)):
        if tours[tour].length == 0:
            twin = people[tour].twin
            if lists[twin].seen == sweep:
                continue
            lists[twin].seen = sweep
        listed[count] = tour
        count += 1
    now[0].open = count


@compiled
def _insert(desk: int, job: int, penalty: int, blink: float) -> int:
    """Insert a job where it costs least if that is less than its penalty; return what it costs, or the penalty."""
    best, tour = cheapest(desk, job, min(penalty, ANYTIME), blink)
    if tour == NOBODY:
        return penalty
    idle = tours_of(desk)[tour].length == 0
    put_on(desk, job, tour, (best >> 16) & LOW, best & LOW)
    if idle:
        _find_open(desk)
    return best >> 32


@compiled
def _insert_group(desk: int, lead: int, blink: float) -> int:
    """Insert all jobs of a group, or none; return what they cost, or the penalty."""
    total, placed, size, penalty = 0, 0, jobs_of(desk)[lead].size, jobs_of(desk)[lead].penalty
    while placed < size:
        cost = _insert(desk, lead + placed, ANYTIME, blink)
        if cost >= ANYTIME:
            break
        total += cost
        placed += 1
    if placed == size and total < penalty:
        return total
    for job in range(lead, lead + placed):
        take_back(desk, job)
    return int(penalty)
