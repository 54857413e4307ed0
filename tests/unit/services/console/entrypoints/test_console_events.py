"""An open page is told what changed, and only that."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from prometheus_client import CollectorRegistry

from services.console.adapters.archive import Archive
from services.console.adapters.areas import LiveAreas
from services.console.adapters.books import Books
from services.console.adapters.keeper import Keeper
from services.console.application.names import Names
from services.console.entrypoints.drawing import Drawing
from services.console.entrypoints.events import Streams
from services.console.entrypoints.looks import Looks
from services.console.metrics import ConsoleMetrics
from services.console.settings import ConsoleSettings
from shared.kernel.words import Words
from shared.runtime.clock import SimulatedClock
from shared.runtime.documents import Documents
from shared.runtime.http import ProblemException
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, History, a_request, minutes

ZONE = ZoneInfo("Asia/Shanghai")


class Console:
    """What a stream needs, without HTTP."""

    def __init__(self, documents: Documents, **settings: Any) -> None:
        archive = Archive(documents)
        metrics = ConsoleMetrics(CollectorRegistry())
        areas = LiveAreas(archive, documents, ZONE, metrics)
        self.clock = SimulatedClock(minutes(45))
        looks = Looks(areas, archive, clock=self.clock, zone=ZONE, names=Names())
        drawing = Drawing(city=Words(zh="隆昌市", en="Longchang"), zone=ZONE)
        chosen = ConsoleSettings.model_validate({"stream_every_s": 0} | settings)
        self.keep = Keeper(archive, areas, Books(archive), metrics, save_every_s=60).keep
        self.streams = Streams(looks, areas, drawing, metrics, chosen)


def sections(event: str) -> dict[str, str]:
    assert "event: sections" in event
    data = next(line for line in event.splitlines() if line.startswith("data: "))
    changed = json.loads(data.removeprefix("data: "))
    assert isinstance(changed, dict)
    return changed


async def next_of(stream: AsyncIterator[str]) -> str:
    async with asyncio.timeout(10):
        return await anext(stream)


async def test_a_stream_begins_with_everything_and_goes_on_with_what_changed(documents: Documents) -> None:
    console, history = Console(documents), a_day.lunch_time()
    await console.keep(history.facts)
    async with aclosing(console.streams.follow(AREA, "zh")) as stream:
        assert (await next_of(stream)).startswith("retry:")
        assert "修楼道灯" in sections(await next_of(stream))["waiting"]

        a_day.accept(history, "new", a_request(service_zh="修水管", number="GH-0077"), 44)
        await console.keep(history.facts[-2:])

        changed = sections(await next_of(stream))
        assert "修水管" in changed["waiting"]
        assert "helpers" not in changed  # nobody moved


async def test_a_quiet_area_gives_a_sign_of_life(documents: Documents) -> None:
    console = Console(documents, heartbeat_s=0.01)
    await console.keep(a_day.lunch_time().facts)
    async with aclosing(console.streams.follow(AREA, "en")) as stream:
        await next_of(stream)
        sections(await next_of(stream))
        assert (await next_of(stream)).startswith(":")


async def test_waiting_times_move_on_although_nothing_happens(documents: Documents) -> None:
    console = Console(documents, heartbeat_s=0.01)
    await console.keep(a_day.lunch_time().facts)
    async with aclosing(console.streams.follow(AREA, "en")) as stream:
        await next_of(stream)
        await next_of(stream)
        console.clock.set(minutes(50))
        assert "waiting" in sections(await next_of(stream))


async def test_the_overview_follows_all_areas(documents: Documents) -> None:
    console = Console(documents)
    await console.keep(a_day.lunch_time().facts)
    async with aclosing(console.streams.follow(None, "zh")) as stream:
        await next_of(stream)
        await next_of(stream)
        there = History(area="elsewhere", partition=2)
        a_day.accept(there, "n", a_request())
        await console.keep(there.facts)
        assert "elsewhere" in sections(await next_of(stream))["city_areas"]


async def test_an_area_that_nobody_has_heard_of_yet_appears_when_it_does(documents: Documents) -> None:
    console = Console(documents, heartbeat_s=0.01)
    async with aclosing(console.streams.follow(AREA, "zh")) as stream:
        await next_of(stream)
        assert (await next_of(stream)).startswith(":")
        await console.keep(a_day.lunch_time().facts)
        assert "修楼道灯" in sections(await next_of(stream))["waiting"]


async def test_too_many_open_pages_are_told_to_reload_and_a_closed_one_makes_room(documents: Documents) -> None:
    console = Console(documents, most_streams=1)
    async with aclosing(console.streams.follow(AREA, "zh")) as stream:
        await next_of(stream)
        with pytest.raises(ProblemException) as refused:
            console.streams.open(AREA, "zh")
        assert refused.value.status_code == 503
    assert console.streams.open(AREA, "zh").media_type == "text/event-stream"
