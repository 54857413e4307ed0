"""Keeps the picture of every area in memory, and saves it now and then so that a restart is quick.

The archive is the truth; a picture is a fold over it. So a lost save costs some reading and never a fact. Each saved
area remembers how far it had read, and the bookmark is never ahead of a saved area: replaying from the bookmark and
skipping what an area has read already gives the same picture, whatever was saved before a crash.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final

from pydantic import TypeAdapter

from services.console.adapters.archive import Archive
from services.console.adapters.reading import JustHeard, ReadFact, Reading
from services.console.application.cursor import Lane, read_cursor, write_cursor
from services.console.domain.area import Area
from services.console.domain.take_in import take_in
from services.console.metrics import ConsoleMetrics
from shared.runtime.documents import Collection, Conflict, Document, Documents

AREAS: Final = Collection(name="console.areas")
BOOKMARKS: Final = Collection(name="console.bookmarks")

_BOOKMARK: Final = "areas"
_PAGE: Final = 200

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Picture:
    area: Area
    read: dict[Lane, int] = field(default_factory=dict)
    version: int = 0
    revision: int = 0
    unsaved: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Saved:
    """A picture at rest, and how far it had read."""

    read: str
    area: Area


class LiveAreas:
    """The pictures of all areas, as far as the archive has been read."""

    def __init__(self, archive: Archive, documents: Documents, zone: tzinfo, metrics: ConsoleMetrics) -> None:
        self._documents = documents
        self._zone = zone
        self._metrics = metrics
        self._codec = TypeAdapter(_Saved)
        self._pictures: dict[str, _Picture] = {}
        self._reading = Reading(archive)
        self._restored = False
        self._lock = asyncio.Lock()
        self._changed = asyncio.Condition()
        self._bookmark_version = 0
        self._revision = 0

    async def catch_up(self, heard: JustHeard | None = None) -> None:
        """Take in everything that the archive holds beyond what was read."""
        async with self._lock:
            await self._restore()
            before = self._revision
            async for page in self._reading.on(heard):
                for read in page:
                    self._take_in(read)
        if self._revision != before:
            async with self._changed:
                self._changed.notify_all()

    async def all(self) -> list[Area]:
        """Give the picture of every area, in the order of their ids."""
        await self._ready()
        return [self._pictures[name].area for name in sorted(self._pictures)]

    async def get(self, area_id: str) -> Area | None:
        """Give the picture of one area."""
        await self._ready()
        picture = self._pictures.get(area_id)
        return picture.area if picture else None

    def revision(self, area_id: str | None) -> int:
        """Give a number that grows with every fact of the area, or of any area."""
        if area_id is None:
            return self._revision
        picture = self._pictures.get(area_id)
        return picture.revision if picture else 0

    async def wait_beyond(self, area_id: str | None, revision: int) -> None:
        """Return once the area, or any area, has changed since the revision."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.revision(area_id) != revision)

    async def save(self) -> None:
        """Save what changed since the last save, then the bookmark."""
        async with self._lock:
            if not any(picture.unsaved for picture in self._pictures.values()):
                return
            positions = dict(self._reading.positions)
            saved = [await self._save(picture) for picture in self._pictures.values() if picture.unsaved]
            if all(saved):
                await self._save_bookmark(positions)

    def _take_in(self, read: ReadFact) -> None:
        kept, fact = read
        picture = self._pictures.get(fact.partitionkey)
        if picture is None:
            picture = self._pictures[fact.partitionkey] = _Picture(Area(id=fact.partitionkey))
        if picture.read.get(kept.lane, -1) >= kept.offset:
            return
        try:
            take_in(picture.area, fact, self._zone)
        except Exception:  # one fact that cannot be shown must not stop the archive
            self._metrics.unshown.labels("areas").inc()
            logger.exception("console.fact_not_shown", extra={"type": fact.type, "fact": fact.id})
        picture.read[kept.lane] = kept.offset
        picture.revision += 1
        self._revision += 1
        picture.unsaved = True

    async def _ready(self) -> None:
        if not self._restored:
            async with self._lock:
                await self._restore()

    async def _restore(self) -> None:
        """Read the saved pictures once, at the first question."""
        if self._restored:
            return
        async for document in self._saved():
            saved = self._codec.validate_json(document.state)
            self._pictures[document.id] = _Picture(saved.area, read_cursor(saved.read), version=document.version)
        bookmark = await self._documents.load(BOOKMARKS.name, _BOOKMARK)
        if bookmark is not None:
            self._bookmark_version = bookmark.version
            self._reading.positions = _read(bookmark)
        self._restored = True

    async def _saved(self) -> AsyncIterator[Document]:
        after = ""
        while page := await self._documents.find(AREAS.name, after=after, limit=_PAGE):
            for document in page:
                yield document
            after = page[-1].id

    async def _save(self, picture: _Picture) -> bool:
        """Save a picture; True if what is saved now has read at least as far."""
        state = self._codec.dump_json(_Saved(read=write_cursor(picture.read), area=picture.area))
        document = Document(id=picture.area.id, version=picture.version + 1, state=state)
        try:
            await self._documents.save(AREAS.name, document)
        except Conflict:  # another replica saves too: whoever has read further wins
            return await self._yield_to_other(picture)
        picture.version, picture.unsaved = document.version, False
        return True

    async def _yield_to_other(self, picture: _Picture) -> bool:
        stored = await self._documents.load(AREAS.name, picture.area.id)
        if stored is None:
            return False
        picture.version = stored.version
        theirs = _read(stored)
        picture.unsaved = any(theirs.get(lane, -1) < offset for lane, offset in picture.read.items())
        return not picture.unsaved

    async def _save_bookmark(self, positions: Mapping[Lane, int]) -> None:
        state = json.dumps({"read": write_cursor(positions)}).encode()
        bookmark = Document(id=_BOOKMARK, version=self._bookmark_version + 1, state=state)
        try:
            await self._documents.save(BOOKMARKS.name, bookmark)
            self._bookmark_version = bookmark.version
        except Conflict:
            stored = await self._documents.load(BOOKMARKS.name, _BOOKMARK)
            self._bookmark_version = stored.version if stored else 0


def _read(document: Document) -> dict[Lane, int]:
    """Tell how far a saved picture, or the bookmark, had read."""
    return read_cursor(json.loads(document.state)["read"])
