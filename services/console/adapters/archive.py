"""Keeps every fact once, where it lay in the log, so that anything can be shown, counted and replayed again.

A fact's key is its topic, partition and offset. Consumers write a partition in order, so what is there is always the
beginning of the partition, and a reader who remembers an offset per partition neither misses nor repeats a fact. A
fact that was published twice has two offsets and one id; the second is not kept.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from services.console.application.cursor import Lane, Positions, fact_key, lane_prefix, place_of
from services.console.application.ports import Kept, Page
from shared.contracts.fact import Fact
from shared.contracts.topics import TOPICS
from shared.runtime.documents import Collection, Document, Documents
from shared.runtime.log import Received

FACTS: Final = Collection(name="console.facts", indexes=(("subject",), ("area",), ("need",)), unique=("fact",))

_BEHIND_ALL_OFFSETS: Final = "9" * 12
_TURN: Final = {topic.name: turn for turn, topic in enumerate(TOPICS)}


class Archive:
    """All facts ever heard."""

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def add(self, received: Sequence[Received]) -> int:
        """Keep what is new; give how many that were. Doing it again changes nothing."""
        return await self._documents.add(FACTS.name, [_document(one) for one in received])

    async def page(self, after: Positions, *, limit: int, where: Mapping[str, str] | None = None) -> Page:
        """Read on from the positions: lane by lane, each in its order."""
        facts: list[Kept] = []
        positions = dict(after)
        for lane in await self.lanes():
            left = limit - len(facts)
            if left <= 0:
                break
            found = await self.lane(lane, after=positions.get(lane), limit=left, where=where)
            if found:
                facts += found
                positions[lane] = found[-1].offset
        return Page(facts=tuple(facts), positions=positions)

    async def lane(
        self, lane: Lane, *, after: int | None, limit: int, where: Mapping[str, str] | None = None
    ) -> list[Kept]:
        """Read one partition of one topic on from an offset."""
        start = "" if after is None else fact_key(*lane, after)
        found = await self._documents.find(FACTS.name, where=where, prefix=lane_prefix(*lane), after=start, limit=limit)
        return [_kept(document) for document in found]

    async def about(self, need: str, *, limit: int) -> list[Kept]:
        """Read what was said about a need on any topic, topic by topic."""
        return [_kept(one) for one in await self._documents.find(FACTS.name, where={"need": need}, limit=limit)]

    async def lanes(self) -> list[Lane]:
        """Name the partitions that hold facts, topic by topic, by jumping over each one's facts."""
        lanes: list[Lane] = []
        after = ""
        while found := await self._documents.find(FACTS.name, after=after, limit=1):
            lane, _ = place_of(found[0].id)
            lanes.append(lane)
            after = lane_prefix(*lane) + _BEHIND_ALL_OFFSETS
        return sorted((lane for lane in lanes if lane[0] in _TURN), key=lambda lane: (_TURN[lane[0]], lane))


def need_of(fact: Fact) -> str | None:
    """Name the need that a fact is about, if it is about one."""
    if fact.type.startswith("linli.need."):
        return fact.subject
    return getattr(fact.data, "need", None) or getattr(fact.data, "about", None)


def _document(received: Received) -> Document:
    fact = received.fact
    fields = {"fact": fact.id, "subject": fact.subject, "area": fact.partitionkey, "type": fact.type}
    need = need_of(fact)
    if need is not None:
        fields["need"] = need
    key = fact_key(received.topic, received.partition, received.offset)
    return Document(id=key, version=1, state=fact.to_json(), fields=fields)


def _kept(document: Document) -> Kept:
    lane, offset = place_of(document.id)
    return Kept(lane=lane, offset=offset, id=document.fields["fact"], body=document.state)
