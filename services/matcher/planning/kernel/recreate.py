"""Recreate: insert the absent, one by one, where each costs least; now and then blink.

Christiaens and Vanden Berghe (2020), section 5.2 ("greedy insertion with blinks") and, for windows, section 6.
"""

from services.matcher.planning.kernel.board import ANYTIME, NOBODY
from services.matcher.planning.kernel.compiled import Array, compiled, inlined
from services.matcher.planning.kernel.desk import (
    charge_of,
    dice_of,
    jobs_of,
    lists_of,
    near_of,
    nodes_of,
    now_of,
    odds_of,
    open_of,
    orders_of,
    people_of,
    portions_of,
    prices_of,
    queues_of,
    tours_of,
    versions_of,
)
from services.matcher.planning.kernel.dice import roll, throw
from services.matcher.planning.kernel.editing import put_on, take_back
from services.matcher.planning.kernel.memory import LOW
from services.matcher.planning.kernel.pricing import pack, price

NEAR = 10  # neighbours whose tours are priced before all others
NEAR_VISIT = 20  # the same for a visit, where many tours have no known price
FEW = 12  # so many are not many yet
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
    best, tour = _cheapest(desk, job, min(penalty, ANYTIME), blink)
    if tour == NOBODY:
        return penalty
    idle = tours_of(desk)[tour].length == 0
    put_on(desk, job, tour, (best >> 16) & LOW, best & LOW)
    if idle:
        _find_open(desk)
    return best >> 32


@compiled
def _cheapest(desk: int, job: int, most: int, blink: float) -> tuple[int, int]:
    """Find the packed price of the cheapest insertion into open tours, and whose; NOBODY if none is below `most`.

    Known prices come first and near tours next: where the best so far is low, little has to be worked out. On a large
    board most prices are out of date when they are asked for; busy far tours are then left out if a near one will do.
    """
    prices, versions, listed, near = prices_of(desk), versions_of(desk), open_of(desk), near_of(desk)
    jobs, nodes, lists, unpriced = jobs_of(desk), nodes_of(desk), lists_of(desk), 0
    best, best_tour, batch = pack(most, 0, 0), NOBODY, jobs[job].batch
    if batch != NOBODY and portions_of(desk)[0, batch] <= 0:
        return best, best_tour
    for place in range(now_of(desk)[0].open):
        tour = listed[place]
        if prices[job, tour].version != versions[tour]:
            lists[unpriced].unpriced = tour
            unpriced += 1
        elif prices[job, tour].packed < best:
            asked = _asked(desk, job, tour, best, blink)
            if asked < best:
                best, best_tour = asked, tour
    door, many = jobs[job].second, unpriced > FEW
    looked = min(NEAR if door != NOBODY else NEAR_VISIT if many else 0, near.shape[1])  # a visit is priced in no time
    door = door if door != NOBODY else jobs[job].first
    for place in range(looked + unpriced):
        tour = jobs[nodes[near[door, place]].job].tour if place < looked else lists[place - looked].unpriced
        if place >= looked and many and best_tour != NOBODY and not _speaks_for(desk, job, tour, best_tour):
            continue
        if tour != NOBODY and prices[job, tour].version != versions[tour]:
            asked = _asked(desk, job, tour, best, blink)
            if asked < best:
                best, best_tour = asked, tour
    return best, best_tour


@compiled
def _speaks_for(desk: int, job: int, tour: int, other: int) -> bool:
    """Whether anything but travel speaks for a tour rather than for another one: it is idle, or the wishes do."""
    tours, charge = tours_of(desk), charge_of(desk)
    if tours[tour].length == 0:
        return True
    return bool(tours[tour].extra + charge[job, tour] < tours[other].extra + charge[job, other])


@inlined
def _asked(desk: int, job: int, tour: int, best: int, blink: float) -> int:
    """Return the packed price of a job in a tour, as far as it is below the best; now and then of its second place."""
    known, version = prices_of(desk)[job, tour], versions_of(desk)[tour]
    if known.version != version and (known.version != -version or known.packed < best):
        most = best >> 32 if jobs_of(desk)[job].second != NOBODY else ANYTIME
        known.packed = price(desk, job, tour, most, NOBODY, NOBODY)
        known.version = version if known.packed & LOW != LOW else -version  # below zero: it costs no less than that
    asked = int(known.packed)
    if asked < best and not _may(desk, job, tour):
        return best
    if asked < best and roll(dice_of(desk)) < blink:  # pass over it
        return price(desk, job, tour, best >> 32, (asked >> 16) & LOW, asked & LOW)
    return asked


@inlined
def _may(desk: int, job: int, tour: int) -> bool:
    """Whether the limit of stops and the others of the group let this tour take on the job."""
    jobs = jobs_of(desk)
    group = jobs[job].group
    if jobs[job].counts > 0 and tours_of(desk)[tour].counted >= people_of(desk)[tour].room:
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
