"""What a conversation may say next: commands, and the facts or the refusal that each leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal, assert_never

from services.notifier.domain.conversation import (
    FOR_A_PERSON,
    OVERTAKEN,
    QUIET_HOURS,
    Conversation,
    Notice,
    last_asked,
)
from services.notifier.domain.manners import ANSWER_FRESH_FOR, MOST_URGENT, Manners, whole_second
from services.notifier.domain.templates import TEMPLATES
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
from shared.kernel.ids import derived_id
from shared.kernel.refusals import Refusal

BACK_OFF: Final = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1))
_JITTER: Final = 0.2  # of the wait, at most, so that a provider that comes back is not met by everybody at once
_MERGE_FOR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)

ResultKind = Literal["sent", "delayed", "failed", "unknown", "not_sent"]

_OWNERS: Final[Mapping[RecipientKind, str]] = {
    "resident": "community_worker",
    "volunteer": "team_lead",
    "community_worker": "street",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell:
    """Tell the recipient about a fact. Without `recipient`: whoever this conversation is with."""

    notice: str
    template: str
    recipient: str | None
    recipient_kind: RecipientKind
    language: Literal["zh", "en"] | None
    channel: str
    params: Mapping[str, str]
    happened_at: datetime
    at: datetime
    manners: Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Say that the channel is about to be called, and until when the call may last."""

    notice: str
    channel: str
    at: datetime
    answer_by: datetime
    manners: Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Write down what became of an attempt. `not_sent`: the channel is sure, after a crash."""

    notice: str
    attempt: str
    result: ResultKind
    reason: str = ""
    at: datetime
    manners: Manners


@dataclass(frozen=True, slots=True, kw_only=True)
class Clear:
    """A person dealt with a failed or unknown notice."""

    notice: str
    by: str


Command = Tell | Attempt | Report | Clear


def decide(state: Conversation, command: Command) -> Sequence[FactData]:
    """Give the facts that follow, or refuse with a reason."""
    match command:
        case Tell():
            return _tell(state, command)
        case Attempt():
            return _attempt(state, command)
        case Report():
            return _report(state, command)
        case Clear():
            return _clear(state, command)
        case _:
            assert_never(command)


def notice_id(*, conversation: str, subject: str, sequence: int, template: str) -> str:
    """Name the one notice that a fact can lead to here; its conversation can be read off the name."""
    return f"{conversation}:{derived_id('notice', subject, str(sequence), template, conversation)}"


def attempt_id(notice: Notice) -> str:
    """Name the next attempt: the channel's idempotency key."""
    return derived_id("attempt", notice.id, str(notice.tries))


def _tell(state: Conversation, tell: Tell) -> Sequence[FactData]:
    if state.notice(tell.notice) is not None:
        return ()
    recipient = tell.recipient or state.recipient
    params = state.remembered() | dict(tell.params)
    missing = TEMPLATES[tell.template].params - params.keys()
    if not recipient or missing:
        raise Refusal(
            "notice.nothing_known",
            "此前没有关于该需求的消息，不知道该通知谁、说什么。请从头重放需求事实。",
            "Nothing was heard about this need before, so there is nobody to tell. Replay needs.v1 from the beginning.",
        )
    overtaken = [one for one in state.notices if _overtakes(tell, one)]
    dropped = [_cleared(state, one, by=OVERTAKEN) for one in overtaken]
    if tell.template == "offer_withdrawn" and not _was_asked(state, overtaken):
        return dropped
    return [*dropped, _queue(state, tell, recipient, params)]


def _overtakes(tell: Tell, older: Notice) -> bool:
    """Say whether the newer message makes the unsent older one pointless.

    The same template always does. Another template does if the older notice is held back (night, back-off, budget):
    what is due at this moment goes out, so that two runs of the same day say the same.
    """
    if older.status != "waiting" or older.due is None or TEMPLATES[older.template].final:
        return False
    asks_and_is_withdrawn = tell.template == "offer_withdrawn" and TEMPLATES[older.template].asks
    return older.template == tell.template or asks_and_is_withdrawn or older.due > tell.at


def _was_asked(state: Conversation, overtaken: Sequence[Notice]) -> bool:
    """Say whether the volunteer may have read the last offer; only then they are told that it is withdrawn."""
    asked = last_asked(state)
    return asked is not None and asked.status != "overtaken" and asked not in overtaken


def _queue(state: Conversation, tell: Tell, recipient: str, params: dict[str, str]) -> NoticeQueued:
    language = tell.language or (state.notices[-1].language if state.notices else "zh")
    return NoticeQueued(
        notice=tell.notice,
        recipient=recipient,
        recipient_kind=tell.recipient_kind,
        about=state.about,
        template=tell.template,
        language=language,
        channel=tell.channel,
        params=params,
        due_at=_first_due(state, tell, params),
    )


def _first_due(state: Conversation, tell: Tell, params: Mapping[str, str]) -> datetime:
    """At once (at the moment of the fact), unless it is night or there were many updates today."""
    at = tell.at
    if TEMPLATES[tell.template].update and _updates_since(state, at - _DAY) >= tell.manners.updates_a_day:
        at = whole_second(at + _MERGE_FOR)
    at = _allowed(at, template=tell.template, params=params, asked_at=tell.happened_at, manners=tell.manners)
    return at if at > tell.at else min(tell.happened_at, tell.at)


