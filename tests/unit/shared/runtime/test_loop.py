"""The whole loop over SQLite: a step is saved with its facts, they reach the log and then every handler, once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from shared.contracts.topics import NEEDS
from shared.kernel.refusals import NotNow
from shared.runtime.aggregates import Told
from shared.runtime.documents import Conflict
from shared.runtime.host import Host
from shared.runtime.log import Outgoing, Subscription
from shared.runtime.relay import Relay
from shared.runtime.service import Connect, Environment
from tests.unit.shared.runtime.counters import (
    COLLECTION,
    NOW,
    CountOnly,
    Heard,
    Nothing,
    a_fact,
    a_service,
    count,
    counters,
    opened,
)

World = tuple[Environment, Connect]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with opened(tmp_path) as opening:
        yield opening


class AwayLog:
    """A broker that is away until somebody brings it back."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.away = True

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        if self.away:
            raise NotNow("the broker is away")
        await self._inner.publish(messages)


async def said(world: World) -> list[tuple[str, int]]:
    """Who said what, as it lies in the log."""
    heard = Heard()
    feed = world[1](Subscription(topics=(NEEDS.name,), group="reader", handler=heard))
    task = asyncio.create_task(feed.run())
    while await feed.lag():  # noqa: ASYNC110 - the feed works in between
        await asyncio.sleep(0)
    task.cancel()
    return heard.subjects


async def test_a_step_reaches_every_handler_through_outbox_and_log(world: World) -> None:
    heard = Heard()
    service = a_service(world[0], heard)
    host = Host(world[0], [service], world[1])
    async with host.run():
        await service.aggregates[0].step("a", [count("first"), count("second")])
        await service.aggregates[0].step("b", [count("third")])
        await host.settle()
    assert heard.subjects == [("a", 1), ("a", 2), ("b", 1)]
    document = await world[0].documents.load(COLLECTION.name, "a")
    assert document is not None
    assert (document.version, document.spoken, document.outbox) == (1, 2, ())


async def test_facts_that_a_killed_process_left_behind_are_published_by_the_next(world: World) -> None:
    documents, metrics = world[0].documents, world[0].metrics
    killed = counters(documents, AwayLog(world[0].log), metrics)
    await killed.step("a", [count()])
    assert await said(world) == []
    relay = Relay(service="counter", documents=documents, log=world[0].log, metrics=metrics)
    born_again = counters(documents, world[0].log, metrics, relay)
    assert await relay.sweep(COLLECTION.name, NEEDS.name, born_again.lock, at_start=True) == 1
    assert await said(world) == [("a", 1)]


async def test_younger_facts_never_overtake_those_that_could_not_be_published(world: World) -> None:
    log = AwayLog(world[0].log)
    aggregates = counters(world[0].documents, log, world[0].metrics)
    await aggregates.step("a", [count()])
    log.away = False
    await aggregates.step("a", [count()])
    assert await said(world) == [("a", 1), ("a", 2)]


async def test_the_outbox_is_owed_until_the_broker_is_back(world: World) -> None:
    log = AwayLog(world[0].log)
    relay = Relay(service="counter", documents=world[0].documents, log=log, metrics=world[0].metrics)
    aggregates = counters(world[0].documents, log, world[0].metrics, relay)
    await aggregates.step("a", [count()])
    assert not relay.idle
    log.away = False
    await relay.sweep(COLLECTION.name, NEEDS.name, aggregates.lock, at_start=False)
    assert relay.idle


async def test_a_broken_publication_that_is_no_absence_is_still_owed(world: World) -> None:
    class BrokenLog(AwayLog):
        async def publish(self, messages: Sequence[Outgoing]) -> None:
            raise RuntimeError("a fault of ours")

    relay = Relay(service="c", documents=world[0].documents, log=BrokenLog(world[0].log), metrics=world[0].metrics)
    aggregates = counters(world[0].documents, world[0].log, world[0].metrics, relay)
    with pytest.raises(RuntimeError):
        await aggregates.step("a", [count()])
    assert not relay.idle


async def test_marks_are_kept_when_the_store_is_away(world: World) -> None:
    class AwayStore:
        away = True

        def __getattr__(self, name: str) -> Any:
            return getattr(world[0].documents, name)

        async def mark_relayed(self, collection: str, relayed: Sequence[tuple[str, int]]) -> None:
            if self.away:
                raise NotNow("the store is away")
            await world[0].documents.mark_relayed(collection, relayed)

    store: Any = AwayStore()
    relay = Relay(service="c", documents=store, log=world[0].log, metrics=world[0].metrics)
    await counters(store, world[0].log, world[0].metrics, relay).step("a", [count()])
    with pytest.raises(NotNow):
        await relay.mark(COLLECTION.name)
    store.away = False
    await relay.mark(COLLECTION.name)
    document = await world[0].documents.load(COLLECTION.name, "a")
    assert document is not None
    assert document.outbox == ()


