"""Finds an assignment that is the best of all pairs, looking only at the candidates that could be part of it.

First everybody's nearest are candidates. The prices of an optimal assignment then tell which other pairs would make it
cheaper; these become candidates, too, until there are none (column generation: Dantzig and Wolfe 1960,
doi:10.1287/opre.8.1.101).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Final

import numpy as np
import numpy.typing as npt

from services.matcher.application.assignment_door.asked import AskedAssignment
from services.matcher.application.assignment_door.pairs import FORBIDDEN, Costs, Pairs
from services.matcher.planning.assignment import Assignment, AssignmentProblem, assign, price_of_one_more

Numbers = npt.NDArray[np.int64]
NEAREST: Final = 30  # candidates that a task gets at a time
_AT_A_TIME: Final = 1_000_000  # pairs: 8 MB for each array of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An optimal assignment among the candidates that were looked at.

    Parameters
    ----------
    problem, assignment
        The candidates, and who of them does what.
    price
        V; what one more task for each volunteer would cost.
    proven
        Whether no pair that is not a candidate would make it cheaper.
    """

    problem: AssignmentProblem
    assignment: Assignment
    price: Numbers
    proven: bool = False


def best_of_all(asked: AskedAssignment, pairs: Pairs, *, seconds: float) -> Drawn:
    """Assign at least cost over all pairs.

    Parameters
    ----------
    asked, pairs
        A question that fits, and what its pairs cost.
    seconds
        When they are over, no further candidates are looked for.
    """
    begun = perf_counter()
    everything, anything = np.arange(len(asked.tasks)), np.full(len(asked.tasks), FORBIDDEN)
    candidates, reach = _cheaper(pairs, everything, anything, np.zeros(len(asked.volunteers), np.int64), None)
    while True:
        drawn = _assigned(asked, candidates)
        pays = _pays(drawn)
        open_to_more = np.flatnonzero(pays > reach)  # whoever is no candidate costs no less than `reach`
        new, _ = _cheaper(pairs, open_to_more, pays[open_to_more], drawn.price, drawn.problem)
        if not len(new):
            return replace(drawn, proven=True)
        if perf_counter() - begun > seconds:
            return drawn
        candidates = np.concatenate([candidates, new])


def _cheaper(
    pairs: Pairs, tasks: Numbers, pays: Numbers | Costs, price: Numbers, known: AssignmentProblem | None
) -> tuple[Numbers, Costs]:
    """Give the pairs of some tasks that cost less than these pay now, and what all their other pairs cost at least.

    Returns
    -------
    array, array
        n x 3: task, volunteer, cost; at most NEAREST of a task, those that cost least. For each task, what all its
        other pairs cost at least, with the price.
    """
    found, reach = [np.empty((0, 3), np.int64)], np.full(len(tasks), FORBIDDEN)
    for some in _chunks(len(tasks), len(price)):
        costs = pairs.costs(tasks[some])
        with_price = costs + price
        if known is not None:
            _forbid(with_price, tasks[some], known)
        rows = np.arange(len(with_price))[:, None]
        if len(price) > NEAREST:
            least = np.argpartition(with_price, NEAREST - 1, axis=1)[:, :NEAREST]
            reach[some] = with_price[rows, least].max(axis=1)
        else:
            least = np.broadcast_to(np.arange(len(price)), with_price.shape)
        row, place = np.nonzero(with_price[rows, least] < pays[some][:, None])
        volunteer = least[row, place]
        found.append(np.column_stack([tasks[some][row], volunteer, costs[row, volunteer].astype(np.int64)]))
    return np.concatenate(found), reach


def _chunks(tasks: int, volunteers: int) -> Iterator[slice]:
    step = max(1, _AT_A_TIME // max(1, volunteers))
    return (slice(begin, begin + step) for begin in range(0, tasks, step))


def _forbid(costs: Costs, tasks: Numbers, known: AssignmentProblem) -> None:
    """Leave out the pairs that are candidates already."""
    row = np.full(len(known.tasks), -1)
    row[tasks] = np.arange(len(tasks))
    here = row[known.task] >= 0
    costs[row[known.task[here]], known.volunteer[here]] = FORBIDDEN


def _assigned(asked: AskedAssignment, candidates: Numbers) -> Drawn:
    task, volunteer, cost = candidates[np.lexsort((candidates[:, 1], candidates[:, 0]))].T.copy()
    problem = AssignmentProblem(
        tasks=tuple(one.id for one in asked.tasks),
        volunteers=tuple(one.id for one in asked.volunteers),
        penalty=np.array([one.penalty_s for one in asked.tasks], np.int64),
        capacity=np.array([one.capacity for one in asked.volunteers], np.int64),
        task=task,
        volunteer=volunteer,
        cost=cost,
    )
    assignment = assign(problem)
    return Drawn(problem=problem, assignment=assignment, price=price_of_one_more(problem, assignment))


def _pays(drawn: Drawn) -> Numbers:
    """Give what each task costs with the price of the place it takes, T."""
    problem, pays = drawn.problem, drawn.problem.penalty.copy()
    np.minimum.at(pays, problem.task, problem.cost + drawn.price[problem.volunteer])
    return pays
