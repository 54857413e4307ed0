"""The door answers every bad body with a documented problem, and no input makes it say 500."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from prometheus_client import CollectorRegistry
from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.refusals import NotNow, Refusal
from shared.runtime.http import MAX_BODY_BYTES, PlainText, make_http, make_router
from shared.runtime.logs import correlation
from shared.runtime.metrics import RuntimeMetrics


class Note(BaseModel):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[PlainText, Field(max_length=20)] = ""
    number: float = Field(default=0, allow_inf_nan=False)
    anything: Any = None


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def app(registry: CollectorRegistry) -> FastAPI:
    app = make_http(service="door", title="Door", description="A door.", metrics=RuntimeMetrics(registry))
    router = make_router()

    @router.post("/notes")
    async def note(note: Note) -> dict[str, str | None]:
        return {"text": note.text, "story": correlation.get()}

    @router.post("/no/{kind}")
    async def refuse(kind: str) -> None:
        raise {
            "refusal": Refusal("note.closed", "已关闭", "it is closed"),
            "not_now": NotNow("the store is away"),
            "fault": ValueError("a fault of ours"),
        }[kind]

    app.include_router(router)
    return app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as client:
        yield client


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "body.not_json"),
        (b"\xff\xfe{}", 400, "body.not_json"),
        (b'{"text": "\xc3\x28"}', 400, "body.not_json"),
        (b'{"text": "\\ud800"}', 400, "body.not_json"),
        (b'{"number": NaN}', 400, "body.not_json"),
        (b'{"number": Infinity}', 400, "body.not_json"),
        (b"[" * 10_000 + b"]" * 10_000, 400, "body.not_json"),
        (b'{"anything": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", 400, "body.not_json"),
        (b'{"number": 1e999}', 422, "request.does_not_fit"),
        (b"[]", 422, "request.does_not_fit"),
        (b"null", 422, "request.does_not_fit"),
        (b"", 422, "request.does_not_fit"),
        (b'{"text": "\\u0000"}', 422, "request.does_not_fit"),
        (b'{"text": "a\\u001bb"}', 422, "request.does_not_fit"),
        (b'{"text": "' + b"x" * 21 + b'"}', 422, "request.does_not_fit"),
        (b'{"\xe9\xa5\xad": 1}', 422, "request.does_not_fit"),
        (b'{"number": ' + b"9" * 5000 + b"}", 400, "body.not_json"),
        (b'{"text": "' + b"x" * MAX_BODY_BYTES + b'"}', 413, "body.too_large"),
        (b"x" * 10 * MAX_BODY_BYTES, 413, "body.too_large"),
    ],
    ids=lambda value: str(value)[:24],
)
async def test_a_bad_body_is_a_problem_that_says_what_to_do(
    client: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    response = await client.post("/notes", content=body, headers=JSON)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")
    problem = response.json()
    assert problem["type"] == f"urn:linli:problem:{code}"
    assert problem["status"] == status
    assert problem["detail"]


async def test_a_body_that_declares_no_length_is_bounded_too(client: httpx.AsyncClient) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(64):
            yield b"x" * 65_536

    response = await client.post("/notes", content=endless(), headers=JSON)
    assert response.status_code == 413


@pytest.mark.parametrize("length", ["ten", "-1", "1_0", "²", "9" * 30, "+5"])
async def test_a_content_length_that_is_no_number_is_a_problem(app: FastAPI, length: str) -> None:
    """Some proxies pass such headers on; httpx would not send them, so the application is asked directly."""
    said: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"{}", "more_body": False}

    async def send(message: Any) -> None:
        said.append(message)

    headers = [(b"content-length", length.encode("latin-1")), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/notes",
        "raw_path": b"/notes",
        "query_string": b"",
        "headers": headers,
    }
    await app(scope, receive, send)
    assert said[0]["status"] in {400, 413}
    assert json.loads(said[1]["body"])["type"].startswith("urn:linli:problem:body.")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("DELETE", "/notes", 405), ("POST", "/no/refusal", 409), ("POST", "/no/not_now", 503)],
)
async def test_every_no_is_a_problem(client: httpx.AsyncClient, method: str, path: str, status: int) -> None:
    response = await client.request(method, path)
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json")


async def test_a_refusal_speaks_both_languages(client: httpx.AsyncClient) -> None:
    problem = (await client.post("/no/refusal")).json()
    assert (problem["type"], problem["detail"], problem["detail_zh"]) == (
        "urn:linli:problem:note.closed",
        "it is closed",
        "已关闭",
    )


async def test_absence_says_when_to_come_back(client: httpx.AsyncClient) -> None:
    assert (await client.post("/no/not_now")).headers["retry-after"] == "2"


async def test_a_fault_of_ours_is_never_called_the_callers(client: httpx.AsyncClient) -> None:
    response = await client.post("/no/fault")
    assert response.status_code == 500
    assert "a fault of ours" not in response.text


async def test_an_error_names_the_field_and_never_its_value(client: httpx.AsyncClient) -> None:
    response = await client.post("/notes", json={"text": "13800001234" * 3, "饭": 1})
    assert "13800001234" not in response.text
    assert {error["field"] for error in response.json()["errors"]} == {"body.text", "body.\\u996d"}


async def test_the_correlation_id_is_bound_and_bounded(client: httpx.AsyncClient) -> None:
    response = await client.post("/notes", json={}, headers={"x-correlation-id": "s" * 100})
    assert response.json()["story"] == "s" * 64
    assert (await client.post("/notes", json={})).json()["story"] is None


async def test_every_request_is_measured_by_its_route(client: httpx.AsyncClient, registry: CollectorRegistry) -> None:
    await asyncio.gather(client.post("/notes", json={}), client.get("/nowhere/13800001234"))
    labels = {"service": "door", "method": "POST", "route": "/notes", "status": "200"}
    assert registry.get_sample_value("linli_http_seconds_count", labels) == 1
    labels = {"service": "door", "method": "GET", "route": "unmatched", "status": "404"}
    assert registry.get_sample_value("linli_http_seconds_count", labels) == 1


async def test_every_problem_answer_is_documented(client: httpx.AsyncClient) -> None:
    document = (await client.get("/openapi.json")).json()
    responses = document["paths"]["/notes"]["post"]["responses"]
    assert {"400", "413", "422", "503"} <= responses.keys()
    assert responses["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
    }
    assert "Problem" in document["components"]["schemas"]
