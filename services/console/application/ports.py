"""What the doors need of the shelves behind them, so that neither has to know the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from services.console.application.cursor import Lane, Positions
from services.console.domain.area import Area
from services.console.domain.ledger import Ledger


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


class Areas(Protocol):
    """The pictures of all areas, up to date."""

    async def all(self) -> list[Area]:
        """Give the picture of every area."""
        ...

    async def get(self, area_id: str) -> Area | None:
        """Give the picture of one area, None if nothing was ever heard of it."""
        ...

    def revision(self, area_id: str | None) -> int:
        """Give a number that grows with every fact of the area, or of any area."""
        ...

    async def wait_beyond(self, area_id: str | None, revision: int) -> None:
        """Return once the area, or any area, has changed since the revision."""
        ...


class Bookkeeping(Protocol):
    """The ledger of everything in the archive."""

    async def ledger(self) -> Ledger:
        """Give the ledger, up to date."""
        ...
