"""Whose tour a job costs least in, and where; now and then the best place is passed over (a blink).

Christiaens and Vanden Berghe (2020), section 5.2. Where few tours are open, as in a community, a visit is priced in all
of them before the prices are compared; the loops are written so that the processor has little to guess.
"""

from math import log

from services.matcher.planning.kernel.board import ANYTIME, NOBODY
from services.matcher.planning.kernel.compiled import compiled, inlined
from services.matcher.planning.kernel.desk import (
    charge_of,
    dice_of,
    jobs_of,
    lists_of,
    near_of,
    nodes_of,
    now_of,
    open_of,
    people_of,
    portions_of,
    prices_of,
    tours_of,
    versions_of,
)
from services.matcher.planning.kernel.dice import log_roll
from services.matcher.planning.kernel.memory import LOW
from services.matcher.planning.kernel.pricing import pack, price

NEAR = 10  # neighbours whose tours are priced before all others
NEAR_VISIT = 20  # the same for a visit, where many tours have no known price
MANY = 12  # if more have no known price, there are many
FEW = 40  # open tours: of so many a visit is priced in all
ENDLESS = 1e9  # so many places are never looked at


@compiled
def draw_blink(desk: int, blink: float) -> None:
    """Draw how many best places are taken before one is passed over; dice forget, so it may be drawn at any time."""
    taken = ENDLESS
    if blink > 0.0:
        taken = min(log_roll(dice_of(desk)) / log(1.0 - blink), ENDLESS)
    now_of(desk)[0].unblinking = int(taken)


@inlined
def _blinks(desk: int, blink: float) -> bool:
    """Whether the best place is passed over this time."""
    now = now_of(desk)
    now[0].unblinking -= 1
    if now[0].unblinking >= 0:
        return False
    draw_blink(desk, blink)
    return True


@compiled
def cheapest(desk: int, job: int, most: int, blink: float) -> tuple[int, int]:
    """Find the packed price of the cheapest insertion into open tours, and whose; NOBODY if none is below `most`."""
    batch = jobs_of(desk)[job].batch
    if batch != NOBODY and portions_of(desk)[0, batch] <= 0:
        return pack(most, 0, 0), NOBODY
    if now_of(desk)[0].open <= FEW and jobs_of(desk)[job].second == NOBODY:
        best, tour = _at_once(desk, job, most, blink)
        if tour == NOBODY or _may(desk, job, tour):
            return best, tour  # otherwise one of the others is looked for, which happens seldom
    return _in_turn(desk, job, most, blink)


@compiled
def _at_once(desk: int, job: int, most: int, blink: float) -> tuple[int, int]:
    """Find the cheapest insertion of a visit: all prices first, then the least of them."""
    _price_open(desk, job)
    best, tour = _least(desk, job, most, NOBODY)
    if tour == NOBODY or not _blinks(desk, blink):
        return best, tour
    second = _second(desk, job, tour, most, best)
    other, other_tour = _least(desk, job, most, tour)
    if second < other:
        return second, tour
    return other, other_tour


@inlined
def _price_open(desk: int, job: int) -> None:
    """Price a visit in each open tour that it may be on and where its price is not known."""
    prices, versions, listed, lists, charge = (
        prices_of(desk), versions_of(desk), open_of(desk), lists_of(desk), charge_of(desk)
    )  # fmt: skip
    unpriced = 0
    for place in range(now_of(desk)[0].open):
        tour = listed[place]
        lists[unpriced].unpriced = tour
        unpriced += int(prices[job, tour].version != versions[tour]) & int(charge[job, tour] >= 0)
    for place in range(unpriced):
        tour = lists[place].unpriced
        prices[job, tour].packed = price(desk, job, tour, ANYTIME, NOBODY, NOBODY)
        prices[job, tour].version = versions[tour]


@inlined
def _least(desk: int, job: int, most: int, but: int) -> tuple[int, int]:
    """Return the least of the known prices below `most` in all open tours but one, and whose it is."""
    prices, listed = prices_of(desk), open_of(desk)
    best, best_tour = pack(most, 0, 0), NOBODY
    for place in range(now_of(desk)[0].open):
        tour = listed[place]
        packed = prices[job, tour].packed
        better = packed < best and tour != but
        best, best_tour = packed if better else best, tour if better else best_tour
    return best, best_tour


@compiled
def _in_turn(desk: int, job: int, most: int, blink: float) -> tuple[int, int]:
    """Find the cheapest insertion, of whatever job, and price only what may be cheaper than the best so far.

    Known prices come first and near tours next: where the best so far is low, little has to be worked out. On a large
    board most prices are out of date when they are asked for; busy far tours are then left out if a near one will do.
    """
    prices, versions, listed, near = prices_of(desk), versions_of(desk), open_of(desk), near_of(desk)
    jobs, nodes, lists, unpriced = jobs_of(desk), nodes_of(desk), lists_of(desk), 0
    best, best_tour = pack(most, 0, 0), NOBODY
    for place in range(now_of(desk)[0].open):
        tour = listed[place]
        if prices[job, tour].version != versions[tour]:
            lists[unpriced].unpriced = tour
            unpriced += 1
        elif prices[job, tour].packed < best:
            asked = _asked(desk, job, tour, best, blink)
            if asked < best:
                best, best_tour = asked, tour
    door, many = jobs[job].second, unpriced > MANY
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
    if asked < best and _blinks(desk, blink):
        return _second(desk, job, tour, best >> 32, asked)
    return asked


@compiled
def _second(desk: int, job: int, tour: int, most: int, first: int) -> int:
    """Price a job in a tour anywhere but where it costs least."""
    return price(desk, job, tour, most, (first >> 16) & LOW, first & LOW)


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
