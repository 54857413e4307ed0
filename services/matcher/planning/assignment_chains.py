"""Repairs an optimal assignment along chains of people who make room for each other, compiled by numba.

The words of this file: every volunteer has a *price*, what a place with them is worth at the margin. A task *pays*
the cost of its candidate plus that price, and never more than its penalty. Prices are right for an assignment if each
task has what costs it least, and only full volunteers have a price: then nothing is cheaper (complementary slackness,
Kuhn 1955, "The Hungarian method for the assignment problem", doi:10.1002/nav.3800020109).

Right prices form a range. At the **highest** ones everybody can make room along candidates that cost exactly what is
paid now: a waiting task just follows them to somebody free, or to a task that is as well left out. At the **lowest**
ones every place that comes free is wanted, along such candidates, by a task that was left out. So whole batches of
changes are repaired with few searches over the city: prices are moved to one end by Dijkstra's method, and then each
change follows equalities (Edmonds and Karp 1972, doi:10.1145/321694.321699; the blocking of used chains is Hopcroft
and Karp's, 1973, doi:10.1137/0202019).
"""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.matcher.planning.kernel.compiled import compiled, entry

Numbers = npt.NDArray[np.int64]

LEFT_OUT = -1  # the task's penalty is paid
WAITING = -2  # the task has not been looked at yet
_FAR = 1 << 60


class Market(NamedTuple):
    """Who could do what: T tasks, V volunteers, E candidates, sorted by task.

    Parameters
    ----------
    first
        T + 1; the candidates of task t are `first[t]` to `first[t + 1]`.
    task, volunteer, cost
        E each; of a candidate.
    into_first, into
        V + 1 and E; the candidates of volunteer v are `into[into_first[v] : into_first[v + 1]]`.
    into_task, into_cost
        E each; `task` and `cost` in that order, so that a search reads them one after the other.
    penalty
        T; what leaving a task out costs.
    """

    first: Numbers
    task: Numbers
    volunteer: Numbers
    cost: Numbers
    into_first: Numbers
    into: Numbers
    into_task: Numbers
    into_cost: Numbers
    penalty: Numbers


class Places(NamedTuple):
    """Who does what now; changed in place.

    Parameters
    ----------
    chosen
        T; the candidate of each task, LEFT_OUT or WAITING.
    desk
        V + 1; the tasks of volunteer v stand in `seated[desk[v] : desk[v] + load[v]]`. Each desk has one seat more than
        the volunteer may have tasks: somebody sits down before somebody else rises.
    seated, seat
        Tasks by seat, and the seat of each task.
    load, room
        V each; how many tasks a volunteer has and may have.
    owed
        V; places that came free and have not been offered to others yet; `room` does not count them.
    price
        V; right for `chosen` and `room`.
    """

    chosen: Numbers
    desk: Numbers
    seated: Numbers
    seat: Numbers
    load: Numbers
    room: Numbers
    owed: Numbers
    price: Numbers


@entry
def sort_by_volunteer(volunteer: Numbers, volunteers: int) -> tuple[Numbers, Numbers]:
    """Give `into_first` and `into` of a Market: a counting sort."""
    first = np.zeros(volunteers + 1, np.int64)
    for candidate in range(len(volunteer)):
        first[volunteer[candidate] + 1] += 1
    for one in range(volunteers):
        first[one + 1] += first[one]
    begin = first.copy()
    into = np.empty(len(volunteer), np.int64)
    for candidate in range(len(volunteer)):
        into[begin[volunteer[candidate]]] = candidate
        begin[volunteer[candidate]] += 1
    return first, into


@compiled
def _pays(market: Market, places: Places, task: int) -> int:
    """Give what a task that was looked at pays now."""
    chosen = places.chosen[task]
    if chosen < 0:
        return int(market.penalty[task])
    return int(market.cost[chosen] + places.price[market.volunteer[chosen]])


@compiled
def _sit(market: Market, places: Places, task: int, candidate: int) -> None:
    volunteer = market.volunteer[candidate]
    seat = places.desk[volunteer] + places.load[volunteer]
    places.chosen[task] = candidate
    places.seated[seat] = task
    places.seat[task] = seat
    places.load[volunteer] += 1


@compiled
def _rise(market: Market, places: Places, task: int) -> None:
    volunteer = market.volunteer[places.chosen[task]]
    last = places.seated[places.desk[volunteer] + places.load[volunteer] - 1]
    places.seated[places.seat[task]] = last
    places.seat[last] = places.seat[task]
    places.load[volunteer] -= 1


