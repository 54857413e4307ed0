"""A client without a socket says and hears the same as one with it."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request, Response

from linli.in_process import InProcess

REQUESTS: dict[str, dict[str, Any]] = {
    "json": {"json": {"name": "安娜", "count": 2, "none": None}},
    "sheet": {"content": "需求,1\n".encode(), "headers": {"Content-Type": "text/csv"}},
    "query": {"params": {"area": "511083001", "after": "a/b&c=d 1"}},
    "key": {"headers": {"Idempotency-Key": "GH-0001"}, "json": [1]},
    "nothing": {},
}


@pytest.fixture
def echo() -> FastAPI:
    app = FastAPI()

    @app.post("/areas/{area}/echo")
    async def said(area: str, request: Request) -> dict[str, Any]:
        kept = ("content-type", "content-length", "idempotency-key", "host")
        return {
            "area": area,
            "query": dict(request.query_params),
            "headers": {name: request.headers[name] for name in kept if name in request.headers},
            "body": (await request.body()).decode(),
        }

    @app.get("/teapot")
    async def teapot() -> Response:
        return Response("短而粗", 418, {"X-Handle": "yes"}, "text/plain")

    @app.get("/fault")
    async def fault() -> None:
        raise RuntimeError("ours")

    return app


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
async def test_the_application_hears_what_it_hears_over_http(echo: FastAPI, request_: dict[str, Any]) -> None:
    path = "/areas/古湖 1/echo"
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=echo), base_url="http://matcher") as client:
        expected = (await client.request("POST", path, **request_)).json()
    found = (await InProcess(echo, host="matcher").request("POST", path, **request_)).json()
    assert found == expected


async def test_the_caller_sees_status_headers_and_body(echo: FastAPI) -> None:
    reply = await InProcess(echo, host="matcher").request("GET", "/teapot")
    assert (reply.status_code, reply.headers["x-handle"], reply.text) == (418, "yes", "短而粗")


async def test_a_fault_is_a_500_and_not_the_callers_exception(echo: FastAPI) -> None:
    assert (await InProcess(echo, host="matcher").request("GET", "/fault")).status_code == 500
