"""A console that runs in this process over a fresh file, with facts published into its log."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from services.console.app import build_service
from services.console.settings import ConsoleSettings
from shared.runtime.clock import SimulatedClock
from shared.runtime.environment import open_embedded
from shared.runtime.host import Host
from shared.runtime.log import Log, Outgoing, Received
from shared.runtime.service import Service
from tests.unit.services.console.history import minutes

CITY = Path(__file__).with_name("city.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A console, its door, and the log it hears."""

    service: Service
    http: httpx.AsyncClient
    host: Host
    log: Log
    clock: SimulatedClock

    async def hear(self, facts: Sequence[Received]) -> None:
        """Publish the facts and wait until the console has shown them."""
        await self.log.publish(
            [Outgoing(topic=one.topic, key=one.fact.partitionkey, body=one.fact.to_json()) for one in facts]
        )
        await self.host.settle()


@asynccontextmanager
async def running_console(data_dir: Path, **settings: object) -> AsyncIterator[Running]:
    """Run a console at 12:45 local time of the simulated day."""
    chosen = {
        "city": CITY,
        "data_dir": data_dir,
        "survive": "process_crash",
        "simulated_from": minutes(45),
        "stream_every_s": 0,
    }
    console = ConsoleSettings.model_validate(chosen | settings)
    async with open_embedded(console) as (environment, connect):
        service = build_service(environment, console)
        host = Host(environment, [service], connect)
        transport = httpx.ASGITransport(app=service.http, raise_app_exceptions=False)
        async with host.run(), httpx.AsyncClient(transport=transport, base_url="http://console") as http:
            assert isinstance(environment.clock, SimulatedClock)
            yield Running(service=service, http=http, host=host, log=environment.log, clock=environment.clock)
