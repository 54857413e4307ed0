"""`POST /rotas`, `/lendings`, `/assignments`: answers of the documented shape, and refusals that name the field."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from services.matcher.adapters.duty_solver import assignment_here, lending_here, rota_here
from services.matcher.adapters.question_desk import AnswerHere, DeskAnswerer, QuestionDesk
from services.matcher.application.ports import Answerer, SolverFailed
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.entrypoints import http_assignments, http_duties
from shared.kernel.refusals import NotNow
from shared.runtime.http import make_http
from shared.runtime.metrics import RuntimeMetrics
from tests.generated_requests import Case, request_of, try_out, with_short_lists

EXAMPLES = Path(__file__).parents[5] / "docs" / "examples"
PATHS = [
    ("/rotas", "rota-patrol.json", "RotaAnswer"),
    ("/rotas", "rota-reading-room.json", "RotaAnswer"),
    ("/lendings", "lending.json", "LendingAnswer"),
    ("/assignments", "assignment.json", "AssignmentAnswer"),
]
DOORS = {
    "/rotas": http_duties.MOST_BYTES,
    "/lendings": http_duties.MOST_BYTES,
    "/assignments": http_assignments.MOST_BYTES,
}


class Here:
    """Answers at once, in this process."""

    def __init__(self, answer_here: AnswerHere) -> None:
        self._answer_here = answer_here

    async def answer(self, text: bytes, seconds: float) -> str:
        del seconds
        found = self._answer_here(text, 0.2)
        if isinstance(found, str):
            return found
        raise DoesNotFit(*found)


class Away:
    """Has only excuses."""

    def __init__(self, excuse: Exception) -> None:
        self._excuse = excuse

    async def answer(self, text: bytes, seconds: float) -> str:
        raise self._excuse


def a_door(
    rotas: Answerer | None = None, lendings: Answerer | None = None, assignments: Answerer | None = None
) -> FastAPI:
    metrics = RuntimeMetrics(CollectorRegistry())
    app = make_http(service="matcher", title="Doors", description="Three doors.", metrics=metrics, larger=DOORS)
    app.include_router(http_duties.router(rotas or Here(rota_here), lendings or Here(lending_here)))
    app.include_router(http_assignments.router(assignments or Here(assignment_here)))
    return app


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
        yield client


@pytest.mark.parametrize(("path", "example", "shape"), PATHS)
async def test_an_example_is_a_documented_question_and_gets_a_documented_answer(
    path: str, example: str, shape: str
) -> None:
    app, question = a_door(), json.loads((EXAMPLES / example).read_text(encoding="utf-8"))
    document = app.openapi()
    body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["schema"]
    jsonschema.validate(question, body)
    async with client_of(app) as client:
        response = await client.post(path, json=question)
    assert response.status_code == 200
    schema = {"$ref": f"#/components/schemas/{shape}", "components": document["components"]}
    jsonschema.validate(response.json(), schema)
    assert response.json()["summary"]["verified"] is True


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    ("excuse", "status", "said"),
    [
        (SolverFailed("the process ended unexpectedly"), 503, "ended unexpectedly"),
        (NotNow("4 questions are waiting"), 503, "Send the same request again"),
        (DoesNotFit.because("duties.0.id", "comes twice"), 422, "names each of them"),
    ],
)
async def test_a_question_without_an_answer_is_told_why(path: str, excuse: Exception, status: int, said: str) -> None:
    async with client_of(a_door(Away(excuse), Away(excuse), Away(excuse))) as client:
        response = await client.post(path, json={})
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert said in response.json()["detail"]


async def test_a_fault_names_its_field_and_says_so_in_chinese() -> None:
    async with client_of(a_door()) as client:
        response = await client.post("/rotas", content=b'{"first_day": "2026-11-30", "people": []}')
    assert response.status_code == 422
    assert [one["field"] for one in response.json()["errors"]] == ["people"]
    assert response.json()["detail_zh"]


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("seconds", ["0", "31", "nan", "soon"])
async def test_the_budget_is_bounded(path: str, seconds: str) -> None:
    async with client_of(a_door()) as client:
        response = await client.post(path, params={"seconds": seconds}, json={})
    assert response.json()["errors"][0]["field"] == "query.seconds"


@pytest.mark.parametrize("path", DOORS)
async def test_a_body_beyond_the_bound_is_refused(path: str) -> None:
    async with client_of(a_door()) as client:
        response = await client.post(path, content=b" " * (DOORS[path] + 1))
    assert response.status_code == 413


async def test_both_doors_share_a_process_and_a_queue() -> None:
    """Answers come from another process; with four questions waiting the fifth is sent away for a moment."""
    desk = QuestionDesk()
    app = a_door(DeskAnswerer(desk, rota_here), DeskAnswerer(desk, lending_here))
    rota = json.loads((EXAMPLES / "rota-reading-room.json").read_text(encoding="utf-8"))
    lending = json.loads((EXAMPLES / "lending.json").read_text(encoding="utf-8"))
    working = asyncio.ensure_future(desk.run())
    try:
        async with client_of(app) as client:
            sent = [asyncio.ensure_future(client.post("/rotas", json=rota)) for _ in range(2)]
            sent += [asyncio.ensure_future(client.post("/lendings", json=lending)) for _ in range(2)]
            await asyncio.sleep(0)  # the four are under way
            while (busy := await client.post("/lendings", json=lending)).status_code != 503:
                assert not sent[0].done()
            assert busy.headers["Retry-After"]
            answers = [await one for one in sent]
        assert [one.status_code for one in answers] == [200] * 4
        assert [one.json()["summary"]["empty"] for one in answers] == [1, 1, 2, 2]
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_finds_a_fault_or_an_undocumented_answer(path: str, mode: GenerationMode) -> None:
    app = a_door()
    document = json.loads(json.dumps(app.openapi()))
    document["paths"] = {path: document["paths"][path]}
    asked = document["paths"][path]["post"]
    asked["requestBody"] = with_short_lists(asked["requestBody"])
    (found,) = schemathesis.openapi.from_dict(document).get_all_operations()
    assert isinstance(found, Ok)
    with asyncio.Runner() as runner:

        async def sent(request: dict[str, Any]) -> httpx.Response:
            async with client_of(app) as client:
                return await client.request(**request)

        def send(case: Case) -> httpx.Response:
            return runner.run(sent(request_of(case, "http://matcher")))

        seen = try_out(found.ok(), send, examples=25, generation_mode=mode)
    assert 422 in seen or mode == GenerationMode.POSITIVE
