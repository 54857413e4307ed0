"""Intake as people reach it: its HTTP application in this process, over an SQLite file, with a clock moved by hand."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from services.intake.app import build_service
from services.intake.settings import IntakeSettings
from shared.contracts.fact import Fact, FactData
from shared.contracts.topics import NEEDS
from shared.contracts.wire import read_fact
from shared.runtime.clock import SimulatedClock
from shared.runtime.environment import open_embedded
from shared.runtime.log import Received
from shared.runtime.service import Environment, Service

MORNING = datetime(2026, 5, 12, 1, 0, tzinfo=UTC)  # nine o'clock in Longchang
CITY = """
code = "511083"
name = { zh = "隆昌市", en = "Longchang" }

[[area]]
code = "511083001"
name = "古湖街道"
prefix = "GH"
lon = 105.278
lat = 29.346
communities = [["511083001011", "观湖社区"], ["511083001013", "向阳社区"]]

[[area]]
code = "511083002"
name = "金鹅街道"
prefix = "JE"
lon = 105.294
lat = 29.331
communities = [["511083002003", "昌达街社区"], ["511083002013", "向阳社区"]]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """A running intake without its feeds: tests hand facts to the handler themselves."""

    service: Service
    environment: Environment
    clock: SimulatedClock
    http: httpx.AsyncClient

    async def said(self) -> list[Fact]:
        """Read what intake has published."""
        return [read_fact(record.body) for record in await self.environment.log.read(NEEDS.name)]

    async def hear(self, *facts: Fact) -> None:
        """Hand a batch to intake, as a log would."""
        (subscription,) = self.service.subscriptions
        await subscription.handler(
            [Received(fact=fact, topic="x", partition=0, offset=place) for place, fact in enumerate(facts)]
        )

    async def ask(self, key: str = "key-1", **changes: Any) -> dict[str, Any]:
        """Hand in a need."""
        answer = await self.http.post("/needs", json=a_body(**changes), headers={"Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        read: dict[str, Any] = answer.json()
        return read

    async def see(self, need: str) -> dict[str, Any]:
        """Look at a need."""
        read: dict[str, Any] = (await self.http.get(f"/needs/{need}")).json()
        return read


@asynccontextmanager
async def open_counter(folder: Path, *, with_city: bool = True) -> AsyncIterator[Counter]:
    """Open intake over a new file in the folder."""
    city = folder / "city.toml"
    city.write_text(CITY, encoding="utf-8")
    settings = IntakeSettings(
        data_dir=folder, simulated_from=MORNING, survive="process_crash", city=city if with_city else None
    )
    async with open_embedded(settings) as (environment, _):
        service = build_service(environment, settings)
        await environment.documents.prepare(service.collections)
        await environment.log.prepare([])
        assert isinstance(environment.clock, SimulatedClock)
        transport = httpx.ASGITransport(app=service.http, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://intake") as http:
            yield Counter(service=service, environment=environment, clock=environment.clock, http=http)


def a_body(**changes: Any) -> dict[str, Any]:
    """Give the body of a need for a light bulb."""
    body: dict[str, Any] = {
        "community": "511083001011",
        "service": "repair.light",
        "channel": "window",
        "resident": {"name": "王秀英", "phone": "199 0000 0001", "address": {"compound": "锦绣花园", "door": "501室"}},
        "note": "灯泡已买",
    }
    return body | changes


def a_fact(data: FactData, sequence: int, *, subject: str = "511083001") -> Fact:
    """Give a fact of somebody else."""
    return Fact(
        id=f"fact-{subject}-{sequence}",
        type=data.TYPE,
        source="/linli/matcher",
        subject=subject,
        time=MORNING,
        partitionkey="511083001",
        sequence=sequence,
        correlationid="story-1",
        data=data,
    )


def kinds(facts: Sequence[Fact]) -> list[str]:
    """Name what was said."""
    return [getattr(fact.data, "status", fact.type.split(".")[2]) for fact in facts]
