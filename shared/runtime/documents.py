"""The port to durable documents: one aggregate is one document, written by compare-and-set.

Two adapters keep this promise, `shared.runtime.sqlite` and `shared.runtime.mongo`; one contract suite holds both to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Conflict(Exception):  # noqa: N818 - it is an ordinary outcome of a race, not an error
    """Somebody else wrote the document since it was read; read again and decide again."""


class NotUnique(Exception):  # noqa: N818 - like `Conflict`, an outcome to answer
    """Another document has the same value in a field that is declared unique."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collection:
    """A named set of documents and the indexes its queries need."""

    name: str  # <service>.<plural noun>
    indexes: tuple[tuple[str, ...], ...] = ()  # over `fields`, for `find`
    unique: tuple[str, ...] = ()  # fields of which no two documents have the same value


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An aggregate at rest.

    `version` counts writes from 1, `spoken` the facts said so far. `state` is JSON. `heard` remembers the last
    sequence per subject. `outbox` holds facts (JSON) that may not have been published yet, oldest first. `due` is when
    the aggregate wants to be woken.
    """

    id: str
    version: int
    state: bytes
    spoken: int = 0
    heard: Mapping[str, int] = field(default_factory=dict)
    outbox: tuple[bytes, ...] = ()
    due: datetime | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


class Documents(Protocol):
    """Durable documents. Every method may raise `NotNow` when the store is away."""

    async def prepare(self, collections: Sequence[Collection]) -> None:
        """Create what is missing: tables, collections, indexes. Safe to call at every start."""
        ...

    async def load(self, collection: str, document_id: str) -> Document | None:
        """Read one document as it was last written, or None."""
        ...

    async def save(self, collection: str, document: Document) -> None:
        """Write the document if the stored version is `document.version - 1` (0: not there yet).

        Raises
        ------
        Conflict
            If the stored version is another.
        NotUnique
            If another document has the same value in a unique field.
        """
        ...

    async def add(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert those documents that are not there yet, by id and unique fields; give how many were new."""
        ...

    async def mark_relayed(self, collection: str, relayed: Sequence[tuple[str, int]]) -> None:
        """Empty the outbox of each (id, version) that still has that version."""
        ...

    async def unsent(self, collection: str, *, saved_before: datetime, limit: int) -> list[str]:
        """List documents, oldest write first, whose outbox is not empty since before the moment (real time)."""
        ...

    async def due(self, collection: str, *, by: datetime, limit: int) -> list[str]:
        """List documents whose `due` has come, most overdue first."""
        ...

    async def find(
        self,
        collection: str,
        *,
        where: Mapping[str, str] | None = None,
        prefix: str = "",
        after: str = "",
        limit: int = 100,
    ) -> list[Document]:
        """Read documents in order of id: those whose fields equal `where`, id starts with `prefix` and is > `after`.

        Of several fields without an index together, name the one first that fewest documents share.
        """
        ...

    async def count(self, collection: str, *, where: Mapping[str, str] | None = None) -> int:
        """Count documents whose fields equal `where`."""
        ...

    async def close(self) -> None:
        """Let go of connections after finishing what was begun."""
        ...


def stamp_of(moment: datetime) -> int:
    """Give a moment as whole microseconds since 1970: exact, unlike a float, and sorted as moments are."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def moment_of(stamp: int) -> datetime:
    """Give the moment, in UTC, that `stamp_of` wrote."""
    return _EPOCH + timedelta(microseconds=stamp)
