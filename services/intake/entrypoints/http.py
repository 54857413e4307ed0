"""The HTTP door for residents, windows and community workers."""

import re
from http import HTTPStatus
from typing import Annotated, Final

import uuid_utils
from fastapi import APIRouter, Header, Query, Request, Response

from services.intake.application.ask import Asked, diet_of, load_for, window_for
from services.intake.application.ports import Remark
from services.intake.application.resident import masked
from services.intake.domain.commands import Amend, Command, Rate, Reopen, Review, Withdraw
from services.intake.domain.need import Need
from services.intake.entrypoints.bodies import (
    CODE,
    NUMBER,
    AmendBody,
    NeedBody,
    RatingBody,
    ReopenBody,
    ReviewBody,
    WithdrawBody,
    resident_of,
    wanted_of,
)
from services.intake.entrypoints.desk import Desk, fingerprint, is_id, unknown_need
from services.intake.entrypoints.views import (
    Contact,
    NeedPage,
    NeedView,
    ParticularsView,
    Reader,
    Receipt,
    contact,
    need_view,
    particulars_view,
    receipt,
)
from shared.contracts.needs import Status
from shared.contracts.places import Cell
from shared.kernel.ids import derived_id
from shared.kernel.refusals import Refusal
from shared.runtime.http import ProblemException, canonical, make_router, problems, refused

MOST_ON_A_PAGE: Final = 200
_TRACE: Final = re.compile(r"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")

Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x20-\x7e]{1,255}$",
        description="1 to 255 printable ASCII characters. The same key with the same body gets the same answer.",
        examples=["window-3-0042"],
    ),
]
Trace = Annotated[str | None, Header(alias="traceparent", max_length=64, include_in_schema=False)]
Code = Annotated[str | None, Query(pattern=CODE)]


def needs_router(desk: Desk) -> APIRouter:
    """Build the routes on needs."""
    router = make_router()

    @router.post(
        "/needs",
        status_code=HTTPStatus.CREATED,
        summary="Ask for a service",
        responses={201: {"headers": {"Location": {"schema": {"type": "string"}}}}},
        response_model_exclude_none=True,
    )
    async def ask(  # noqa: PLR0913, PLR0917 - one parameter per header
        body: NeedBody, request: Request, response: Response, language: Reader, key: Key = None, trace: Trace = None
    ) -> Receipt:
        """Take a need on, or put it up for review, as the catalogue says."""
        need_id = derived_id("need", key if key is not None else str(uuid_utils.uuid7()))
        try:
            taken = await desk.take(_asked(body, need_id), fingerprint(canonical(body)), traceparent=_trace(trace))
        except Refusal as refusal:
            raise refused(refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY) from None
        response.headers["Location"] = f"{request.scope.get('root_path', '')}/needs/{need_id}"
        if not taken.new:
            response.headers["Idempotency-Replayed"] = "true"
        return receipt(taken.file, language)

    @router.get("/needs", summary="List needs", response_model_exclude_none=True)
    async def list_needs(  # noqa: PLR0913, PLR0917 - one parameter per filter
        language: Reader,
        area: Code = None,
        status: Status | None = None,
        number: Annotated[str | None, Query(pattern=NUMBER)] = None,
        after: Code = None,
        limit: Annotated[int, Query(ge=1, le=MOST_ON_A_PAGE)] = 50,
    ) -> NeedPage:
        """Give needs in order of id, a page at a time."""
        asked = {"area": area, "status": status, "number": number}
        where = {field: value for field, value in asked.items() if value is not None}
        found = await desk.find(where, after=after or "", limit=limit)
        views = [view for need in found if (view := need_view(need, language)) is not None]
        return NeedPage(needs=views, next=found[-1].id if len(found) == limit else None)

    @router.get("/needs/{need_id}", summary="Follow a need", response_model_exclude_none=True)
    async def follow(need_id: str, language: Reader) -> NeedView:
        """Give the status and the timeline, with times and labels."""
        return _shown(await desk.need(need_id), language)

    @router.get("/needs/{need_id}/particulars", summary="The note and remarks (personal data)")
    async def particulars(need_id: str) -> ParticularsView:
        """Give the words that facts do not carry. For staff and the volunteer who comes; never expose it publicly."""
        file = await desk.particulars.find(need_id) if is_id(need_id) else None
        if file is None:
            raise unknown_need(need_id)
        return particulars_view(file)

    @router.get("/residents/{resident_id}/contact", summary="How a resident is reached (personal data)")
    async def reach(resident_id: str) -> Contact:
        """Give name, phone and door. Only for the notifier inside the network; never expose it publicly."""
        resident = await desk.residents.find(resident_id) if is_id(resident_id) else None
        if resident is None:
            raise ProblemException(
                HTTPStatus.NOT_FOUND,
                "resident.unknown",
                "There is no such resident; take the id from a need.",
                detail_zh="没有这位居民，请核对编号。",
            )
        return contact(resident)

    return router


