"""What each job is worth: multipliers of a Lagrangean relaxation of set partitioning, by subgradient steps."""

import numpy as np

from services.matcher.planning.kernel.compiled import Array, entry, inlined
from services.matcher.planning.kernel.cover import copy

PATIENCE = 10  # steps without a better bound before they get shorter
SHORTER = 0.7
BEYOND = 1.02  # steps aim at a little more than the best plan known


@entry
def improve_worth(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    cost: Array, first: Array, rows: Array, jobs: int, room: Array, worth: Array, most: float, steps: int
) -> float:
    """Improve the multipliers in place.

    Parameters
    ----------
    cost
        float64 [C], of each column, seconds-equivalent.
    first, rows
        int64 [C + 1], [first[-1]]: the rows of each column, one after the other.
    jobs, room
        The first rows must be covered exactly once; int64 [R], the others at most so often.
    worth
        float64 [R], seconds-equivalent: the multipliers to begin with, and then the best.
    most, steps
        Cost of the best plan known; how many steps are made.

    Returns
    -------
    float
        A bound: no choice of columns costs less.
    """
    best, slope, stale, scale, bound = np.zeros(len(worth)), np.zeros(len(worth)), 0, 1.0, -1e300
    copy(worth, best, len(worth))
    for _ in range(steps):
        total = _bound_at(cost, first, rows, room, worth, slope)
        stale += 1
        if total > bound:
            bound, stale = total, 0
            copy(worth, best, len(worth))
        if stale >= PATIENCE:
            scale, stale = scale * SHORTER, 0
            copy(best, worth, len(worth))
        elif total >= most or not _step(worth, slope, jobs, scale * (BEYOND * most - total)):
            break
    copy(best, worth, len(worth))
    return bound


@inlined
def _bound_at(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    cost: Array, first: Array, rows: Array, room: Array, worth: Array, slope: Array
) -> float:
    """Take every column that costs less than its rows are worth; return the bound, and in `slope` what is left open."""
    total = 0.0
    for row in range(len(worth)):
        total += worth[row] * room[row]
        slope[row] = room[row]
    for column in range(len(cost)):
        reduced = cost[column]
        for at in range(first[column], first[column + 1]):
            reduced -= worth[rows[at]]
        if reduced < 0.0:
            total += reduced
            for at in range(first[column], first[column + 1]):
                slope[rows[at]] -= 1.0
    return total


@inlined
def _step(worth: Array, slope: Array, jobs: int, length: float) -> bool:
    """Move along the slope; False if there is none. A row that need not be covered is never worth more than nothing."""
    square = 0.0
    for row in range(len(worth)):
        if row < jobs or slope[row] < 0.0 or worth[row] < 0.0:
            square += slope[row] * slope[row]
    if square == 0.0:
        return False
    for row in range(len(worth)):
        worth[row] += length / square * slope[row]
        if row >= jobs:
            worth[row] = min(worth[row], 0.0)
    return True
