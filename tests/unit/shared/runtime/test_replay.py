"""Replaying an aggregate's facts gives its stored bytes, and every way of cheating is noticed."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from shared.contracts.fact import Fact
from shared.contracts.topics import NEEDS
from shared.contracts.wire import read_fact
from shared.runtime.replay import replay
from shared.runtime.service import Environment
from tests.unit.shared.runtime.counters import COLLECTION, Counters, count, counters, opened


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Environment]:
    async with opened(tmp_path) as (environment, _):
        yield environment


@pytest.fixture
async def aggregates(world: Environment) -> Counters:
    """Three counters that have counted."""
    aggregates = counters(world.documents, world.log, world.metrics)
    for name in ("a", "b", "c"):
        await aggregates.step(name, [count("first"), count("饭")])
    await aggregates.step("a", [count("third")])
    return aggregates


async def told(world: Environment) -> list[Fact]:
    return [read_fact(record.body) for record in await world.log.read(NEEDS.name)]


async def kinds(world: Environment, aggregates: Counters, facts: Sequence[Fact]) -> list[tuple[str, str]]:
    return [(one.id, one.kind) for one in await replay(aggregates, world.documents, facts)]


async def test_the_facts_give_the_stored_bytes(world: Environment, aggregates: Counters) -> None:
    assert await kinds(world, aggregates, await told(world)) == []


async def test_order_and_duplicates_do_not_matter(world: Environment, aggregates: Counters) -> None:
    facts = await told(world)
    assert await kinds(world, aggregates, [*reversed(facts), *facts]) == []


async def test_facts_that_are_still_in_an_outbox_count(world: Environment, aggregates: Counters) -> None:
    assert await kinds(world, aggregates, [fact for fact in await told(world) if fact.subject != "b"]) == []


async def test_state_that_was_changed_without_a_fact_is_noticed(world: Environment, aggregates: Counters) -> None:
    document = await world.documents.load(COLLECTION.name, "a")
    assert document is not None
    changed = replace(document, version=document.version + 1, state=document.state.replace(b'"total":3', b'"total":4'))
    await world.documents.save(COLLECTION.name, changed)
    (difference,) = await replay(aggregates, world.documents, await told(world))
    assert (difference.id, difference.kind) == ("a", "state_differs")
    assert "that differs is number" in difference.detail


async def test_a_missing_fact_is_named(world: Environment, aggregates: Counters) -> None:
    await aggregates._relay.mark(COLLECTION.name)
    facts = [fact for fact in await told(world) if (fact.subject, fact.sequence) != ("b", 2)]
    (difference,) = await replay(aggregates, world.documents, facts)
    assert (difference.id, difference.kind) == ("b", "facts_missing")
    assert "number 2" in difference.detail


async def test_a_lost_document_is_noticed(world: Environment, aggregates: Counters) -> None:
    lost = [fact.model_copy(update={"subject": "d"}) for fact in await told(world) if fact.subject == "c"]
    assert await kinds(world, aggregates, [*await told(world), *lost]) == [("d", "document_missing")]
