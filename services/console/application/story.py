"""Tells the story of one need from the facts in the archive, in the order in which one led to the other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush

from services.console.application.names import Names
from services.console.domain.ledger import ledger_of
from services.console.domain.sentences import sentence
from services.console.domain.words import A_SERVICE
from shared.contracts.fact import Fact
from shared.contracts.needs import Request
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """One thing that happened."""

    at: datetime
    type: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Everything that happened to a need, in order."""

    need: str
    area: str
    number: str
    service_zh: str
    service_en: str
    community_zh: str
    community_en: str
    status: str
    round: int
    owner: str | None
    next_action_at: datetime | None
    chapters: tuple[Chapter, ...]


def tell(need: str, names: Names, facts: Iterable[Fact]) -> Story | None:
    """Tell the story; None if the need was never received or accepted."""
    ordered = in_order(list(facts))
    entry = ledger_of(ordered).needs.get(need)
    if entry is None or entry.request is None:
        return None
    hidden = entry.request.sensitive
    name = _name(entry.request)
    place = Words(zh="", en="") if hidden else names.community(entry.request.community)
    promise = entry.promise if entry.outcome is None else None
    return Story(
        need=need,
        area=entry.area,
        number=entry.request.number,
        service_zh=name.zh,
        service_en=name.en,
        community_zh=place.zh,
        community_en=place.en,
        status="accepted" if entry.status == "open" else entry.status,
        round=entry.round,
        owner=promise.owner if promise else None,
        next_action_at=promise.next_action_at if promise else None,
        chapters=tuple(_chapters(ordered, sensitive=hidden)),
    )


def in_order(facts: Sequence[Fact]) -> list[Fact]:
    """Sort by time; where the times are equal, causes come before effects and a subject keeps its sequence."""
    by_id = {fact.id: fact for fact in facts}
    by_place = {(fact.source, fact.subject, fact.sequence): fact for fact in facts}
    after: dict[str, list[Fact]] = {}
    waits: dict[str, int] = {}
    for fact in by_id.values():
        before = (by_id.get(fact.causationid or ""), by_place.get((fact.source, fact.subject, fact.sequence - 1)))
        causes = {cause.id for cause in before if cause is not None and cause is not fact}
        waits[fact.id] = len(causes)
        for cause in causes:
            after.setdefault(cause, []).append(fact)
    return _unrolled(by_id, after, waits)


def _unrolled(by_id: dict[str, Fact], after: dict[str, list[Fact]], waits: dict[str, int]) -> list[Fact]:
    ready = [(fact.time, fact.source, fact.sequence, fact.id) for fact in by_id.values() if not waits[fact.id]]
    heapify(ready)
    ordered: list[Fact] = []
    while ready:
        fact = by_id[heappop(ready)[-1]]
        ordered.append(fact)
        for effect in after.get(fact.id, ()):
            waits[effect.id] -= 1
            if not waits[effect.id]:
                heappush(ready, (effect.time, effect.source, effect.sequence, effect.id))
    return ordered


def _chapters(facts: Iterable[Fact], *, sensitive: bool) -> Iterable[Chapter]:
    for fact in facts:
        words = sentence(fact, sensitive=sensitive)
        if words is not None:
            yield Chapter(at=fact.time, type=fact.type, zh=words.zh, en=words.en)


def _name(request: Request) -> Words:
    return A_SERVICE if request.sensitive else Words(zh=request.service_zh, en=request.service_en)
