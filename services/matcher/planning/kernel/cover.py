"""Put columns together that cover every job exactly once, with small reduced costs, depth first."""

import numpy as np

from services.matcher.planning.kernel.compiled import Array, entry, inlined

WORD = 64  # bits


@entry
def cover(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    masks: Array,
    cost: Array,
    reduced: Array,
    uses: Array,
    left: Array,
    ahead: Array,
    by_job: Array,
    order: Array,
    most: float,
    bound: float,
    limit: int,
) -> Array:
    """Find the disjoint columns that cover every job and cost the least.

    Parameters
    ----------
    masks, cost, reduced
        uint64 [C, W], the jobs of each column as bits; float64 [C], seconds-equivalent; float64 [C], ascending, at
        least zero.
    uses, left
        int64 [C, U], [U]: what each column uses up of what there is; `left` is as it was afterwards.
    ahead, by_job
        int64 [J + 1], [ahead[-1]]: the columns of each job, one after the other, ascending.
    order
        int64 [J]: in which the jobs are looked at first, those with few columns before others. It changes: what could
        not be covered last comes first.
    most, bound
        Only what costs less than `most` is looked for; columns whose reduced costs add up to so much cost at least
        `bound` more.
    limit
        How many columns are tried before it is given up.

    Returns
    -------
    Array
        int64: the columns; none if nothing was found.
    """
    jobs, words = len(ahead) - 1, masks.shape[1]
    covered, spent, paid = np.zeros((jobs + 2, words), np.uint64), np.zeros(jobs + 2), np.zeros(jobs + 2)
    at, end, taken = np.zeros(jobs + 2, np.int64), np.zeros(jobs + 2, np.int64), np.zeros(jobs + 2, np.int64)
    found, count, depth, tried = np.zeros(jobs + 2, np.int64), 0, 0, 0
    job = _scarcest(covered[0], masks, ahead, by_job, reduced, most - bound, order)
    if job < 0 or jobs == 0:
        return found[:0]
    at[0], end[0] = ahead[job], ahead[job + 1]
    while depth >= 0 and tried < limit:
        if at[depth] >= end[depth]:
            depth -= 1
            if depth >= 0:
                _use(left, uses[taken[depth]], -1)
            continue
        column = by_job[at[depth]]
        at[depth] += 1
        if spent[depth] + reduced[column] >= most - bound:
            at[depth] = end[depth]
            continue
        if not _apart(covered[depth], masks[column]) or not _enough(left, uses[column]):
            continue
        tried += 1
        taken[depth] = column
        spent[depth + 1], paid[depth + 1] = spent[depth] + reduced[column], paid[depth] + cost[column]
        _join(covered[depth], masks[column], covered[depth + 1])
        job = _scarcest(covered[depth + 1], masks, ahead, by_job, reduced, most - bound - spent[depth + 1], order)
        if job == jobs and paid[depth + 1] < most:
            most, count = paid[depth + 1], depth + 1
            copy(taken, found, count)
        elif 0 <= job < jobs:
            _use(left, uses[column], 1)
            depth += 1
            at[depth], end[depth] = ahead[job], ahead[job + 1]
    for one in range(depth):  # if it was given up
        _use(left, uses[taken[one]], -1)
    return found[:count]


@inlined
def _join(covered: Array, mask: Array, both: Array) -> None:
    """Write down what is covered with one more column."""
    for word in range(len(mask)):
        both[word] = covered[word] | mask[word]


@inlined
def copy(source: Array, target: Array, count: int) -> None:
    """Copy the first items of a row; slices take seconds to compile."""
    for one in range(count):
        target[one] = source[one]


@inlined
def _enough(left: Array, uses: Array) -> bool:
    """Whether there is as much as a column uses."""
    for one in range(len(left)):  # noqa: SIM110 - the compiler knows no all()
        if uses[one] > left[one]:
            return False
    return True


@inlined
def _use(left: Array, uses: Array, sign: int) -> None:
    """Take what a column uses (1), or give it back (-1)."""
    for one in range(len(left)):
        left[one] -= sign * uses[one]


@inlined
def _scarcest(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    covered: Array, masks: Array, ahead: Array, by_job: Array, reduced: Array, left: float, order: Array
) -> int:
    """Find the open job that the fewest columns could cover; -1 if one has none, J if no job is open.

    Jobs are looked at in an order that is kept: one that has no column is looked at first from then on.
    """
    scarcest, fewest = len(order), len(by_job) + 1
    for place in range(len(order)):
        job = order[place]
        if covered[job // WORD] >> np.uint64(job % WORD) & np.uint64(1):
            continue
        count = 0
        for at in range(ahead[job], ahead[job + 1]):
            if reduced[by_job[at]] >= left or count >= fewest:
                break
            count += int(_apart(covered, masks[by_job[at]]))
        if count == 0:
            for later in range(place, 0, -1):
                order[later] = order[later - 1]
            order[0] = job
            return -1
        if count < fewest:
            scarcest, fewest = job, count
    return scarcest


@inlined
def _apart(covered: Array, mask: Array) -> bool:
    """Whether a column covers nothing that is covered."""
    for word in range(len(mask)):  # noqa: SIM110 - the compiler knows no all()
        if covered[word] & mask[word]:
            return False
    return True