def changes_router(desk: Desk) -> APIRouter:
    """Build the routes by which people change a need."""
    router = make_router()
    conflict = problems(HTTPStatus.CONFLICT)

    @router.patch("/needs/{need_id}", summary="Change a need", responses=conflict, response_model_exclude_none=True)
    async def amend(need_id: str, body: AmendBody, language: Reader, trace: Trace = None) -> NeedView:
        """Change window, portions, diets, pickup or note, as long as nobody has begun."""
        need = await desk.need(need_id)
        try:
            command = _amend(desk, need, body)
        except Refusal as refusal:
            raise refused(refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY) from None
        changed = await desk.tell(need_id, command, traceparent=_trace(trace))
        if body.note is not None:
            await desk.particulars.write(need_id, note=body.note)
        return _shown(changed, language)

    @router.post(
        "/needs/{need_id}/withdraw", summary="Withdraw a need", responses=conflict, response_model_exclude_none=True
    )
    async def withdraw(need_id: str, body: WithdrawBody, language: Reader, trace: Trace = None) -> NeedView:
        """Say that it is no longer wanted, as long as nobody has begun."""
        remark = Remark(kind="withdrawal", by="resident", text=body.reason, at=desk.clock.now())
        command = Withdraw(reason=masked(body.reason), at=remark.at)
        return _shown(await _tell(desk, need_id, command, remark, trace), language)

    @router.post(
        "/needs/{need_id}/review", summary="Accept or refuse", responses=conflict, response_model_exclude_none=True
    )
    async def review(need_id: str, body: ReviewBody, language: Reader, trace: Trace = None) -> NeedView:
        """Decide about a need that waits for review."""
        remark = Remark(kind="review", by=body.by, text=f"{body.decision}: {body.reason}", at=desk.clock.now())
        command = Review(accept=body.decision == "accept", reason=masked(body.reason), at=remark.at)
        return _shown(await _tell(desk, need_id, command, remark, trace), language)

    @router.post(
        "/needs/{need_id}/rating", summary="Was it good?", responses=conflict, response_model_exclude_none=True
    )
    async def rate(need_id: str, body: RatingBody, language: Reader, trace: Trace = None) -> NeedView:
        """Close the loop, or open the need again."""
        text = body.comment or ""
        remark = Remark(kind="rating", by=body.by, text=text, at=desk.clock.now())
        command = Rate(good=body.good, by=body.by, comment_given=bool(text), at=remark.at)
        return _shown(await _tell(desk, need_id, command, remark, trace), language)

    @router.post(
        "/needs/{need_id}/reopen", summary="Serve it again", responses=conflict, response_model_exclude_none=True
    )
    async def reopen(need_id: str, body: ReopenBody, language: Reader, trace: Trace = None) -> NeedView:
        """Open a need again that was done badly or could not be met."""
        remark = Remark(kind="reopening", by="resident", text=body.reason, at=desk.clock.now())
        command = Reopen(reason=masked(body.reason), at=remark.at)
        return _shown(await _tell(desk, need_id, command, remark, trace), language)

    return router


async def _tell(desk: Desk, need_id: str, command: Command, remark: Remark, trace: str | None) -> Need:
    """Tell the need, and keep the words once the rules have said yes."""
    if not is_id(need_id):
        raise unknown_need(need_id)
    need = await desk.tell(need_id, command, traceparent=_trace(trace))
    if remark.text:
        await desk.particulars.write(need_id, remark=remark)
    return need


def _asked(body: NeedBody, need_id: str) -> Asked:
    return Asked(
        need=need_id,
        area=body.area,
        community=body.community,
        service=body.service,
        channel=body.channel,
        resident=resident_of(body.resident),
        wanted=wanted_of(body),
        number=body.number,
        note=body.note,
    )


def _amend(desk: Desk, need: Need, body: AmendBody) -> Amend:
    assert need.request is not None  # noqa: S101 - `Desk.need` gives only needs that were asked for
    row, wanted, now = desk.world.catalogue.service(need.request.service), wanted_of(body), desk.clock.now()
    window = window_for(row, wanted, at=now, timezone=desk.world.timezone) if body.window else None
    meals, grams = load_for(row, body.portions) if body.portions is not None else (None, None)
    return Amend(
        at=now,
        opens=window.opens if window else None,
        closes=window.closes if window else None,
        meals=meals,
        grams=grams,
        diet=None if wanted.diets is None else diet_of(wanted.diets),
        pickup=None if wanted.pickup is None else Cell.around(wanted.pickup),
    )


def _shown(need: Need, language: Reader) -> NeedView:
    view = need_view(need, language)
    if view is None:
        raise unknown_need(need.id)
    return view


def _trace(header: str | None) -> str | None:
    return header if header and _TRACE.match(header) else None
