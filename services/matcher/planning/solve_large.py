"""Boards that are too large for insertion within a budget: the kernel alone plans them, from nothing or from a plan."""

from services.matcher.planning.draft import Draft
from services.matcher.planning.explain import explain
from services.matcher.planning.insert import carry_over
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.stop import AfterSeconds, Countdown
from services.matcher.planning.verify import violations

_INSERTION_S = 0.000_015  # for each pair of jobs; measured on boards of 500 to 2,000 jobs
_FOR_ROUTES = 0.8  # of the budget; the rest is for reasons


def insertion_s(jobs: int) -> float:
    """Return about how many seconds inserting so many jobs, one after the other, takes."""
    return _INSERTION_S * jobs * jobs


def solve_large(problem: Problem, *, seconds: float, params: Params, present: Plan) -> Plan:
    """Plan a board by the kernel alone; it has to be compiled.

    Parameters
    ----------
    problem, present
        The board, and the plan from which the search starts; one without steps means from nothing.
    seconds
        Wall time of everything. Reasons are found for one unplaced job, and for as many more as there is time for (one
        takes about 35 ms on 2,000 jobs); the others say `not_tried`.
    params
        What the wishes weigh.

    Returns
    -------
    Plan
        Verified.

    Raises
    ------
    AssertionError
        If the plan breaks a rule.
    """
    from services.matcher.planning.kernel.engine import improve  # noqa: PLC0415 - loads the compiler

    countdown = Countdown(AfterSeconds(seconds=seconds))
    draft = Draft(problem, params=params, present=present)
    known = any(route.steps for route in present.routes)
    start = carry_over(problem, present, params=params) if known else None
    improve(draft, start, stop=AfterSeconds(seconds=_FOR_ROUTES * seconds), seed=0)
    for number, job in enumerate(list(draft.unplaced)):
        if number > 0 and countdown.left() is None:
            break
        draft.unplaced[job] = explain(draft, job)
    plan = draft.plan(engine="kernel")
    found = violations(problem, plan)
    if found:
        raise AssertionError(f"The kernel's plan breaks {len(found)} rules, first: {found[0]}")
    return plan
