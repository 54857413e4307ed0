"""Computes aggregates anew from their facts and compares with what is stored, byte for byte.

If a single byte differs, something changed state without saying so, or a rule's bookkeeping was changed after facts
had been written with it: either way the facts no longer tell what happened.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from shared.contracts.fact import Fact
from shared.contracts.wire import read_fact
from shared.runtime.aggregates import AnyAggregates
from shared.runtime.documents import Document, Documents

_PAGE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One aggregate that is not what its facts say."""

    collection: str
    id: str
    kind: Literal["facts_missing", "state_differs", "document_missing"]
    detail: str


async def replay(aggregates: AnyAggregates, documents: Documents, facts: Iterable[Fact]) -> list[Difference]:
    """Compare every stored aggregate with the fold over its facts.

    Parameters
    ----------
    facts
        All facts of the kind's topic, in any order, from the console's archive or the log; a fact may come twice.
        What is still in an outbox counts too.
    """
    by_subject: dict[str, dict[int, Fact]] = defaultdict(dict)
    for fact in facts:
        by_subject[fact.subject][fact.sequence] = fact
    found: list[Difference] = []
    async for document in _all(documents, aggregates.kind.collection.name):
        told = by_subject.pop(document.id, {})
        told |= {fact.sequence: fact for fact in map(read_fact, document.outbox)}
        found += _compare(aggregates, document, told)
    name = aggregates.kind.collection.name
    for subject, told in sorted(by_subject.items()):
        detail = f"{len(told)} facts are told of it, and no document is stored"
        found.append(Difference(collection=name, id=subject, kind="document_missing", detail=detail))
    return found


def fold(aggregates: AnyAggregates, aggregate_id: str, facts: Iterable[Fact]) -> bytes:
    """Give the state, as canonical JSON, to which the facts lead."""
    state: Any = aggregates.kind.initial(aggregate_id)
    for fact in sorted(facts, key=lambda fact: fact.sequence):
        state = aggregates.kind.evolve(state, fact.data)
    return aggregates.write(state)


def _compare(aggregates: AnyAggregates, document: Document, told: Mapping[int, Fact]) -> list[Difference]:
    name = aggregates.kind.collection.name
    if missing := [number for number in range(1, document.spoken + 1) if number not in told]:
        detail = f"{len(missing)} of {document.spoken} facts are missing, the first is number {missing[0]}"
        return [Difference(collection=name, id=document.id, kind="facts_missing", detail=detail)]
    told = {number: fact for number, fact in told.items() if number <= document.spoken}
    state = fold(aggregates, document.id, told.values())
    if state == document.state:
        return []
    detail = f"the first of {len(document.state)} stored bytes that differs is number {_first_other(state, document)}"
    return [Difference(collection=name, id=document.id, kind="state_differs", detail=detail)]


def _first_other(state: bytes, document: Document) -> int:
    pairs = enumerate(zip(state, document.state, strict=False))
    shorter = min(len(state), len(document.state))
    return next((place for place, (one, other) in pairs if one != other), shorter)


async def _all(documents: Documents, collection: str) -> AsyncIterator[Document]:
    after = ""
    while page := await documents.find(collection, after=after, limit=_PAGE):
        for document in page:
            yield document
        after = page[-1].id
