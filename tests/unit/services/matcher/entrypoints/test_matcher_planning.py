"""When a board is improved: after what happens, not after our own plans, and never without a pause between."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

from prometheus_client import CollectorRegistry

from services.matcher.application.improving import AdoptSolved
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board
from services.matcher.domain.commands import Tick
from services.matcher.entrypoints.boards import Boards
from services.matcher.entrypoints.planning import Planning
from services.matcher.metrics import MatcherMetrics
from services.matcher.planning import Plan, Problem
from shared.runtime.clock import SimulatedClock
from tests.unit.services.matcher.play import Play, at

NO_PLAN = Plan(routes=())


@dataclass
class Solver:
    """Counts what it is asked, and works for as long as `free` is not set."""

    asked: int = 0
    working: asyncio.Event = field(default_factory=asyncio.Event)
    free: asyncio.Event = field(default_factory=asyncio.Event)

    async def solve(self, problem: Problem, present: Plan) -> Plan:
        raise AssertionError("nobody asked for the whole board")

    async def improve(self, problem: Problem, known: Plan) -> Plan:
        self.asked += 1
        self.working.set()
        await self.free.wait()
        return NO_PLAN

    def close(self) -> None: ...


@dataclass
class World:
    """A planner at work beside one board on which something is to be done."""

    planning: Planning
    board: Board
    clock: SimulatedClock
    solver: Solver

    async def settled(self) -> None:
        """Wait until nothing is to be planned at this moment."""
        while not await self.planning.idle():  # noqa: ASYNC110 - the planner has no event for it
            await asyncio.sleep(0)


@asynccontextmanager
async def at_work() -> AsyncIterator[World]:
    play, clock, solver = Play("08:00"), SimulatedClock(at("08:00")), Solver()
    play.post("v1")
    play.admit("tap")

    async def look(_area: str) -> Board:
        return play.board

    async def step_each(told: dict[str, Any]) -> dict[str, Any]:
        return {area: SimpleNamespace(facts=()) for area in told}

    boards = SimpleNamespace(watchers=[], clock=clock, aggregates=SimpleNamespace(look=look), step_each=step_each)
    planning = Planning(
        cast("Boards", boards),
        solver,
        rules=play.rules,
        book=TravelBook(),
        cut_off=timedelta(minutes=30),
        metrics=MatcherMetrics(CollectorRegistry()),
        alone=False,
        improves=True,
    )
    running = asyncio.create_task(planning.run())
    world = World(planning, play.board, clock, solver)
    await world.settled()
    try:
        yield world
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_what_happens_while_the_solver_works_waits_for_the_pause_and_is_not_forgotten() -> None:
    async with at_work() as world:
        world.planning.noticed(world.board, [Tick(at=at("08:00"))])
        await world.solver.working.wait()
        world.planning.noticed(world.board, [Tick(at=at("08:00"))])
        world.solver.free.set()
        await world.settled()
        assert world.solver.asked == 1
        world.clock.set(at("08:00") + timedelta(seconds=1))
        await world.settled()
        assert world.solver.asked == 1
        world.clock.set(at("08:00") + timedelta(seconds=2))
        await world.settled()
        assert world.solver.asked == 2


async def test_our_own_plans_give_no_reason_to_plan_again() -> None:
    async with at_work() as world:
        world.solver.free.set()
        world.planning.noticed(world.board, [AdoptSolved(at=at("08:00"), plan=NO_PLAN)])
        await world.settled()
        assert world.solver.asked == 0
        world.planning.noticed(world.board, [AdoptSolved(at=at("08:00"), plan=NO_PLAN), Tick(at=at("08:00"))])
        await world.settled()
        assert world.solver.asked == 1
