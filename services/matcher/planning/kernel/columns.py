"""The routes that searches have kept as columns of a set partitioning, written and sorted out by compiled loops."""

import numpy as np

from services.matcher.planning.kernel.board import NOBODY, PICKUP
from services.matcher.planning.kernel.compiled import Array, entry, inlined
from services.matcher.planning.kernel.cover import WORD
from services.matcher.planning.kernel.desk import jobs_of, nodes_of, now_of, people_of, route_nodes_of, routes_of


@entry
def gather(desks: Array, row_of: Array, leads: Array, jobs: int) -> tuple[Array, Array, Array, Array, Array]:
    """Write every route once, and then "nobody does it" for each job or group that may be left undone.

    Parameters
    ----------
    desks
        int64 [S], of the searches.
    row_of, leads, jobs
        int64 [J], the row of each job, or NOBODY; int64 [U], who may be left undone; how many rows are jobs. The rows
        behind them are numbers of twins.

    Returns
    -------
    tuple of Array
        Cost, float64 [C], seconds-equivalent; person, int64 [C], number of twins, K for nobody; first, int64 [C + 1],
        and rows, int64, of each column one after the other, a route's person last; source, int64 [C],
        search x ROUTES + slot, or NOBODY.
    """
    all_jobs, people, slots = jobs_of(desks[0]), len(people_of(desks[0])), len(routes_of(desks[0]))
    count, size = _room(desks, all_jobs, leads)
    cost, person, first = np.zeros(count), np.full(count, people), np.zeros(count + 1, np.int64)
    rows, source, column, end = np.zeros(size, np.int64), np.full(count, NOBODY), 0, 0
    for one in range(len(desks)):
        nodes = nodes_of(desks[one])
        for place in range(now_of(desks[one])[0].filled):
            slot = routes_of(desks[one])[place].filled
            route = routes_of(desks[one])[slot]
            if not _counts(desks, one, slot):
                continue
            for at in range(route.length):
                node = nodes[route_nodes_of(desks[one])[slot, at]]
                if node.kind != PICKUP:
                    rows[end] = row_of[node.job]
                    end += 1
            rows[end] = jobs + route.person
            end += 1
            cost[column], person[column], source[column] = route.cost, route.person, one * slots + slot
            column += 1
            first[column] = end
    for lead in leads:
        for job in range(lead, lead + all_jobs[lead].size):
            rows[end] = row_of[job]
            end += 1
        cost[column] = all_jobs[lead].penalty
        column += 1
        first[column] = end
    return cost, person, first, rows, source


@inlined
def _room(desks: Array, jobs: Array, leads: Array) -> tuple[int, int]:
    """How many columns there are, and how many rows they have in all, at most."""
    count, size = len(leads), 0
    for lead in leads:
        size += jobs[lead].size
    for one in range(len(desks)):
        for place in range(now_of(desks[one])[0].filled):
            slot = routes_of(desks[one])[place].filled
            if _counts(desks, one, slot):
                count += 1
                size += routes_of(desks[one])[slot].length + 1
    return count, size


@inlined
def _counts(desks: Array, one: int, slot: int) -> bool:
    """Whether a search has a route in a slot, and no other search the same for less; equal routes share a slot."""
    route = routes_of(desks[one])[slot]
    for other in range(len(desks)):
        rival = routes_of(desks[other])[slot]
        if rival.length > 0 and rival.key == route.key and (rival.cost, other) < (route.cost, one):
            return False
    return True


@entry
def reduced_costs(cost: Array, first: Array, rows: Array, worth: Array) -> Array:
    """By how much each column costs more than its rows are worth; below zero where it is worth more: float64 [C]."""
    reduced = np.zeros(len(cost))
    for column in range(len(cost)):
        reduced[column] = cost[column]
        for at in range(first[column], first[column + 1]):
            reduced[column] -= worth[rows[at]]
    return reduced


@entry
def indexed(first: Array, rows: Array, near: Array, jobs: int) -> tuple[Array, Array, Array]:
    """Write the jobs of some columns as bits, and the columns of each job: what `cover` wants to know of them."""
    masks, ahead = np.zeros((len(near), (jobs + WORD - 1) // WORD), np.uint64), np.zeros(jobs + 2, np.int64)
    for place in range(len(near)):
        for at in range(first[near[place]], first[near[place] + 1]):
            row = rows[at]
            if row < jobs:
                masks[place, row // WORD] |= np.uint64(1) << np.uint64(row % WORD)
                ahead[row + 2] += 1
    for job in range(jobs):
        ahead[job + 2] += ahead[job + 1]
    by_job = np.zeros(ahead[jobs + 1], np.int64)
    for place in range(len(near)):
        for at in range(first[near[place]], first[near[place] + 1]):
            if rows[at] < jobs:
                by_job[ahead[rows[at] + 1]] = place
                ahead[rows[at] + 1] += 1
    return masks, ahead[: jobs + 1], by_job


@entry
def used(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    near: Array, person: Array, first: Array, rows: Array, kind_of: Array, batch: Array, kinds: int, batches: int
) -> Array:
    """Count what some columns take of each kind of twins, and of each batch: int64 [len(near), kinds + batches].

    `kind_of` is int64 [K], of each number of twins; `batch` int64 [jobs], of each row, NOBODY or a batch; kinds and
    batches are counted from 0.
    """
    uses = np.zeros((len(near), kinds + batches), np.int64)
    for place in range(len(near)):
        column = near[place]
        if person[column] >= len(kind_of):
            continue
        uses[place, kind_of[person[column]]] = 1
        for at in range(first[column], first[column + 1]):
            if rows[at] < len(batch) and batch[rows[at]] != NOBODY:
                uses[place, kinds + batch[rows[at]]] += 1
    return uses


@entry
def disjoint(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    order: Array, first: Array, rows: Array, room: Array, batch: Array, portions: Array, most: int
) -> Array:
    """Take columns in an order, as long as each row has room and each batch portions, until they have `most` jobs.

    Returns
    -------
    Array
        int64: the columns taken. `room` and `portions` are what is left.
    """
    taken, count, done = np.zeros(len(room), np.int64), 0, 0
    for column in order:
        if done >= most:
            break
        if not _fits(first[column], first[column + 1], rows, room, batch, portions):
            continue
        for at in range(first[column], first[column + 1]):
            room[rows[at]] -= 1
            if rows[at] < len(batch):
                done += 1
        taken[count] = column
        count += 1
    return taken[:count]


@inlined
def _fits(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    start: int, end: int, rows: Array, room: Array, batch: Array, portions: Array
) -> bool:
    """Whether rows and batches have room for a column; if so, its portions are taken."""
    at, fits = start, True
    while fits and at < end:
        row = rows[at]
        fits = room[row] > 0
        if fits and row < len(batch) and batch[row] != NOBODY:
            fits = portions[batch[row]] > 0
            portions[batch[row]] -= 1
        at += 1
    if not fits:
        for row in rows[start:at]:
            if row < len(batch) and batch[row] != NOBODY and room[row] > 0:
                portions[batch[row]] += 1
    return fits
