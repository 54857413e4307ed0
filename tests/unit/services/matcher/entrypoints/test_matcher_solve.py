"""`POST /solve`: a question in VROOM's JSON over HTTP, and every answer that its document promises."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import jsonschema
import pytest
import schemathesis
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from services.matcher.adapters.vroom_solver import VroomSolver, answer_here
from services.matcher.application.ports import Answerer, SolverFailed, SolverMistaken
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.entrypoints import http_solve
from shared.kernel.refusals import NotNow
from shared.runtime.http import make_http
from shared.runtime.metrics import RuntimeMetrics
from tests.generated_requests import Case, request_of, try_out, with_short_lists

QUESTION = {
    "vehicles": [{"id": 1, "start": [105.28, 29.34]}],
    "jobs": [{"id": 1, "location": [105.29, 29.34]}, {"id": 2, "location": [105.30, 29.34], "skills": [1]}],
}


class Here:
    """Answers at once, in this process."""

    async def answer(self, text: bytes, seconds: float) -> str:
        del seconds
        found = answer_here(text, 0.05)
        if isinstance(found, str):
            return found
        raise DoesNotFit(*found)


class Away:
    """Has only excuses."""

    def __init__(self, excuse: Exception) -> None:
        self._excuse = excuse

    async def answer(self, text: bytes, seconds: float) -> str:
        raise self._excuse


def a_door(answerer: Answerer) -> FastAPI:
    larger = {http_solve.PATH: http_solve.MOST_BYTES}
    metrics = RuntimeMetrics(CollectorRegistry())
    app = make_http(service="matcher", title="Door", description="A door.", metrics=metrics, larger=larger)
    app.include_router(http_solve.router(answerer))
    return app


@asynccontextmanager
async def client_of(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
        yield client


async def test_a_question_is_answered_in_the_documented_shape() -> None:
    app = a_door(Here())
    async with client_of(app) as client:
        response = await client.post("/solve", json=QUESTION)
    assert response.status_code == 200
    answer = response.json()
    document = app.openapi()
    jsonschema.validate(answer, {"$ref": "#/components/schemas/Answer", "components": document["components"]})
    assert [one["reason"]["rule"] for one in answer["unassigned"]] == ["skill"]


async def test_the_document_describes_what_may_be_asked() -> None:
    operation = a_door(Here()).openapi()["paths"]["/solve"]["post"]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    jsonschema.validate(QUESTION, schema)
    with pytest.raises(jsonschema.ValidationError, match="amount"):
        jsonschema.validate({"jobs": [{"id": 1, "amount": [2]}]}, schema)


@pytest.mark.parametrize(
    ("excuse", "status", "said"),
    [
        (SolverFailed("the process ended unexpectedly"), 503, "ended unexpectedly"),
        (SolverMistaken("AssertionError: rule"), 500, "mistake of ours. It was logged"),
        (NotNow("4 questions are waiting"), 503, "Send the same request again"),
        (DoesNotFit.because("jobs.0.id", "comes twice"), 422, "names each of them"),
    ],
)
async def test_a_question_without_an_answer_is_told_why(excuse: Exception, status: int, said: str) -> None:
    async with client_of(a_door(Away(excuse))) as client:
        response = await client.post("/solve", json=QUESTION)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    assert said in response.json()["detail"]


async def test_a_fault_names_its_field_and_says_so_in_chinese() -> None:
    async with client_of(a_door(Here())) as client:
        response = await client.post("/solve", content=b'{"jobs": [{"id": 1, "location": [NaN, 29]}]}')
    assert response.json()["errors"] == [{"field": "jobs.0.location.0", "message": "Input should be a finite number"}]
    assert response.json()["detail_zh"]


@pytest.mark.parametrize("seconds", ["0", "31", "nan", "soon"])
async def test_the_budget_is_bounded(seconds: str) -> None:
    async with client_of(a_door(Here())) as client:
        response = await client.post("/solve", params={"seconds": seconds}, json=QUESTION)
    assert response.json()["errors"][0]["field"] == "query.seconds"


async def test_the_door_stays_open_while_a_question_is_solved_elsewhere() -> None:
    solver = VroomSolver()
    working = asyncio.ensure_future(solver.run())
    try:
        async with client_of(a_door(solver)) as client:
            first = asyncio.ensure_future(client.post("/solve", params={"seconds": 0.3}, json=QUESTION))
            waiting = [asyncio.ensure_future(client.post("/solve", json=QUESTION)) for _ in range(3)]
            await asyncio.sleep(0)  # the four are under way
            while (busy := await client.post("/solve", json=QUESTION)).status_code != 503:
                assert not first.done()
            assert not first.done()
            assert busy.headers["Retry-After"]
            answer = (await first).json()
            for one in waiting:
                one.cancel()
        assert answer["summary"]["unassigned"] == 1
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_finds_a_fault_or_an_undocumented_answer(mode: GenerationMode) -> None:
    app = a_door(Here())
    document = json.loads(json.dumps(app.openapi()))
    asked = document["paths"]["/solve"]["post"]
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
