"""The one question that the rest of the matcher asks: solve this board."""

from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from time import perf_counter
from types import MappingProxyType
from typing import Protocol

from services.matcher.planning.cost import holders_of
from services.matcher.planning.draft import Draft, draft_of
from services.matcher.planning.empty_day import EmptyDay
from services.matcher.planning.explain import Explainer
from services.matcher.planning.explain_in_time import explain_in_time
from services.matcher.planning.insert import orders, place_all
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.stop import AfterSolutions, Countdown, Stop
from services.matcher.planning.verify import violations


class Engine(Protocol):
    """Improves a plan: fills an empty draft with better routes, from a plan to start from."""

    def __call__(self, empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
        """Return the filled draft; raise whatever happened if there is nothing to offer."""
        ...


# Rounds of ruin and recreate that count as one solution: a day's rehearsal then spends about as long on a board with
# the kernel as with OR-Tools.
_ROUNDS_A_SOLUTION = 1000


class NotCompiledError(Exception):
    """The kernel's machine code is not there, and nobody who waits for a plan shall wait for the compiler."""


class TooManyMovedError(Exception):
    """An engine that knows no limit sent more people somewhere else than the parameters allow."""


# Engines are imported when they are first asked: a process that plans with one does not load the other.


def _kernel(empty: Draft, start: Plan, *, stop: Stop, seed: int, cores: int = 1) -> Draft:
    if machine_code.state() != "ready":
        raise NotCompiledError(f"its machine code is {machine_code.state()}: run `make kernel`")
    begun = perf_counter()  # the import, where it is the first, comes off the time
    from services.matcher.planning.kernel.engine import improve  # noqa: PLC0415 - see above

    if isinstance(stop, AfterSolutions):
        stop = AfterSolutions(solutions=stop.solutions * _ROUNDS_A_SOLUTION)
    return improve(empty, start, stop=stop, seed=seed, cores=cores, begun=begun)


def _routing(empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
    countdown = Countdown(stop)
    from services.matcher.planning.ortools_routing import improve  # noqa: PLC0415 - see above

    left = countdown.left()
    if left is None:
        raise TimeoutError("the time was used up while OR-Tools was loaded")
    return improve(empty, start, stop=left, seed=seed)


# In this order; the next one is asked only if the one before has nothing to offer.
ENGINES: Mapping[str, Engine] = MappingProxyType({"kernel": _kernel, "routing": _routing})


# Engines that insert what is not on the plan they start from, by themselves and within milliseconds.
INSERTING = frozenset({"kernel"})


def engines_on(cores: int, names: Sequence[str]) -> dict[str, Engine]:
    """Give the named engines; the kernel searches on so many cores."""
    return {name: partial(_kernel, cores=cores) if name == "kernel" else ENGINES[name] for name in names}


# Insertion ends when this share of the time is left: for an engine that inserts by itself, which is better for a good
# start only where it has few rounds, and for others. Another order is tried only while so much is left.
_FOR_INSERTING, _FOR_OTHERS, _FOR_ANOTHER_ORDER = 0.9, 0.5, 0.75

# What comes after an engine takes about so long, for each job, and for each reason that must be found among so many
# people; the engines leave that time, up to half of what is left.
_FINISH_S = 0.005
_FINISH_JOB_S = 0.0001
_REASON_PERSON_S = 0.00012

# Before everything was tried nobody knows how many jobs will need a reason; reasons get so much of the time at most.
_FOR_REASONS = 0.1


def solve(  # noqa: PLR0913 - all but the board and the stop have defaults
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    present: Plan | None = None,
    engines: Mapping[str, Engine] = ENGINES,
    hurried: bool = False,
) -> Plan:
    """Plan a whole board.

    The present plan is carried over and the rest inserted, in a few orders, as far as a part of the time goes; an
    engine goes on from there; what it left out is inserted once more; and the cheaper plan that passes verification
    wins.

    Parameters
    ----------
    problem
        The board.
    stop
        AfterSeconds bounds the wall time, AfterSolutions makes the result repeatable. Where there is no time to try
        every tour for every unplaced job, reasons are those of `explain_in_time`.
    seed
        Of the engines.
    params
        What the wishes weigh; the defaults if None.
    present
        The plan that people know: where to start, and what not to change without need.
    engines
        By name, best first. The next one is asked, with what is left of the time, if one raises or breaks a rule.
    hurried
        Whether an engine that inserts by itself begins with the plan as it is carried over: insertion takes 20 to 120
        ms on boards of 60 to 120 stops.

    Returns
    -------
    Plan
        Verified, with a reason for every unplaced job. If no engine delivers, it is the insertion plan, whole and
        marked degraded; the note says what became of each engine that did not deliver.
    """
    countdown, params, notes = Countdown(stop), params or Params.default(), list[str]()
    start = _Start(problem, countdown, params, present)
    for name, engine in engines.items():
        if not (hurried and name in INSERTING):
            start.insert(_FOR_INSERTING if name in INSERTING else _FOR_OTHERS)
        try:
            improved = _improved(engine, start, seed)
            return _better(start, improved, name, "; ".join(notes))
        except Exception as error:  # noqa: BLE001 - whatever happens to an engine, there is a plan
            notes.append(f"{name}: {error}")
    start.insert(0.0)
    return _finished(start.draft, countdown, note="; ".join(notes), degraded=bool(notes))


class _Start:
    """The plan to begin with: the present one, and as much of the rest as there is time to insert."""

    def __init__(self, problem: Problem, countdown: Countdown, params: Params, present: Plan | None) -> None:
        known = present or Plan(routes=())
        self._carried = partial(draft_of, problem, known, params=params, present=present, strict=False)
        self.countdown = countdown
        self.draft = self._carried()
        self._waiting: deque[str] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether everything was tried: what is unplaced then has no place."""
        return self._waiting is not None and not self._waiting

    def insert(self, least_left: float) -> None:
        """Insert the rest, in several orders if there is time, until this share of the time is left."""
        if self._waiting is not None:  # it has been begun before
            self._go_on(least_left)
            return
        several = orders(self._carried())
        self._waiting = deque(next(several))
        self._go_on(least_left)
        enough = max(least_left, _FOR_ANOTHER_ORDER)
        while self.is_whole and self.countdown.share_left() >= enough and (order := next(several, None)):
            another = self._carried()
            place_all(another, order)
            self.draft = min(self.draft, another, key=lambda draft: draft.plan().cost)

    def _go_on(self, least_left: float) -> None:
        while self._waiting and self.countdown.share_left() >= least_left:
            place_all(self.draft, [self._waiting.popleft()])


def _improved(engine: Engine, start: _Start, seed: int) -> Draft:
    """Ask an engine, and insert what it left out."""
    countdown, draft = start.countdown, start.draft
    left = countdown.left(margin_s=_finish_s(start))
    if left is None:
        raise TimeoutError("the time was used up by insertion")
    empty = Draft(draft.problem, params=draft.params, present=draft.present)
    improved = engine(empty, draft.plan(), stop=left, seed=seed)
    for job in next(orders(improved)):
        if countdown.left(margin_s=_without_reasons_s(draft.problem)) is None:
            break
        place_all(improved, [job])
    if _moves_too_many(draft, improved):
        raise TooManyMovedError(f"more than {draft.params.most_moved_pct} % of the jobs were moved")
    return improved


def _finish_s(start: _Start) -> float:
    """Estimate the seconds from an engine's plan to a verified one with reasons."""
    draft, countdown = start.draft, start.countdown
    reasons = _REASON_PERSON_S * len(draft.unplaced) * len(draft.problem.volunteers)
    if not start.is_whole:
        reasons = min(reasons, _FOR_REASONS * countdown.seconds())
    return min(_without_reasons_s(draft.problem) + reasons, countdown.share_left() * countdown.seconds() / 2)


def _without_reasons_s(problem: Problem) -> float:
    return _FINISH_S + _FINISH_JOB_S * len(problem.jobs)


def _moves_too_many(inserted: Draft, improved: Draft) -> bool:
    """Whether too many of the jobs that insertion leaves with their holders, and that can move, are done by others."""
    known = inserted.holders
    if not known:
        return False
    now, then = holders_of(inserted.plan()), holders_of(improved.plan())
    held = [job for job, holder in known.items() if now.get(job) == holder and job not in inserted.on_board]
    moved = sum(then.get(job) != known[job] for job in held)
    return moved > len(held) * inserted.params.most_moved_pct // 100


def _better(start: _Start, improved: Draft, name: str, note: str) -> Plan:
    """Finish the cheaper of the two."""
    if start.draft.plan().cost <= improved.plan().cost:
        return _finished(start.draft, start.countdown, note=note)
    return _finished(improved, start.countdown, engine=name, note=note)


def _finished(
    draft: Draft, countdown: Countdown, *, engine: str = "insertion", note: str = "", degraded: bool = False
) -> Plan:
    """Make a verified plan, with a reason for every unplaced job."""
    _explain(draft, countdown)
    return _verified(draft.problem, draft.plan(engine=engine, note=note, degraded=degraded))


def _explain(draft: Draft, countdown: Countdown) -> None:
    """Try every tour for every unplaced job; where the first takes too long for that, say of all what can be said."""
    explainer, margin, begun = Explainer(draft), _without_reasons_s(draft.problem), perf_counter()
    for number, job in enumerate(list(draft.unplaced)):
        if number == 0 and draft.place(job):  # there was no time to ask before
            explainer = Explainer(draft)
        elif job in draft.unplaced:
            draft.unplaced[job] = explainer.why(job)
        rest = (len(draft.unplaced) - 1) * (perf_counter() - begun)
        if number == 0 and countdown.left(margin_s=margin + rest) is None:
            explain_in_time(draft, EmptyDay(draft.problem, params=draft.params), countdown, margin_s=margin)
            return


def _verified(problem: Problem, plan: Plan) -> Plan:
    """Pass a plan on if it breaks no rule.

    Raises
    ------
    AssertionError
        If it does: it must not be used.
    """
    found = violations(problem, plan)
    if found:
        raise AssertionError(f"The {plan.engine} plan breaks {len(found)} rules, first: {found[0]}")
    return plan
