"""HTTP for who makes rotas and who lends people: one question in, one verified answer out; no board is touched."""

from typing import Final

from fastapi import APIRouter, Request, Response

from services.matcher.application.duty_doors.lending_answer import LendingAnswer
from services.matcher.application.duty_doors.lending_asked import AskedLending
from services.matcher.application.duty_doors.rota_answer import RotaAnswer
from services.matcher.application.duty_doors.rota_asked import AskedRota
from services.matcher.application.ports import Answerer
from services.matcher.entrypoints.questions import Seconds, answered, body_of
from shared.runtime.http import make_router

ROTAS: Final = "/rotas"
LENDINGS: Final = "/lendings"
MOST_BYTES: Final = 8 * 1024 * 1024  # 2,000 people with a month of availability each


def router(rotas: Answerer, lendings: Answerer) -> APIRouter:
    """Build both operations."""
    routes = make_router()

    @routes.post(
        ROTAS,
        summary="Make a rota: who stands on which duty",
        response_model=RotaAnswer,
        openapi_extra=body_of(AskedRota),
    )
    async def make_rota(request: Request, seconds: Seconds = 10.0) -> Response:
        """As few empty slots as can be, then fairness and familiar pairs; docs/rotas.md explains every field."""
        return await answered(rotas, await request.body(), seconds)

    @routes.post(
        LENDINGS,
        summary="Lend people between areas under their agreements",
        response_model=LendingAnswer,
        openapi_extra=body_of(AskedLending),
    )
    async def lend(request: Request, seconds: Seconds = 10.0) -> Response:
        """Nobody lends what they need themselves; docs/rotas.md explains every field."""
        return await answered(lendings, await request.body(), seconds)

    return routes
