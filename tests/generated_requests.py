"""Sends generated requests to a documented operation, and holds every answer against its document."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

Case = schemathesis.Case[Any]
Send = Callable[[Case], httpx.Response]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


def try_out(operation: Operation, send: Send, *, examples: int, **given_as: Any) -> set[int]:
    """Send so many generated requests; return the statuses they met."""
    seen: set[int] = set()

    @settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(**given_as))
    def run(case: Case) -> None:
        response = send(case)
        seen.add(response.status_code)
        case.validate_response(response, checks=CHECKS)

    with suppress(Unsatisfiable):  # a request whose only part is an id cannot be a wrong one
        run()
    return seen


def request_of(case: Case, base_url: str) -> dict[str, Any]:
    """Give what `httpx` sends for a case; a body that is no JSON goes as it is."""
    request = case.as_transport_kwargs(base_url=base_url)
    body = request.pop("data", None)
    wanted = {name: request[name] for name in ("method", "url", "headers", "params", "json") if name in request}
    return wanted | ({"content": body} if isinstance(body, bytes | str) else {})


def with_short_lists(schema: Any) -> Any:
    """Bound every list of a question at two: drawing long ones costs seconds and asks nothing new of the doors."""
    if isinstance(schema, list):
        return [with_short_lists(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    short = {name: with_short_lists(value) for name, value in schema.items()}
    if short.get("type") == "array":
        short["maxItems"] = max(2, short.get("minItems", 0))
    return short
