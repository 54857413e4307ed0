"""A notifier on one SQLite file with a clock that is moved by hand, and facts as the other services say them."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from services.notifier.app import build_service
from services.notifier.settings import NotifierSettings
from shared.contracts.dispatch import OfferMade
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import NeedAccepted, NeedProgressed, Request
from shared.contracts.places import Cell
from shared.contracts.topics import DISPATCH, NEEDS, NOTICES
from shared.contracts.wire import read_fact
from shared.kernel.ids import derived_id
from shared.runtime.clock import SimulatedClock
from shared.runtime.documents import Documents
from shared.runtime.environment import open_embedded
from shared.runtime.host import Host
from shared.runtime.log import Outgoing
from shared.runtime.service import Connect, Environment, Service

AREA = "511083001"
NOON = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)  # 12:00 in Longchang
LATE = datetime(2026, 5, 12, 14, 30, tzinfo=UTC)  # 22:30 in Longchang


def a_request(**changes: object) -> Request:
    values: dict[str, object] = {
        "number": "GH-0042",
        "resident": "resident-1",
        "channel": "window",
        "service": "repair.bulb",
        "service_zh": "换灯泡",
        "service_en": "light bulb",
        "mode": "visit",
        "community": "guhu",
        "cell": Cell(lon=105.288, lat=29.339),
        "opens": NOON,
        "closes": NOON + timedelta(hours=3),
        "duration_s": 1200,
    }
    return Request.model_validate(values | changes)


def an_offer(**changes: object) -> OfferMade:
    values: dict[str, object] = {
        "offer": "offer-1",
        "need": "need-1",
        "slot": 0,
        "volunteer": "volunteer-1",
        "wave": 1,
        "assigned": False,
        "starts_at": NOON + timedelta(hours=1),
        "expires_at": NOON + timedelta(minutes=15),
        "service": "meal.lunch",
        "number": "GH-0042",
    }
    return OfferMade.model_validate(values | changes)


def a_fact(data: FactData, *, subject: str = "need-1", sequence: int = 1, at: datetime = NOON) -> Fact:
    return Fact(
        id=derived_id(subject, str(sequence)),
        type=data.TYPE,
        source="/linli/test",
        subject=subject,
        time=at,
        partitionkey=AREA,
        sequence=sequence,
        correlationid="story-1",
        data=data,
    )


@dataclass
class Town:
    """One running notifier."""

    environment: Environment
    service: Service
    host: Host
    http: httpx.AsyncClient
    _spoken: dict[str, int] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        return self.environment.clock.now()

    async def say(self, data: FactData, *, about: str = "need-1") -> Fact:
        """Let the owner of the topic say a fact now."""
        topic = DISPATCH if type(data) in DISPATCH.facts else NEEDS
        subject = AREA if topic is DISPATCH else about
        self._spoken[subject] = self._spoken.get(subject, 0) + 1
        fact = a_fact(data, subject=subject, sequence=self._spoken[subject], at=self.now)
        await self.environment.log.publish([Outgoing(topic=topic.name, key=AREA, body=fact.to_json())])
        return fact

    async def accept(self, *, need: str = "need-1", **changes: object) -> None:
        await self.say(NeedAccepted(request=a_request(**changes)), about=need)

    async def progress(self, status: str, *, need: str = "need-1", note: str = "") -> None:
        await self.say(NeedProgressed.model_validate({"status": status, "note": note}), about=need)

    async def settle(self) -> None:
        async with asyncio.timeout(60):
            await self.host.settle()

    async def move(self, moment: datetime) -> None:
        clock = self.environment.clock
        assert isinstance(clock, SimulatedClock)
        clock.set(moment)
        await self.settle()

    async def said(self) -> list[FactData]:
        records = await self.environment.log.read(NOTICES.name)
        return [read_fact(record.body).data for record in records]

    async def kinds(self) -> list[str]:
        return [type(data).__name__ for data in await self.said()]

    async def letters(self) -> list[str]:
        """The texts in the console's table."""
        found = await self.environment.documents.find("notifier.outgoing", limit=1000)
        return [json.loads(document.state)["text"] for document in found]


@asynccontextmanager
async def a_town(
    path: Path,
    *,
    at: datetime = NOON,
    peers: Callable[[str], httpx.AsyncClient] | None = None,
    change: Callable[[Service], Service] = lambda service: service,
    store: Callable[[Documents], Documents] = lambda documents: documents,
    **settings: object,
) -> AsyncIterator[Town]:
    """Start a notifier on the file; started again on the same path it goes on where it was stopped."""
    chosen = NotifierSettings.model_validate(
        {"data_dir": path, "simulated_from": at, "survive": "process_crash", **settings}
    )
    async with open_embedded(chosen) as opened:
        environment, connect = _with_peers(opened, peers)
        environment = replace(environment, documents=store(environment.documents))
        service = change(build_service(environment, chosen))
        host = Host(environment, [service], connect)
        transport = httpx.ASGITransport(app=service.http)
        async with httpx.AsyncClient(transport=transport, base_url="http://notifier") as http, host.run():
            yield Town(environment=environment, service=service, host=host, http=http)


def _with_peers(
    opened: tuple[Environment, Connect], peers: Callable[[str], httpx.AsyncClient] | None
) -> tuple[Environment, Connect]:
    environment, connect = opened
    return (replace(environment, peers=peers) if peers else environment), connect


def of(said: Sequence[FactData], kind: type[FactData]) -> list[FactData]:
    return [data for data in said if isinstance(data, kind)]
