"""What is known of one need, as a fold over its own facts; nothing here ever refuses."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from services.intake.domain.patience import TOLD_WITHIN, WORKER, on_the_second
from shared.contracts.fact import FactData
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFollowUpDue,
    NeedProgressed,
    NeedRated,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
    Request,
    Status,
)

LONGEST_TIMELINE: Final = 120
_REPEATED: Final = frozenset({"follow_up", "received", "escalated"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the resident's timeline; `what` is a key of `timeline.LABELS`."""

    what: str
    at: datetime | None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """The present state of a need."""

    id: str
    request: Request | None = None
    status: Status | None = None
    round: int = 0
    volunteer: str | None = None
    owner: str | None = None
    next_action_at: datetime | None = None
    due: datetime | None = None
    reason: str = ""
    rated: bool | None = None
    accepted_at: datetime | None = None
    ended_at: datetime | None = None
    closed: bool = False
    timeline: tuple[Entry, ...] = ()


def nothing_yet(need_id: str) -> Need:
    """Give the state before anything happened."""
    return Need(id=need_id)


def area_of(need: Need) -> str:
    """Give the partition key of the need's facts."""
    return need.request.area if need.request else ""


def fields_of(need: Need) -> dict[str, str]:
    """Give what needs are found by."""
    if need.request is None or need.status is None:
        return {}
    return {"area": need.request.area, "status": need.status, "number": need.request.number}


def evolve(need: Need, data: FactData) -> Need:  # noqa: C901, PLR0911 - one case per fact, and nothing else
    """Keep the books."""
    match data:
        case NeedReceived():
            return _noted(replace(need, request=data.request, status="received", round=1), "received", data.at)
        case NeedAccepted():
            return _noted(_waiting(replace(need, round=1, accepted_at=data.at), data.request), "accepted", data.at)
        case NeedReopened():
            reopened = replace(need, round=data.round, closed=False, rated=None, ended_at=None, reason="")
            return _noted(_waiting(reopened, data.request), "reopened", data.at, data.reason)
        case NeedAmended():
            return _noted(replace(need, request=data.request), "amended", data.at)
        case NeedRefused():
            return _noted(_ended(need, "refused", data.at, data.reason), "refused", data.at, data.reason)
        case NeedWithdrawn():
            return _noted(_ended(need, "withdrawn", data.at, data.reason), "withdrawn", data.at, data.reason)
        case NeedProgressed():
            return _noted(_progressed(need, data), data.status, data.at, data.note)
        case NeedRated():
            return _noted(_calm(replace(need, rated=data.good)), "good" if data.good else "not_good", data.at)
        case NeedFollowUpDue():
            due = replace(need, owner=data.owner, next_action_at=data.next_action_at, due=data.next_action_at)
            return _noted(due, "follow_up", data.at)
        case NeedClosed():
            return _closed(need, data)
        case _:
            return need


def _waiting(need: Need, request: Request) -> Need:
    """Put it on the board, for the first time or again."""
    return _calm(replace(need, request=request, status="accepted", volunteer=None))


def _calm(need: Need) -> Need:
    """Nobody has to be reminded."""
    return replace(need, owner=None, next_action_at=None, due=None)


def _ended(need: Need, status: Status, at: datetime | None, reason: str) -> Need:
    due = on_the_second(at + TOLD_WITHIN) if at else None
    ended = replace(need, status=status, reason=reason, ended_at=at, volunteer=None)
    return replace(ended, owner=WORKER, next_action_at=due, due=due)


def _progressed(need: Need, data: NeedProgressed) -> Need:
    """Move on; the matcher looks after what it escalated, everything else that waits is intake's to remind of."""
    unmet, ended = data.status == "unmet", data.status in ("unmet", "done")
    volunteer = need.volunteer if data.status in ("in_service", "done") else data.volunteer
    return replace(  # at once: this is what a need is told most often
        need,
        status=data.status,
        owner=data.owner,
        next_action_at=data.next_action_at,
        due=None if data.status == "escalated" else data.next_action_at,
        reason=data.note if unmet else need.reason,
        ended_at=data.at if ended else need.ended_at,
        volunteer=None if unmet else volunteer,
    )


def _closed(need: Need, data: NeedClosed) -> Need:
    status: Status = "confirmed" if data.outcome == "confirmed" else data.outcome
    closed = replace(_calm(need), status=status, closed=True, ended_at=data.at)
    return _noted(closed, "confirmed" if status == "confirmed" else "told", data.at)


def _noted(need: Need, what: str, at: datetime | None, note: str = "") -> Need:
    """Add a line; a reminder that comes again replaces the one before, and a very long story loses its middle."""
    timeline = need.timeline
    if timeline and timeline[-1].what == what and what in _REPEATED:
        timeline = timeline[:-1]
    if len(timeline) >= LONGEST_TIMELINE:
        timeline = (timeline[0], *timeline[2:])
    return replace(need, timeline=(*timeline, Entry(what=what, at=at, note=note)))
