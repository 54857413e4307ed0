"""Documents in a dictionary: nothing is kept, so that a run with them shows what the runtime alone costs."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from shared.runtime.documents import Collection, Conflict, Document


class MemoryDocuments:
    """Keeps the compare-and-set of the port and none of its durability."""

    def __init__(self) -> None:
        self._kept: dict[str, dict[str, Document]] = {}

    async def prepare(self, collections: Sequence[Collection]) -> None:
        """Make the dictionaries."""
        for collection in collections:
            self._kept.setdefault(collection.name, {})

    async def load(self, collection: str, document_id: str) -> Document | None:
        """Look it up."""
        return self._kept[collection].get(document_id)

    async def save(self, collection: str, document: Document) -> None:
        """Compare and set."""
        before = self._kept[collection].get(document.id)
        if (before.version if before else 0) != document.version - 1:
            raise Conflict(f"{collection} {document.id} is not at version {document.version - 1}")
        self._kept[collection][document.id] = document

    async def add(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert what is new."""
        fresh = {one.id: one for one in documents if one.id not in self._kept[collection]}
        self._kept[collection] |= fresh
        return len(fresh)

    async def mark_relayed(self, collection: str, relayed: Sequence[tuple[str, int]]) -> None:
        """Empty outboxes whose version has not moved on."""
        kept = self._kept[collection]
        for document_id, version in relayed:
            if kept[document_id].version == version:
                kept[document_id] = replace(kept[document_id], outbox=())

    async def unsent(self, collection: str, *, saved_before: datetime, limit: int) -> list[str]:
        """Say none: nothing survives this process anyhow."""
        del collection, saved_before, limit
        return []

    async def due(self, collection: str, *, by: datetime, limit: int) -> list[str]:
        """List what is due."""
        kept = self._kept[collection].values()
        return [one.id for one in kept if one.due is not None and one.due <= by][:limit]

    async def find(
        self,
        collection: str,
        *,
        where: Mapping[str, str] | None = None,
        prefix: str = "",
        after: str = "",
        limit: int = 100,
    ) -> list[Document]:
        """Say none: no contender asks."""
        del collection, where, prefix, after, limit
        return []

    async def count(self, collection: str, *, where: Mapping[str, str] | None = None) -> int:
        """Count all: no contender asks for fewer."""
        del where
        return len(self._kept[collection])

    async def close(self) -> None:
        """Forget."""
        self._kept.clear()
