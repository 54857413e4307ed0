"""What `Log` and its feeds promise, held against SQLite always and against Kafka where the test is connected."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from prometheus_client import CollectorRegistry

from shared.runtime.consume import Consumer
from shared.runtime.log import Log, Outgoing, Subscription
from shared.runtime.log_kafka import KafkaLog
from shared.runtime.log_sqlite import Follower, SqliteLog
from shared.runtime.messaging import attach, make_broker
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.service import Feed
from shared.runtime.sqlite import SqliteFile
from tests.unit.shared.runtime.counters import Heard, a_fact


@dataclass
class Medium:
    """One of the two logs, and how a handler is connected to it."""

    log: Log
    topic: str
    connect: Callable[[Subscription], Feed]


@pytest.fixture(params=["power_loss", "process_crash", pytest.param("kafka", marks=pytest.mark.connected)])
async def medium(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Medium]:
    topic = f"needs.{uuid4().hex}"
    metrics = RuntimeMetrics(CollectorRegistry())
    if request.param in ("power_loss", "process_crash"):
        file = SqliteFile(tmp_path / "test.sqlite", survive=request.param)
        lite = SqliteLog(file)
        await lite.prepare([topic])
        yield Medium(lite, topic, lambda one: Follower(lite, one, Consumer(one, log=lite, metrics=metrics)))
        await file.close()
        return
    address = request.getfixturevalue("kafka").address
    broker = make_broker(address, service="test")
    log = KafkaLog(address, service="test", partitions=3, replication=1)
    await log.prepare([topic, f"{topic}.dead.listener"])
    yield Medium(log, topic, lambda one: attach(broker, one, Consumer(one, log=log, metrics=metrics), log))
    await broker.stop()
    await log.close()


def outgoing(medium: Medium, subject: str, sequence: int, *, area: str = "511083001") -> Outgoing:
    fact = a_fact(subject, sequence, area=area)
    return Outgoing(topic=medium.topic, key=area, body=fact.to_json(), headers=(("note", "饭"),))


async def drained(feed: Feed) -> None:
    """Run the feed until it has caught up with the log, then stop it cleanly."""
    task = asyncio.create_task(feed.run())
    while (not feed.assigned or await feed.lag()) and not task.done():  # noqa: ASYNC110 - the feed works in between
        await asyncio.sleep(0.01)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_what_is_published_is_read_as_it_was(medium: Medium) -> None:
    message = outgoing(medium, "n1", 1)
    await medium.log.publish([message])
    (record,) = await medium.log.read(medium.topic)
    assert (record.topic, record.key, record.body) == (medium.topic, b"511083001", message.body)
    assert record.headers == (("note", "饭"),)


async def test_preparing_twice_keeps_what_is_there(medium: Medium) -> None:
    await medium.log.publish([outgoing(medium, "n1", 1)])
    await medium.log.prepare([medium.topic])
    assert len(await medium.log.read(medium.topic)) == 1


async def test_reading_stops_at_the_limit_and_an_empty_topic_is_empty(medium: Medium) -> None:
    assert await medium.log.read(medium.topic) == []
    await medium.log.publish([outgoing(medium, "n1", number) for number in range(1, 6)])
    assert len(await medium.log.read(medium.topic, limit=3)) == 3


async def test_publishing_nothing_is_nothing(medium: Medium) -> None:
    await medium.log.publish([])
    assert await medium.log.read(medium.topic) == []


async def test_facts_of_an_area_arrive_in_the_order_they_were_published(medium: Medium) -> None:
    for area in ("1", "2", "3"):
        await medium.log.publish([outgoing(medium, area, number, area=area) for number in range(1, 301)])
    heard = Heard()
    await drained(medium.connect(Subscription(topics=(medium.topic,), group="listener", handler=heard)))
    for area in ("1", "2", "3"):
        assert [number for subject, number in heard.subjects if subject == area] == list(range(1, 301))


async def test_a_group_that_comes_back_goes_on_where_it_stopped(medium: Medium) -> None:
    heard = Heard()
    subscription = Subscription(topics=(medium.topic,), group="listener", handler=heard)
    await medium.log.publish([outgoing(medium, "n1", 1)])
    await drained(medium.connect(subscription))
    await medium.log.publish([outgoing(medium, "n1", 2)])
    await drained(medium.connect(subscription))
    assert heard.subjects == [("n1", 1), ("n1", 2)]


async def test_every_group_hears_everything(medium: Medium) -> None:
    await medium.log.publish([outgoing(medium, "n1", 1)])
    first, second = Heard(), Heard()
    await drained(medium.connect(Subscription(topics=(medium.topic,), group="first", handler=first)))
    await drained(medium.connect(Subscription(topics=(medium.topic,), group="second", handler=second)))
    assert first.subjects == second.subjects == [("n1", 1)]


async def test_what_was_handled_and_not_committed_is_heard_again(medium: Medium) -> None:
    """A crash between handling and committing: the effect is there, the offset is not."""
    await medium.log.publish([outgoing(medium, "n1", 1)])
    crashed = asyncio.Event()

    async def handle_and_hang(_: Any) -> None:
        crashed.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(
        medium.connect(Subscription(topics=(medium.topic,), group="listener", handler=handle_and_hang)).run()
    )
    async with asyncio.timeout(30):
        await crashed.wait()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    heard = Heard()
    await drained(medium.connect(Subscription(topics=(medium.topic,), group="listener", handler=heard)))
    assert heard.subjects == [("n1", 1)]


async def test_poison_lies_in_the_dead_letters_and_its_neighbours_are_handled(medium: Medium) -> None:
    poison = Outgoing(topic=medium.topic, key="511083001", body=b"{broken")
    await medium.log.publish([outgoing(medium, "n1", 1), poison, outgoing(medium, "n1", 2)])
    heard = Heard()
    await drained(medium.connect(Subscription(topics=(medium.topic,), group="listener", handler=heard)))
    assert heard.subjects == [("n1", 1), ("n1", 2)]
    (letter,) = await medium.log.read(f"{medium.topic}.dead.listener")
    headers = dict(letter.headers)
    assert letter.body == b"{broken"
    assert headers["topic"] == medium.topic
    assert headers["reason"].startswith("not a fact")
    assert {"partition", "offset"} <= headers.keys()
