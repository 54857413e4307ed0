"""The whole OpenAPI document, tried with generated requests: no fault, and no answer that is not documented."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.generated_requests import Case, Send, try_out
from tests.unit.services.intake.counter import open_counter

EXAMPLES = 15  # for each operation, of requests that fit and of requests that do not


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """A running intake, its document, and ids that exist in it."""

    document: dict[str, Any]
    send: Send
    ids: dict[str, str]


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    """Open intake in this thread."""
    with asyncio.Runner() as runner:
        opened = open_counter(tmp_path)
        counter = runner.run(opened.__aenter__())

        def send(case: Case) -> httpx.Response:
            request = case.as_transport_kwargs(base_url="http://intake")
            body = request.pop("data", None)
            content = {"content": body} if isinstance(body, (bytes, str)) else {"data": body}
            wanted = {name: request[name] for name in ("method", "url", "headers", "params", "json") if name in request}
            return runner.run(counter.http.request(**wanted, **content))

        need = runner.run(counter.ask())
        ids = {"need_id": need["id"], "resident_id": need["resident"]}
        yield Intake(document=counter.service.http.openapi(), send=send, ids=ids)
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_finds_a_fault_or_an_undocumented_answer(intake: Intake, mode: GenerationMode) -> None:
    met: dict[str, set[int]] = {}
    for found in schemathesis.openapi.from_dict(intake.document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        known = {name: value for name, value in intake.ids.items() if f"{{{name}}}" in operation.path}
        more = {"path_parameters": known} if known else {}
        met[operation.label] = try_out(operation, intake.send, examples=EXAMPLES, generation_mode=mode, **more)
    assert len(met) >= 11
    if mode == GenerationMode.POSITIVE:
        assert 200 in met["GET /needs/{need_id}"]
    else:
        assert 422 in met["POST /needs"]
