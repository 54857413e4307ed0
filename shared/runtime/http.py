"""The HTTP door of every service: bounded bodies, strict JSON, RFC 9457 problems, health and metrics."""

import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, FastAPI, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import from_json
from starlette.exceptions import HTTPException as StarletteHTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kernel.refusals import NotNow, Refusal
from shared.runtime.logs import correlation
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.traces import traces

MAX_BODY_BYTES: Final = 1024 * 1024
_LENGTH_DIGITS: Final = 18
_TOO_LARGE: Final = "The body is larger than {} bytes. Send less at a time; long lists go through `linli import`."

logger = logging.getLogger(__name__)


def _plain(text: str) -> str:
    if any(ord(sign) < 32 and sign not in "\n\t" for sign in text):  # noqa: PLR2004 - below space: control signs
        raise ValueError("contains control characters; send plain text")
    return text


PlainText = Annotated[str, AfterValidator(_plain)]
"""Text that people typed: no control characters, so that it can be shown, stored and sent anywhere."""


class FieldProblem(BaseModel):
    """One field that does not fit."""

    field: str
    message: str


class Problem(BaseModel):
    """RFC 9457: what went wrong and what to do."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(examples=["urn:linli:problem:need.already_closed"])
    title: str
    status: int
    detail: str
    detail_zh: str | None = None
    errors: list[FieldProblem] | None = None


class ProblemException(HTTPException):
    """Raised where a request cannot be answered as asked."""

    def __init__(self, status: int, code: str, detail: str, *, detail_zh: str | None = None) -> None:
        super().__init__(status_code=status, detail=detail)
        self.code = code
        self.detail_zh = detail_zh


def refused(refusal: Refusal, *, status: int = HTTPStatus.CONFLICT) -> ProblemException:
    """Turn a rule's no into an HTTP answer."""
    return ProblemException(status, refusal.code, refusal.en, detail_zh=refusal.zh)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Document the problem answers of an operation for OpenAPI; body errors and a busy store are always included."""
    always = {400, 404, 405, 413, 415, 422, 503}
    schema = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": schema} for status in sorted(always | {*statuses})
    }


class _StrictRequest(Request):
    """Reads JSON with a depth limit, without NaN and without broken text."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return from_json(body, allow_inf_nan=False)
        except ValueError as error:
            raise ProblemException(
                HTTPStatus.BAD_REQUEST, "body.not_json", f"The body is not valid JSON: {error}. Send UTF-8 JSON."
            ) from error


class StrictRoute(APIRoute):
    """A route whose JSON body is read strictly."""

    def get_route_handler(self) -> Callable[[Request], Awaitable[Response]]:  # type: ignore[override]
        """Wrap FastAPI's handler so that it sees the strict request."""
        handle = super().get_route_handler()

        async def strictly(request: Request) -> Response:
            return await handle(_StrictRequest(request.scope, request.receive))

        return strictly


def make_http(
    *, service: str, title: str, description: str, metrics: RuntimeMetrics, larger: Mapping[str, int] | None = None
) -> FastAPI:
    """Build the service's HTTP application; its routers should use `make_router`.

    `larger` names the paths whose bodies may be larger than `MAX_BODY_BYTES`, and their bound in bytes.
    """
    app = FastAPI(title=title, description=description, version="1", openapi_url="/openapi.json")
    app.router.route_class = StrictRoute
    app.add_exception_handler(StarletteHTTPException, _http_problem)
    app.add_exception_handler(RequestValidationError, _validation_problem)
    app.add_exception_handler(NotNow, _not_now)
    app.add_exception_handler(Refusal, _refusal)
    app.add_exception_handler(Exception, _fault)
    app.add_middleware(_Doorman, service=service, metrics=metrics, larger=larger or {})
    _document_problem(app)
    return app


def make_router() -> APIRouter:
    """Give a router whose operations document their problem answers."""
    return APIRouter(route_class=StrictRoute, responses=problems())


def _document_problem(app: FastAPI) -> None:
    """Put the Problem schema into OpenAPI, to which `problems` refers."""
    generate = app.openapi

    def with_problem() -> dict[str, Any]:
        document = generate()
        schemas = document.setdefault("components", {}).setdefault("schemas", {})
        if "Problem" not in schemas:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(problem.pop("$defs", {}))
            schemas["Problem"] = problem
        return document

    app.openapi = with_problem  # type: ignore[method-assign]


