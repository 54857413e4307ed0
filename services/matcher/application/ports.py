"""What the matcher needs from outside its own rules."""

from collections.abc import Sequence
from typing import Protocol

from services.matcher.planning import Plan, Problem
from services.matcher.planning.travel import Point, Table


class SolverFailed(Exception):  # noqa: N818 - it says what happened
    """The solver crashed or took too long; the board keeps the plan it has."""


class SolverMistaken(SolverFailed):
    """The solver came upon a mistake of its own, such as a plan that breaks a rule: asking again ends the same way."""


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

    async def improve(self, problem: Problem, known: Plan) -> Plan:
        """Give a better verified plan after one event, in a moment; few of the others are moved.

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


class NoWays(Exception):  # noqa: N818 - it says what happened
    """A source of travel times cannot say how far it is; the message says why and what to do.

    Parameters
    ----------
    message
        For people.
    place
        The place that is off the map, if it is one place's fault: without it there may be ways.
    """

    def __init__(self, message: str, place: Point | None = None) -> None:
        super().__init__(message)
        self.place = place


class TravelSource(Protocol):
    """Knows how long the ways between places are, better than the factor model: a street map, a server."""

    @property
    def name(self) -> str:
        """Name the source for logs."""
        ...

    async def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table:
        """Give the ways from each origin to each destination for every travel mode, without holding up anybody.

        Raises
        ------
        NoWays
            If one of them is not known: the source is away, or a place is off its map. There are no holes.
        """
        ...

    async def close(self) -> None:
        """Let go of processes and connections."""
        ...
