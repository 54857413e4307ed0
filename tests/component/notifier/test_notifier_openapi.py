"""Whatever a stranger sends to the notice board, it answers as its OpenAPI document says, and never with a 5xx."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.component.notifier.test_notifier_crash import through
from tests.component.notifier.test_notifier_http import RefusingChannel
from tests.component.notifier.world import Town, a_town

# That plain text has no control characters cannot be said in JSON Schema, so schema-valid text may be refused:
# `positive_data_acceptance` is left out.
_EXAMPLES = 60  # of each operation: about five seconds for all of them


@asynccontextmanager
async def listening(town: Town) -> AsyncIterator[str]:
    """Answer on a free port of this computer."""
    server = uvicorn.Server(
        uvicorn.Config(town.service.http, host="127.0.0.1", port=0, lifespan="off", log_config=None)
    )
    answering = asyncio.create_task(server.serve())
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await answering


def ask_everything(url: str) -> list[str]:
    """Send generated requests to each operation; give the operations that were asked."""
    board = schemathesis.openapi.from_url(f"{url}/openapi.json").include(path_regex="^/notices")
    asked = []
    for found in board.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        asked.append(operation.label)

        @given(case=operation.as_strategy())
        @settings(
            max_examples=_EXAMPLES, deadline=None, database=None, derandomize=True, suppress_health_check=[*HealthCheck]
        )
        def behaves(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        behaves()
    return asked


async def test_the_notice_board_keeps_its_openapi_document(tmp_path: Path) -> None:
    async with a_town(tmp_path, change=through(RefusingChannel("已受理"))) as town:
        await town.accept()
        await town.settle()
        async with listening(town) as url:
            asked = await asyncio.to_thread(ask_everything, url)
    assert sorted(asked) == ["GET /notices", "GET /notices/{notice_id}", "POST /notices/{notice_id}/clear"]
