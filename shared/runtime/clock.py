"""Two clocks: the system's, and one that a rehearsal moves by hand."""

import asyncio
from datetime import UTC, datetime, timedelta

_LONGEST_NAP = timedelta(seconds=1)  # the system clock may be set back or forward while we wait


class SystemClock:
    """The computer's own time."""

    def now(self) -> datetime:
        """Give the present moment, in UTC."""
        return datetime.now(UTC)

    async def wait_until(self, moment: datetime) -> None:
        """Return once the moment has come."""
        while (left := moment - self.now()) > timedelta(0):  # noqa: ASYNC110 - nobody signals the passing of time
            await asyncio.sleep(min(left, _LONGEST_NAP).total_seconds())


class SimulatedClock:
    """A clock that stands still until it is told the time, and never runs backwards."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)
        self._moved = asyncio.Event()

    def now(self) -> datetime:
        """Give the moment that was set last, in UTC."""
        return self._now

    def set(self, moment: datetime) -> None:
        """Move to a later moment and wake everyone who waited for it."""
        if moment < self._now:
            raise ValueError(f"the simulated clock stands at {self._now} and cannot go back to {moment}")
        self._now = moment.astimezone(UTC)
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait_until(self, moment: datetime) -> None:
        """Return once the clock has been moved to the moment or beyond."""
        while self._now < moment:
            await self._moved.wait()