def _updates_since(state: Conversation, since: datetime) -> int:
    return sum(
        TEMPLATES[one.template].update and one.status != "overtaken" and one.first_due > since for one in state.notices
    )


def _allowed(
    moment: datetime, *, template: str, params: Mapping[str, str], asked_at: datetime, manners: Manners
) -> datetime:
    """Give the first moment, from this one on, at which the message may reach somebody."""
    if params.get("priority") == MOST_URGENT:
        return moment
    if TEMPLATES[template].answer and moment - asked_at <= ANSWER_FRESH_FOR:
        return moment
    return manners.awake(moment)


def _attempt(state: Conversation, attempt: Attempt) -> Sequence[FactData]:
    notice = state.notice(attempt.notice)
    if notice is None or notice.status != "waiting" or notice.due is None or notice.due > attempt.at:
        raise Refusal(
            "notice.not_due",
            "该通知现在不需要发送；已由其他进程处理，或时间未到。",
            "This notice is not to be sent now: another process has it, or its time has not come. Nothing to do.",
        )
    if _expired(notice, attempt.at):
        return [_cleared(state, notice, by=OVERTAKEN)]
    allowed = _allowed(
        attempt.at, template=notice.template, params=notice.params, asked_at=notice.first_due, manners=attempt.manners
    )
    if allowed > attempt.at:
        return [NoticeDelayed(notice=notice.id, attempt=attempt_id(notice), reason=QUIET_HOURS, retry_at=allowed)]
    return [
        NoticeAttempted(
            notice=notice.id, attempt=attempt_id(notice), channel=attempt.channel, answer_by=attempt.answer_by
        )
    ]


def _expired(notice: Notice, at: datetime) -> bool:
    expires_at = notice.params.get("expires_at")
    return expires_at is not None and datetime.fromisoformat(expires_at) <= at


def _report(state: Conversation, report: Report) -> Sequence[FactData]:
    notice = state.notice(report.notice)
    if notice is None or not _awaited(notice, report):
        raise Refusal(
            "notice.stale_result",
            "该结果不属于当前的发送尝试，已忽略。",
            "This result belongs to no attempt that is open. It is ignored.",
        )
    match report.result:
        case "sent":
            return [_sent(state, notice, report)]
        case "unknown":
            return [_unknown(state, notice, report)]
        case "failed":
            return [_failed(state, notice, report)]
        case "delayed" | "not_sent":
            if notice.tries >= len(BACK_OFF):
                return [_failed(state, notice, report)]
            return [_delayed(notice, report)]
        case _:
            assert_never(report.result)


def _awaited(notice: Notice, report: Report) -> bool:
    if notice.status == "attempting":
        return notice.attempt == report.attempt
    if notice.status == "unknown":  # the answer came after all
        return notice.attempt == report.attempt and report.result == "sent"
    before_the_call = report.result in {"delayed", "failed"}  # the address could not be had
    return notice.status == "waiting" and before_the_call and attempt_id(notice) == report.attempt


def _delayed(notice: Notice, report: Report) -> NoticeDelayed:
    if report.result == "not_sent":
        retry_at = report.at
    else:
        retry_at = whole_second(report.at + BACK_OFF[notice.tries] * (1 + _JITTER * _fraction(report.attempt)))
    retry_at = _allowed(
        retry_at, template=notice.template, params=notice.params, asked_at=notice.first_due, manners=report.manners
    )
    return NoticeDelayed(notice=notice.id, attempt=report.attempt, reason=report.reason, retry_at=retry_at)


def _fraction(text: str) -> float:
    """Give a number in [0, 1) that is always the same for the same text."""
    return int(derived_id("jitter", text)[:8], 16) / 16**8


def _sent(state: Conversation, notice: Notice, report: Report) -> NoticeSent:
    return NoticeSent(
        notice=notice.id,
        attempt=report.attempt,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        about=state.about,
        template=notice.template,
        channel=notice.channel,
    )


def _failed(state: Conversation, notice: Notice, report: Report) -> NoticeFailed:
    return NoticeFailed(
        notice=notice.id,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        about=state.about,
        template=notice.template,
        reason=report.reason,
        owner=_OWNERS[state.recipient_kind],
        next_action_at=_person_by(report),
    )


def _unknown(state: Conversation, notice: Notice, report: Report) -> NoticeUnknown:
    return NoticeUnknown(
        notice=notice.id,
        attempt=report.attempt,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        about=state.about,
        template=notice.template,
        owner=_OWNERS[state.recipient_kind],
        next_action_at=_person_by(report),
    )


def _person_by(report: Report) -> datetime:
    return report.manners.awake(whole_second(report.at + report.manners.person_within))


def _clear(state: Conversation, clear: Clear) -> Sequence[FactData]:
    notice = state.notice(clear.notice)
    if notice is not None and notice.status == "cleared":
        return ()
    if notice is None or notice.status not in FOR_A_PERSON:
        raise Refusal(
            "notice.needs_nobody",
            "该通知不在等待人工处理，无需销账。",
            "This notice does not wait for a person. Only failed and unknown notices are cleared.",
        )
    return [_cleared(state, notice, by=clear.by)]


def _cleared(state: Conversation, notice: Notice, *, by: str) -> NoticeCleared:
    return NoticeCleared(
        notice=notice.id,
        recipient=state.recipient,
        recipient_kind=state.recipient_kind,
        about=state.about,
        template=notice.template,
        by=by,
    )
