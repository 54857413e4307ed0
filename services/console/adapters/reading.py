"""Reads on in the archive from where it stopped last: the way every read model gets its facts.

Because the archive holds each fact once and each partition in order, whoever reads it needs no memory of what it has
seen: a batch that comes again, or a fact that was published twice, does not show here at all.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import Final

from services.console.adapters.archive import Archive
from services.console.application.cursor import Lane
from services.console.application.ports import Kept
from shared.contracts.fact import Fact
from shared.contracts.wire import read_fact

_AT_ONCE: Final = 500

ReadFact = tuple[Kept, Fact]


class Reading:
    """One reader's way through the archive."""

    def __init__(self, archive: Archive, positions: Mapping[Lane, int] | None = None) -> None:
        self._archive = archive
        self.positions: dict[Lane, int] = dict(positions or {})

    async def some(
        self, lanes: Iterable[Lane] | None = None, known: Mapping[str, Fact] | None = None
    ) -> list[ReadFact]:
        """Read the next facts of the lanes (of all, if none are named), merged by time; none: the end is reached."""
        wanted = await self._archive.lanes() if lanes is None else lanes
        streams = []
        for lane in wanted:
            kept = await self._archive.lane(lane, after=self.positions.get(lane), limit=_AT_ONCE)
            if kept:
                self.positions[lane] = kept[-1].offset
                streams.append(_understood(kept, known or {}))
        await asyncio.sleep(0)  # a long catching-up leaves room for pages and health probes
        return list(merge(*streams, key=_moment))


def _understood(kept: Sequence[Kept], known: Mapping[str, Fact]) -> Iterator[ReadFact]:
    for one in kept:
        yield one, known.get(one.id) or read_fact(one.body)


def _moment(read: ReadFact) -> tuple[float, int]:
    """Sort facts of several lanes; in the embedded log the offset tells their order exactly."""
    kept, fact = read
    return fact.time.timestamp(), kept.offset
