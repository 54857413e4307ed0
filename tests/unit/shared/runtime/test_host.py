"""The host settles, tells its progress, moves the clock of a rehearsal, and says why it is not ready."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.topics import NEEDS
from shared.kernel.refusals import NotNow
from shared.runtime.host import Host
from shared.runtime.log import Outgoing, Received
from shared.runtime.service import Connect, Environment, Service
from tests.unit.shared.runtime.counters import NOW, Heard, a_service, count, opened

World = tuple[Environment, Connect]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path, simulated_from=NOW) as opening:
        yield opening


def client_of(service: Service) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=service.http), base_url="http://host")


class Slow(Heard):
    """A handler that waits until it is let go."""

    def __init__(self) -> None:
        super().__init__()
        self.go = asyncio.Event()

    async def __call__(self, batch: Sequence[Received]) -> None:
        await self.go.wait()
        await super().__call__(batch)


async def test_settled_means_that_everything_said_was_heard(world: World) -> None:
    heard = Heard()
    service = a_service(world[0], heard)
    host = Host(world[0], [service], world[1])
    async with host.run():
        before = await host.progress("listener")
        for number in range(50):
            await service.aggregates[0].step(f"c{number % 7}", [count()])
        assert await host.settle()
        assert len(heard.facts) == 50
        progress = await host.progress("listener")
        assert (progress.idle, progress.activity - before.activity, progress.waiting_for) == (True, 50, [])
        assert not await host.settle()  # nothing was said since


async def test_progress_names_what_is_waited_for(world: World) -> None:
    slow = Slow()
    service = a_service(world[0], slow)
    async with Host(world[0], [service], world[1]).run(), client_of(service) as client:
        await service.aggregates[0].step("c", [count()])
        told = (await client.get("/internal/progress")).json()
        assert (told["idle"], told["waiting_for"]) == (False, ["feed 0"])
        slow.go.set()


async def test_a_service_is_alive_at_once_and_ready_when_it_runs(world: World) -> None:
    service = a_service(world[0], Heard())
    host = Host(world[0], [service], world[1])
    async with client_of(service) as client:
        assert (await client.get("/internal/alive")).status_code == 200
        response = await client.get("/internal/ready")
        assert (response.status_code, response.json()["type"]) == (503, "urn:linli:problem:not_ready")
        async with host.run():
            assert (await client.get("/internal/ready")).status_code == 200


async def test_a_consumer_that_gave_up_makes_the_service_unready(world: World) -> None:
    service = a_service(world[0], Heard())
    async with Host(world[0], [service], world[1]).run(), client_of(service) as client:
        poison = [Outgoing(topic=NEEDS.name, key="1", body=b"{") for _ in range(100)]
        await world[0].log.publish(poison)
        async with asyncio.timeout(10):
            while (response := await client.get("/internal/ready")).status_code == 200:  # noqa: ASYNC110 - a probe asks
                await asyncio.sleep(0)
        assert response.status_code == 503
        assert "feed 0" in response.json()["detail"] or "dead-letters" in response.json()["detail"]


async def test_the_clock_of_a_rehearsal_is_moved_from_outside_and_only_forward(world: World) -> None:
    service = a_service(world[0], Heard())
    async with Host(world[0], [service], world[1]).run(), client_of(service) as client:
        for minutes, shown in ((5, 5), (5, 5), (1, 5)):
            moment = (NOW + timedelta(minutes=minutes)).isoformat()
            response = await client.post("/internal/clock", json={"now": moment})
            assert response.json()["now"] == (NOW + timedelta(minutes=shown)).isoformat().replace("+00:00", "Z")


async def test_real_time_is_moved_by_nobody(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        service = a_service(world[0], Heard())
        async with Host(world[0], [service], world[1]).run(), client_of(service) as client:
            response = await client.post("/internal/clock", json={"now": NOW.isoformat()})
            assert (response.status_code, response.json()["type"]) == (409, "urn:linli:problem:clock.real")


async def test_a_store_that_is_not_up_yet_is_waited_for(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    documents: Any = world[0].documents
    prepare, failures = documents.prepare, iter(range(3))

    async def away_at_first(collections: Any) -> None:
        if next(failures, None) is not None:
            raise NotNow("the store is away")
        await prepare(collections)

    nap = asyncio.sleep
    monkeypatch.setattr(documents, "prepare", away_at_first)
    monkeypatch.setattr(asyncio, "sleep", lambda _seconds: nap(0))
    service = a_service(world[0], Heard())
    async with Host(world[0], [service], world[1]).run():
        assert (await service.aggregates[0].step("c", [count()])).state.total == 1


async def test_after_a_clean_stop_no_outbox_is_left(world: World) -> None:
    service = a_service(world[0], Heard())
    host = Host(world[0], [service], world[1])
    async with host.run():
        await service.aggregates[0].step("c", [count()])
    document = await world[0].documents.load(service.collections[0].name, "c")
    assert document is not None
    assert document.outbox == ()


async def test_metrics_are_told_in_the_format_of_prometheus(world: World) -> None:
    service = a_service(world[0], Heard())
    host = Host(world[0], [service], world[1])
    async with host.run(), client_of(service) as client:
        await service.aggregates[0].step("c", [count()])
        await host.settle()
        text = (await client.get("/metrics")).text
    assert f'linli_facts_handled_total{{service="listener",topic="{NEEDS.name}"}} 1.0' in text
    assert "process_resident_memory_bytes" in text
