"""Repairs an optimal assignment along chains of people who make room for each other, compiled by numba.

The words of this file: every volunteer has a *price*, what a place with them is worth at the margin. A task *pays*
the cost of its candidate plus that price. Prices are right for an assignment if each task has the candidate that costs
it least, and only full volunteers have a price: then nothing is cheaper (complementary slackness, Kuhn 1955, "The
Hungarian method for the assignment problem", doi:10.1002/nav.3800020109). A task that is left out is with *nobody*, who
comes after all volunteers, costs the penalty, always has room and so has no price.

A change is one of two things: a task *waits* for a place, or a place that came free is *owed* to who wants it. Each is
one search by Dijkstra's method from where it happened, over what moves cost beyond the present prices. It ends where
the chain can end, and only the prices of those nearer than that move, so that they stay right (successive shortest
paths: Edmonds and Karp 1972, doi:10.1145/321694.321699). A change is felt in its surroundings, not in the whole city.
"""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from services.matcher.planning.kernel.compiled import compiled, entry

Numbers = npt.NDArray[np.int64]

WAITING = -2  # the task has no place yet; not `NOBODY`
_FAR = 1 << 60


class Market(NamedTuple):
    """Who could do what: T tasks, V volunteers and nobody, E candidates, sorted by task; nobody is among those of each.

    Parameters
    ----------
    first
        T + 1; the candidates of task t are `first[t]` to `first[t + 1]`.
    task, volunteer, cost
        E each; of a candidate.
    into_first, into
        V + 2 and E; the candidates of volunteer v are `into[into_first[v] : into_first[v + 1]]`.
    into_task, into_cost
        E each; `task` and `cost` in that order, so that a search reads them one after the other.
    """

    first: Numbers
    task: Numbers
    volunteer: Numbers
    cost: Numbers
    into_first: Numbers
    into: Numbers
    into_task: Numbers
    into_cost: Numbers


class Places(NamedTuple):
    """Who does what now; changed in place.

    Parameters
    ----------
    chosen
        T; the candidate of each task, or WAITING.
    desk
        V + 2; the tasks of volunteer v stand in `seated[desk[v] : desk[v] + load[v]]`. Each desk has one seat more than
        the volunteer may have tasks: somebody sits down before somebody else rises.
    seated, seat
        Tasks by seat, and the seat of each task.
    load, room
        V + 1 each; how many tasks a volunteer has and may have.
    owed
        V + 1; places that came free and have not been offered to others yet; `room` does not count them.
    price
        V + 1; right for `chosen` and `room`.
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
    """Give what a task that has a place pays now."""
    chosen = places.chosen[task]
    return int(market.cost[chosen] + places.price[market.volunteer[chosen]])


@compiled
def _move(market: Market, places: Places, candidate: int) -> None:
    """Take a task from where it is, if anywhere, to a candidate of its own."""
    task, volunteer = market.task[candidate], market.volunteer[candidate]
    seat = places.desk[volunteer] + places.load[volunteer]
    places.load[volunteer] += 1
    if places.chosen[task] != WAITING:
        before = market.volunteer[places.chosen[task]]
        places.load[before] -= 1
        last = places.seated[places.desk[before] + places.load[before]]
        places.seated[places.seat[task]] = last
        places.seat[last] = places.seat[task]
    places.chosen[task] = candidate
    places.seated[seat] = task
    places.seat[task] = seat


@entry
def first_prices(market: Market, places: Places) -> None:
    """Find the lowest right prices of an optimal assignment of which no prices are known.

    Prices rise from nothing for as long as somebody pays more than a candidate costs (Bellman and Ford's method, from
    a queue).
    """
    volunteers, price = len(places.load), places.price
    price[:] = 0
    queue = np.arange(volunteers)[::-1].copy()  # what is left out sets the highest prices
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
def settle(market: Market, places: Places) -> None:
    """Offer all places that are owed, then seat all tasks that wait; prices are right after each."""
    far = np.empty(len(places.load), np.int64)
    via = np.empty(len(places.load), np.int64)
    for one in range(len(places.load)):
        for _ in range(places.owed[one]):
            _offer(market, places, far, via, one)
    for task in range(len(places.chosen)):
        if places.chosen[task] == WAITING:
            _seat(market, places, far, via, task)


@compiled
def _seat(market: Market, places: Places, far: Numbers, via: Numbers, waiting: int) -> None:
    """Seat a task where it and all who move for it cost least; `far` is what a place with each volunteer costs it."""
    far[:] = _FAR
    heap = [(0, 0) for _ in range(0)]
    end = _ask(market, places, far, via, heap, waiting, 0, len(far) - 1)
    while True:  # nobody has room in any case
        here, giver = heappop(heap)
        if giver == end:
            break
        if here > far[giver]:
            continue
        for seat in range(places.desk[giver], places.desk[giver] + places.load[giver]):
            task = places.seated[seat]
            end = _ask(market, places, far, via, heap, task, here - _pays(market, places, task), end)
    for one in range(len(far)):
        places.price[one] += max(0, far[end] - far[one])
    while market.task[via[end]] != waiting:
        candidate = via[end]
        end = market.volunteer[places.chosen[market.task[candidate]]]
        _move(market, places, candidate)
    _move(market, places, via[end])


@compiled
def _ask(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    market: Market,
    places: Places,
    far: Numbers,
    via: Numbers,
    heap: list[tuple[int, int]],
    task: int,
    gets: int,
    end: int,
) -> int:
    """Let a task ask its candidates for a place, having `gets` for its own; give the nearest with room so far."""
    for candidate in range(market.first[task], market.first[task + 1]):
        one = market.volunteer[candidate]
        there = gets + market.cost[candidate] + places.price[one]
        if there < far[one] and there < far[end]:
            far[one], via[one] = there, candidate
            heappush(heap, (there, one))
            if places.load[one] < places.room[one]:
                end = one
    return end


@compiled
def _offer(market: Market, places: Places, far: Numbers, via: Numbers, owner: int) -> None:
    """Offer a place to who gains most by it; `far` is how much less they gain whose place comes free by that.

    The chain ends with somebody whose own place nobody wants: its price falls to nothing.
    """
    far[:] = _FAR
    far[owner] = 0
    heap = [(far[owner], owner)]
    end, least = owner, places.price[owner]
    while len(heap) > 0:
        here, giver = heappop(heap)
        if here >= least:
            break
        if here > far[giver]:
            continue
        for position in range(market.into_first[giver], market.into_first[giver + 1]):
            task = market.into_task[position]
            if places.chosen[task] == WAITING:
                continue
            one = market.volunteer[places.chosen[task]]
            there = here + market.into_cost[position] + places.price[giver] - _pays(market, places, task)
            if there < far[one] and there < least:
                far[one], via[one] = there, market.into[position]
                heappush(heap, (there, one))
                if there + places.price[one] < least:
                    end, least = one, there + places.price[one]
    for one in range(len(far)):
        places.price[one] -= max(0, least - far[one])
    places.owed[owner] -= 1
    places.room[owner] += 1
    while end != owner:
        candidate = via[end]
        end = market.volunteer[candidate]
        _move(market, places, candidate)
