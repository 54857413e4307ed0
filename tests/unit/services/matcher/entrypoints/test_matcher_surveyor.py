import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from services.matcher.application.ports import NoWays
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board, empty_board
from services.matcher.domain.commands import AdmitNeed, Command, Tick
from services.matcher.entrypoints.surveyor import Surveyor
from services.matcher.metrics import MatcherMetrics
from services.matcher.planning.travel import SPEEDS, Point, Speed, Table, factor_table, travel_between
from shared.contracts.places import Cell
from shared.runtime.aggregates import Told
from tests.unit.services.matcher.play import Play, a_request, at, cell

AREA = "511083001"
SLOW = tuple(Speed(detour=4, km_h=speed.km_h, stop_s=speed.stop_s) for speed in SPEEDS)


class OldTown:
    """A source whose ways are long, behind a gate; or one that does not answer."""

    name = "old town"

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.asked = 0

    async def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table:
        self.asked += 1
        await self.gate.wait()
        if self.fault:
            raise self.fault
        return factor_table(origins, destinations, SLOW)

    async def close(self) -> None:
        self.gate.clear()


class QuietBoards:
    """One board on which nothing stands, unless a test says so."""

    def __init__(self) -> None:
        self.before: Any = None
        self.aggregates = self
        self.board = empty_board(AREA)

    async def look(self, _: str) -> Board:
        return self.board


class Survey:
    """A surveyor at work on one area."""

    def __init__(self, patience_s: float, rest_s: float) -> None:
        self.source, self.book, self.boards = OldTown(), TravelBook(), QuietBoards()
        self.registry = CollectorRegistry()
        boards: Any = self.boards
        self.surveyor = Surveyor(
            boards,
            self.book,
            self.source,
            patience_s=patience_s,
            metrics=MatcherMetrics(self.registry),
            rest_s=rest_s,
        )

    async def hears(self, *cells: Cell) -> None:
        commands: list[Command] = [
            AdmitNeed(at=at("09:00"), need=f"n{index}", request=a_request(cell=one)) for index, one in enumerate(cells)
        ]
        await self.boards.before({AREA: [Told(command=one, at=at("09:00")) for one in commands]})

    async def settles(self) -> None:
        while not await self.surveyor.idle():  # noqa: ASYNC110 - as a host does that waits for all
            await asyncio.sleep(0)

    def by_streets(self, *cells: Cell) -> bool:
        points = [(one.lon, one.lat) for one in cells]
        travel = self.book.page(AREA, cells).travel
        assert travel in (travel_between(points), travel_between(points, SLOW)), "a page of two sources"
        return travel == travel_between(points, SLOW)

    def counted(self, outcome: str) -> float:
        return self.registry.get_sample_value("matcher_travel_surveys_total", {"outcome": outcome}) or 0.0


@pytest.fixture
async def begun() -> AsyncIterator[Callable[..., Survey]]:
    tasks = list[asyncio.Task[None]]()

    def begin(*, patience_s: float = 60.0, rest_s: float = 60.0) -> Survey:
        survey = Survey(patience_s, rest_s)
        tasks.append(asyncio.create_task(survey.surveyor.run()))
        return survey

    yield begin
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def test_places_are_surveyed_before_the_board_decides(begun: Callable[..., Survey]) -> None:
    survey = begun()
    await survey.hears(cell(0), cell(800))
    assert survey.by_streets(cell(0), cell(800))
    await survey.hears(cell(1600))
    assert survey.by_streets(cell(0), cell(800), cell(1600))


async def test_what_is_known_already_is_not_asked_again(begun: Callable[..., Survey]) -> None:
    survey = begun()
    await survey.hears(cell(0), cell(800))
    asked = survey.source.asked
    await survey.hears(cell(800))
    await survey.boards.before({AREA: [Told(command=Tick(at=at("09:01")), at=at("09:01"))]})
    assert survey.source.asked == asked


async def test_who_cannot_wait_decides_by_factors_and_the_page_is_swapped_in_later(
    begun: Callable[..., Survey],
) -> None:
    survey = begun(patience_s=0)
    survey.source.gate.clear()
    await survey.hears(cell(0), cell(800))
    assert not survey.by_streets(cell(0), cell(800))
    assert not await survey.surveyor.idle()
    survey.source.gate.set()
    await survey.settles()
    assert survey.by_streets(cell(0), cell(800))
    assert survey.counted("late") == 1


async def test_a_source_that_does_not_answer_is_said_once_and_left_alone(
    begun: Callable[..., Survey], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    survey = begun()
    survey.source.fault = NoWays("the server is away")
    await survey.hears(cell(0), cell(800))
    assert not survey.by_streets(cell(0), cell(800))
    await survey.hears(cell(1600))
    assert survey.source.asked == 1
    assert [record.__dict__["reason"] for record in caplog.records if record.message == "matcher.travel_unknown"] == [
        "detour factors stand in: the server is away"
    ]
    assert survey.counted("failed") == 1


@pytest.mark.parametrize("fault", [NoWays("the server is away"), ImportError("no module"), EOFError(), ValueError("?")])
async def test_a_source_that_is_back_is_asked_again_after_its_rest(
    begun: Callable[..., Survey], fault: Exception
) -> None:
    survey = begun(rest_s=0)
    survey.source.fault = fault
    await survey.hears(cell(0), cell(800))
    assert await survey.surveyor.idle()
    assert survey.counted("failed") == 1
    survey.source.fault = None
    await survey.hears(cell(0), cell(800))
    assert survey.by_streets(cell(0), cell(800))


async def test_a_fault_nobody_thought_of_is_told_with_its_traceback(
    begun: Callable[..., Survey], caplog: pytest.LogCaptureFixture
) -> None:
    survey = begun()
    survey.source.fault = ImportError("no module")
    await survey.hears(cell(0))
    (told,) = [record for record in caplog.records if record.message == "matcher.travel_survey_failed"]
    assert told.exc_info is not None
    assert told.exc_info[1] is survey.source.fault


async def test_a_place_off_the_map_leaves_the_area_to_the_factors_until_it_goes(begun: Callable[..., Survey]) -> None:
    survey = begun(rest_s=0)
    await survey.hears(cell(0), cell(800))
    survey.source.fault = NoWays("a place is off the map")
    await survey.hears(cell(90_000))
    assert not survey.by_streets(cell(0), cell(800), cell(90_000))
    await survey.settles()
    assert survey.by_streets(cell(0), cell(800))


async def test_while_a_place_off_the_map_is_on_the_board_nobody_asks_or_waits(begun: Callable[..., Survey]) -> None:
    survey = begun(rest_s=0)
    await survey.hears(cell(0))
    stray = cell(90_000)
    survey.source.fault = NoWays("a place is off the map", (stray.lon, stray.lat))
    await survey.hears(stray)
    survey.source.fault, asked = None, survey.source.asked
    play = Play()
    play.admit("n", cell=stray)
    survey.boards.board = play.board
    await survey.hears(cell(800))
    await survey.hears(stray)
    assert not survey.by_streets(cell(0), cell(800), stray)
    assert survey.source.asked == asked
    survey.boards.board = empty_board(AREA)
    await survey.hears(cell(800))
    assert survey.by_streets(cell(0), cell(800))
