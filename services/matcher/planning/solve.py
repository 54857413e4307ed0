"""The one question that the rest of the matcher asks: solve this board."""

from collections.abc import Mapping, Sequence
from functools import partial
from time import perf_counter
from types import MappingProxyType
from typing import Protocol

from services.matcher.planning.cost import holders_of
from services.matcher.planning.draft import Draft, draft_of
from services.matcher.planning.insert import explained, orders, place_all
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


# Another order of insertion is tried while at least this share of the time is left for the engines.
_ENOUGH_FOR_ANOTHER_ORDER = 0.75

# What comes after an engine takes about so long, for each job, and for each reason that must be found among so many
# people; the engines leave that time, up to half of what there is.
_FINISH_S = 0.005
_FINISH_JOB_S = 0.0002
_REASON_PERSON_S = 0.00012

# Of the jobs that a plan does not have when it is carried over, about so many will be left out in the end.
_LEFT_OUT = 0.5


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

    The present plan is carried over and the rest inserted, in a few orders; an engine then improves that; what it left
    out is inserted once more; and the cheaper plan that passes verification wins.

    Parameters
    ----------
    problem
        The board.
    stop
        AfterSeconds bounds the wall time; AfterSolutions makes the result repeatable.
    seed
        Of the engines.
    params
        What the wishes weigh; the defaults if None.
    present
        The plan that people know: where to start, and what not to change without need.
    engines
        By name, best first. The next one is asked, with what is left of the time, if one raises or breaks a rule.
    hurried
        Whether an engine that inserts by itself begins with the plan as it is carried over. Inserting takes 20 to 120
        ms on boards of 60 to 120 stops; then only what fails is covered for by it.

    Returns
    -------
    Plan
        Verified, with a reason for every unplaced job. If no engine delivers in time, it is the insertion plan,
        marked degraded, with a note.
    """
    countdown, params = Countdown(stop), params or Params.default()
    inserted, notes = None if hurried else _inserted(problem, countdown, params, present), list[str]()
    for name, engine in engines.items():
        if inserted is None and name not in INSERTING:
            inserted = _inserted(problem, countdown, params, present)
        start = inserted or _carried(problem, params, present)
        try:
            return _better(start, _improved(engine, start, countdown, seed, hurried=inserted is None), name)
        except Exception as error:  # noqa: BLE001 - whatever happens to an engine, there is a plan
            notes.append(f"{name}: {error}")
    return _finished(inserted or _inserted(problem, countdown, params, present), note="; ".join(notes))


def _inserted(problem: Problem, countdown: Countdown, params: Params, present: Plan | None) -> Draft:
    """Carry the present plan over and insert the rest, in the best of the orders for which there is time."""
    drafts: list[Draft] = []
    for order in orders(_carried(problem, params, present)):
        if drafts and countdown.share_left() < _ENOUGH_FOR_ANOTHER_ORDER:
            break
        drafts.append(_carried(problem, params, present))
        place_all(drafts[-1], order)
    return min(drafts, key=lambda draft: draft.plan().cost)


def _carried(problem: Problem, params: Params, present: Plan | None) -> Draft:
    return draft_of(problem, present or Plan(routes=()), params=params, present=present, strict=False)


def _improved(engine: Engine, inserted: Draft, countdown: Countdown, seed: int, *, hurried: bool) -> Draft:
    """Ask an engine, and insert what it left out."""
    left = countdown.left(margin_s=min(_finish_s(inserted, hurried=hurried), countdown.seconds() / 2))
    if left is None:
        raise TimeoutError("the time was used up by insertion")
    empty = Draft(inserted.problem, params=inserted.params, present=inserted.present)
    draft = engine(empty, inserted.plan(), stop=left, seed=seed)
    place_all(draft, orders(draft)[0])
    if _moves_too_many(inserted, draft):
        raise TooManyMovedError(f"more than {inserted.params.most_moved_pct} % of the jobs were moved")
    return draft


def _finish_s(start: Draft, *, hurried: bool) -> float:
    """Estimate the seconds from an engine's plan to a verified one with reasons."""
    reasons = len(start.unplaced) * (_LEFT_OUT if hurried else 1)
    return (
        _FINISH_S + _FINISH_JOB_S * len(start.problem.jobs) + _REASON_PERSON_S * reasons * len(start.problem.volunteers)
    )


def _moves_too_many(inserted: Draft, improved: Draft) -> bool:
    """Whether too many of the jobs that insertion leaves with their holders are done by others."""
    known, now, then = inserted.holders, holders_of(inserted.plan()), holders_of(improved.plan())
    held = [job for job, holder in known.items() if now.get(job) == holder]
    moved = sum(then.get(job) != known[job] for job in held)
    return moved > len(held) * inserted.params.most_moved_pct // 100


def _better(inserted: Draft, improved: Draft, name: str) -> Plan:
    """Finish the cheaper of the two."""
    if inserted.plan().cost <= improved.plan().cost:
        return _finished(inserted)
    return _finished(improved, engine=name)


def _finished(draft: Draft, *, engine: str = "insertion", note: str = "") -> Plan:
    """Make a verified plan, with a reason for every unplaced job."""
    return _verified(draft.problem, explained(draft, list(draft.unplaced), engine=engine, note=note))


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
