"""What a need can be told, in the imperative. Every command brings its own moment."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from shared.contracts.needs import Request, Status
from shared.contracts.places import Cell
from shared.kernel.words import Words

NO_WORDS = Words(zh="", en="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """Take this need on; `review`: a community worker looks at it first."""

    request: Request
    review: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A community worker accepts or refuses what waits for review."""

    accept: bool
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Amend:
    """Change what is wanted; None leaves a part as it is."""

    at: datetime
    opens: datetime | None = None
    closes: datetime | None = None
    meals: int | None = None
    grams: int | None = None
    diet: frozenset[str] | None = None
    pickup: Cell | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The resident no longer wants it."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Something happened on the board. `lost`: who had agreed or begun cannot go on, so that a step back is true."""

    status: Status
    at: datetime
    volunteer: str | None = None
    lost: bool = False
    words: Words = field(default=NO_WORDS)
    owner: str | None = None
    next_action_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """The resident, or the community worker who asked them, says whether it was good."""

    good: bool
    by: Literal["resident", "community_worker"]
    comment_given: bool
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """It was not done, or not well: serve it again."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HearTold:
    """The resident has been told what the notice template says."""

    template: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Look at the time."""

    at: datetime


Command = Ask | Review | Amend | Withdraw | Progress | Rate | Reopen | HearTold | Tick
