"""Keeps a city's assignment optimal while tasks come and go, people refuse and leave, without solving it anew.

Needs the compiler (numba, the extra `kernel`).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from services.matcher.planning.assignment import NOBODY, Assignment, AssignmentProblem, Numbers, assign, cost_of
from services.matcher.planning.assignment_chains import (
    WAITING,
    Market,
    Places,
    first_prices,
    settle,
    sort_by_volunteer,
)
from services.matcher.planning.require import require

_ANY_PRICE = 1 << 50  # of somebody who has not been offered to anybody yet


@dataclass(frozen=True, slots=True, kw_only=True)
class NewTask:
    """A task that comes in.

    Parameters
    ----------
    id, penalty
        As in a problem.
    candidates
        (volunteer's id, cost) of each who may do it.
    """

    id: str
    penalty: int
    candidates: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVolunteer:
    """A volunteer who comes in.

    Parameters
    ----------
    id, capacity
        As in a problem.
    candidates
        (task's id, cost) of each task that they may do.
    """

    id: str
    capacity: int
    candidates: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What happened since the last assignment; all of it is answered at once.

    Parameters
    ----------
    gone
        Tasks that need nobody any more: done, withdrawn.
    refused
        (task, volunteer) who will not do it; nothing happens if they were no candidate.
    left
        Volunteers who are not there any more.
    tasks, volunteers
        New ones. A new task may name new volunteers, not the other way round.
    """

    gone: Sequence[str] = ()
    refused: Sequence[tuple[str, str]] = ()
    left: Sequence[str] = ()
    tasks: Sequence[NewTask] = ()
    volunteers: Sequence[NewVolunteer] = ()


class LiveAssignment:
    """An optimal assignment with the prices that prove it."""

    def __init__(self, problem: AssignmentProblem, assignment: Assignment | None = None) -> None:
        """Take a problem, and an optimal assignment of it if there is one already."""
        self.problem = problem
        chosen = (assignment or assign(problem)).chosen
        nothing = np.zeros_like(problem.capacity)
        self._market = _market(problem)
        self._places = _places(problem, self._market, chosen, owed=nothing, price=nothing)
        first_prices(self._market, self._places)

    @property
    def assignment(self) -> Assignment:
        """The optimal assignment of `problem`."""
        everything, volunteers = np.arange(len(self.problem.tasks)), len(self.problem.volunteers)
        left_out = self._market.volunteer[self._places.chosen] == volunteers
        chosen = np.where(left_out, NOBODY, self._places.chosen - everything)
        return Assignment(chosen=chosen, cost=cost_of(self.problem, chosen))

    @property
    def prices(self) -> Numbers:
        """V; prices at which `lowest_possible` is just the assignment's cost."""
        return self._places.price[:-1].copy()

    def change(self, changes: Changes) -> None:
        """Take changes in and repair the assignment.

        Raises
        ------
        ValueError
            If a task or volunteer is not known, or a new one is. Nothing has changed then.
        """
        after, chosen, owed, price = _changed(self.problem, self.assignment.chosen, self.prices, changes)
        self.problem, self._market = after, _market(after)
        self._places = _places(after, self._market, chosen, owed=owed, price=price)
        settle(self._market, self._places)


def _market(problem: AssignmentProblem) -> Market:
    """Give the candidates of a problem, and nobody as the last of each task."""
    tasks, nobody = len(problem.tasks), len(problem.volunteers)
    first = np.searchsorted(problem.task, np.arange(tasks + 1))
    task = np.insert(problem.task, first[1:], np.arange(tasks))
    volunteer = np.insert(problem.volunteer, first[1:], nobody)
    cost = np.insert(problem.cost, first[1:], problem.penalty)
    into_first, into = sort_by_volunteer(volunteer, nobody + 1)
    return Market(
        first=first + np.arange(tasks + 1),
        task=task,
        volunteer=volunteer,
        cost=cost,
        into_first=into_first,
        into=into,
        into_task=task[into],
        into_cost=cost[into],
    )


def _places(problem: AssignmentProblem, market: Market, chosen: Numbers, *, owed: Numbers, price: Numbers) -> Places:
    """Seat everybody; candidates are numbered as in the problem, places with nobody are added."""
    everything = np.arange(len(chosen))
    chosen = np.where(chosen == NOBODY, market.first[1:] - 1, np.where(chosen == WAITING, WAITING, chosen + everything))
    capacity = np.append(problem.capacity, len(chosen))
    desk = _cumulated(np.minimum(capacity, np.diff(market.into_first)) + 1)
    tasks = np.flatnonzero(chosen != WAITING)
    tasks = tasks[np.argsort(market.volunteer[chosen[tasks]], kind="stable")]
    owners = market.volunteer[chosen[tasks]]
    load = np.bincount(owners, minlength=len(capacity))
    seats = desk[owners] + np.arange(len(tasks)) - _cumulated(load)[owners]
    seated, seat = np.empty(desk[-1], np.int64), np.empty(len(chosen), np.int64)
    seated[seats], seat[tasks] = tasks, seats
    owed = np.append(owed, 0)
    return Places(chosen, desk, seated, seat, load, capacity - owed, owed, np.append(price, 0))


def _cumulated(sizes: Numbers) -> Numbers:
    return np.concatenate([np.zeros(1, np.int64), np.cumsum(sizes)])


class _Left:
    """What is left of a problem and its assignment: who stays, and which candidates."""

    def __init__(self, before: AssignmentProblem, changes: Changes) -> None:
        self.task_of = {name: number for number, name in enumerate(before.tasks)}
        self.volunteer_of = {name: number for number, name in enumerate(before.volunteers)}
        self.stays = np.ones(len(before.tasks), np.bool_)
        self.stays[[_known(self.task_of, name, "gone") for name in changes.gone]] = False
        self.serves = np.ones(len(before.volunteers), np.bool_)
        self.serves[[_known(self.volunteer_of, name, "left") for name in changes.left]] = False
        self.alive = self.stays[before.task] & self.serves[before.volunteer]
        for name, other in changes.refused:
            task, volunteer = _known(self.task_of, name, "refused"), _known(self.volunteer_of, other, "refused")
            begin, end = np.searchsorted(before.task, (task, task + 1))
            self.alive[begin:end] &= before.volunteer[begin:end] != volunteer


def _known(numbers: dict[str, int], name: str, where: str) -> int:
    require(name in numbers, f"{where} names {name!r}, which is not there.")
    return numbers[name]


def _changed(
    before: AssignmentProblem, chosen: Numbers, price: Numbers, changes: Changes
) -> tuple[AssignmentProblem, Numbers, Numbers, Numbers]:
    """Give the problem after the changes, what is left of the assignment, places that came free, and prices.

    Without the tasks that wait and without the places that came free and had a price, what is left is optimal at the
    present prices.
    """
    left = _Left(before, changes)
    tasks = (*_kept(before.tasks, left.stays), *(one.id for one in changes.tasks))
    volunteers = (*_kept(before.volunteers, left.serves), *(one.id for one in changes.volunteers))
    new_task, new_volunteer, new_cost = _new_candidates(changes, tasks, volunteers)
    task = np.concatenate([_renumbered(left.stays)[before.task[left.alive]], new_task])
    volunteer = np.concatenate([_renumbered(left.serves)[before.volunteer[left.alive]], new_volunteer])
    order = np.argsort(task * len(volunteers) + volunteer, kind="stable")  # nearly sorted already
    after = AssignmentProblem(
        tasks=tasks,
        volunteers=volunteers,
        penalty=np.concatenate([before.penalty[left.stays], _numbers([one.penalty for one in changes.tasks])]),
        capacity=np.concatenate([before.capacity[left.serves], _numbers([one.capacity for one in changes.volunteers])]),
        task=task[order],
        volunteer=volunteer[order],
        cost=np.concatenate([before.cost[left.alive], new_cost])[order],
    )
    position = np.empty(len(order), np.int64)
    position[order] = np.arange(len(order))
    held, freed = _loosened(before, chosen, left, position)
    arrivals = _numbers([one.capacity for one in changes.volunteers])
    owed = np.concatenate([np.where(price > 0, freed, 0)[left.serves], arrivals])
    prices = np.concatenate([price[left.serves], np.full(len(arrivals), _ANY_PRICE)])
    return after, np.concatenate([held, np.full(len(changes.tasks), WAITING)]), owed, prices


def _loosened(before: AssignmentProblem, chosen: Numbers, left: _Left, position: Numbers) -> tuple[Numbers, Numbers]:
    """Give the candidates that tasks keep, by their new positions, and the places that came free of each volunteer."""
    held = np.flatnonzero(chosen != NOBODY)
    kept = left.alive[chosen[held]]
    freed = np.bincount(before.volunteer[chosen[held[~kept]]], minlength=len(before.volunteers))
    after = chosen.copy()
    after[held[~kept]] = WAITING
    after[held[kept]] = position[_renumbered(left.alive)[chosen[held[kept]]]]
    return after[left.stays], freed


def _new_candidates(
    changes: Changes, tasks: tuple[str, ...], volunteers: tuple[str, ...]
) -> tuple[Numbers, Numbers, Numbers]:
    """Give tasks, volunteers and costs of the new candidates, numbered as after the changes."""
    task_of = {name: number for number, name in enumerate(tasks)}
    volunteer_of = {name: number for number, name in enumerate(volunteers)}
    found = [
        *((one.id, other, cost) for one in changes.tasks for other, cost in one.candidates),
        *((other, one.id, cost) for one in changes.volunteers for other, cost in one.candidates),
    ]
    return (
        _numbers([_known(task_of, task, "a candidate") for task, _, _ in found]),
        _numbers([_known(volunteer_of, volunteer, "a candidate") for _, volunteer, _ in found]),
        _numbers([cost for _, _, cost in found]),
    )


def _kept(names: tuple[str, ...], mask: npt.NDArray[np.bool_]) -> Iterator[str]:
    return compress(names, mask.tolist())


def _renumbered(mask: npt.NDArray[np.bool_]) -> Numbers:
    """Give the new number of everything that the mask keeps."""
    return np.cumsum(mask) - 1


def _numbers(values: list[int]) -> Numbers:
    return np.array(values, np.int64)
