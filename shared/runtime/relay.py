"""Carries facts from a document's outbox to the log: at least once, in order, also after a crash.

A document keeps its facts until they are published. Whoever writes the document publishes all of its outbox, so an
aggregate's facts are never overtaken by younger ones. Marking them as sent happens later and in bulk: a crash before
that only publishes a fact twice, which every consumer ignores.
"""

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from shared.kernel.refusals import NotNow
from shared.runtime.documents import Document, Documents
from shared.runtime.log import Log, Outgoing
from shared.runtime.metrics import RuntimeMetrics

_SWEEP_EVERY_S: Final = 3.0
_MARK_AT: Final = 200  # published documents whose outbox is then emptied in one write
_SWEPT_AT_ONCE: Final = 1000
_LEFT_BEHIND_AFTER: Final = timedelta(seconds=10)

logger = logging.getLogger(__name__)


class Relay:
    """The outbox relay of one service."""

    def __init__(self, *, service: str, documents: Documents, log: Log, metrics: RuntimeMetrics) -> None:
        self._service = service
        self._documents = documents
        self._log = log
        self._metrics = metrics
        self._published: dict[str, dict[str, int]] = defaultdict(dict)  # collection -> id -> version
        self._owing: set[tuple[str, str]] = set()  # documents written, or being written, with unpublished facts

    @property
    def idle(self) -> bool:
        """True when everything that this process wrote has been published."""
        return not self._owing

    def owes(self, collection: str, document_id: str) -> None:
        """Note that the document is being written with facts in its outbox."""
        self._owing.add((collection, document_id))

    def owes_nothing(self, collection: str, document_id: str) -> None:
        """Note that the document was not written, or that its outbox is empty or published."""
        self._owing.discard((collection, document_id))

    async def send(self, collection: str, topic: str, documents: Sequence[tuple[Document, str]]) -> bool:
        """Publish the outboxes of documents, each with its key, in this order.

        If the log is away, say so and leave them to the sweep: the facts are safe.
        """
        for document, _ in documents:
            self.owes(collection, document.id)
        letters = [Outgoing(topic=topic, key=key, body=body) for document, key in documents for body in document.outbox]
        try:
            await self._log.publish(letters)
        except NotNow as error:
            logger.warning("runtime.relay_delayed", extra={"collection": collection, "reason": str(error)})
            return False
        finally:
            self._metrics.unrelayed.labels(self._service).set(len(self._owing))
        for document, _ in documents:
            self.owes_nothing(collection, document.id)
            self._published[collection][document.id] = document.version
        self._metrics.facts_published.labels(self._service, topic).inc(len(letters))
        if len(self._published[collection]) >= _MARK_AT:
            await self._mark_or_leave(collection)
        return True

    async def mark(self, collection: str) -> None:
        """Empty the outboxes of what was published; if the store is away, they are kept for the next time."""
        published, self._published[collection] = self._published[collection], {}
        if not published:
            return
        try:
            await self._documents.mark_relayed(collection, list(published.items()))
        except BaseException:
            self._published[collection] = published | self._published[collection]
            raise

    async def _mark_or_leave(self, collection: str) -> None:
        try:
            await self.mark(collection)
        except NotNow as error:  # the facts are out; a step that succeeded must not fail because of the tidying
            logger.warning("runtime.mark_delayed", extra={"collection": collection, "reason": str(error)})

    async def sweep(self, collection: str, topic: str, lock: Callable[[str], asyncio.Lock], *, at_start: bool) -> int:
        """Publish what a crash or an absent broker left behind; give how many documents that were."""
        await self.mark(collection)
        now = datetime.now(UTC)
        before = now if at_start else now - _LEFT_BEHIND_AFTER
        ids = set(await self._documents.unsent(collection, saved_before=before, limit=_SWEPT_AT_ONCE))
        ids |= {document_id for owing_collection, document_id in self._owing if owing_collection == collection}
        for document_id in sorted(ids):
            async with lock(document_id):
                if not await self._send_again(collection, topic, document_id):
                    break  # the log is away; the others wait as well
        return len(ids)

    async def run(self, collection: str, topic: str, lock: Callable[[str], asyncio.Lock]) -> None:
        """Sweep at start and every few seconds until cancelled."""
        at_start = True
        while True:
            try:
                swept = await self.sweep(collection, topic, lock, at_start=at_start)
                if swept:
                    logger.info("runtime.outbox_swept", extra={"collection": collection, "documents": swept})
                at_start = at_start and swept >= _SWEPT_AT_ONCE  # there is more from before the start
            except NotNow as error:
                logger.warning("runtime.sweep_delayed", extra={"collection": collection, "reason": str(error)})
            except Exception:  # a fault in one document must not end the relay of all
                logger.exception("runtime.sweep_broke", extra={"collection": collection})
            await asyncio.sleep(_SWEEP_EVERY_S)

    async def _send_again(self, collection: str, topic: str, document_id: str) -> bool:
        document = await self._documents.load(collection, document_id)
        published = self._published[collection].get(document_id)  # by a step, since the list was read
        if document is None or not document.outbox or published == document.version:
            self.owes_nothing(collection, document_id)
            return True
        key = str(json.loads(document.outbox[0])["partitionkey"])
        return await self.send(collection, topic, [(document, key)])
