"""`GET /facts`: every fact ever heard, page by page, for replays, figures and audits."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, Field

from services.console.application.cursor import read_cursor, write_cursor
from services.console.application.ports import FactArchive
from shared.contracts.fact import Envelope
from shared.kernel.refusals import Refusal
from shared.runtime.http import PlainText, make_router, refused

Code = Annotated[PlainText, Query(min_length=1, max_length=120)]


class KeptFact(Envelope):
    """A fact with its data, as it lay on its topic."""

    data: dict[str, Any]


class FactPage(BaseModel):
    """Some facts; those of one subject stand in the order of their sequence."""

    facts: list[KeptFact]
    next: str = Field(description="Send this as `after` for what comes next, now or later. No facts: nothing new yet.")


def facts_router(archive: FactArchive) -> APIRouter:
    """Build the door to the archive."""
    router = make_router()

    @router.get("/facts", summary="Read all facts, page by page", response_model=FactPage)
    async def facts(
        after: Annotated[PlainText, Query(max_length=16_000)] = "",
        limit: Annotated[int, Query(ge=1, le=2000)] = 500,
        subject: Code | None = None,
        area: Code | None = None,
    ) -> Response:
        try:
            positions = read_cursor(after)
        except Refusal as refusal:
            raise refused(refusal, status=HTTPStatus.UNPROCESSABLE_ENTITY) from refusal
        page = await archive.page(positions, limit=limit, where=_where(subject, area))
        # The facts are JSON already: they are put into the answer as they are kept.
        bodies = b",".join(kept.body for kept in page.facts)
        answer = b'{"facts":[' + bodies + b'],"next":"' + write_cursor(page.positions).encode() + b'"}'
        return Response(answer, media_type="application/json")

    return router


def _where(subject: str | None, area: str | None) -> dict[str, str]:
    wanted = {"subject": subject, "area": area}
    return {field: value for field, value in wanted.items() if value is not None}
