"""The one question that the rest of the matcher asks: solve this board."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

from services.matcher.planning import ortools_routing
from services.matcher.planning.draft import Draft, draft_of
from services.matcher.planning.insert import explained, orders, place_all
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.stop import Countdown, Stop
from services.matcher.planning.verify import violations


class Engine(Protocol):
    """Improves a plan: fills an empty draft with better routes, from a plan to start from."""

    def __call__(self, empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
        """Return the filled draft; raise whatever happened if there is nothing to offer."""
        ...


# A faster engine is added here, and nowhere else.
ENGINES: Mapping[str, Engine] = MappingProxyType({"routing": ortools_routing.improve})


# Another order of insertion is tried while at least this share of the time is left for the engines.
_ENOUGH_FOR_ANOTHER_ORDER = 0.75


def solve(  # noqa: PLR0913 - all but the board and the stop have defaults
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    present: Plan | None = None,
    engines: Mapping[str, Engine] = ENGINES,
) -> Plan:
    """Plan a whole board.

    The present plan is carried over and the rest inserted, in a few orders; every engine then improves that; what an
    engine left out is inserted once more; and the cheapest plan that passes verification wins.

    Parameters
    ----------
    problem
        The board.
    stop
        AfterSeconds bounds the wall time (finding reasons comes on top: about 20 ms for each unplaced job);
        AfterSolutions makes the result repeatable.
    seed
        Of the engines.
    params
        What the wishes weigh; the defaults if None.
    present
        The plan that people know: where to start, and what not to change without need.
    engines
        By name; each gets what is left of the time.

    Returns
    -------
    Plan
        Verified, with a reason for every unplaced job. If no engine delivers in time, it is the insertion plan,
        marked degraded, with a note.
    """
    countdown, params = Countdown(stop), params or Params.default()
    inserted = _inserted(problem, countdown, params, present)
    drafts, notes = {"insertion": inserted}, []
    for name, engine in engines.items():
        try:
            drafts[name] = _improved(engine, inserted, countdown, seed)
        except Exception as error:  # noqa: BLE001 - whatever happens to an engine, there is a plan
            notes.append(f"{name}: {error}")
    name = min(drafts, key=lambda one: (drafts[one].plan().cost, one))
    note = "; ".join(notes) if len(drafts) == 1 else ""
    best = drafts[name]
    return _verified(problem, explained(best, list(best.unplaced), engine=name, note=note))


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


def _improved(engine: Engine, inserted: Draft, countdown: Countdown, seed: int) -> Draft:
    """Ask an engine, insert what it left out, and refuse what does not pass verification."""
    left = countdown.left()
    if left is None:
        raise TimeoutError("the time was used up by insertion")
    empty = Draft(inserted.problem, params=inserted.params, present=inserted.present)
    draft = engine(empty, inserted.plan(), stop=left, seed=seed)
    place_all(draft, orders(draft)[0])
    _verified(draft.problem, draft.plan())
    return draft


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
