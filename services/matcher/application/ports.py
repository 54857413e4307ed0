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


class Answerer(Protocol):
    """Answers questions in VROOM's shape somewhere else."""

    async def answer(self, text: bytes, seconds: float) -> str:
        """Give the answer as JSON; `seconds` is the budget of the engines.

        Raises
        ------
        DoesNotFit
            If the question cannot be answered as it is asked.
        SolverFailed
            If there is no answer.
        NotNow
            If too many are waiting.
        """
        ...
