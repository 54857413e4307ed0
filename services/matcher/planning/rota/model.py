"""One part of a rota as a CP-SAT model: a yes or no for who stands where, a line for every rule."""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence

from ortools.sat.python import cp_model

from services.matcher.planning.fairness import add_unfairness, step_of
from services.matcher.planning.require import Window
from services.matcher.planning.rota.duty_time import DutyTime
from services.matcher.planning.rota.greedy import Pairs
from services.matcher.planning.rota.parts import Part
from services.matcher.planning.rota.question import Duty, Person, RotaQuestion, load_before
from services.matcher.planning.rota.standing import inside

_PAIR_S = 30e-6  # for writing one pair into a model and presolving it, or two familiar people
_LOOK_S = 0.1e-6  # for looking at a duty of somebody at a moment
_NEAR_S = 5e-6  # for a line about two duties of somebody in one stretch, or with too little rest between them

Variables = list[tuple[int, cp_model.IntVar]]
"""(position of the duty, whether the person stands on it), by start."""


class PartModel:
    """The model of one part; first for covering, then for wishes.

    Parameters
    ----------
    question, part
        The rules and the part.
    """

    def __init__(self, question: RotaQuestion, part: Part) -> None:
        self._question, self._part = question, part
        self._model = cp_model.CpModel()
        self._stands = {
            (duty, person): self._model.new_bool_var("")
            for person, mine in zip(part.people, part.may, strict=True)
            for duty in mine
        }
        self._mine: dict[int, Variables] = {
            person: [(duty, self._stands[duty, person]) for duty in sorted(mine, key=self._start)]
            for person, mine in zip(part.people, part.may, strict=True)
        }
        self._missing = self._count_missing()
        self._empty = cp_model.LinearExpr.sum(list(self._missing.values()))
        for person in part.people:
            self._protect(question.people[person], self._mine[person])

    def cover(self) -> None:
        """Ask for as few empty slots as can be."""
        self._model.minimize(self._empty)

    def wish(self, empty: int) -> None:
        """Ask for fairness and familiar pairs, with no more empty slots than this."""
        self._model.add(self._empty <= empty)
        costs, together = self._unfairness(), self._together()
        worth = [1] * len(costs) + [-self._question.familiar_min] * len(together)
        self._model.minimize(cp_model.LinearExpr.weighted_sum([*costs, *together], worth))

    def start_from(self, pairs: Pairs) -> None:
        """Give the solver a rota to begin with."""
        there, filled = set(pairs), Counter(duty for duty, _ in pairs)
        self._model.clear_hints()  # type: ignore[no-untyped-call]
        for pair, stands in self._stands.items():
            self._model.add_hint(stands, pair in there)
        for duty, missing in self._missing.items():
            self._model.add_hint(missing, self._question.duties[duty].needed - filled[duty])

    def solve(self, seconds: float, *, seed: int, searches: int) -> tuple[Pairs | None, bool]:
        """Solve what was asked for last.

        Parameters
        ----------
        seconds
            Wall time after which the best so far is given.
        seed, searches
            Of the search, and how many different ones run at the same time. One search with the same seed repeats
            itself if it is not cut short; several do not.

        Returns
        -------
        pairs, proven
            Who stands where, None if nothing was found in time; and whether nothing is better.
        """
        solver = cp_model.CpSolver()
        solver.parameters.max_time_in_seconds = max(seconds, 0.001)
        solver.parameters.random_seed = seed
        solver.parameters.num_workers = searches
        solver.parameters.linearization_level = 2  # a patrol team of 12: proof in 0.1 s instead of 0.9 s
        status = solver.solve(self._model)
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return None, False
        chosen = tuple(sorted(pair for pair, stands in self._stands.items() if solver.boolean_value(stands)))
        return chosen, status == cp_model.OPTIMAL

    def _start(self, duty: int) -> int:
        return self._question.duties[duty].start

    def _count_missing(self) -> dict[int, cp_model.IntVar]:
        """Give each duty the number of its empty slots."""
        there = defaultdict[int, list[cp_model.IntVar]](list)
        for (duty, _), stands in self._stands.items():
            there[duty].append(stands)
        found = dict[int, cp_model.IntVar]()
        for duty in self._part.duties:
            needed = self._question.duties[duty].needed
            found[duty] = self._model.new_int_var(max(0, needed - len(there[duty])), needed, "")
            self._model.add(cp_model.LinearExpr.sum([*there[duty], found[duty]]) == needed)
        return found

    def _protect(self, person: Person, mine: Variables) -> None:
        if person.held or self._could_join(mine):
            self._never_twice_at_once(mine)
            self._rest_after_stretches(person, mine)
            self._bound_stretches(person, mine)
        else:
            self._rest_after_each(mine)
            if self._question.rules.rest_min < self._question.rules.grid_min:
                self._bound_stretches(person, mine)
        rules, question = self._question.rules, self._question
        self._at_most(rules.most_duties_a_day, person, mine, question.day_of, lambda _: 1)
        self._at_most(rules.most_duties_a_week, person, mine, question.week_of, lambda _: 1)
        self._at_most(person.most_week_min, person, mine, question.week_of, lambda window: window[1] - window[0])

    def _could_join(self, mine: Variables) -> bool:
        """Tell whether a duty could follow another at once; if none can, there is a rest after each."""
        shortest = dict[int, int]()
        for duty, _ in mine:
            start, end = self._window(duty)
            shortest[start] = min(end - start, shortest.get(start, end - start))
        most = self._question.rules.longest_stretch_min
        windows = [self._window(duty) for duty, _ in mine]
        return any(end in shortest and end - start + shortest[end] <= most for start, end in windows)

    def _rest_after_each(self, mine: Variables) -> None:
        """Allow at most one of all that lasts, or is rested from, when a duty begins."""
        rest = max(self._question.rules.rest_min, 1)  # what follows at once would be too long a stretch
        windows = [(self._window(duty), stands) for duty, stands in mine]
        for moment in sorted({start for (start, _), _ in windows}):
            self._model.add_at_most_one(stands for (start, end), stands in windows if start <= moment < end + rest)

    def _never_twice_at_once(self, mine: Variables) -> None:
        windows = [(self._window(duty), stands) for duty, stands in mine]
        for moment in sorted({start for (start, _), _ in windows}):
            self._model.add_at_most_one(stands for (start, end), stands in windows if start <= moment < end)

    def _rest_after_stretches(self, person: Person, mine: Variables) -> None:
        """Where nothing follows at once, nothing follows within the rest; held duties are ones in the sums."""
        ending, beginning = defaultdict[int, list[cp_model.IntVar]](list), defaultdict[int, list[cp_model.IntVar]](list)
        for duty, stands in mine:
            start, end = self._window(duty)
            beginning[start].append(stands)
            ending[end].append(stands)
        held_from, held_to = {start for start, _ in person.held}, {end for _, end in person.held}
        begins = sorted({*beginning, *held_from})
        for end in sorted({*ending, *held_to}):
            if end in held_from:
                continue
            joins = cp_model.LinearExpr.sum(beginning.get(end, []))
            for start in begins[bisect_right(begins, end) : bisect_left(begins, end + self._question.rules.rest_min)]:
                some = [*ending.get(end, []), *beginning.get(start, [])]
                held = (end in held_to) + (start in held_from)
                if some and held <= 1:
                    self._model.add(cp_model.LinearExpr.sum(some) + held <= 1 + joins)

    def _bound_stretches(self, person: Person, mine: Variables) -> None:
        """Bound the duty in every window that begins with a duty or ends with one, longer by a step than a stretch."""
        most = self._question.rules.longest_stretch_min
        length = most + self._question.rules.grid_min
        windows = [(self._window(duty), stands) for duty, stands in mine]
        starts, held = [start for (start, _), _ in windows], DutyTime(person.held)
        longest = max((end - start for (start, end), _ in windows), default=0)
        everything = [*(window for window, _ in windows), *person.held]
        for begin in sorted({start for start, _ in everything} | {end - length for _, end in everything}):
            near = windows[bisect_left(starts, begin - longest) : bisect_left(starts, begin + length)]
            some = [(inside(window, begin, begin + length), stands) for window, stands in near]
            self._bound(some, most - held.between(begin, begin + length))

    def _at_most(
        self,
        most: int | None,
        person: Person,
        mine: Variables,
        period: Callable[[int], int],
        weight: Callable[[Window], int],
    ) -> None:
        """Bound what begins in one day or week."""
        if most is None:
            return
        some, held = defaultdict[int, list[tuple[int, cp_model.IntVar]]](list), Counter[int]()
        for duty, stands in mine:
            window = self._window(duty)
            some[period(window[0])].append((weight(window), stands))
        for window in person.held:
            held[period(window[0])] += weight(window)
        for one in sorted(some):
            self._bound(some[one], most - held[one])

    def _bound(self, some: Iterable[tuple[int, cp_model.IntVar]], most: int) -> None:
        counted = [(amount, stands) for amount, stands in some if amount]
        if sum(amount for amount, _ in counted) > most:
            weights, variables = [amount for amount, _ in counted], [stands for _, stands in counted]
            self._model.add(cp_model.LinearExpr.weighted_sum(variables, weights) <= max(0, most))

    def _unfairness(self) -> list[cp_model.IntVar]:
        """Give everybody's unfairness; minutes of the last weeks and held duties are part of the load."""
        step, costs = part_step(self._question, self._part), list[cp_model.IntVar]()
        for number, mine in self._mine.items():
            person = self._question.people[number]
            before, duties = load_before(person), [self._question.duties[duty] for duty, _ in mine]
            most = before + most_minutes(self._question, person, duties)
            load = self._model.new_int_var(before, most, "")
            minutes = [duty.minutes for duty in duties]
            self._model.add(load == cp_model.LinearExpr.weighted_sum([stands for _, stands in mine], minutes) + before)
            costs.append(add_unfairness(self._model, load, least_min=before, most_min=most, step_min=step))
        return costs

    def _together(self) -> list[cp_model.IntVar]:
        """Give a variable for each duty that a familiar pair could have together."""
        position = {person.id: number for number, person in enumerate(self._question.people)}
        found = list[cp_model.IntVar]()
        for one, other in self._question.familiar:
            first, second = (dict(self._mine.get(position[person], ())) for person in (one, other))
            for duty in sorted(first.keys() & second.keys()):
                if self._question.duties[duty].needed > 1:
                    both = self._model.new_bool_var("")
                    self._model.add_implication(both, first[duty])
                    self._model.add_implication(both, second[duty])
                    found.append(both)
        return found

    def _window(self, duty: int) -> Window:
        return self._question.duties[duty].start, self._question.duties[duty].end


