"""What must be remembered of a history to count it and to judge it: one entry per need, visit and message.

It is built from facts alone and knows nothing of the pages' models, so that figures and guarantees are a second
opinion on them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from services.console.domain.words import PRIVATE
from shared.contracts.dispatch import (
    NeedEscalated,
    NeedUnplaced,
    OfferMade,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
)
from shared.contracts.fact import Fact
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFollowUpDue,
    NeedProgressed,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
    Request,
)
from shared.contracts.notices import NoticeCleared, NoticeQueued, NoticeSent

TOLD_BY: Final[Mapping[str, str]] = {"unmet": "unmet", "refused": "refused", "withdrawn": "withdrawn"}
"""Outcome -> the template by which the resident learns of it."""

_MOVES_BY_ITSELF: Final = frozenset({"dispatched", "taken", "in_service", "done"})


@dataclass(slots=True, kw_only=True)
class Promise:
    """Who must do something about an open need, and by when."""

    owner: str
    next_action_at: datetime
    since: datetime


@dataclass(slots=True, kw_only=True)
class NeedEntry:
    """What happened to one need."""

    id: str
    area: str
    request: Request | None = None
    first_at: datetime | None = None
    accepted_at: datetime | None = None  # in the first round
    first_offer_at: datetime | None = None
    status: str = "open"
    outcome: str | None = None
    reason: str = ""
    round: int = 1
    promise: Promise | None = None
    told: dict[str, datetime] = field(default_factory=dict)  # template -> when the resident last got it
    reopened_at: datetime | None = None

    @property
    def service(self) -> str:
        """Give the service code under which it is counted."""
        if self.request is None:
            return "unknown"
        return PRIVATE if self.request.sensitive else self.request.service

    def was_told(self, template: str) -> bool:
        """Say whether the resident got this message since the need was opened, or last opened again."""
        told_at = self.told.get(template)
        return told_at is not None and (self.reopened_at is None or told_at >= self.reopened_at)


@dataclass(slots=True, kw_only=True)
class Visit:
    """One volunteer at one need, from beginning to end."""

    area: str
    need: str
    slot: int
    volunteer: str
    started_at: datetime
    completed_at: datetime | None = None
    failed: bool = False
    kitchen_to_door_s: int | None = None
    distance_m: int = 0
    travel_s: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A message asked for: what it is about, to whom, which text, and the fact that led to it."""

    about: str
    recipient: str
    template: str
    because: str


@dataclass(slots=True, kw_only=True)
class Ledger:
    """The entries of a history, of all areas."""

    needs: dict[str, NeedEntry] = field(default_factory=dict)
    visits: list[Visit] = field(default_factory=list)
    under_way: dict[tuple[str, int, str], Visit] = field(default_factory=dict)
    causes: dict[str, Cause] = field(default_factory=dict)  # notice -> why it was asked for
    sent: dict[str, list[str]] = field(default_factory=dict)  # notice -> attempts that went out
    messages: dict[tuple[str, str], int] = field(default_factory=dict)  # (area, template) -> sent
    volunteers: dict[str, set[str]] = field(default_factory=dict)  # area -> those who were ever on duty there
    facts: int = 0
    latest_at: datetime | None = None


def ledger_of(facts: Iterable[Fact]) -> Ledger:
    """Write up a whole history."""
    ledger = Ledger()
    for fact in facts:
        write_up(ledger, fact)
    return ledger


def write_up(ledger: Ledger, fact: Fact) -> None:
    """Add one fact to the ledger. Facts of one subject must come in order, topics may come interleaved as they like."""
    ledger.facts += 1
    ledger.latest_at = fact.time if ledger.latest_at is None else max(ledger.latest_at, fact.time)
    write = _WRITTEN.get(fact.type)
    if write is not None:
        write(ledger, fact, fact.data)


def _need(ledger: Ledger, need_id: str, fact: Fact) -> NeedEntry:
    entry = ledger.needs.get(need_id)
    if entry is None:
        entry = ledger.needs[need_id] = NeedEntry(id=need_id, area=fact.partitionkey)
    return entry


def _asked(ledger: Ledger, fact: Fact, data: NeedReceived | NeedAccepted | NeedAmended) -> None:
    entry = _need(ledger, fact.subject, fact)
    entry.request = data.request
    entry.first_at = entry.first_at or fact.time
    if isinstance(data, NeedAccepted):
        entry.accepted_at = entry.accepted_at or fact.time


def _reopened(ledger: Ledger, fact: Fact, data: NeedReopened) -> None:
    entry = _need(ledger, fact.subject, fact)
    entry.request, entry.round = data.request, data.round
    entry.status, entry.outcome, entry.promise = "open", None, None
    entry.reopened_at = fact.time


