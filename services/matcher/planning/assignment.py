"""Assigns the tasks of a whole city to its volunteers at once, exactly: min-cost flow by OR-Tools.

For what is to be done now and fits in one step: no routes, no times. Whoever may do a task is its candidate at a cost,
which the caller makes of travel, skill and wishes; a task that nobody does costs its penalty; the sum is smallest.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow

from services.matcher.planning.reason import Language
from services.matcher.planning.require import require, require_distinct

Numbers = npt.NDArray[np.int64]
NOBODY = -1
MOST_COST = 10**9
"""Costs and penalties beyond this are refused: sums over a city must stay far from the end of 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AssignmentProblem:
    """T tasks, V volunteers, E candidates.

    Parameters
    ----------
    tasks, volunteers
        Ids.
    penalty
        T; what leaving a task out costs, seconds-equivalent.
    capacity
        V; how many tasks a volunteer can be given.
    task, volunteer, cost
        E each: this volunteer may do this task at this cost, seconds-equivalent. Numbers of tasks and volunteers are
        positions in the ids. At most one candidate for each pair; sorted by task, then volunteer.

    Raises
    ------
    ValueError
        If arrays do not belong together, numbers are out of range, or ids or pairs come twice.
    """

    tasks: tuple[str, ...]
    volunteers: tuple[str, ...]
    penalty: Numbers
    capacity: Numbers
    task: Numbers
    volunteer: Numbers
    cost: Numbers

    def __post_init__(self) -> None:
        require_distinct("tasks", self.tasks)
        require_distinct("volunteers", self.volunteers)
        for name, values, length in (
            ("penalty", self.penalty, len(self.tasks)),
            ("capacity", self.capacity, len(self.volunteers)),
            ("volunteer", self.volunteer, len(self.task)),
            ("cost", self.cost, len(self.task)),
        ):
            require(values.shape == (length,), f"{name} has {values.shape} numbers; give {length}.")
            require(_within(values, 0, MOST_COST), f"{name} must lie between 0 and {MOST_COST}.")
        require(_within(self.task, 0, len(self.tasks) - 1), "task names a position that is not among the tasks.")
        require(_within(self.volunteer, 0, len(self.volunteers) - 1), "volunteer names a position that is not there.")
        pairs = self.task * max(1, len(self.volunteers)) + self.volunteer
        require(
            bool(np.all(np.diff(pairs) > 0)),
            "Candidates must be sorted by task, then volunteer, and no pair may come twice.",
        )


def _within(values: Numbers, least: int, most: int) -> bool:
    return len(values) == 0 or (int(values.min()) >= least and int(values.max()) <= most)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Assignment:
    """Who does what.

    Parameters
    ----------
    chosen
        T; the position of the candidate that does the task, or NOBODY.
    cost
        Of all tasks, penalties of those left out included, seconds-equivalent.
    """

    chosen: Numbers
    cost: int

    def pairs(self, problem: AssignmentProblem) -> tuple[tuple[str, str], ...]:
        """Give (task, volunteer) of all assigned tasks, in the order of tasks."""
        return tuple(
            (problem.tasks[task], problem.volunteers[int(problem.volunteer[candidate])])
            for task, candidate in enumerate(self.chosen.tolist())
            if candidate != NOBODY
        )


def assign(problem: AssignmentProblem) -> Assignment:
    """Find an assignment of least cost.

    Parameters
    ----------
    problem
        Any that could be made.

    Returns
    -------
    Assignment
        Optimal; the same for the same problem.

    Raises
    ------
    AssertionError
        If the flow algorithm does not reach the optimum, which no problem should make it.

    Notes
    -----
    Tasks are sources, a unit flows from each to a candidate and on to the sink, or past everybody at the price of the
    penalty. OR-Tools' algorithm is cost scaling push-relabel (Goldberg 1997, doi:10.1006/jagm.1995.0805).
    """
    tasks, volunteers = len(problem.tasks), len(problem.volunteers)
    sink = tasks + volunteers
    flow = min_cost_flow.SimpleMinCostFlow()
    everybody, everything = np.arange(volunteers), np.arange(tasks)
    flow.add_arcs_with_capacity_and_unit_cost(
        np.concatenate([problem.task, tasks + everybody, everything]),
        np.concatenate([tasks + problem.volunteer, np.full(volunteers, sink), np.full(tasks, sink)]),
        np.concatenate([np.ones_like(problem.task), problem.capacity, np.ones(tasks, np.int64)]),
        np.concatenate([problem.cost, np.zeros(volunteers, np.int64), problem.penalty]),
    )
    flow.set_nodes_supplies(everything, np.ones(tasks, np.int64))
    flow.set_node_supply(sink, -tasks)
    status = flow.solve()
    assert status == flow.OPTIMAL, f"min-cost flow ended with {status}"  # noqa: S101 - every task can be left out
    used = np.flatnonzero(flow.flows(np.arange(len(problem.task))))
    chosen = np.full(tasks, NOBODY, np.int64)
    chosen[problem.task[used]] = used
    return Assignment(chosen=chosen, cost=cost_of(problem, chosen))


def cost_of(problem: AssignmentProblem, chosen: Numbers) -> int:
    """Add up what is done and what is left out, seconds-equivalent."""
    done = chosen[chosen != NOBODY]
    return int(problem.cost[done].sum() + problem.penalty[chosen == NOBODY].sum())


