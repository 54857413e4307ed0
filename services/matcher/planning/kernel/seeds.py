"""Many seeds, one winner: what each process computes, and how the best is picked."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.matcher.planning.kernel.engine import solve_by_kernel
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.stop import Stop
from services.matcher.planning.verify import violations


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeded:
    """Everything that one process needs to know; it can be pickled.

    Parameters
    ----------
    problem, stop, params, present
        As for `solve_by_kernel`.
    seed
        Of this process.
    """

    problem: Problem
    stop: Stop
    seed: int
    params: Params
    present: Plan | None = None


def solve_seeded(task: Seeded) -> Plan:
    """Solve with one seed; a function of its argument alone, for a pool of processes to map over."""
    return solve_by_kernel(
        task.problem, stop=task.stop, seed=task.seed, params=task.params, present=task.present
    )  # fmt: skip


def best_of(problem: Problem, plans: Iterable[Plan]) -> Plan | None:
    """Return the cheapest plan that breaks no rule, the first of equals; None if there is none."""
    sound = [plan for plan in plans if not violations(problem, plan)]
    return min(sound, key=lambda plan: plan.cost, default=None)
