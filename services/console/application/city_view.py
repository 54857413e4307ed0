"""What is shown of the whole city: a card for each area, those that need attention first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo

from services.console.application.area_view import count
from services.console.application.names import Names
from services.console.application.rows import Counts
from services.console.domain.area import Area
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An area in four numbers."""

    id: str
    name: Words
    counts: Counts
    changed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CityView:
    """All areas and their sums."""

    now: datetime
    counts: Counts
    areas: tuple[Card, ...]


def view_city(areas: Iterable[Area], *, names: Names, now: datetime, zone: tzinfo) -> CityView:
    """Show all areas as they are at the moment."""
    cards = [
        Card(
            id=area.id,
            name=names.area(area.id),
            counts=count(area, now=now, zone=zone),
            changed_at=area.changed_at,
        )
        for area in areas
    ]
    return CityView(now=now, counts=_sum(cards), areas=tuple(sorted(cards, key=_attention)))


def _attention(card: Card) -> tuple[int, int, str]:
    return -card.counts.too_long, -card.counts.stuck, card.id


def _sum(cards: Iterable[Card]) -> Counts:
    counted = [card.counts for card in cards]
    return Counts(
        open=sum(one.open for one in counted),
        too_long=sum(one.too_long for one in counted),
        stuck=sum(one.stuck for one in counted),
        on_duty=sum(one.on_duty for one in counted),
        done_today=sum(one.done_today for one in counted),
    )
