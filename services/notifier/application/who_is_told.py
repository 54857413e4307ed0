"""The table of telling: which fact leads to which message, to whom, saying what. Everything else tells nobody."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

from services.notifier.domain.conversation import conversation_id
from services.notifier.domain.decide import Tell, notice_id
from services.notifier.domain.manners import Manners
from shared.contracts.dispatch import OfferMade, OfferWithdrawn
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import (
    NeedAccepted,
    NeedProgressed,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
    Request,
)
from shared.contracts.volunteers import Profile
from shared.kernel.words import Words

Language = Literal["zh", "en"]
ServiceNames = Callable[[str], Words]  # service code -> what it is called

RESIDENT: Final = "resident"
DISCREET: Final = Words(zh="一项上门服务", en="a visit")
_LONGEST_REASON: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What to tell. Without `recipient`: the resident of the need, known from what was said before."""

    template: str
    recipient: str | None = None
    language: Language | None = None
    params: Mapping[str, str] = field(default_factory=dict)


def to_resident(data: FactData) -> Message | None:  # noqa: PLR0911 - a table, one line a fact
    """Facts of needs.v1."""
    match data:
        case NeedReceived(request=request):
            return _about(request, "received")
        case NeedAccepted(request=request):
            return _about(request, "accepted")
        case NeedReopened(request=request):
            return _about(request, "reopened")
        case NeedProgressed(status="taken" | "escalated" | "done" as status):
            return Message(template=status)
        case NeedProgressed(status="unmet", note=note):
            return Message(template="unmet", params={"reason": _one_line(note)})
        case NeedRefused(resident=resident, reason=reason):
            return Message(template="refused", recipient=resident, params={"reason": _one_line(reason)})
        case NeedWithdrawn(resident=resident):
            return Message(template="withdrawn", recipient=resident)
        case _:
            return None


def to_volunteer(data: FactData, names: ServiceNames) -> Message | None:
    """Facts of dispatch.v1. A sensitive need is not named before the volunteer has said yes."""
    match data:
        case OfferMade(assigned=True):
            return _asking(data, "assignment", names)
        case OfferMade():
            return _asking(data, "offer", names)
        case OfferWithdrawn(volunteer=volunteer):
            return Message(template="offer_withdrawn", recipient=volunteer)
        case _:
            return None


def language_of(profile: Profile) -> Language:
    """Chinese, unless the volunteer speaks English and no Chinese."""
    return "en" if "en" in profile.languages and "zh" not in profile.languages else "zh"


def telling_resident(fact: Fact, *, channel: str, at: datetime, manners: Manners) -> tuple[str, Tell] | None:
    """Say which conversation is to be told what because of a fact of needs.v1."""
    message = to_resident(fact.data)
    if message is None:
        return None
    conversation = conversation_id(area=fact.partitionkey, need=fact.subject, who=RESIDENT)
    return conversation, _tell(fact, message, conversation, RESIDENT, channel=channel, at=at, manners=manners)


def telling_volunteer(  # noqa: PLR0913 - each is another thing the message depends on
    fact: Fact,
    *,
    names: ServiceNames,
    language: Language,
    priority: str,
    channel: str,
    at: datetime,
    manners: Manners,
) -> tuple[str, Tell] | None:
    """Say which conversation is to be told what because of a fact of dispatch.v1."""
    message = to_volunteer(fact.data, names)
    if message is None:
        return None
    need, volunteer = concerned(fact)
    conversation = conversation_id(area=fact.partitionkey, need=need, who=volunteer)
    asked = bool(message.params)
    told = Message(
        template=message.template,
        recipient=volunteer,
        language=language if asked else None,
        params={**message.params, "priority": priority} if asked else {},
    )
    return conversation, _tell(fact, told, conversation, "volunteer", channel=channel, at=at, manners=manners)


def concerned(fact: Fact) -> tuple[str, str]:
    """Give the need and the volunteer of an offer."""
    data = fact.data
    if not isinstance(data, OfferMade | OfferWithdrawn):
        raise TypeError(f"{fact.type} concerns no volunteer's offer")
    return data.need, data.volunteer


def _tell(  # noqa: PLR0913 - each is another thing the message depends on
    fact: Fact,
    message: Message,
    conversation: str,
    kind: Literal["resident", "volunteer"],
    *,
    channel: str,
    at: datetime,
    manners: Manners,
) -> Tell:
    return Tell(
        notice=notice_id(
            conversation=conversation, subject=fact.subject, sequence=fact.sequence, template=message.template
        ),
        template=message.template,
        recipient=message.recipient,
        recipient_kind=kind,
        language=message.language,
        channel=channel,
        params=message.params,
        happened_at=fact.time,
        at=at,
        manners=manners,
    )


def _about(request: Request, template: str) -> Message:
    return Message(
        template=template,
        recipient=request.resident,
        language=request.language,
        params={
            "number": request.number,
            "service_zh": request.service_zh,
            "service_en": request.service_en,
            "priority": str(request.priority),
        },
    )


def _asking(offer: OfferMade, template: str, names: ServiceNames) -> Message:
    name = DISCREET if offer.sensitive else names(offer.service)
    params = {
        "number": offer.number,
        "service_zh": name.zh,
        "service_en": name.en,
        "starts_at": offer.starts_at.isoformat(),
    }
    if template == "offer":
        params["expires_at"] = offer.expires_at.isoformat()
    return Message(template=template, recipient=offer.volunteer, params=params)


def _one_line(reason: str) -> str:
    """Keep a reason short and printable: it becomes part of a text message."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in reason).split())
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