def lowest_possible(problem: AssignmentProblem, price: Numbers) -> int:
    """Bound the cost of every assignment from below, by prices of a place with each volunteer.

    Parameters
    ----------
    problem
        The problem.
    price
        V; any numbers not below zero.

    Returns
    -------
    int
        No assignment costs less (linear duality). One that costs just this much is therefore optimal: a proof that
        anybody can add up, whoever found the assignment and the prices.
    """
    pays = problem.penalty.copy()
    np.minimum.at(pays, problem.task, problem.cost + price[problem.volunteer])
    return int(pays.sum() - (problem.capacity * price).sum())


def price_of_one_more(problem: AssignmentProblem, assignment: Assignment) -> Numbers:
    """Tell what giving each volunteer one more task would cost the others.

    Parameters
    ----------
    problem, assignment
        An optimal assignment of the problem.

    Returns
    -------
    array
        V; seconds-equivalent; 0 for who has room, beyond MOST_COST for who can be given nothing. The highest prices at
        which `lowest_possible` is just the assignment's cost.

    Notes
    -----
    Prices fall from above until everybody who does a task would not do better elsewhere (Bellman and Ford's method, by
    sweeps).
    """
    held = np.flatnonzero(assignment.chosen != NOBODY)
    now = assignment.chosen[held]
    owner = problem.volunteer[now]
    load = np.bincount(owner, minlength=len(problem.volunteers))
    price = np.where(load < problem.capacity, 0, 4 * MOST_COST).astype(np.int64)
    np.minimum.at(price, owner, problem.penalty[held] - problem.cost[now])
    some, begin = np.unique(problem.task, return_index=True)
    place = np.searchsorted(some, held)
    while len(held):
        elsewhere = problem.cost + price[problem.volunteer]
        elsewhere[now] = 4 * MOST_COST
        cheapest = np.minimum.reduceat(elsewhere, begin)[place]
        lower = price.copy()
        np.minimum.at(lower, owner, cheapest - problem.cost[now])
        if np.array_equal(lower, price):
            break
        price = lower
    return price


class LeftOut(StrEnum):
    """Why nobody does a task."""

    NO_CANDIDATE = "no_candidate"  # nobody who could be given something may do it
    TOO_DEAR = "too_dear"  # somebody has room, but costs more than leaving the task out
    OUTBID = "outbid"  # everybody who may do it is worth more where they are


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOutTask:
    """A task that nobody does.

    Parameters
    ----------
    task
        Its id.
    reason
        Why.
    short_of
        By how much its penalty would have to be higher for an assignment with it to cost the same; 0 if there is no
        candidate. One more, and it is done.
    volunteer
        Who would do it then; empty if there is no candidate.
    """

    task: str
    reason: LeftOut
    short_of: int = 0
    volunteer: str = ""

    def said_in(self, language: Language | str) -> str:
        """Say why, and what to do, in the dispatcher's language."""
        return _SAID[Language(language)][self.reason].format(short_of=self.short_of)


_SAID = {
    Language.EN: {
        LeftOut.NO_CANDIDATE: "Nobody who may do it is free. Widen the circle of volunteers, or call some in.",
        LeftOut.TOO_DEAR: "Somebody is free, but costs {short_of} more than leaving it out. Raise its penalty if it"
        " is worth that.",
        LeftOut.OUTBID: "Everybody who may do it is needed more elsewhere. Raise its penalty by more than {short_of},"
        " or call volunteers in.",
    },
    Language.ZH: {
        LeftOut.NO_CANDIDATE: "没有空闲且符合条件的志愿者。请扩大候选范围或召集志愿者。",
        LeftOut.TOO_DEAR: "有人有空，但代价比不安排还高 {short_of}。如果值得，请提高该任务的权重。",
        LeftOut.OUTBID: "符合条件的志愿者都被更需要的任务占用。请把权重提高 {short_of} 以上，或召集志愿者。",
    },
}


def explain(problem: AssignmentProblem, assignment: Assignment, price: Numbers) -> tuple[LeftOutTask, ...]:
    """Say why each task that was left out is.

    Parameters
    ----------
    problem, assignment
        An optimal assignment of the problem.
    price
        V; what one more task for each volunteer would cost (`price_of_one_more`).

    Returns
    -------
    tuple of LeftOutTask
        In the order of tasks.
    """
    missed = np.flatnonzero(assignment.chosen == NOBODY)
    first = np.searchsorted(problem.task, np.arange(len(problem.tasks) + 1))
    busy = np.bincount(problem.volunteer[assignment.chosen[assignment.chosen != NOBODY]], minlength=len(price))
    free = busy < problem.capacity
    return tuple(_why(problem, price, free, int(task), range(first[task], first[task + 1])) for task in missed)


def _why(
    problem: AssignmentProblem, price: Numbers, free: npt.NDArray[np.bool_], task: int, candidates: Iterable[int]
) -> LeftOutTask:
    volunteer = problem.volunteer
    able = [one for one in candidates if problem.capacity[volunteer[one]] > 0]
    if not able:
        return LeftOutTask(task=problem.tasks[task], reason=LeftOut.NO_CANDIDATE)
    best = min(able, key=lambda one: (int(problem.cost[one] + price[volunteer[one]]), one))
    return LeftOutTask(
        task=problem.tasks[task],
        reason=LeftOut.TOO_DEAR if bool(free[volunteer[best]]) else LeftOut.OUTBID,
        short_of=int(problem.cost[best] + price[volunteer[best]] - problem.penalty[task]),
        volunteer=problem.volunteers[int(volunteer[best])],
    )
