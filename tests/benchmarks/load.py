"""The load: accepted needs as intake would have stored them, and what a matcher says about each of them.

The facts come phase by phase (all needs are offered, then all are taken, ...), so that hardly two facts of one batch
concern the same need: each fact costs one write, which is the worst case for a service.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count

from services.intake.domain.need import Need, evolve, fields_of, nothing_yet
from shared.contracts.dispatch import OfferAccepted, OfferMade, VisitCompleted, VisitStarted
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import NeedAccepted, Request
from shared.contracts.places import Cell
from shared.contracts.wire import write_fact
from shared.kernel.ids import derived_id
from shared.runtime.aggregates import AnyAggregates
from shared.runtime.documents import Document

AREAS = tuple(f"511083{number:03}" for number in range(1, 14))
PHASES = 4
_NOW = datetime(2026, 5, 12, 1, 0, tzinfo=UTC)
_SEQUENCES = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """Needs, and the dispatch facts about them as (area, body)."""

    needs: tuple[tuple[str, str], ...]  # area, need
    messages: tuple[tuple[str, bytes], ...]


def make_load(name: str, *, facts: int) -> Load:
    """Make a load that no other shares a need with."""
    needs = tuple(
        (AREAS[number % len(AREAS)], derived_id("need", name, str(number))) for number in range(facts // PHASES)
    )
    return Load(needs=needs, messages=tuple(_messages(needs)))


def stored(load: Load, aggregates: AnyAggregates) -> list[Document]:
    """Give the needs as intake stores them once they are accepted."""
    return [_document(need, aggregates, area) for area, need in load.needs]


def _document(need: str, aggregates: AnyAggregates, area: str) -> Document:
    state: Need = evolve(nothing_yet(need), NeedAccepted(at=_NOW, request=_request(area, need)))
    return Document(id=need, version=1, state=aggregates.write(state), spoken=1, fields=fields_of(state))


def _messages(needs: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, bytes]]:
    for phase in range(PHASES):
        for area, need in needs:
            yield area, write_fact(fact_of(area, _said(phase, need)))


def fact_of(area: str, data: FactData) -> Fact:
    """Give the fact as the area's board would say it."""
    sequence = next(_SEQUENCES)
    return Fact(
        id=derived_id("fact", area, str(sequence)),
        type=data.TYPE,
        source="/linli/matcher",
        subject=area,
        time=_NOW,
        partitionkey=area,
        sequence=sequence,
        correlationid=derived_id("story", area, str(sequence)),
        data=data,
    )


def _said(phase: int, need: str) -> FactData:
    volunteer, soon = derived_id("volunteer", need), _NOW + timedelta(minutes=20)
    offer = derived_id("offer", need)
    match phase:
        case 0:
            return OfferMade(
                offer=offer,
                need=need,
                slot=0,
                volunteer=volunteer,
                wave=1,
                assigned=False,
                starts_at=soon,
                expires_at=soon,
                service="repair.light",
                number="GH-0042",
                at=_NOW,
            )
        case 1:
            return OfferAccepted(offer=offer, need=need, slot=0, volunteer=volunteer, complete=True, starts_at=soon)
        case 2:
            return VisitStarted(need=need, slot=0, volunteer=volunteer, at=_NOW)
        case _:
            return VisitCompleted(need=need, slot=0, volunteer=volunteer, complete=True, at=_NOW)


def _request(area: str, need: str) -> Request:
    return Request(
        area=area,
        number="GH-0042",
        resident=derived_id("resident", need),
        channel="window",
        service="repair.light",
        service_zh="更换灯泡",
        service_en="light bulb",
        mode="visit",
        community=f"{area}011",
        cell=Cell(lon=105.278, lat=29.346),
        opens=_NOW,
        closes=_NOW + timedelta(hours=4),
        duration_s=1200,
    )
