"""What intake makes of the facts of others: one table from what was said to what a need is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.intake.domain.commands import Command, HearTold, Progress
from shared.contracts.dispatch import (
    GoodsPickedUp,
    NeedEscalated,
    NeedGivenUp,
    OfferAccepted,
    OfferMade,
    OfferRefused,
    OfferWithdrawn,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
    VolunteerMissed,
)
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import Status
from shared.contracts.notices import NoticeCleared, NoticeSent
from shared.kernel.words import Words

LOST = Words(zh="原志愿者来不了，正在另找人", en="the volunteer cannot come; somebody else is being asked")
FAILURES: Mapping[str, Words] = MappingProxyType(
    {
        "nobody_home": Words(zh="志愿者到访时家中无人", en="nobody was at home when the volunteer came"),
        "address_not_found": Words(zh="志愿者没有找到地址", en="the volunteer did not find the address"),
        "not_wanted": Words(zh="志愿者到访时表示不需要", en="it was not wanted when the volunteer came"),
        "goods_missing": Words(zh="物品缺失", en="the goods were missing"),
        "unsafe": Words(zh="现场不安全", en="the place was not safe"),
        "other": Words(zh="未能完成", en="it could not be done"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A command and the need that it is for."""

    need: str
    command: Command


def hear(fact: Fact, at: datetime) -> tuple[Heard, ...]:
    """Say what the need is told because of the fact; nothing for facts that do not concern a resident."""
    translate = MEANINGS.get(type(fact.data))
    return translate(fact.data, at) if translate else ()


def _step(status: Status, data: Any, at: datetime) -> tuple[Heard, ...]:
    return (Heard(need=data.need, command=Progress(status=status, at=at, volunteer=data.volunteer)),)


def _lost(data: Any, at: datetime, words: Words = LOST) -> tuple[Heard, ...]:
    command = Progress(status="dispatched", at=at, volunteer=data.volunteer, lost=True, words=words)
    return (Heard(need=data.need, command=command),)


def _escalated(data: NeedEscalated, at: datetime) -> tuple[Heard, ...]:
    command = Progress(
        status="escalated",
        at=at,
        words=Words(zh=data.zh, en=data.en),
        owner=data.owner,
        next_action_at=data.next_action_at,
    )
    return (Heard(need=data.need, command=command),)


def _given_up(data: NeedGivenUp, at: datetime) -> tuple[Heard, ...]:
    return (Heard(need=data.need, command=Progress(status="unmet", at=at, words=Words(zh=data.zh, en=data.en))),)


def _told(data: NoticeSent | NoticeCleared, at: datetime) -> tuple[Heard, ...]:
    if data.recipient_kind != "resident":
        return ()
    return (Heard(need=data.about, command=HearTold(template=data.template, at=at)),)


MEANINGS: Mapping[type[FactData], Callable[[Any, datetime], tuple[Heard, ...]]] = MappingProxyType(
    {
        OfferMade: lambda data, at: _step("dispatched", data, at),
        OfferAccepted: lambda data, at: _step("taken", data, at) if data.complete else (),
        OfferRefused: _lost,  # means something only for who had been assigned; the rules look
        OfferWithdrawn: lambda data, at: _lost(data, at) if data.was_accepted else (),
        VolunteerMissed: _lost,
        GoodsPickedUp: lambda data, at: _step("in_service", data, at),
        VisitStarted: lambda data, at: _step("in_service", data, at),
        VisitCompleted: lambda data, at: _step("done", data, at) if data.complete else (),
        VisitFailed: lambda data, at: _lost(data, at, FAILURES[data.reason]),
        NeedEscalated: _escalated,
        NeedGivenUp: _given_up,
        NoticeSent: _told,
        NoticeCleared: _told,
    }
)
