"""What intake keeps besides needs: how residents are reached, and the words people used. Both are personal data."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from services.intake.application.resident import Resident
from shared.contracts.needs import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What somebody said about a need, in their words."""

    kind: Literal["rating", "review", "withdrawal", "reopening"]
    by: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """What was asked, exactly, and every word that facts do not carry."""

    need: str
    fingerprint: str  # of the body, to compare under one Idempotency-Key
    at: datetime
    request: Request
    review: bool
    note: str = ""
    remarks: tuple[Remark, ...] = ()


class KeepsResidents(Protocol):
    """The register of residents."""

    async def keep(self, residents: Sequence[Resident]) -> None:
        """Remember how they are reached; the latest word counts."""
        ...

    async def find(self, resident_id: str) -> Resident | None:
        """Give how a resident is reached."""
        ...


class KeepsParticulars(Protocol):
    """The file of each need."""

    async def add(self, particulars: Sequence[Particulars]) -> None:
        """Open files; one that is there already stays as it is."""
        ...

    async def find(self, need: str) -> Particulars | None:
        """Give the file of a need."""
        ...

    async def write(self, need: str, *, note: str | None = None, remark: Remark | None = None) -> None:
        """Change the note or add a remark."""
        ...
