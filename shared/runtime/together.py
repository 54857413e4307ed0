"""Asks a store once for what many ask for in one turn of the event loop: a call costs more than what it carries."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shared.kernel.refusals import NotNow

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class _Question(Generic[Asked, Answer]):
    asked: Asked
    told: "asyncio.Future[Answer]"


class Together(Generic[Asked, Answer]):
    """Collects what is asked for under one key until the loop comes round, and asks for all of it at once.

    Parameters
    ----------
    ask
        Called with the key and all that is asked for; gives an answer, or the error to raise, for each in order. What
        it raises itself is raised to everybody.
    most
        Asked for at once, at most.
    """

    def __init__(
        self, ask: Callable[[str, Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]], *, most: int
    ) -> None:
        self._ask = ask
        self._most = most
        self._waiting: dict[str, list[_Question[Asked, Answer]]] = {}
        self._asking: set[asyncio.Task[None]] = set()

    async def __call__(self, key: str, asked: Asked) -> Answer:
        """Give the answer to one of them."""
        loop = asyncio.get_running_loop()
        told: asyncio.Future[Answer] = loop.create_future()
        waiting = self._waiting.setdefault(key, [])
        if not waiting:
            loop.call_soon(self._begin, key)
        waiting.append(_Question(asked, told))
        return await told

    async def finish(self) -> None:
        """Return when everything that was asked for is answered."""
        for key in list(self._waiting):
            self._begin(key)
        await asyncio.gather(*self._asking, return_exceptions=True)

    def _begin(self, key: str) -> None:
        waiting = self._waiting.pop(key, [])
        for first in range(0, len(waiting), self._most):
            task = asyncio.get_running_loop().create_task(self._answer(key, waiting[first : first + self._most]))
            self._asking.add(task)  # the loop itself keeps only weak references
            task.add_done_callback(self._asking.discard)

    async def _answer(self, key: str, waiting: Sequence[_Question[Asked, Answer]]) -> None:
        answers: Sequence[Any]
        try:
            answers = await self._ask(key, [one.asked for one in waiting])
        except asyncio.CancelledError:
            answers = [NotNow("the process is stopping")] * len(waiting)
        except Exception as error:  # noqa: BLE001 - it is raised to everybody who asked
            answers = [error] * len(waiting)
        for one, answer in zip(waiting, answers, strict=True):
            if one.told.done():  # whoever asked was cancelled
                continue
            if isinstance(answer, Exception):
                one.told.set_exception(answer)
            else:
                one.told.set_result(answer)
