"""The failure rule: what happens to a message that cannot be handled, whichever log it came from.

Undecodable or invalid: to the dead letters, its neighbours are handled. Something away: wait with back-off and
jitter, in place, order kept. A handler that breaks on one fact: that fact goes to the dead letters. Too many dead
letters in a row: the consumer stops and its health probe fails, because then the deployment is wrong, not the data.
"""

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

from shared.contracts.fact import Fact
from shared.contracts.topics import dead_letters
from shared.contracts.wire import read_fact
from shared.kernel.refusals import NotNow, Unprocessable
from shared.runtime.log import Log, Outgoing, Received, Record, Subscription
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.traces import traces

_FIRST_WAIT_S: Final = 0.1
_LONGEST_WAIT_S: Final = 10.0
MOST_DEAD_IN_A_ROW: Final = 100

logger = logging.getLogger(__name__)


class ConsumerStopped(Exception):  # noqa: N818 - a state, named as one
    """Too many messages in a row could not be handled; a person must look before more are thrown away."""


class Consumer:
    """Feeds records to one subscription's handler and keeps the failure rule."""

    def __init__(
        self,
        subscription: Subscription,
        *,
        log: Log,
        metrics: RuntimeMetrics,
        pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
        most_dead_in_a_row: int = MOST_DEAD_IN_A_ROW,
    ) -> None:
        self._subscription = subscription
        self._service = subscription.group
        self._log = log
        self._metrics = metrics
        self._pause = pause
        self._most_dead = most_dead_in_a_row
        self._dead_in_a_row = 0
        self.handled = 0
        self.busy = False
        self.stopped: str | None = None
        self.last_poll = time.monotonic()

    def polled(self) -> None:
        """Note that the log was asked for more, for the health probe."""
        self.last_poll = time.monotonic()

    async def handle(self, records: Sequence[Record]) -> None:
        """Handle a batch completely: every record is handled or lies in the dead letters when this returns.

        Raises
        ------
        ConsumerStopped
            If too many in a row could not be handled.
        """
        self.busy = True
        try:
            batch = traces.span(f"batch {'+'.join(self._subscription.topics)}", service=self._service)
            with self._metrics.batch_seconds.labels(self._service).time(), batch:
                await self._feed(await self._understood(records))
        finally:
            self.busy = False
        self.handled += len(records)

    async def _understood(self, records: Sequence[Record]) -> list[tuple[Received, Record]]:
        understood = []
        for record in records:
            try:
                fact = _read(record)
            except Unprocessable as error:
                await self._bury(record, str(error))
                continue
            received = Received(fact=fact, topic=record.topic, partition=record.partition, offset=record.offset)
            understood.append((received, record))
        return understood

    async def _feed(self, batch: Sequence[tuple[Received, Record]]) -> None:
        """Hand over the batch; if the handler breaks, halve it until the broken fact is found."""
        if not batch:
            return
        try:
            await self._patiently(lambda: self._subscription.handler([received for received, _ in batch]))
        except Exception as error:
            if len(batch) == 1:
                logger.exception("runtime.handler_broke", extra={"type": batch[0][0].fact.type})
                await self._bury(batch[0][1], f"handler broke: {type(error).__name__}: {error}")
                return
            half = len(batch) // 2
            await self._feed(batch[:half])
            await self._feed(batch[half:])
            return
        self._dead_in_a_row = 0
        for received, _ in batch:
            self._metrics.facts_handled.labels(self._service, received.topic).inc()

    async def _patiently(self, attempt: Callable[[], Awaitable[None]]) -> None:
        """Try until it works or fails for good; while something is away, wait ever longer, with jitter."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                await attempt()
            except NotNow as error:
                self._metrics.retries.labels(self._service).inc()
                logger.warning("runtime.batch_delayed", extra={"reason": str(error), "wait_s": round(wait_s, 2)})
                await self._pause(wait_s * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
                wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
                self.polled()
            else:
                return

    async def _bury(self, record: Record, reason: str) -> None:
        topic = dead_letters(record.topic, self._service)
        headers = (
            ("reason", reason[:500]),
            ("topic", record.topic),
            ("partition", str(record.partition)),
            ("offset", str(record.offset)),
            ("at", datetime.now(UTC).isoformat(timespec="seconds")),
        )
        letter = Outgoing(topic=topic, key=_key(record), body=record.body, headers=headers)
        await self._patiently(lambda: self._log.publish([letter]))
        self._metrics.dead_letters.labels(self._service, record.topic).inc()
        logger.error(
            "runtime.dead_letter",
            extra={"topic": record.topic, "partition": record.partition, "offset": record.offset, "reason": reason},
        )
        self._dead_in_a_row += 1
        if self._dead_in_a_row >= self._most_dead:
            self.stopped = (
                f"{self._dead_in_a_row} messages in a row could not be handled, the last because: {reason}. "
                "Nothing more is consumed. Look at `linli dead-letters list`, repair, then restart."
            )
            raise ConsumerStopped(self.stopped)


def _read(record: Record) -> Fact:
    if record.key is None:
        raise Unprocessable("no key: without its area as key a fact has no order; its sender must be repaired")
    return read_fact(record.body)


def _key(record: Record) -> str:
    return (record.key or b"").decode(errors="replace")
