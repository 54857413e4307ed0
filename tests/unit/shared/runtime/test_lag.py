"""Whoever scrapes a service sees how far it is behind."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from shared.contracts.topics import NEEDS
from shared.runtime.host import Host
from shared.runtime.log import Outgoing, Received
from tests.unit.shared.runtime.counters import Heard, a_fact, a_service, opened


@dataclass(slots=True)
class Hesitant(Heard):
    """A handler that has begun and does not finish before it is told to."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, batch: Sequence[Received]) -> None:
        """Wait, then take the batch."""
        self.begun.set()
        await self.told.wait()
        self.facts += batch


async def test_a_message_lags_until_it_is_handled(tmp_path: Path) -> None:
    async with opened(tmp_path) as (world, connect):
        heard = Hesitant()
        service = a_service(world, heard)
        host = Host(world, [service], connect)
        transport = httpx.ASGITransport(app=service.http)
        async with httpx.AsyncClient(transport=transport, base_url="http://listener") as client, host.run():
            await world.log.publish([Outgoing(topic=NEEDS.name, key="511083001", body=a_fact().to_json())])
            await heard.begun.wait()
            behind = lag(await client.get("/metrics"))
            heard.told.set()
            await host.settle()
            caught_up = lag(await client.get("/metrics"))
    assert (behind, caught_up) == (1.0, 0.0)


def lag(answer: httpx.Response) -> float:
    name = 'linli_consumer_lag{service="listener",topics="needs.v1"} '
    (line,) = [line for line in answer.text.splitlines() if line.startswith(name)]
    return float(line.removeprefix(name))
