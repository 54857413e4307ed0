"""HTTP for people who know VROOM: one question in its JSON, one answer in its shape; no board is touched."""

from typing import Final

from fastapi import APIRouter, Request, Response

from services.matcher.application.ports import Answerer
from services.matcher.application.solve_door.answer import Answer
from services.matcher.application.solve_door.asked import Question
from services.matcher.entrypoints.questions import Seconds, answered, body_of
from shared.runtime.http import make_router

PATH: Final = "/solve"
MOST_BYTES: Final = 64 * 1024 * 1024  # 2,000 x 2,000 travel times, three times over


def router(answerer: Answerer) -> APIRouter:
    """Build the operation."""
    routes = make_router()

    @routes.post(
        PATH,
        summary="Solve a vehicle routing problem in VROOM's JSON",
        response_model=Answer,
        response_model_exclude_none=True,
        openapi_extra=body_of(Question),
    )
    async def solve(request: Request, seconds: Seconds = 1.0) -> Response:
        """Fields that cannot be honoured are refused by name; docs/solve-door.md lists them."""
        return await answered(answerer, await request.body(), seconds)

    return routes
