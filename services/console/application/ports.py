"""What the doors need of the shelves behind them, so that neither has to know the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.console.application.cursor import Lane, Positions


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A fact as it is kept: JSON, and where it lay in the log."""

    lane: Lane
    offset: int
    id: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some facts, and how far a reader has come with them."""

    facts: tuple[Kept, ...]
    positions: Positions


class FactArchive(Protocol):
    """Every fact ever heard."""

    async def page(self, after: Positions, *, limit: int, where: Mapping[str, str] | None = None) -> Page:
        """Read on from the positions, lane by lane, each in its order."""
        ...

    async def about(self, need: str, *, limit: int) -> list[Kept]:
        """Read what was said about a need on any topic."""
        ...
