"""A Conversation: everything one person is told about one need. State, and how facts change it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

from services.notifier.domain.templates import REMEMBERED, TEMPLATES
from shared.contracts.fact import FactData
from shared.contracts.notices import (
    NoticeAttempted,
    NoticeCleared,
    NoticeDelayed,
    NoticeFailed,
    NoticeQueued,
    NoticeSent,
    NoticeUnknown,
    RecipientKind,
)

NoticeStatus = Literal["waiting", "attempting", "sent", "failed", "unknown", "cleared", "overtaken"]

OVERTAKEN: Final = "notifier:overtaken"  # who cleared a notice that a newer one replaced before it was sent
QUIET_HOURS: Final = "quiet_hours"  # why a notice waits without a channel having been tried
FOR_A_PERSON: Final = frozenset({"failed", "unknown"})
_OPEN: Final = frozenset({"waiting", "attempting"}) | FOR_A_PERSON
_FINISHED_KEPT: Final = 20  # the archive has all of them; the document stays small


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message. `due`: the next attempt; while attempting: when the call is over at the latest."""

    id: str
    template: str
    language: Literal["zh", "en"]
    channel: str
    params: Mapping[str, str]
    first_due: datetime
    status: NoticeStatus = "waiting"
    due: datetime | None = None
    tries: int = 0
    attempt: str | None = None
    reason: str = ""
    owner: str | None = None
    next_action_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """What one person was and will be told about one need; `id` is area:about:who."""

    id: str
    recipient: str = ""
    recipient_kind: RecipientKind = "resident"
    notices: tuple[Notice, ...] = field(default=())

    @property
    def area(self) -> str:
        """The partition key of its facts."""
        return self.id.split(":", 2)[0]

    @property
    def about(self) -> str:
        """The need that this is about."""
        return self.id.split(":", 2)[1]

    def notice(self, notice_id: str) -> Notice | None:
        """Find a notice that is still in the document."""
        return next((one for one in self.notices if one.id == notice_id), None)

    def remembered(self) -> dict[str, str]:
        """Give what is known of the need from what was said last."""
        params = self.notices[-1].params if self.notices else {}
        return {name: params[name] for name in REMEMBERED if name in params}


def conversation_id(*, area: str, need: str, who: str) -> str:
    """Name the conversation: `who` is `resident` or the volunteer's id; a need has one resident."""
    return f"{area}:{need}:{who}"


def conversation_of(notice_id: str) -> str:
    """Tell from a notice's id in which conversation it lies."""
    return notice_id.rpartition(":")[0]


def due(state: Conversation) -> datetime | None:
    """When somebody must look at this conversation next."""
    return min((one.due for one in state.notices if one.due is not None), default=None)


def next_due(state: Conversation, now: datetime) -> Notice | None:
    """Give the oldest notice whose time has come."""
    return next((one for one in state.notices if one.due is not None and one.due <= now), None)


def last_asked(state: Conversation) -> Notice | None:
    """Give the newest notice that asked a volunteer to come."""
    return next((one for one in reversed(state.notices) if TEMPLATES[one.template].asks), None)


def evolve(state: Conversation, data: FactData) -> Conversation:  # noqa: PLR0911 - a table, one line a fact
    """Write down what was said; never refuses."""
    match data:
        case NoticeQueued():
            return _queued(state, data)
        case NoticeAttempted(notice=notice, attempt=attempt, channel=channel, answer_by=answer_by):
            return _changed(state, notice, status="attempting", attempt=attempt, channel=channel, due=answer_by)
        case NoticeSent(notice=notice, attempt=attempt, channel=channel):
            ended = _changed(state, notice, status="sent", attempt=attempt, channel=channel, due=None)
            return _changed(ended, notice, reason="", owner=None, next_action_at=None)
        case NoticeDelayed(notice=notice, reason=reason, retry_at=retry_at):
            return _delayed(state, notice, reason, retry_at)
        case NoticeFailed(notice=notice, reason=reason, owner=owner, next_action_at=by):
            return _changed(state, notice, status="failed", reason=reason, due=None, owner=owner, next_action_at=by)
        case NoticeUnknown(notice=notice, owner=owner, next_action_at=by):
            return _changed(state, notice, status="unknown", due=None, owner=owner, next_action_at=by)
        case NoticeCleared(notice=notice, by=by_whom):
            status = "overtaken" if by_whom == OVERTAKEN else "cleared"
            return _changed(state, notice, status=status, due=None, owner=None, next_action_at=None)
        case _:
            return state


def _queued(state: Conversation, data: NoticeQueued) -> Conversation:
    notice = Notice(
        id=data.notice,
        template=data.template,
        language=data.language,
        channel=data.channel,
        params=data.params,
        first_due=data.due_at,
        due=data.due_at,
    )
    finished = [one.id for one in state.notices if one.status not in _OPEN]
    forgotten = set(finished[:-_FINISHED_KEPT])
    kept = tuple(one for one in state.notices if one.id not in forgotten)
    return replace(state, recipient=data.recipient, recipient_kind=data.recipient_kind, notices=(*kept, notice))


def _delayed(state: Conversation, notice_id: str, reason: str, retry_at: datetime) -> Conversation:
    before = state.notice(notice_id)
    tries = (before.tries if before else 0) + (reason != QUIET_HOURS)
    return _changed(state, notice_id, status="waiting", reason=reason, due=retry_at, tries=tries, attempt=None)


def _changed(state: Conversation, notice_id: str, **changes: object) -> Conversation:
    notices = tuple(
        replace(one, **changes) if one.id == notice_id else one  # type: ignore[arg-type]
        for one in state.notices
    )
    return replace(state, notices=notices)
