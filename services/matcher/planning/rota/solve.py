"""Finds a rota: first no slot stays empty that need not, then the load is fair and familiar people stand together."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import perf_counter

from services.matcher.planning.fairness import unfairness_min
from services.matcher.planning.patience import Patience
from services.matcher.planning.rota.explain import gaps_of
from services.matcher.planning.rota.greedy import Pairs, fill
from services.matcher.planning.rota.model import PartModel, part_step, reading_s
from services.matcher.planning.rota.parts import Part, parts_of
from services.matcher.planning.rota.question import RotaQuestion, load_before
from services.matcher.planning.rota.rota import Rota
from services.matcher.planning.rota.verify import verify_rota

_FOR_READING = 0.5  # of the budget at most, for looking who could stand where
_FOR_COVER = 0.6  # of the time that is left; what covering does not use, the wishes have
_KEPT_BACK = 0.05  # of the budget, for checking and finding reasons
_LARGE_PAIRS = 2_000  # above this one search alone gets lost; several, that tell each other what they find, do not
_SEARCHES = 4


def solve_rota(question: RotaQuestion, *, seconds: float, seed: int = 0, threads: int = 2) -> Rota:
    """Find the best rota that there is time for.

    Parameters
    ----------
    question
        What is to be covered, by whom, under which rules.
    seconds
        Budget, wall time. Who is not looked at within half of it stands nowhere, and a model for which there is no
        time is not begun. What is left is checking, and adding up how fair it is: up to a second more for 1,500,000
        pairs of a duty and somebody who could stand on it, little for 10,000.
    seed
        Of the search. The same question and seed have the same rota where everything is proven, unless a part has more
        than 2,000 pairs of a duty and somebody who could stand on it: those are searched in several ways at once.
    threads
        How many parts are solved side by side; the solver lets go of Python's lock.

    Returns
    -------
    Rota
        Verified, with the reason for every empty slot.

    Raises
    ------
    AssertionError
        If the rota breaks a rule, which is a mistake of ours: better no rota than a wrong one.
    """
    begun = perf_counter()
    ends = begun + seconds * (1 - _KEPT_BACK)
    reading, filling = Patience(begun + (ends - begun) * _FOR_READING), Patience(ends)
    works = [_Work(question, part, seed, filling) for part in parts_of(question, reading)]
    now = perf_counter()
    _side_by_side(works, _Work.cover, until=now + (ends - now) * _FOR_COVER, threads=threads)
    _side_by_side(works, _Work.wish, until=ends, threads=threads)
    rota = _rota_of(question, works, all_read=not reading.is_over, patience=Patience(begun + seconds))
    broken = verify_rota(question, rota)
    if broken:
        raise AssertionError(f"the rota breaks rules: {broken[:3]}")
    return rota


class _Work:
    """The work on one part: the best rota of it so far, and what is proven of that."""

    def __init__(self, question: RotaQuestion, part: Part, seed: int, patience: Patience) -> None:
        self._question, self.part, self._seed, self._patience = question, part, seed, patience
        self._model: PartModel | None = None
        self.pairs: Pairs = fill(question, part, patience)
        self.cover_proven = self._empty() == self._always_empty()
        self.wishes_proven = False

    def cover(self, until: float) -> None:
        """Fill as many slots as can be, unless that is done."""
        if self.cover_proven:
            return
        found, self.cover_proven = self._asked(until, PartModel.cover)
        if found is not None:
            self.pairs = found if self.cover_proven else fill(self._question, self.part, self._patience, found)

    def wish(self, until: float) -> None:
        """Make it fair, with no more slots empty."""
        if not self.part.people:
            self.wishes_proven = True
            return
        empty = self._empty()
        found, proven = self._asked(until, lambda model: model.wish(empty))
        self.pairs = found if found is not None else self.pairs
        self.wishes_proven = self.cover_proven and proven

    def _asked(self, until: float, ask: Callable[[PartModel], None]) -> tuple[Pairs | None, bool]:
        if perf_counter() + reading_s(self._question, self.part) >= until:
            return None, False
        self._model = self._model or PartModel(self._question, self.part)
        ask(self._model)
        self._model.start_from(self.pairs)
        searches = _SEARCHES if self.part.size > _LARGE_PAIRS else 1
        return self._model.solve(until - perf_counter(), seed=self._seed, searches=searches)

    def _empty(self) -> int:
        return sum(self._question.duties[duty].needed for duty in self.part.duties) - len(self.pairs)

    def _always_empty(self) -> int:
        """Count the slots for which there are not enough people, whatever anybody does."""
        could = Counter(duty for mine in self.part.may for duty in mine)
        return sum(max(0, self._question.duties[duty].needed - could[duty]) for duty in self.part.duties)


def _side_by_side(works: Sequence[_Work], do: Callable[[_Work, float], None], *, until: float, threads: int) -> None:
    """Work on all parts, small ones first; each may use the share of the remaining time that its size is."""
    waiting = sorted(works, key=lambda work: work.part.size, reverse=True)
    left, lock = sum(1 + work.part.size for work in works), Lock()

    def next_work() -> tuple[_Work, float] | None:
        nonlocal left
        with lock:
            if not waiting:
                return None
            work, size = waiting.pop(), left
            left -= 1 + work.part.size
            return work, min(1.0, threads * (1 + work.part.size) / size)

    def work_on() -> None:
        while (found := next_work()) is not None:
            work, share = found
            now = perf_counter()
            do(work, now + (until - now) * share)

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work_on) for _ in range(threads)]:
            done.result()


def _rota_of(question: RotaQuestion, works: Sequence[_Work], *, all_read: bool, patience: Patience) -> Rota:
    chosen = tuple(sorted(pair for work in works for pair in work.pairs))
    stands = defaultdict[str, set[int]](set)
    for duty, person in chosen:
        stands[question.people[person].id].add(duty)
    return Rota(
        assigned=tuple((question.duties[duty].id, question.people[person].id) for duty, person in chosen),
        gaps=gaps_of(question, chosen, patience),
        cover_proven=all_read and all(work.cover_proven for work in works),
        wishes_proven=all_read and all(work.wishes_proven for work in works),
        unfairness_min=sum(_unfairness(question, work) for work in works),
        together=sum(len(stands[one] & stands[other]) for one, other in question.familiar),
    )


def _unfairness(question: RotaQuestion, work: _Work) -> int:
    load = {person: load_before(question.people[person]) for person in work.part.people}
    for duty, person in work.pairs:
        load[person] += question.duties[duty].minutes
    step = part_step(question, work.part)
    return sum(unfairness_min(minutes, step) for minutes in load.values())
