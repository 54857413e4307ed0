"""What intake shows of a need: its status and timeline in the reader's language."""

from datetime import timedelta
from typing import Annotated, Literal

from fastapi import Depends, Header
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.intake.application.ports import Particulars
from services.intake.application.resident import Resident
from services.intake.domain.need import Need
from services.intake.domain.timeline import label
from shared.contracts.needs import Channel, Mode, Request, Status

Language = Literal["zh", "en", "both"]


async def reader(accept_language: Annotated[str | None, Header(max_length=200)] = None) -> Language:
    """Choose the language: the first of zh and en that is accepted, both where none is named.

    Asynchronous although it waits for nothing: FastAPI would call it in a thread of its own, on every request.
    """
    for part in (accept_language or "").lower().split(","):
        tag = part.split(";")[0].strip().split("-")[0]
        if tag in ("zh", "en"):
            return "zh" if tag == "zh" else "en"
    return "both"


Reader = Annotated[Language, Depends(reader)]


class View(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(extra="forbid")


class Label(View):
    """Words in Chinese, English or both."""

    zh: str | None = Field(default=None, examples=["已受理"])
    en: str | None = Field(default=None, examples=["accepted"])


class Line(View):
    """One line of the timeline."""

    what: str = Field(examples=["accepted"])
    label: Label
    at: AwareDatetime | None
    note: str = ""


class Receipt(View):
    """What is answered when a need is handed in; the same for the same Idempotency-Key."""

    id: str
    number: str = Field(examples=["GH-48217730"])
    status: Literal["accepted", "received"]
    label: Label
    resident: str
    area: str
    community: str
    service: str
    opens: AwareDatetime = Field(description="The work may begin from here")
    closes: AwareDatetime = Field(description="to here,")
    finish_by: AwareDatetime = Field(description="and ends by then.")
    received_at: AwareDatetime


class NeedView(View):
    """A need as the resident and the window see it."""

    id: str
    number: str
    status: Status
    label: Label
    area: str
    community: str
    resident: str
    channel: Channel
    service: str
    service_name: Label
    mode: Mode
    opens: AwareDatetime
    closes: AwareDatetime
    finish_by: AwareDatetime
    people: int
    meals: int
    round: int
    volunteer: str | None = None
    reason: str = ""
    owner: str | None = Field(default=None, description="Who must act next.")
    next_action_at: AwareDatetime | None = None
    rated: bool | None = None
    closed: bool
    timeline: list[Line]


class NeedPage(View):
    """Some needs in order of id; ask again with `after` = `next` for more."""

    needs: list[NeedView]
    next: str | None = None


class RemarkView(View):
    """What somebody said."""

    kind: str
    by: str
    text: str
    at: AwareDatetime


class ParticularsView(View):
    """The words about a need that facts do not carry. Personal data."""

    need: str
    note: str
    remarks: list[RemarkView]


class ContactAddress(View):
    """Where to ring."""

    compound: str
    building: str
    unit: str
    door: str


class Contact(View):
    """How a resident is reached. Personal data."""

    resident: str
    name: str
    phone: str | None
    email: str | None
    language: str
    area: str
    community: str
    address: ContactAddress
    lon: float | None
    lat: float | None


def labelled(what: str, language: Language) -> Label:
    """Give the words for a status or line."""
    words = label(what)
    return both(words.zh, words.en, language)


def both(zh: str, en: str, language: Language) -> Label:
    """Give the words the reader can read."""
    return Label(zh=None if language == "en" else zh, en=None if language == "zh" else en)


def receipt(file: Particulars, language: Language) -> Receipt:
    """Answer from the file alone, so that the same request gets the same answer for ever."""
    status: Literal["accepted", "received"] = "received" if file.review else "accepted"
    request = file.request
    return Receipt(
        id=file.need,
        number=request.number,
        status=status,
        label=labelled(status, language),
        resident=request.resident,
        area=request.area,
        community=request.community,
        service=request.service,
        opens=request.opens,
        closes=request.closes,
        finish_by=finish_by(request),
        received_at=file.at,
    )


def finish_by(request: Request) -> AwareDatetime:
    """Give the moment at which work that began as late as allowed ends."""
    return request.closes + timedelta(seconds=request.duration_s)


def need_view(need: Need, language: Language) -> NeedView | None:
    """Show a need; None for one that was never asked for."""
    request, status = need.request, need.status
    if request is None or status is None:
        return None
    return NeedView(
        id=need.id,
        number=request.number,
        status=status,
        label=labelled(status, language),
        area=request.area,
        community=request.community,
        resident=request.resident,
        channel=request.channel,
        service=request.service,
        service_name=both(request.service_zh, request.service_en, language),
        mode=request.mode,
        opens=request.opens,
        closes=request.closes,
        finish_by=finish_by(request),
        people=request.people,
        meals=request.meals,
        round=need.round,
        volunteer=need.volunteer,
        reason=need.reason,
        owner=need.owner,
        next_action_at=need.next_action_at,
        rated=need.rated,
        closed=need.closed,
        timeline=[
            Line(what=entry.what, label=labelled(entry.what, language), at=entry.at, note=entry.note)
            for entry in need.timeline
        ],
    )


def particulars_view(file: Particulars) -> ParticularsView:
    """Show the words."""
    remarks = [RemarkView(kind=one.kind, by=one.by, text=one.text, at=one.at) for one in file.remarks]
    return ParticularsView(need=file.need, note=file.note, remarks=remarks)


def contact(resident: Resident) -> Contact:
    """Show how somebody is reached."""
    address = resident.address
    return Contact(
        resident=resident.id,
        name=resident.name,
        phone=resident.phone,
        email=resident.email,
        language=resident.language,
        area=resident.area,
        community=resident.community,
        address=ContactAddress(
            compound=address.compound, building=address.building, unit=address.unit, door=address.door
        ),
        lon=resident.place.lon if resident.place else None,
        lat=resident.place.lat if resident.place else None,
    )