@entry
def first_prices(market: Market, places: Places) -> None:
    """Find the lowest right prices of an optimal assignment of which no prices are known.

    Prices rise from nothing for as long as somebody pays more than a candidate costs (Bellman and Ford's method, from
    a queue).
    """
    volunteers, price = len(places.load), places.price
    price[:] = 0
    for task in range(len(places.chosen)):
        if places.chosen[task] == LEFT_OUT:
            for candidate in range(market.first[task], market.first[task + 1]):
                one = market.volunteer[candidate]
                price[one] = max(price[one], market.penalty[task] - market.cost[candidate])
    queue = np.argsort(-price)
    queued = np.ones(volunteers, np.bool_)
    head, length = 0, volunteers
    while length > 0:
        giver = queue[head]
        head, length = (head + 1) % volunteers, length - 1
        queued[giver] = False
        for seat in range(places.desk[giver], places.desk[giver] + places.load[giver]):
            task = places.seated[seat]
            pays = _pays(market, places, task)
            for candidate in range(market.first[task], market.first[task + 1]):
                one = market.volunteer[candidate]
                if pays - market.cost[candidate] > price[one]:
                    price[one] = pays - market.cost[candidate]
                    if not queued[one]:
                        queued[one] = True
                        queue[(head + length) % volunteers] = one
                        length += 1


@entry
def raise_prices(market: Market, places: Places) -> None:  # noqa: C901, PLR0912 - one search, read in one piece
    """Raise right prices to the highest: by how far a volunteer is from somebody who can make room."""
    far = np.full(len(places.load), _FAR)
    holder, pays = _holders(market, places)
    price, into_first, into_task, into_cost = places.price, market.into_first, market.into_task, market.into_cost
    heap = [(0, 0) for _ in range(0)]
    for one in range(len(far)):
        if places.load[one] < places.room[one]:
            far[one] = 0
        for seat in range(places.desk[one], places.desk[one] + places.load[one]):
            task = places.seated[seat]
            far[one] = min(far[one], market.penalty[task] - pays[task])
        if far[one] < _FAR:
            heappush(heap, (far[one], one))
    level = [0 for _ in range(0)]  # those just as far as the nearest of the heap: no need to sort them
    while len(heap) > 0:
        here, nearest = heappop(heap)
        if here > far[nearest]:
            continue
        level.append(nearest)
        while len(level) > 0:
            giver = level.pop()
            for position in range(into_first[giver], into_first[giver + 1]):
                task = into_task[position]
                one = holder[task]
                if one < 0:
                    continue
                there = here + into_cost[position] + price[giver] - pays[task]
                if there < far[one]:
                    far[one] = there
                    if there == here:
                        level.append(one)
                    else:
                        heappush(heap, (there, one))
    for one in range(len(far)):
        places.price[one] = min(_FAR, places.price[one] + far[one])  # who has neither tasks nor room is no help


@entry
def lower_prices(market: Market, places: Places) -> None:  # noqa: C901 - one search, read in one piece
    """Lower right prices to the lowest: by how far a volunteer's place is from somebody who wants it."""
    far = places.price.copy()  # at no price nobody needs to want it
    for task in range(len(places.chosen)):
        if places.chosen[task] == LEFT_OUT:
            for candidate in range(market.first[task], market.first[task + 1]):
                one = market.volunteer[candidate]
                far[one] = min(far[one], market.cost[candidate] + places.price[one] - market.penalty[task])
    price, first, volunteer, cost = places.price, market.first, market.volunteer, market.cost
    desk, load, seated = places.desk, places.load, places.seated
    heap = [(far[one], one) for one in range(len(far)) if places.load[one] > 0]
    heap.sort()
    level = [0 for _ in range(0)]  # those just as far as the nearest of the heap
    while len(heap) > 0:
        here, nearest = heappop(heap)
        if here > far[nearest]:
            continue
        level.append(nearest)
        while len(level) > 0:
            giver = level.pop()
            for seat in range(desk[giver], desk[giver] + load[giver]):
                task = seated[seat]
                pays = _pays(market, places, task)
                for candidate in range(first[task], first[task + 1]):
                    one = volunteer[candidate]
                    there = here + cost[candidate] + price[one] - pays
                    if there < far[one]:
                        far[one] = there
                        if there == here:
                            level.append(one)
                        else:
                            heappush(heap, (there, one))
    places.price[:] -= far


@compiled
def _holders(market: Market, places: Places) -> tuple[Numbers, Numbers]:
    """Give who does each task, or -1, and what it pays."""
    holder, pays = np.full(len(places.chosen), -1), market.penalty.copy()
    for task in range(len(places.chosen)):
        if places.chosen[task] >= 0:
            holder[task] = market.volunteer[places.chosen[task]]
            pays[task] = market.cost[places.chosen[task]] + places.price[holder[task]]
    return holder, pays


