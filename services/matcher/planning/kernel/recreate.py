"""Recreate: insert the absent, one by one, where each costs least; now and then blink.

Christiaens and Vanden Berghe (2020), section 5.2 ("greedy insertion with blinks") and, for windows, section 6.
"""

from services.matcher.planning.kernel.board import ANYTIME, NOBODY
from services.matcher.planning.kernel.compiled import Array, compiled
from services.matcher.planning.kernel.desk import (
    charge_of,
    dice_of,
    jobs_of,
    lists_of,
    now_of,
    odds_of,
    orders_of,
    people_of,
    portions_of,
    prices_of,
    queues_of,
    tours_of,
)
from services.matcher.planning.kernel.dice import roll, throw
from services.matcher.planning.kernel.editing import put_on, take_back
from services.matcher.planning.kernel.pricing import price

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
def recreate(desk: int, blink: float) -> int:
    """Insert the pool; return the penalties of those that stay absent."""
    jobs, queues, penalties = jobs_of(desk), queues_of(desk), 0
    _sort(orders_of(desk), odds_of(desk), queues, dice_of(desk), now_of(desk)[0].pool)
    _find_open(people_of(desk), tours_of(desk), lists_of(desk), now_of(desk))
    for place in range(now_of(desk)[0].pool):
        lead = queues[place].pool
        if jobs[lead].size == 1:
            placed = _insert(desk, lead, min(jobs[lead].penalty, ANYTIME), blink) < ANYTIME
        else:
            placed = _insert_group(desk, lead, blink)
        if not placed:
            penalties += jobs[lead].penalty
    return penalties


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
def _find_open(people: Array, tours: Array, lists: Array, now: Array) -> None:
    """List the tours to look at: all with a stop, and the first idle one among twins."""
    count = 0
    now[0].sweep += 1
    sweep = now[0].sweep
    for tour in range(len(people)):
        if tours[tour].length == 0:
            twin = people[tour].twin
            if lists[twin].seen == sweep:
                continue
            lists[twin].seen = sweep
        lists[count].open = tour
        count += 1
    now[0].open = count


@compiled
def _insert(desk: int, job: int, most: int, blink: float) -> int:
    """Insert a job where it costs least if that is less than `most`; return the cost, or ANYTIME."""
    best, tour, first, second = _cheapest(desk, job, most, blink)
    if tour == NOBODY:
        return ANYTIME
    idle = tours_of(desk)[tour].length == 0
    put_on(desk, job, tour, first, second)
    if idle:
        _find_open(people_of(desk), tours_of(desk), lists_of(desk), now_of(desk))
    return best


@compiled
def _cheapest(desk: int, job: int, most: int, blink: float) -> tuple[int, int, int, int]:
    """Find the cheapest insertion of a job into the open tours; NOBODY's if none costs less than `most`."""
    jobs, charge, people = jobs_of(desk), charge_of(desk), people_of(desk)
    lists, tours, prices, dice, portions = (
        lists_of(desk),
        tours_of(desk),
        prices_of(desk),
        dice_of(desk),
        portions_of(desk),
    )
    best, best_tour, first, second, batch = most, NOBODY, 0, 0, jobs[job].batch
    if batch != NOBODY and portions[0, batch] <= 0:
        return best, best_tour, first, second
    for place in range(now_of(desk)[0].open):
        tour = lists[place].open
        if charge[job, tour] < 0:
            continue
        known = prices[job, tour]
        if known.version != tours[tour].version:
            price(desk, job, tour, NOBODY, NOBODY)
        if known.delta >= best or not _may(jobs, people, tours, job, tour):
            continue
        if roll(dice) < blink:  # pass over it; what else there is in this tour is not remembered
            price(desk, job, tour, known.first, known.second)
            known.version = NOBODY
        if known.delta < best:
            best, best_tour, first, second = known.delta, tour, known.first, known.second
    return best, best_tour, first, second


@compiled
def _may(jobs: Array, people: Array, tours: Array, job: int, tour: int) -> bool:
    """Whether the limit of stops and the others of the group let this tour take on the job."""
    group = jobs[job].group
    if jobs[job].counts > 0 and tours[tour].counted >= people[tour].room:
        return False
    if group == NOBODY:
        return True
    other = job
    while other > 0 and jobs[other - 1].group == group:  # jobs of one group are neighbours
        other -= 1
    while other < len(jobs) and jobs[other].group == group:
        if jobs[other].tour == tour:
            return False
        other += 1
    return True


@compiled
def _insert_group(desk: int, lead: int, blink: float) -> bool:
    """Insert all jobs of a group, or none; say whether they were inserted."""
    total, placed, size = 0, 0, jobs_of(desk)[lead].size
    while placed < size:
        cost = _insert(desk, lead + placed, ANYTIME, blink)
        if cost >= ANYTIME:
            break
        total += cost
        placed += 1
    if placed == size and total < jobs_of(desk)[lead].penalty:
        return True
    for job in range(lead, lead + placed):
        take_back(desk, job)
    return False
