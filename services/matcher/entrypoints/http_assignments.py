"""HTTP for who asks who of a whole city does what now: one question in, one proven answer out; no board is touched."""

from typing import Final

from fastapi import APIRouter, Request, Response

from services.matcher.application.assignment_door.answer import AssignmentAnswer
from services.matcher.application.assignment_door.asked import AskedAssignment
from services.matcher.application.ports import Answerer
from services.matcher.entrypoints.questions import Seconds, answered, body_of
from shared.runtime.http import make_router

PATH: Final = "/assignments"
MOST_BYTES: Final = 24 * 1024 * 1024  # 10,000 tasks that name 30 candidates each, with long ids


def router(assignments: Answerer) -> APIRouter:
    """Build the operation."""
    routes = make_router()

    @routes.post(
        PATH,
        summary="Assign the tasks of a whole city to its volunteers at once",
        response_model=AssignmentAnswer,
        openapi_extra=body_of(AskedAssignment),
    )
    async def assign(request: Request, seconds: Seconds = 10.0) -> Response:
        """At least cost over all pairs, with a reason for what is left out; docs/assignment.md explains every field."""
        return await answered(assignments, await request.body(), seconds)

    return routes
