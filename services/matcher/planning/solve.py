"""The one question that the rest of the matcher asks: solve this board."""

from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.stop import Stop


def solve(
    problem: Problem, *, stop: Stop, seed: int = 0, params: Params | None = None, present: Plan | None = None
) -> Plan:
    """Return the best verified plan; with `AfterSolutions` the same input gives the same plan."""
    raise NotImplementedError
