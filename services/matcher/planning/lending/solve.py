"""Finds who is lent: first each area's own best, then as few empty slots as can be, little travel, a shared burden."""

from collections import Counter, defaultdict
from time import perf_counter

from services.matcher.planning.fairness import unfairness_min
from services.matcher.planning.lending.explain import gaps_of
from services.matcher.planning.lending.lending import Lending
from services.matcher.planning.lending.model import LendingModel, burden_step, reading_s, way_min
from services.matcher.planning.lending.question import LendingQuestion
from services.matcher.planning.lending.standing import Pair, fill, possible
from services.matcher.planning.lending.verify import verify_lending
from services.matcher.planning.patience import Patience

Pairs = tuple[Pair, ...]

_AT_HOME, _COULD = 0.1, 0.3  # until which share of the budget it is looked who could stand where
_ALONE, _COVER, _TRAVEL, _SPREAD = 0.25, 0.65, 0.85, 0.95  # until which share of the budget each may last


def solve_lending(question: LendingQuestion, *, seconds: float, seed: int = 0) -> Lending:
    """Find the best lending that there is time for.

    Parameters
    ----------
    question
        What is to be covered, by whom, under which agreements.
    seconds
        Budget, wall time. Reading the question into a model is part of it; a model for which there is no time is not
        begun, and slots are filled one by one without it. Checking comes after it: about a second more for 250,000
        pairs of a duty and a person.
    seed
        Of the search. The same question and seed have the same answer where everything is proven.

    Returns
    -------
    Lending
        Verified; no area has more empty slots than it would have alone.

    Raises
    ------
    AssertionError
        If the answer breaks a rule, which is a mistake of ours: better no answer than a wrong one.
    """
    work = _Work(question, seconds, seed)
    at_home, anywhere, filling = work.patience(_AT_HOME), work.patience(_COULD), work.patience(_SPREAD)
    home, could = possible(question, at_home, at_home=True), possible(question, anywhere, at_home=False)
    alone, alone_proven = work.cover(home, fill(question, home, filling), {}, until=_ALONE)
    most_empty = _empty_by_area(question, alone)
    pairs, cover_proven = work.cover(could, fill(question, could, filling, alone), most_empty, until=_COVER)
    pairs, wishes_proven = work.wish(could, pairs, most_empty)
    proven = alone_proven and cover_proven and not (at_home.is_over or anywhere.is_over)
    lending = _lending_of(
        question, pairs, alone, cover_proven=proven, wishes_proven=proven and wishes_proven, patience=work.patience(1)
    )
    broken = verify_lending(question, lending)
    if broken:
        raise AssertionError(f"the lending breaks rules: {broken[:3]}")
    return lending


class _Work:
    """Asks models one thing after the other, within a budget."""

    def __init__(self, question: LendingQuestion, seconds: float, seed: int) -> None:
        self._question, self._seconds, self._seed = question, seconds, seed
        self._begun = perf_counter()

    def cover(self, could: Pairs, start: Pairs, most_empty: dict[str, int], *, until: float) -> tuple[Pairs, bool]:
        """Leave as few slots empty as can be."""
        there = Counter(duty for duty, _ in could)
        fillable = sum(min(duty.needed, there[number]) for number, duty in enumerate(self._question.duties))
        if len(start) == fillable:
            return start, True
        if self._left(until) <= reading_s(self._question, could):
            return start, False
        model = LendingModel(self._question, could, most_empty)
        model.cover()
        found, proven = self._solved(model, start, until)
        return (found, True) if proven else (fill(self._question, could, self.patience(_SPREAD), found), False)

    def wish(self, could: Pairs, pairs: Pairs, most_empty: dict[str, int]) -> tuple[Pairs, bool]:
        """Need little travel, then share the burden, with no more slots empty."""
        if self._left(_TRAVEL) <= reading_s(self._question, could):
            return pairs, False
        model = LendingModel(self._question, could, most_empty)
        model.travel_least(empty=sum(duty.needed for duty in self._question.duties) - len(pairs))
        pairs, least = self._solved(model, pairs, _TRAVEL)
        model.spread(travel_min=_travel_min(self._question, pairs))
        pairs, shared = self._solved(model, pairs, _SPREAD)
        return pairs, least and shared

    def _solved(self, model: LendingModel, start: Pairs, until: float) -> tuple[Pairs, bool]:
        found, proven = model.solve(start, self._left(until), seed=self._seed)
        return (start, False) if found is None else (found, proven)

    def patience(self, until: float) -> Patience:
        """Give leave to look until a share of the budget is used."""
        return Patience(self._begun + self._seconds * until)

    def _left(self, until: float) -> float:
        return self._begun + self._seconds * until - perf_counter()


def _empty_by_area(question: LendingQuestion, pairs: Pairs) -> dict[str, int]:
    empty = Counter(dict.fromkeys(question.areas, 0))
    for duty in question.duties:
        empty[duty.area] += duty.needed
    empty.subtract(question.duties[duty].area for duty, _ in pairs)
    return dict(empty)


def _travel_min(question: LendingQuestion, pairs: Pairs) -> int:
    return sum(way_min(question, pair) for pair in pairs)


def _lending_of(  # noqa: PLR0913 - what was found, and what is known of it
    question: LendingQuestion,
    pairs: Pairs,
    alone: Pairs,
    *,
    cover_proven: bool,
    wishes_proven: bool,
    patience: Patience,
) -> Lending:
    lent = defaultdict[str, int](int)
    for duty, person in pairs:
        if question.people[person].area != question.duties[duty].area:
            lent[question.people[person].area] += question.duties[duty].minutes
    step = burden_step(question)
    return Lending(
        assigned=_named(question, pairs),
        alone=_named(question, alone),
        gaps=gaps_of(question, pairs, patience),
        cover_proven=cover_proven,
        wishes_proven=wishes_proven,
        travel_min=_travel_min(question, pairs),
        unfairness_min=sum(unfairness_min(minutes, step) for minutes in lent.values()),
    )


def _named(question: LendingQuestion, pairs: Pairs) -> tuple[tuple[str, str], ...]:
    return tuple((question.duties[duty].id, question.people[person].id) for duty, person in pairs)
