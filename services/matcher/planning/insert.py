"""Cheapest feasible insertion: answers every event in milliseconds, without an engine."""

from collections.abc import Iterable

from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem


def insert(problem: Problem, plan: Plan, job: str, *, params: Params | None = None) -> Plan:
    """Place one job (with its whole `together` group) where it costs least; else leave it with its reason."""
    raise NotImplementedError


def insert_all(problem: Problem, plan: Plan, jobs: Iterable[str], *, params: Params | None = None) -> Plan:
    """Insert jobs in the given order."""
    raise NotImplementedError


def remove(problem: Problem, plan: Plan, job: str, *, params: Params | None = None) -> Plan:
    """Take one job off its route; the others close ranks."""
    raise NotImplementedError


def carry_over(problem: Problem, plan: Plan, *, params: Params | None = None) -> Plan:
    """Re-time an older plan for a newer problem: keep who does what in which order, drop what no longer fits."""
    raise NotImplementedError
