"""Every documented operation of the console holds what its document says, whatever is sent."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import reject
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode

from tests.generated_requests import Case, Send, try_out
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA
from tests.unit.services.console.running import running_console

KNOWN = {"area": AREA, "need": "meal-1"}
Door = tuple[dict[str, Any], Send]


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    """Open a console in this thread; give its document and a way to send generated requests."""
    with asyncio.Runner() as runner:
        opened = running_console(tmp_path)
        console = runner.run(opened.__aenter__())
        runner.run(console.hear(a_day.lunch_time().facts))

        def send(case: Case) -> httpx.Response:
            request = case.as_transport_kwargs(base_url="http://console")
            wanted = {name: request[name] for name in ("method", "url", "headers", "params") if name in request}
            try:
                return runner.run(console.http.request(**wanted))
            except httpx.InvalidURL:  # longer than this client can send
                reject()

        yield console.service.http.openapi(), send
        runner.run(opened.__aexit__(None, None, None))


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_request_finds_a_fault_or_an_undocumented_answer(door: Door, mode: GenerationMode) -> None:
    document, send = door
    met: dict[str, set[int]] = {}
    for found in schemathesis.openapi.from_dict(document).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        if operation.path.endswith("/events") or operation.path.startswith("/internal"):
            continue  # streams never end; the host's own doors are not the console's
        known = {name: value for name, value in KNOWN.items() if f"{{{name}}}" in operation.path}
        for given_as in [{}, {"path_parameters": known}] if known else [{}]:
            met.setdefault(operation.label, set()).update(
                try_out(operation, send, examples=12, generation_mode=mode, **given_as)
            )
    assert len(met) >= 9
    if mode == GenerationMode.POSITIVE:
        assert 200 in met["GET /api/needs/{need}"]
        assert 404 in met["GET /areas/{area}"]
    else:
        assert 422 in met["GET /facts"]
