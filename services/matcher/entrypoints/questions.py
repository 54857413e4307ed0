"""What all doors for questions share: the budget, how a refusal reads, and how a body that is read elsewhere looks."""

import logging
from functools import cache
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import Query, Response
from pydantic import BaseModel

from services.matcher.application.ports import Answerer, SolverFailed, SolverMistaken
from services.matcher.application.solve_door.faults import DoesNotFit
from shared.runtime.http import FieldProblem, ProblemException, answer

MOST_SECONDS: Final = 30.0

logger = logging.getLogger(__name__)

Seconds = Annotated[
    float, Query(ge=0.05, le=MOST_SECONDS, allow_inf_nan=False, description="Budget of the solver, wall time.")
]


async def answered(answerer: Answerer, text: bytes, seconds: float) -> Response:
    """Ask, and say the answer or why there is none.

    Raises
    ------
    ProblemException
        If the solver failed: 500 if it would fail again, which is our mistake and logged, else 503.
    """
    try:
        return Response(await answerer.answer(text, seconds), media_type="application/json")
    except DoesNotFit as error:
        return _refusal(error)
    except SolverMistaken as error:
        logger.exception("matcher.solver_mistaken")
        raise ProblemException(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "solver.mistaken",
            "This question met a mistake of ours. It was logged; asking again would end the same way. Please report"
            " when it happened, and keep the question.",
            detail_zh="这个问题触发了我们程序的错误，已记录日志；重试结果相同。请报告发生时间，并保留该问题。",
        ) from error
    except SolverFailed as error:
        raise ProblemException(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "solver.failed",
            f"The solver gave no answer ({error}). Nothing else was harmed; try with less, or once more.",
            detail_zh="求解器没有给出结果，其他功能不受影响；请减少任务或再试一次。",
        ) from error


def body_of(question: type[BaseModel]) -> dict[str, Any]:
    """Describe an operation's body, which is read where it is solved: a large one would hold up every board here."""
    schema = _with_parts_in_place(question)
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _refusal(error: DoesNotFit) -> Response:
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "question.does_not_fit",
        "Some fields do not fit or cannot be honoured; `errors` names each of them. Correct them and ask again.",
        detail_zh="有些字段不符合要求或无法满足，见 errors；请改正后重新提交。",
        errors=[FieldProblem(field=fault.field, message=fault.message) for fault in error.faults],
    )


@cache  # it took two fifths of building the service
def _with_parts_in_place(question: type[BaseModel]) -> Any:
    """Give the schema of a question without references, as an operation's own body needs it."""
    whole = question.model_json_schema()
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
