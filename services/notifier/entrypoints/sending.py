"""The worker that sends what is due: many conversations at a time, each by one hand only."""

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from services.notifier.entrypoints.courier import CALL_LASTS_AT_MOST, Conversations, Courier
from shared.kernel.moments import Clock
from shared.kernel.refusals import NotNow

_LOOK_EVERY: Final = timedelta(seconds=1)
_LOOKED_UP_AT_ONCE: Final = 500
_MOST_RESUMED: Final = 100_000
_AFTER_A_FAULT_S: Final = 1.0

logger = logging.getLogger(__name__)


class Sending:
    """Looks for due conversations each second of the clock, and at once when one became due."""

    def __init__(
        self, conversations: Conversations, courier: Courier, *, clock: Clock, at_once: int, alone: bool
    ) -> None:
        self._conversations = conversations
        self._courier = courier
        self._clock = clock
        self._hands = asyncio.Semaphore(at_once)
        self._alone = alone  # no other process sends: open attempts at start are leftovers of a crash
        self._served: set[str] = set()
        self._asked_again: set[str] = set()
        self._resumed = False

    async def run(self) -> None:
        """Send until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            await self._resume()
            while True:
                self._conversations.became_due.clear()
                looked_at = self._clock.now()
                if await self._hand_out(tasks) < _LOOKED_UP_AT_ONCE:
                    await self._next(looked_at + _LOOK_EVERY)

    async def idle(self) -> bool:
        """Say whether nothing is being sent and nothing is due."""
        return self._resumed and not self._served and await self._conversations.is_quiet(self._clock.now())

    async def _resume(self) -> None:
        """Settle what a crash interrupted. Where others send too, the end of the call's time settles it instead."""
        while self._alone and not self._resumed:
            try:
                by = self._clock.now() + CALL_LASTS_AT_MOST + _LOOK_EVERY
                for conversation in await self._conversations.due(by, limit=_MOST_RESUMED):
                    await self._courier.resume(conversation)
                break
            except NotNow as error:
                logger.warning("notifier.resume_delayed", extra={"reason": str(error)})
                await asyncio.sleep(_AFTER_A_FAULT_S)
        self._resumed = True

    async def _hand_out(self, tasks: asyncio.TaskGroup) -> int:
        """Give every due conversation that is in nobody's hands to a free hand; give how many were new."""
        try:
            due = await self._conversations.due(self._clock.now(), limit=_LOOKED_UP_AT_ONCE)
        except NotNow as error:
            logger.warning("notifier.sending_delayed", extra={"reason": str(error)})
            await asyncio.sleep(_AFTER_A_FAULT_S)
            return 0
        self._asked_again |= self._served.intersection(due)
        fresh = [conversation for conversation in due if conversation not in self._served]
        for conversation in fresh:
            await self._hands.acquire()
            self._served.add(conversation)
            tasks.create_task(self._serve(conversation), name=f"notifier: {conversation}")
        return len(fresh)

    async def _serve(self, conversation: str) -> None:
        try:
            await self._courier.serve(conversation)
        except Exception:
            logger.exception("notifier.sending_broke", extra={"conversation": conversation})
            await asyncio.sleep(_AFTER_A_FAULT_S)
        finally:
            self._hands.release()
            self._served.discard(conversation)
            if conversation in self._asked_again:
                self._asked_again.discard(conversation)
                self._conversations.became_due.set()

    async def _next(self, moment: datetime) -> None:
        waits = (
            asyncio.ensure_future(self._clock.wait_until(moment)),
            asyncio.ensure_future(self._conversations.became_due.wait()),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
