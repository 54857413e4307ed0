"""How what the notifier says about messages changes the picture of the area."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.domain.area import MOST_NOTICES, Area, NoticeLine, OpenNeed, add_sample, day_of
from shared.contracts.fact import Fact
from shared.contracts.notices import (
    NoticeCleared,
    NoticeDelayed,
    NoticeFailed,
    NoticeQueued,
    NoticeSent,
    NoticeUnknown,
)

_ANSWERS: Final = frozenset({"taken", "unmet", "refused", "escalated"})
"""Templates that tell the resident for the first time what comes of the need."""


def _queued(area: Area, fact: Fact, data: NoticeQueued, _: str) -> None:
    need = area.needs.get(data.about)
    area.notices[data.notice] = NoticeLine(
        id=data.notice,
        about=data.about,
        number=need.number if need else "",
        template=data.template,
        recipient_kind=data.recipient_kind,
        channel=data.channel,
        status="queued",
        at=fact.time,
    )
    _keep_latest(area)


def _keep_latest(area: Area) -> None:
    """Drop the oldest lines, those that wait for a person last."""
    while len(area.notices) > MOST_NOTICES:
        settled = (line.id for line in area.notices.values() if line.status not in {"failed", "unknown"})
        del area.notices[next(settled, None) or next(iter(area.notices))]


def _mark(area: Area, fact: Fact, notice: str, status: str) -> None:
    if line := area.notices.get(notice):
        line.status, line.at = status, fact.time


def _delayed(area: Area, fact: Fact, data: NoticeDelayed, _: str) -> None:
    _mark(area, fact, data.notice, "delayed")


def _sent(area: Area, fact: Fact, data: NoticeSent, date: str) -> None:
    _mark(area, fact, data.notice, "sent")
    if line := area.notices.get(data.notice):
        line.channel = data.channel
    messages = day_of(area, date).messages
    messages[data.template] = messages.get(data.template, 0) + 1
    _told(area, fact, data, date)


def _cleared(area: Area, fact: Fact, data: NoticeCleared, date: str) -> None:
    _mark(area, fact, data.notice, "cleared")
    _told(area, fact, data, date)


def _told(area: Area, fact: Fact, data: NoticeSent | NoticeCleared, date: str) -> None:
    need = area.needs.get(data.about)
    if need is None or data.recipient_kind != "resident":
        return
    if data.template in _ANSWERS and need.answered_at is None and need.accepted_at is not None:
        need.answered_at = fact.time
        add_sample(day_of(area, date).answer_s, (fact.time - need.accepted_at).total_seconds())
    if data.template == "done":
        _told_result(area, fact, need, date)


def _told_result(area: Area, fact: Fact, need: OpenNeed, date: str) -> None:
    if need.done_at is not None and need.told_done_at is None:
        need.told_done_at = fact.time
        add_sample(day_of(area, date).result_s, (fact.time - need.done_at).total_seconds())


def _failed(area: Area, fact: Fact, data: NoticeFailed, _: str) -> None:
    _mark(area, fact, data.notice, "failed")


def _unknown(area: Area, fact: Fact, data: NoticeUnknown, _: str) -> None:
    _mark(area, fact, data.notice, "unknown")


NOTICES: Final[Mapping[str, Callable[[Area, Fact, Any, str], None]]] = {
    NoticeQueued.TYPE: _queued,
    NoticeSent.TYPE: _sent,
    NoticeDelayed.TYPE: _delayed,
    NoticeFailed.TYPE: _failed,
    NoticeUnknown.TYPE: _unknown,
    NoticeCleared.TYPE: _cleared,
}
