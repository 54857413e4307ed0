"""Lending as a CP-SAT model: a yes or no for everybody who could stand on a duty, a line for every rule."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, islice

from ortools.sat.python import cp_model

from services.matcher.planning.fairness import add_unfairness, step_of
from services.matcher.planning.lending.question import Agreement, AreaDuty, LendingQuestion
from services.matcher.planning.lending.standing import Pair

_PAIR_S = 30e-6  # for writing one pair into a model and presolving it
_NEAR_S = 4e-6  # for a line about two duties of somebody with too little time for the way between them
_LOOK_S = 0.2e-6  # for looking at one who could be lent at a moment

Stands = list[tuple[int, cp_model.IntVar]]
"""(position of the duty, whether somebody stands on it)."""


class LendingModel:
    """The model of a question; asked several things, one after the other.

    Parameters
    ----------
    question, could
        The question, and who could stand where.
    most_empty
        The most empty slots of each area; an area that is not named has no bound.
    """

    def __init__(self, question: LendingQuestion, could: Sequence[Pair], most_empty: Mapping[str, int]) -> None:
        self._question = question
        self._model = cp_model.CpModel()
        self._stands = {pair: self._model.new_bool_var("") for pair in could}
        self._missing = self._count_missing()
        for area, most in most_empty.items():
            own = [one for duty, one in self._missing.items() if question.duties[duty].area == area]
            self._model.add(cp_model.LinearExpr.sum(own) <= most)
        mine = defaultdict[int, Stands](list)
        for (duty, person), stands in self._stands.items():
            mine[person].append((duty, stands))
        for person, some in mine.items():
            self._one_place_at_a_time(some)
            self._bound_minutes(some, question.people[person].most_min)
        self._under = self._under_agreements()
        for agreement, some in self._under.items():
            self._keep_agreement(question.agreements[agreement], some)

    def cover(self) -> None:
        """Ask for as few empty slots as can be."""
        self._model.minimize(self._empty())

    def travel_least(self, *, empty: int) -> None:
        """Ask for the least travel with no more empty slots than this."""
        self._model.add(self._empty() <= empty)
        self._model.minimize(self._travel())

    def spread(self, *, travel_min: int) -> None:
        """Ask that lenders share the burden, with no more travel than this; after `travel_least`."""
        self._model.add(self._travel() <= travel_min)
        costs, lent = list[cp_model.IntVar](), defaultdict[str, Stands](list)
        for agreement, some in self._under.items():
            lent[self._question.agreements[agreement].lender] += some
        step = burden_step(self._question)
        for some in lent.values():
            minutes = [self._question.duties[duty].minutes for duty, _ in some]
            load = cp_model.LinearExpr.weighted_sum([stands for _, stands in some], minutes)
            most = min(sum(minutes), total_min(self._question))
            costs.append(add_unfairness(self._model, load, least_min=0, most_min=most, step_min=step))
        self._model.minimize(cp_model.LinearExpr.sum(costs))

    def solve(self, start: Iterable[Pair], seconds: float, *, seed: int) -> tuple[tuple[Pair, ...] | None, bool]:
        """Solve what was asked for last.

        Parameters
        ----------
        start
            Who stands where to begin with.
        seconds
            Wall time after which the best so far is given.
        seed
            Of the search.

        Returns
        -------
        pairs, proven
            Who stands where, None if nothing was found in time; and whether nothing is better.
        """
        self._hint(set(start))
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.001)
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = 1  # for 400 people of 13 areas no worse than several, and it repeats itself
        solver.parameters.linearization_level = 2
        status = solver.solve(self._model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        chosen = tuple(sorted(pair for pair, stands in self._stands.items() if solver.boolean_value(stands)))
        return chosen, status == cp_model.OPTIMAL

    def _hint(self, pairs: set[Pair]) -> None:
        filled = Counter(duty for duty, _ in pairs)
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for pair, stands in self._stands.items():
            self._model.add_hint(stands, pair in pairs)
        for duty, missing in self._missing.items():
            self._model.add_hint(missing, self._question.duties[duty].needed - filled[duty])

    def _count_missing(self) -> dict[int, cp_model.IntVar]:
        """Give each duty the number of its empty slots."""
        there = defaultdict[int, list[cp_model.IntVar]](list)
        for (number, _), stands in self._stands.items():
            there[number].append(stands)
        found = dict[int, cp_model.IntVar]()
        for number, duty in enumerate(self._question.duties):
            found[number] = self._model.new_int_var(max(0, duty.needed - len(there[number])), duty.needed, "")
            self._model.add(cp_model.LinearExpr.sum([*there[number], found[number]]) == duty.needed)
        return found

    def _one_place_at_a_time(self, some: Stands) -> None:
        question = self._question
        mine = sorted(((question.duties[duty], stands) for duty, stands in some), key=lambda one: one[0].start)
        lasting = list[tuple[AreaDuty, cp_model.IntVar]]()
        for moment, begun in groupby(mine, key=lambda one: one[0].start):
            lasting = [*(one for one in lasting if one[0].end > moment), *begun]
            self._model.add_at_most_one([stands for _, stands in lasting])
        for number, (earlier, stands) in enumerate(mine):
            for later, stands_too in islice(mine, number + 1, None):
                if later.start >= earlier.end + question.longest_way_min:
                    break
                if earlier.end <= later.start < earlier.end + question.travel(earlier.area, later.area):
                    self._model.add_at_most_one(stands, stands_too)

    def _bound_minutes(self, some: Stands, most: int | None) -> None:
        if most is not None:
            minutes = [self._question.duties[duty].minutes for duty, _ in some]
            self._model.add(cp_model.LinearExpr.weighted_sum([stands for _, stands in some], minutes) <= most)

    def _under_agreements(self) -> dict[int, Stands]:
        """Sort everybody who could be lent by the agreement."""
        found = defaultdict[int, Stands](list)
        for (duty, person), stands in self._stands.items():
            number = self._question.agreement_for(self._question.people[person], self._question.duties[duty])
            if number is not None:
                found[number].append((duty, stands))
        return found

    def _keep_agreement(self, agreement: Agreement, some: Stands) -> None:
        self._bound_minutes(some, agreement.most_min)
        if agreement.most_people is not None:
            windows = [(self._question.duties[duty], stands) for duty, stands in some]
            for moment in sorted({duty.start for duty, _ in windows}):
                there = [stands for duty, stands in windows if duty.start <= moment < duty.end]
                self._model.add(cp_model.LinearExpr.sum(there) <= agreement.most_people)

    def _empty(self) -> cp_model.LinearExprT:
        return cp_model.LinearExpr.sum(list(self._missing.values()))

    def _travel(self) -> cp_model.LinearExprT:
        ways = [way_min(self._question, pair) for pair in self._stands]
        return cp_model.LinearExpr.weighted_sum(list(self._stands.values()), ways)


def reading_s(question: LendingQuestion, could: Sequence[Pair]) -> float:
    """Estimate how long it takes to write a model and to begin with it, in seconds."""
    mine, lent, near = defaultdict[int, list[AreaDuty]](list), Counter[tuple[str, str]](), 0
    for number, person in could:
        duty, home = question.duties[number], question.people[person].area
        mine[person].append(duty)
        if home != duty.area:
            lent[home, duty.area] += 1
    for some in mine.values():
        starts = sorted(duty.start for duty in some)
        near += sum(bisect_left(starts, duty.end + question.longest_way_min) for duty in some) - len(some) ** 2 // 2
    moments = {area: len({duty.start for duty in question.duties if duty.area == area}) for area in question.areas}
    looks = sum(times * moments[area] for (_, area), times in lent.items())
    return _PAIR_S * len(could) + _NEAR_S * near + _LOOK_S * looks


def way_min(question: LendingQuestion, pair: Pair) -> int:
    """Give the minutes from somebody's home area to a duty."""
    duty, person = pair
    return question.travel(question.people[person].area, question.duties[duty].area)


def burden_step(question: LendingQuestion) -> int:
    """Give the step of the measure of the lenders' burden, minutes."""
    return step_of((duty.minutes for duty in question.duties), total_min(question))


def total_min(question: LendingQuestion) -> int:
    """Add up the minutes of all slots."""
    return sum(duty.minutes * duty.needed for duty in question.duties)