@entry
def seat_waiting(market: Market, places: Places) -> int:
    """Give waiting tasks what costs them least at the highest prices; return how many still wait.

    Those whose chain was used up by another wait for the next prices.
    """
    reached = np.full(len(places.load), -1)  # the task whose search came here last; dead ends stay closed
    via = np.empty(len(places.load), np.int64)
    left = 0
    for task in range(len(places.chosen)):
        if places.chosen[task] == WAITING and not _make_room(market, places, reached, via, task):
            left += 1
    return left


@compiled
def _make_room(market: Market, places: Places, reached: Numbers, via: Numbers, task: int) -> bool:
    """Search breadth-first along equalities for somebody free, or a task that is as well left out."""
    pays = market.penalty[task]
    for candidate in range(market.first[task], market.first[task + 1]):
        pays = min(pays, market.cost[candidate] + places.price[market.volunteer[candidate]])
    if pays == market.penalty[task]:
        places.chosen[task] = LEFT_OUT
        return True
    frontier = [int(task)]
    while len(frontier) > 0:
        following = [0 for _ in range(0)]
        for mover in frontier:
            worth = pays if mover == task else _pays(market, places, mover)
            for candidate in range(market.first[mover], market.first[mover + 1]):
                one = market.volunteer[candidate]
                if reached[one] >= 0 or market.cost[candidate] + places.price[one] != worth:
                    continue
                reached[one], via[one] = task, candidate
                if places.load[one] < places.room[one]:
                    _shift(market, places, via, task, one)
                    _reopen(reached, task)
                    return True
                for seat in range(places.desk[one], places.desk[one] + places.load[one]):
                    other = places.seated[seat]
                    if _pays(market, places, other) == market.penalty[other]:
                        _rise(market, places, other)
                        places.chosen[other] = LEFT_OUT
                        _shift(market, places, via, task, one)
                        _reopen(reached, task)
                        return True
                    following.append(other)
        frontier = following
    return False


@compiled
def _reopen(reached: Numbers, task: int) -> None:
    """Open again what a search that succeeded had closed: others may pass there."""
    for one in range(len(reached)):
        if reached[one] == task:
            reached[one] = -1


@compiled
def _shift(market: Market, places: Places, via: Numbers, task: int, free: int) -> None:
    """Move everybody of the chain on by one, from the free place back to the task that waited."""
    here = free
    while True:
        candidate = via[here]
        mover = market.task[candidate]
        if mover == task:
            _sit(market, places, mover, candidate)
            return
        before = market.volunteer[places.chosen[mover]]
        _rise(market, places, mover)
        _sit(market, places, mover, candidate)
        here = before


@entry
def fill_places(market: Market, places: Places) -> int:
    """Give places that came free to who wants them at the lowest prices; return how many are still owed."""
    reached = np.full(len(places.load), -1)
    via = np.empty(len(places.load), np.int64)
    left = 0
    for one in range(len(places.load)):
        while places.owed[one] > 0:
            if not _fill(market, places, reached, via, one):
                left += places.owed[one]
                break
    return left


@compiled
def _fill(market: Market, places: Places, reached: Numbers, via: Numbers, owner: int) -> bool:
    """Search backwards along equalities for a task that was left out, or somebody whose place nobody needs."""
    if places.price[owner] == 0:
        places.room[owner] += places.owed[owner]
        places.owed[owner] = 0
        return True
    if reached[owner] >= 0:
        return False
    reached[owner], via[owner] = owner, -1
    frontier = [int(owner)]
    while len(frontier) > 0:
        following = [0 for _ in range(0)]
        for one in frontier:
            for position in range(market.into_first[one], market.into_first[one + 1]):
                candidate = market.into[position]
                task = market.task[candidate]
                if market.cost[candidate] + places.price[one] != _pays(market, places, task):
                    continue
                now = places.chosen[task]
                if now == LEFT_OUT:
                    places.room[owner] += 1
                    places.owed[owner] -= 1
                    _sit_down(market, places, via, one, candidate)
                    _reopen(reached, owner)
                    return True
                giver = market.volunteer[now]
                if reached[giver] >= 0:
                    continue
                reached[giver], via[giver] = owner, candidate
                if places.price[giver] == 0:
                    places.room[owner] += 1
                    places.owed[owner] -= 1
                    _sit_down(market, places, via, giver, -1)
                    _reopen(reached, owner)
                    return True
                following.append(giver)
        frontier = following
    return False


@compiled
def _sit_down(market: Market, places: Places, via: Numbers, last: int, candidate: int) -> None:
    """Move everybody of the chain on, from its end, where `candidate` sits down unless it is -1, to the free place."""
    if candidate >= 0:
        _sit(market, places, market.task[candidate], candidate)
    here = last
    while via[here] >= 0:
        moving = via[here]
        _rise(market, places, market.task[moving])
        _sit(market, places, market.task[moving], moving)
        here = market.volunteer[moving]