async def test_a_fact_heard_twice_counts_once(world: World) -> None:
    aggregates = counters(world[0].documents, world[0].log, world[0].metrics)
    told = [count("one", a_fact("n1", 1)), count("again", a_fact("n1", 1)), count("two", a_fact("n1", 2))]
    assert (await aggregates.step("a", told)).state.total == 2
    assert (await aggregates.step("a", told)).state.total == 2
    reborn = counters(world[0].documents, world[0].log, world[0].metrics)
    assert (await reborn.step("a", told)).state.total == 2


async def test_hearing_is_remembered_even_when_nothing_follows(world: World) -> None:
    aggregates = counters(world[0].documents, world[0].log, world[0].metrics)
    await aggregates.step("a", [Told(command=Nothing(), at=NOW, because=a_fact("n1", 3))])
    assert (await aggregates.step("a", [count(because=a_fact("n1", 2))])).state.total == 0


async def test_a_lost_race_decides_again_on_what_the_other_wrote(world: World) -> None:
    here = counters(world[0].documents, world[0].log, world[0].metrics)
    there = counters(world[0].documents, world[0].log, world[0].metrics)
    await here.step("a", [count()])
    await there.step("a", [count()])
    outcome = await here.step("a", [Told(command=CountOnly(seen=1), at=NOW)])
    assert outcome.refusal is not None
    assert outcome.refusal.code == "counter.moved_on"
    assert (await here.step("a", [Told(command=CountOnly(seen=2), at=NOW)])).state.total == 3


async def test_a_refusal_on_a_stale_cache_looks_again_before_it_says_no(world: World) -> None:
    here = counters(world[0].documents, world[0].log, world[0].metrics)
    there = counters(world[0].documents, world[0].log, world[0].metrics)
    await here.step("a", [count()])
    await there.step("a", [count()])
    assert (await here.step("a", [Told(command=CountOnly(seen=2), at=NOW)])).refusal is None


async def test_a_refusal_ends_only_its_own_command(world: World) -> None:
    aggregates = counters(world[0].documents, world[0].log, world[0].metrics)
    outcome = await aggregates.step("a", [Told(command=CountOnly(seen=7), at=NOW), count()])
    assert (outcome.state.total, len(outcome.refusals), len(outcome.facts)) == (1, 1, 1)


async def test_telling_nothing_reads_the_state(world: World) -> None:
    aggregates = counters(world[0].documents, world[0].log, world[0].metrics)
    assert (await aggregates.step("a", [])).version == 0
    await aggregates.step("a", [count()])
    assert (await aggregates.step("a", [])).state.total == 1


async def test_steps_of_many_processes_at_once_lose_nothing(world: World) -> None:
    processes = [counters(world[0].documents, world[0].log, world[0].metrics) for _ in range(4)]
    await asyncio.gather(*(one.step("a", [count()]) for one in processes for _ in range(5)))
    state = await processes[0].look("a")
    assert state is not None
    assert state.total == 20
    assert sorted(set(await said(world))) == [("a", number) for number in range(1, 21)]


async def test_a_document_that_is_never_free_is_not_now(world: World) -> None:
    class Contested:
        def __getattr__(self, name: str) -> Any:
            return getattr(world[0].documents, name)

        async def save(self, collection: str, document: Any) -> None:
            raise Conflict("somebody was faster")

    store: Any = Contested()
    relay = Relay(service="c", documents=store, log=world[0].log, metrics=world[0].metrics)
    with pytest.raises(NotNow, match="in a row"):
        await counters(store, world[0].log, world[0].metrics, relay).step("a", [count()])
    assert relay.idle


async def test_a_cancelled_step_is_published_by_the_sweep(world: World) -> None:
    """A caller that hangs up between the write and the publication must not cost a fact."""

    class HangsUp(AwayLog):
        async def publish(self, messages: Sequence[Outgoing]) -> None:
            raise asyncio.CancelledError

    documents, metrics = world[0].documents, world[0].metrics
    relay = Relay(service="c", documents=documents, log=HangsUp(world[0].log), metrics=metrics)
    aggregates = counters(documents, world[0].log, metrics, relay)
    with pytest.raises(asyncio.CancelledError):
        await aggregates.step("a", [count()])
    relay._log = world[0].log
    await relay.sweep(COLLECTION.name, NEEDS.name, aggregates.lock, at_start=False)
    assert await said(world) == [("a", 1)]
    assert relay.idle


async def test_what_another_process_wrote_into_the_file_is_heard(tmp_path: Path) -> None:
    """`linli dead-letters resend` is such a process."""
    async with opened(tmp_path) as here, opened(tmp_path) as there:
        await there[0].log.publish([Outgoing(topic=NEEDS.name, key="1", body=a_fact("n1").to_json())])
        log: Any = here[0].log
        assert log.end_of([NEEDS.name]) == 0
        log.look()
        assert await said(here) == [("n1", 1)]
