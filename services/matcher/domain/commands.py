"""What a board can be told to do. A command carries its moment, because rules know no clock."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from shared.contracts.dispatch import Batch, FailureReason, Stop
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """All commands know when they are given."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmitNeed(Command):
    """Take a need on: a new one, or one that was opened again."""

    need: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class AmendNeed(Command):
    """The resident changed what is wanted."""

    need: str
    request: Request


@dataclass(frozen=True, slots=True, kw_only=True)
class DropNeed(Command):
    """The resident no longer wants it."""

    need: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PostVolunteer(Command):
    """Somebody can be asked in these windows."""

    volunteer: str
    profile: Profile
    windows: tuple[DutyWindow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpostVolunteer(Command):
    """Somebody cannot be asked any more."""

    volunteer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCanteen(Command):
    """A canteen cooks these batches today."""

    canteen: str
    name_zh: str
    name_en: str
    cell: Cell
    batches: tuple[Batch, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseCanteen(Command):
    """A canteen hands out nothing from a moment on."""

    canteen: str
    closed_from: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaceable:
    """A need that a plan leaves out, and why."""

    need: str
    rule: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptPlan(Command):
    """Make a verified plan the board's: say only what it changes.

    Parameters
    ----------
    routes
        The stops from now on of everybody who was planned for; all others keep theirs.
    unplaced
        Needs that are on no route.
    engine, degraded
        Which engine made it, and whether it is a makeshift.
    agreed
        Slots (need, slot) whose volunteer has said yes already: a claim, or a community worker's word.
    """

    routes: Mapping[str, tuple[Stop, ...]]
    unplaced: tuple[Unplaceable, ...] = ()
    engine: str
    degraded: bool = False
    agreed: frozenset[tuple[str, int]] = field(default_factory=frozenset)


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOffer(Command):
    """The volunteer will come."""

    offer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseOffer(Command):
    """The volunteer cannot."""

    offer: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim(Command):
    """A volunteer takes an open need by themselves."""

    need: str
    volunteer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Command):
    """A community worker gives a need to somebody they have spoken to."""

    need: str
    volunteer: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report(Command):
    """A volunteer tells about one of their slots."""

    need: str
    slot: int
    volunteer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PickUp(Report):
    """They have left the kitchen or shop with the goods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Start(Report):
    """They are there and begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Complete(Report):
    """They have finished."""

    evidence: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(Report):
    """They were there and it could not be done."""

    reason: FailureReason


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp(Command):
    """A community worker decides that the need cannot be served; the resident is told the reason."""

    need: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick(Command):
    """Time has passed: look at what is due."""


BoardCommand = Command