def answer(  # noqa: PLR0913 - these six are what a problem is
    status: int,
    code: str,
    detail: str,
    *,
    detail_zh: str | None = None,
    errors: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Write a problem+json answer."""
    problem = Problem(
        type=f"urn:linli:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        detail_zh=detail_zh,
        errors=errors,
    )
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, status, headers=headers, media_type="application/problem+json")


async def _http_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, StarletteHTTPException)  # noqa: S101 - registered for this class
    code = getattr(error, "code", f"http.{error.status_code}")
    zh = getattr(error, "detail_zh", None)
    return answer(error.status_code, code, str(error.detail), detail_zh=zh, headers=error.headers)


async def _validation_problem(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for this class
    errors = [
        FieldProblem(field=".".join(_shown(part) for part in one["loc"]), message=str(one["msg"])[:300])
        for one in error.errors()[:20]
    ]
    return answer(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "request.does_not_fit",
        "Some fields do not fit; `errors` names each of them. Correct them and send the request again.",
        detail_zh="有些字段不符合要求，见 errors；请改正后重新提交。",
        errors=errors,
    )


def _shown(part: object) -> str:
    """Field names in errors may be input: show them shortened and printable."""
    return str(part).encode("ascii", "backslashreplace").decode()[:80]


async def _not_now(_: Request, error: Exception) -> Response:
    logger.warning("runtime.not_now", extra={"reason": str(error)})
    return answer(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "not_now",
        "Something that is needed is away for the moment. Send the same request again, with the same Idempotency-Key.",
        headers={"Retry-After": "2"},
    )


async def _refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this class
    return answer(HTTPStatus.CONFLICT, error.code, error.en, detail_zh=error.zh)


async def _fault(_: Request, error: Exception) -> Response:
    logger.error("runtime.http_fault", exc_info=error)
    return answer(
        HTTPStatus.INTERNAL_SERVER_ERROR, "fault", "This is our fault and was logged. Nothing was half-done; try again."
    )


class _Doorman:
    """ASGI middleware: bounds bodies, binds the correlation id, measures each request."""

    def __init__(self, app: ASGIApp, *, service: str, metrics: RuntimeMetrics, larger: Mapping[str, int]) -> None:
        self._app = app
        self._service = service
        self._metrics = metrics
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        path = scope["path"].removeprefix(scope.get("root_path", ""))  # the embedded mode mounts each service
        most_bytes = self._larger.get(path, MAX_BODY_BYTES)
        status = 500

        async def watched(message: MutableMapping[str, Any]) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        token = correlation.set(headers.get("x-correlation-id", "")[:64] or None)
        try:
            if (refusal := _judge_length(headers.get("content-length", "0"), most_bytes)) is not None:
                await refusal(scope, receive, watched)
            else:
                with traces.span(f"HTTP {scope['method']}", parent=headers.get("traceparent"), path=path):
                    await self._app(scope, _bounded(receive, most_bytes), watched)
        finally:
            correlation.reset(token)
            route = getattr(scope.get("route"), "path", "unmatched")
            self._metrics.http_seconds.labels(self._service, scope["method"], route, str(status)).observe(
                time.perf_counter() - started
            )


def _judge_length(declared: str, most_bytes: int) -> JSONResponse | None:
    """Refuse a body by its header alone, before a byte of it is read."""
    if not (declared.isascii() and declared.isdigit()):
        return answer(HTTPStatus.BAD_REQUEST, "body.bad_length", "Content-Length is not a number. Correct the header.")
    if len(declared) > _LENGTH_DIGITS or int(declared) > most_bytes:
        said = _TOO_LARGE.format(most_bytes)
        return answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body.too_large", said, headers={"Connection": "close"})
    return None


def _bounded(receive: Receive, most_bytes: int) -> Receive:
    """Count what arrives: a chunked body declares no length."""
    left = most_bytes

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise ProblemException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "body.too_large", _TOO_LARGE.format(most_bytes))
        return message

    return receive_some


def canonical(body: BaseModel) -> str:
    """Write a request body so that equal requests are equal text, to compare under one Idempotency-Key."""
    return json.dumps(body.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
