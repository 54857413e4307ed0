"""What the matcher needs from outside its own rules."""

from typing import Protocol

from services.matcher.planning import Plan, Problem


class SolverFailed(Exception):  # noqa: N818 - it says what happened
    """The solver crashed or took too long; the board keeps the plan it has."""


class Solver(Protocol):
    """Plans a whole board somewhere else, so that nobody here has to wait."""

    async def solve(self, problem: Problem, present: Plan) -> Plan:
        """Give the best verified plan within the budget.

        Raises
        ------
        SolverFailed
            If there is none.
        """
        ...

    def close(self) -> None:
        """End the solver's processes."""
        ...
