"""HTTP for people who know VROOM: one question in its JSON, one answer in its shape; no board is touched."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response

from services.matcher.application.ports import Answerer, SolverFailed
from services.matcher.application.solve_door.answer import Answer
from services.matcher.application.solve_door.asked import Question
from services.matcher.application.solve_door.faults import DoesNotFit
from shared.runtime.http import FieldProblem, ProblemException, answer, make_router

PATH: Final = "/solve"
MOST_BYTES: Final = 64 * 1024 * 1024  # 2,000 x 2,000 travel times, three times over
MOST_SECONDS: Final = 30.0

Seconds = Annotated[
    float, Query(ge=0.05, le=MOST_SECONDS, allow_inf_nan=False, description="Budget of the engines, wall time.")
]


def router(answerer: Answerer) -> APIRouter:
    """Build the operation."""
    routes = make_router()

    @routes.post(
        PATH,
        summary="Solve a vehicle routing problem in VROOM's JSON",
        response_model=Answer,
        response_model_exclude_none=True,
        openapi_extra={"requestBody": {"required": True, "content": {"application/json": {"schema": _schema()}}}},
    )
    async def solve(request: Request, seconds: Seconds = 1.0) -> Response:
        """Fields that cannot be honoured are refused by name; docs/solve-door.md lists them."""
        # The body is read where it is solved: a large matrix would hold up every board here.
        text = await request.body()
        try:
            return Response(await answerer.answer(text, seconds), media_type="application/json")
        except DoesNotFit as error:
            return _refusal(error)
        except SolverFailed as error:
            raise ProblemException(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "solver.failed",
                f"The solver gave no answer ({error}). Nothing else was harmed; try with less, or once more.",
                detail_zh="求解器没有给出结果，其他功能不受影响；请减少任务或再试一次。",
            ) from error

    return routes


def _refusal(error: DoesNotFit) -> Response:
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "question.does_not_fit",
        "Some fields do not fit or cannot be honoured; `errors` names each of them. Correct them and ask again.",
        detail_zh="有些字段不符合要求或无法满足，见 errors；请改正后重新提交。",
        errors=[FieldProblem(field=fault.field, message=fault.message) for fault in error.faults],
    )


def _schema() -> Any:
    """Give the schema of a question with all its parts in place, as an operation's own body needs it."""
    whole = Question.model_json_schema()
    parts = whole.pop("$defs", {})

    def in_place(node: Any) -> Any:
        if isinstance(node, list):
            return [in_place(one) for one in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return in_place(parts[node["$ref"].rpartition("/")[2]])
        return {name: in_place(one) for name, one in node.items()}

    return in_place(whole)
