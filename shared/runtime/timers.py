"""Wakes aggregates whose time has come. The time is in the document, so that no crash can forget it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from shared.kernel.moments import Clock
from shared.kernel.refusals import NotNow
from shared.runtime.aggregates import AnyAggregates

EVERY: Final = timedelta(seconds=1)
_AT_ONCE: Final = 500

logger = logging.getLogger(__name__)

Wake = Callable[[list[str]], Awaitable[None]]


class Timers:
    """Looks every second of the service's clock for due aggregates of one kind, and wakes them."""

    def __init__(self, aggregates: AnyAggregates, wake: Wake, clock: Clock) -> None:
        self._aggregates = aggregates
        self._wake = wake
        self._clock = clock
        self.busy = False

    async def sweep(self) -> int:
        """Wake everything that is due now; give how many were woken."""
        self.busy = True
        woken, before = 0, list[str]()
        try:
            # A rule that does not move its `due` is woken once a sweep and not for ever.
            while (due := await self._aggregates.due(self._clock.now(), limit=_AT_ONCE)) and due != before:
                await self._wake(due)
                woken, before = woken + len(due), due
                if len(due) < _AT_ONCE:
                    break
        finally:
            self.busy = False
        return woken

    async def idle(self) -> bool:
        """Say whether nothing is due at the clock's present moment, and see to it if something is."""
        quiet = await self._aggregates.is_quiet(self._clock.now())
        if not quiet:  # a rehearsal may move its clock by less than a second and then wait for us
            self._aggregates.became_due.set()
        return quiet and not self.busy

    async def run(self) -> None:
        """Sweep until cancelled: each second of the clock, and at once when somebody became due."""
        while True:
            self._aggregates.became_due.clear()
            swept_at = self._clock.now()
            try:
                await self.sweep()
            except NotNow as error:
                logger.warning("runtime.timers_delayed", extra={"reason": str(error)})
                await asyncio.sleep(EVERY.total_seconds())
            except Exception:  # a fault in one aggregate must not stop the clock of all
                logger.exception("runtime.timers_broke")
                await asyncio.sleep(EVERY.total_seconds())
            await self._next(swept_at + EVERY)

    async def _next(self, moment: datetime) -> None:
        waits = (
            asyncio.ensure_future(self._clock.wait_until(moment)),
            asyncio.ensure_future(self._aggregates.became_due.wait()),
        )
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
