"""Answers questions in a process of its own, one after the other: neither reading nor solving one holds up a board."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final, Protocol

from services.matcher.adapters.worker_processes import WorkerProcesses, no_preparation
from services.matcher.application.solve_door.faults import DoesNotFit, Fault
from shared.kernel.refusals import NotNow

_GRACE_S: Final = 30.0  # for starting the process, reading the question and finding reasons
_MOST_WAITING: Final = 4


class AnswerHere(Protocol):
    """A function of a module: JSON and a budget give JSON, or the faults, which travel between processes."""

    def __call__(self, text: bytes, seconds: float) -> str | tuple[Fault, ...]:
        """Answer in the process in which this is called."""
        ...


class QuestionDesk:
    """One process for all questions that come here; who comes when several wait is sent away for a moment.

    Parameters
    ----------
    begin
        Loads what the answers need: called in a new process, before the time of its first question runs.
    """

    def __init__(self, begin: Callable[[], None] = no_preparation) -> None:
        self._begin = begin
        self._workers = WorkerProcesses(processes=1)
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def ask(self, answer_here: AnswerHere, text: bytes, seconds: float) -> str:
        """Give the answer as JSON.

        Raises
        ------
        DoesNotFit
            If the question cannot be answered as it is asked.
        SolverFailed
            If the process crashed or hung; `SolverMistaken` if the mistake is in our program.
        NotNow
            If too many are waiting.
        """
        if self._waiting >= _MOST_WAITING:
            raise NotNow(f"{self._waiting} questions are waiting for the solver")
        self._waiting += 1
        try:
            async with self._turn:
                solve = partial(answer_here, seconds=seconds)
                (answer,) = await self._workers.map(solve, [text], timeout_s=seconds + _GRACE_S, begin=self._begin)
        finally:
            self._waiting -= 1
        if isinstance(answer, str):
            return answer
        raise DoesNotFit(*answer)

    async def run(self) -> None:
        """Keep the process for the next question, and end it when the service ends."""
        try:
            await asyncio.Event().wait()
        finally:
            self._workers.close()

    async def idle(self) -> bool:
        """Say yes: nothing happens here that nobody waits for."""
        return True


class DeskAnswerer:
    """Answers one kind of question at a desk.

    Parameters
    ----------
    desk, answer_here
        Where, and how.
    """

    def __init__(self, desk: QuestionDesk, answer_here: AnswerHere) -> None:
        self._desk, self._answer_here = desk, answer_here

    async def answer(self, text: bytes, seconds: float) -> str:
        """Give the answer as JSON; the errors are those of `QuestionDesk.ask`."""
        return await self._desk.ask(self._answer_here, text, seconds)