def _progressed(ledger: Ledger, fact: Fact, data: NeedProgressed) -> None:
    entry = _need(ledger, fact.subject, fact)
    entry.status = data.status
    if data.status == "unmet":
        entry.reason = data.note
    if data.owner is not None and data.next_action_at is not None:
        entry.promise = Promise(owner=data.owner, next_action_at=data.next_action_at, since=fact.time)
    elif data.status in _MOVES_BY_ITSELF:
        entry.promise = None


def _promised(ledger: Ledger, fact: Fact, data: NeedFollowUpDue | NeedEscalated) -> None:
    need_id = data.need if isinstance(data, NeedEscalated) else fact.subject
    entry = _need(ledger, need_id, fact)
    entry.promise = Promise(owner=data.owner, next_action_at=data.next_action_at, since=fact.time)


def _ended_early(ledger: Ledger, fact: Fact, data: NeedRefused | NeedWithdrawn) -> None:
    entry = _need(ledger, fact.subject, fact)
    entry.status = "refused" if isinstance(data, NeedRefused) else "withdrawn"


def _closed(ledger: Ledger, fact: Fact, data: NeedClosed) -> None:
    entry = _need(ledger, fact.subject, fact)
    entry.outcome = entry.status = data.outcome
    entry.reason = data.reason or entry.reason


def _offered(ledger: Ledger, fact: Fact, data: OfferMade) -> None:
    entry = _need(ledger, data.need, fact)
    entry.first_offer_at = min(entry.first_offer_at or fact.time, fact.time)


def _unplaced(ledger: Ledger, fact: Fact, data: NeedUnplaced) -> None:
    entry = _need(ledger, data.need, fact)
    entry.reason = entry.reason or data.zh


def _started(ledger: Ledger, fact: Fact, data: VisitStarted) -> None:
    visit = Visit(
        area=fact.partitionkey, need=data.need, slot=data.slot, volunteer=data.volunteer, started_at=fact.time
    )
    ledger.under_way[data.need, data.slot, data.volunteer] = visit
    ledger.visits.append(visit)


def _completed(ledger: Ledger, fact: Fact, data: VisitCompleted) -> None:
    visit = ledger.under_way.pop((data.need, data.slot, data.volunteer), None)
    if visit is None:  # finished without having been started, as a hand-over at the door may be
        visit = Visit(
            area=fact.partitionkey, need=data.need, slot=data.slot, volunteer=data.volunteer, started_at=fact.time
        )
        ledger.visits.append(visit)
    visit.completed_at, visit.kitchen_to_door_s = fact.time, data.kitchen_to_door_s
    visit.distance_m, visit.travel_s = data.distance_m, data.travel_s


def _failed(ledger: Ledger, fact: Fact, data: VisitFailed) -> None:
    visit = ledger.under_way.pop((data.need, data.slot, data.volunteer), None)
    if visit is not None:
        visit.failed, visit.completed_at = True, fact.time


def _on_duty(ledger: Ledger, fact: Fact, _: Any) -> None:
    ledger.volunteers.setdefault(fact.partitionkey, set()).add(fact.subject)


def _queued(ledger: Ledger, fact: Fact, data: NoticeQueued) -> None:
    ledger.causes[data.notice] = Cause(
        about=data.about, recipient=data.recipient, template=data.template, because=fact.causationid or fact.id
    )


def _sent(ledger: Ledger, fact: Fact, data: NoticeSent) -> None:
    ledger.sent.setdefault(data.notice, []).append(data.attempt)
    key = fact.partitionkey, data.template
    ledger.messages[key] = ledger.messages.get(key, 0) + 1
    _told(ledger, fact, data)


def _told(ledger: Ledger, fact: Fact, data: NoticeSent | NoticeCleared) -> None:
    if data.recipient_kind == "resident":
        _need(ledger, data.about, fact).told[data.template] = fact.time


_WRITTEN: Final[Mapping[str, Callable[[Ledger, Fact, Any], None]]] = {
    NeedReceived.TYPE: _asked,
    NeedAccepted.TYPE: _asked,
    NeedAmended.TYPE: _asked,
    NeedReopened.TYPE: _reopened,
    NeedProgressed.TYPE: _progressed,
    NeedFollowUpDue.TYPE: _promised,
    NeedEscalated.TYPE: _promised,
    NeedRefused.TYPE: _ended_early,
    NeedWithdrawn.TYPE: _ended_early,
    NeedClosed.TYPE: _closed,
    OfferMade.TYPE: _offered,
    NeedUnplaced.TYPE: _unplaced,
    VisitStarted.TYPE: _started,
    VisitCompleted.TYPE: _completed,
    VisitFailed.TYPE: _failed,
    "linli.volunteer.on_duty.v1": _on_duty,
    NoticeQueued.TYPE: _queued,
    NoticeSent.TYPE: _sent,
    NoticeCleared.TYPE: _told,
}
