"""Measures in real time how long an accepted need waits for its first offer, while the day runs on its own clock.

Only offers of the very moment of acceptance are timed: what waits on the day's clock, for the end of the quiet hours or
for somebody who reads the wish wall, would measure how fast the day is played. The stopwatch stands between services
and log and notes when the two facts are written. It changes nothing.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from shared.contracts.dispatch import OfferMade
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedAccepted
from shared.contracts.wire import read_fact
from shared.runtime.log import Log, Outgoing, Record

_ACCEPTED: Final = f'"type":"{NeedAccepted.TYPE}"'.encode()
_OFFERED: Final = f'"type":"{OfferMade.TYPE}"'.encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Waits:
    """Milliseconds from a need's acceptance in the log to its first offer in the log, where nothing was waited for."""

    count: int
    later: int  # needs whose first offer came at a later moment of the day
    median_ms: float
    p99_ms: float


class Stopwatch:
    """A log that notes times and passes everything on to the real one."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self._accepted: dict[str, tuple[datetime, float]] = {}
        self._waits_ms: list[float] = []
        self._later = 0

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Write the messages, then note those that start or stop the watch."""
        await self._log.publish(messages)
        now = time.perf_counter()
        for message in messages:
            if _ACCEPTED in message.body:
                fact = read_fact(message.body)
                self._accepted.setdefault(fact.subject, (fact.time, now))
            elif _OFFERED in message.body:
                self._stop(read_fact(message.body), now)

    def _stop(self, fact: Fact, now: float) -> None:
        assert isinstance(fact.data, OfferMade)  # noqa: S101 - the type was found in the body
        moment, began = self._accepted.pop(fact.data.need, (None, now))
        if moment == fact.time:
            self._waits_ms.append((now - began) * 1000)
        elif moment is not None:
            self._later += 1

    async def prepare(self, topics: Sequence[str]) -> None:
        """Pass on."""
        await self._log.prepare(topics)

    async def read(self, topic: str, *, limit: int = 1000) -> list[Record]:
        """Pass on."""
        return await self._log.read(topic, limit=limit)

    async def close(self) -> None:
        """Pass on."""
        await self._log.close()

    def waits(self) -> Waits:
        """Sum up what was noted so far."""
        if not self._waits_ms:
            return Waits(count=0, later=self._later, median_ms=0.0, p99_ms=0.0)
        ordered = sorted(self._waits_ms)
        rank = math.ceil(0.99 * len(ordered))
        return Waits(count=len(ordered), later=self._later, median_ms=median(ordered), p99_ms=ordered[rank - 1])
