"""Readable commands and folded conversations for the notifier's rules."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any

from services.notifier.domain.conversation import Conversation, conversation_id, evolve
from services.notifier.domain.decide import Attempt, Command, Report, Tell, decide, notice_id
from services.notifier.domain.manners import Manners
from shared.contracts.fact import FactData
from shared.contracts.notices import NoticeAttempted, NoticeQueued

NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # 12:00 in Longchang
NIGHT = datetime(2026, 5, 12, 14, 30, tzinfo=UTC)  # 22:30
MORNING = datetime(2026, 5, 12, 23, 0, tzinfo=UTC)  # 07:00 of the next day
MANNERS = Manners(quiet_from=time(21), quiet_until=time(7), timezone="Asia/Shanghai")
RESIDENTS = conversation_id(area="511083001", need="need-1", who="resident")
VOLUNTEERS = conversation_id(area="511083001", need="need-1", who="volunteer-1")
KNOWN = {"number": "GH-0042", "service_zh": "换灯泡", "service_en": "light bulb", "priority": "3"}


def a_tell(template: str = "accepted", sequence: int = 1, *, at: datetime = NOON, **changes: Any) -> Tell:
    conversation = VOLUNTEERS if "offer" in template or template == "assignment" else RESIDENTS
    values: dict[str, Any] = {
        "notice": notice_id(conversation=conversation, subject="need-1", sequence=sequence, template=template),
        "template": template,
        "recipient": "resident-1",
        "recipient_kind": "resident",
        "language": "zh",
        "channel": "console",
        "params": KNOWN,
        "happened_at": at,
        "at": at,
        "manners": MANNERS,
    }
    return Tell(**(values | changes))


def an_offer_tell(template: str = "offer", sequence: int = 1, *, at: datetime = NOON, **changes: Any) -> Tell:
    times = {"starts_at": (at + timedelta(hours=1)).isoformat()}
    if template == "offer":
        times["expires_at"] = (at + timedelta(minutes=15)).isoformat()
    params = {} if template == "offer_withdrawn" else KNOWN | times
    values = {"recipient": "volunteer-1", "recipient_kind": "volunteer", "params": params} | changes
    return a_tell(template, sequence, at=at, **values)


def an_attempt(notice: str, *, at: datetime = NOON) -> Attempt:
    return Attempt(notice=notice, channel="console", at=at, answer_by=at + timedelta(minutes=2), manners=MANNERS)


def a_report(notice: str, attempt: str, result: Any, *, at: datetime = NOON, reason: str = "") -> Report:
    return Report(notice=notice, attempt=attempt, result=result, reason=reason, at=at, manners=MANNERS)


def after(*commands: Command, conversation: str = RESIDENTS) -> Conversation:
    """Given what these commands led to."""
    state = Conversation(id=conversation)
    for command in commands:
        state = fold(state, decide(state, command))
    return state


def then(state: Conversation, command: Command) -> Conversation:
    return fold(state, decide(state, command))


def fold(state: Conversation, said: Sequence[FactData]) -> Conversation:
    for data in said:
        state = evolve(state, data)
    return state


def attempted(tell: Tell, *, at: datetime | None = None, conversation: str = RESIDENTS) -> tuple[Conversation, str]:
    """Given a notice whose channel is being called; gives the attempt id, too."""
    state = after(tell, conversation=conversation)
    said = decide(state, an_attempt(tell.notice, at=at or tell.at))
    (data,) = said
    assert isinstance(data, NoticeAttempted)
    return fold(state, said), data.attempt


def queued(said: Sequence[FactData]) -> NoticeQueued:
    (data,) = [one for one in said if isinstance(one, NoticeQueued)]
    return data
