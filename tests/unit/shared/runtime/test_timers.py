"""Aggregates are woken when their moment has come, under a clock that only moves by hand."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from shared.runtime.aggregates import Told
from shared.runtime.clock import SimulatedClock
from shared.runtime.documents import Document
from shared.runtime.service import Environment
from shared.runtime.timers import Timers
from tests.unit.shared.runtime.counters import COLLECTION, NOW, Count, Counters, counters, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Environment]:
    async with opened(tmp_path, simulated_from=NOW) as (environment, _):
        yield environment


@pytest.fixture
def aggregates(world: Environment) -> Counters:
    return counters(world.documents, world.log, world.metrics)


class Alarm:
    """Wakes aggregates by clearing or moving their `due`, and writes down who was woken and when."""

    def __init__(self, world: Environment, *, again_after: timedelta | None = None, lazy: bool = False) -> None:
        self._world = world
        self._again_after = again_after
        self._lazy = lazy
        self.woken: list[str] = []

    async def __call__(self, due: list[str]) -> None:
        self.woken += due
        if self._lazy:
            return
        for name in due:
            document = await self._world.documents.load(COLLECTION.name, name)
            assert document is not None
            moved = None if self._again_after is None else self._world.clock.now() + self._again_after
            await self._world.documents.save(
                COLLECTION.name, replace(document, version=document.version + 1, due=moved)
            )


async def sleepers(world: Environment, *moments: timedelta) -> None:
    documents = [
        Document(id=f"s{number:04d}", version=1, state=b"{}", due=NOW + moment) for number, moment in enumerate(moments)
    ]
    await world.documents.add(COLLECTION.name, documents)


async def settled(timers: Timers) -> None:
    async with asyncio.timeout(10):
        while not await timers.idle():  # noqa: ASYNC110 - as a rehearsal asks
            await asyncio.sleep(0)


async def test_only_who_is_due_is_woken_most_overdue_first(world: Environment, aggregates: Counters) -> None:
    await sleepers(world, timedelta(0), -timedelta(hours=1), timedelta(seconds=1))
    alarm = Alarm(world)
    assert await Timers(aggregates, alarm, world.clock).sweep() == 2
    assert alarm.woken == ["s0001", "s0000"]


async def test_more_than_fit_into_one_query_are_all_woken(world: Environment, aggregates: Counters) -> None:
    await sleepers(world, *[timedelta(0)] * 1200)
    alarm = Alarm(world)
    assert await Timers(aggregates, alarm, world.clock).sweep() == 1200
    assert len(set(alarm.woken)) == 1200


async def test_a_rule_that_does_not_move_is_woken_once_a_sweep(world: Environment, aggregates: Counters) -> None:
    await sleepers(world, *[timedelta(0)] * 500)
    alarm = Alarm(world, lazy=True)
    assert await Timers(aggregates, alarm, world.clock).sweep() == 500


async def test_a_moved_clock_wakes_at_once_also_by_less_than_a_second(world: Environment, aggregates: Counters) -> None:
    clock = world.clock
    assert isinstance(clock, SimulatedClock)
    await sleepers(world, timedelta(microseconds=1), timedelta(hours=3))
    alarm = Alarm(world)
    timers = Timers(aggregates, alarm, clock)
    task = asyncio.create_task(timers.run())
    await settled(timers)
    assert alarm.woken == []
    clock.set(NOW + timedelta(microseconds=1))
    await settled(timers)
    assert alarm.woken == ["s0000"]
    clock.set(NOW + timedelta(hours=3))
    await settled(timers)
    assert alarm.woken == ["s0000", "s0001"]
    task.cancel()


async def test_who_asks_to_be_woken_again_is(world: Environment, aggregates: Counters) -> None:
    clock = world.clock
    assert isinstance(clock, SimulatedClock)
    await sleepers(world, timedelta(0))
    alarm = Alarm(world, again_after=timedelta(minutes=5))
    timers = Timers(aggregates, alarm, clock)
    task = asyncio.create_task(timers.run())
    for minutes in (0, 5, 10):
        clock.set(NOW + timedelta(minutes=minutes))
        await settled(timers)
    assert alarm.woken == ["s0000"] * 3
    task.cancel()


async def test_a_fault_of_one_wake_does_not_stop_the_clock_of_all(
    world: Environment, aggregates: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarm = Alarm(world)
    faults = iter(["first"])

    async def wake(due: list[str]) -> None:
        if next(faults, None):
            raise RuntimeError("a fault of ours")
        await alarm(due)

    await sleepers(world, timedelta(0))
    timers = Timers(aggregates, wake, world.clock)
    nap = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda _seconds: nap(0))
    task = asyncio.create_task(timers.run())
    await settled(timers)
    assert alarm.woken == ["s0000"]
    task.cancel()


async def test_the_clock_never_runs_backwards(world: Environment) -> None:
    clock = world.clock
    assert isinstance(clock, SimulatedClock)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.set(NOW - timedelta(seconds=1))


async def test_a_write_that_is_due_ends_the_quiet_of_the_same_moment(aggregates: Counters) -> None:
    assert await aggregates.is_quiet(NOW)
    await aggregates.step("later", [Told(command=Count(reason="nothing is due"), at=NOW)])
    assert await aggregates.is_quiet(NOW)
    aggregates.kind = replace(aggregates.kind, due=lambda _state: NOW)
    await aggregates.step("now", [Told(command=Count(reason="this is due"), at=NOW)])
    assert not await aggregates.is_quiet(NOW)


async def test_what_is_written_while_the_store_answers_is_not_overlooked(
    aggregates: Counters, monkeypatch: pytest.MonkeyPatch
) -> None:
    aggregates.kind = replace(aggregates.kind, due=lambda _state: NOW)
    ask = aggregates.due

    async def ask_slowly(by: datetime, *, limit: int) -> list[str]:
        found = await ask(by, limit=limit)
        await aggregates.step("meanwhile", [Told(command=Count(reason="this is due"), at=NOW)])
        return found

    monkeypatch.setattr(aggregates, "due", ask_slowly)
    assert not await aggregates.is_quiet(NOW)
