"""Reads on in the archive from where it stopped last: the way every read model gets its facts.

Because the archive holds each fact once and each partition in order, whoever reads it needs no memory of what it has
seen: a batch that comes again, or a fact that was published twice, does not show here at all.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from heapq import merge
from typing import Final

from services.console.adapters.archive import Archive
from services.console.application.cursor import Lane
from services.console.application.ports import Kept
from shared.contracts.fact import Fact
from shared.contracts.wire import read_fact
from shared.runtime.log import Received

_AT_ONCE: Final = 500

ReadFact = tuple[Kept, Fact]


class JustHeard:
    """What a batch brought: its facts need no parsing again, and what one reader read the next need not."""

    def __init__(self, received: Sequence[Received]) -> None:
        self.lanes: list[Lane] = list(dict.fromkeys((one.topic, one.partition) for one in received))
        self.facts = {one.fact.id: one.fact for one in received}
        self.pages: dict[tuple[Lane, int | None], list[Kept]] = {}


class Reading:
    """One reader's way through the archive."""

    def __init__(self, archive: Archive, positions: Mapping[Lane, int] | None = None) -> None:
        self._archive = archive
        self.positions: dict[Lane, int] = dict(positions or {})

    async def on(self, heard: JustHeard | None = None) -> AsyncIterator[list[ReadFact]]:
        """Read on to the end, in pages that are merged by time: the lanes of a batch, or all."""
        wanted = heard.lanes if heard else await self._archive.lanes()
        while wanted:
            pages = {lane: await self._page(lane, heard) for lane in wanted}
            facts = heard.facts if heard else {}
            yield list(merge(*(_understood(page, facts) for page in pages.values()), key=_moment))
            # Only now: a reader that was interrupted before this point reads the same page again.
            self.positions |= {lane: page[-1].offset for lane, page in pages.items() if page}
            wanted = [lane for lane, page in pages.items() if len(page) == _AT_ONCE]
            await asyncio.sleep(0)  # a long way leaves room for pages and health probes

    async def _page(self, lane: Lane, heard: JustHeard | None) -> list[Kept]:
        after = self.positions.get(lane)
        kept = heard.pages.get((lane, after)) if heard else None
        if kept is None:
            kept = await self._archive.lane(lane, after=after, limit=_AT_ONCE)
        if heard:
            heard.pages[lane, after] = kept
        return kept


def _understood(kept: Sequence[Kept], known: Mapping[str, Fact]) -> Iterator[ReadFact]:
    for one in kept:
        yield one, known.get(one.id) or read_fact(one.body)


def _moment(read: ReadFact) -> tuple[float, int]:
    """Sort facts of several lanes; in the embedded log the offset tells their order exactly."""
    kept, fact = read
    return fact.time.timestamp(), kept.offset