def reading_s(question: RotaQuestion, part: Part) -> float:
    """Estimate how long it takes to write a part as a model and to begin with it, in seconds."""
    rules, looks, near, could = question.rules, 0, 0, dict[str, int]()
    for number, mine in zip(part.people, part.may, strict=True):
        person, starts = question.people[number], sorted(question.duties[duty].start for duty in mine)
        longest = max(question.duties[duty].minutes for duty in mine)
        reach = longest + max(rules.longest_stretch_min + rules.grid_min, rules.rest_min)
        everything = sorted([*starts, *(start for start, _ in person.held)])
        looks += (len(set(starts)) + len(person.held)) * len(everything)
        near += sum(bisect_left(starts, start + reach) - bisect_left(starts, start - longest) for start in everything)
        could[person.id] = len(mine)
    together = sum(min(could.get(one, 0), could.get(other, 0)) for one, other in question.familiar)
    return _PAIR_S * (part.size + together) + _LOOK_S * looks + _NEAR_S * near


def part_step(question: RotaQuestion, part: Part) -> int:
    """Give the step of a part's fairness in minutes."""
    mine = zip(part.people, part.may, strict=True)
    most = (
        most_minutes(question, question.people[person], [question.duties[duty] for duty in some])
        for person, some in mine
    )
    return step_of((question.duties[duty].minutes for duty in part.duties), max(most, default=0))


def most_minutes(question: RotaQuestion, person: Person, duties: Sequence[Duty]) -> int:
    """Bound what somebody can be given: by all duties, the time that they span, and the limit of every week."""
    if not duties:
        return 0
    weeks = len({question.week_of(duty.start) for duty in duties})
    bounds = [
        sum(duty.minutes for duty in duties),
        max(duty.end for duty in duties) - min(duty.start for duty in duties),
    ]
    if person.most_week_min is not None:
        bounds.append(person.most_week_min * weeks)
    return min(bounds)
