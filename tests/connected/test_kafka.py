"""The distributed mode against a real broker and a store: killed at any moment, nothing is lost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaProducer
from prometheus_client import CollectorRegistry

from deploy.local.servers import LocalKafka, LocalMongo
from shared.contracts.topics import TOPICS, dead_letters
from shared.kernel.refusals import NotNow
from shared.runtime.consume import Consumer
from shared.runtime.environment import open_distributed
from shared.runtime.host import Host
from shared.runtime.log import Outgoing, Subscription
from shared.runtime.log_kafka import KafkaLog
from shared.runtime.messaging import attach, make_broker
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.service import Connect, Environment
from shared.runtime.settings import RuntimeSettings
from tests.unit.shared.runtime.counters import Counters, Heard, a_fact, a_service, count

pytestmark = pytest.mark.connected

World = tuple[Environment, Connect]


@pytest.fixture
async def world(kafka: LocalKafka, mongo: LocalMongo) -> AsyncIterator[World]:
    settings = RuntimeSettings(mode="distributed", kafka=kafka.address, mongo=mongo.url, partitions=3)
    async with open_distributed(settings, "listener") as opening:
        yield opening


@pytest.fixture
def name() -> str:
    """A name that no other test uses: all tests share one broker and one store."""
    return f"listener_{uuid4().hex[:8]}"


async def eventually(claim: Callable[[], bool], within_s: float = 60) -> None:
    async with asyncio.timeout(within_s):
        while not claim():  # noqa: ASYNC110 - the servers work meanwhile, and tell nobody
            await asyncio.sleep(0.05)


def counted(heard: Heard, subject: str) -> list[int]:
    """The sequences of a subject in the order in which they were first heard."""
    return list(dict.fromkeys(number for one, number in heard.subjects if one == subject))


async def test_a_step_travels_through_the_store_and_the_broker_to_a_handler(world: World, name: str) -> None:
    heard = Heard()
    service = a_service(world[0], heard, name=name)
    async with Host(world[0], [service], world[1]).run():
        aggregates: Counters = service.aggregates[0]
        await aggregates.step(name, [count("one"), count("two")])
        await eventually(lambda: counted(heard, name) == [1, 2])
        assert service.relay.idle


async def test_a_broker_that_is_killed_and_comes_back_has_lost_nothing(
    world: World, kafka: LocalKafka, name: str
) -> None:
    heard = Heard()
    service = a_service(world[0], heard, name=name)
    async with Host(world[0], [service], world[1]).run():
        aggregates: Counters = service.aggregates[0]
        for _ in range(20):
            await aggregates.step(name, [count()])
        kafka.kill()
        for _ in range(20):
            await aggregates.step(name, [count()])
        assert not service.relay.idle
        kafka.start()
        for _ in range(20):
            await aggregates.step(name, [count()])
        await eventually(lambda: len(counted(heard, name)) == 60)
        assert counted(heard, name) == list(range(1, 61))
        await eventually(lambda: service.relay.idle)


async def test_a_store_that_is_killed_and_comes_back_has_lost_nothing(
    world: World, mongo: LocalMongo, name: str
) -> None:
    heard = Heard()
    service = a_service(world[0], heard, name=name)
    async with Host(world[0], [service], world[1]).run():
        aggregates: Counters = service.aggregates[0]
        done = (await aggregates.step(name, [count(because=a_fact("n", 1))])).state.total
        mongo.kill()
        with pytest.raises(NotNow):
            await aggregates.step(name, [count(because=a_fact("n", 2))])
        mongo.start()
        assert await _patiently(aggregates, name) == done + 1
        await eventually(lambda: counted(heard, name) == [1, 2])


async def test_poison_on_every_topic_is_buried_with_a_reason_and_its_neighbours_are_handled(
    world: World, kafka: LocalKafka, name: str
) -> None:
    log = world[0].log
    topics = [topic.name for topic in TOPICS]
    await log.prepare([*topics, *(dead_letters(topic, name) for topic in topics)])
    await _poison(kafka.address, topics, name)
    heard = Heard()
    feed = world[1](Subscription(topics=tuple(topics), group=name, handler=heard))
    async with AsyncExitStack() as stack:
        _in_background(stack, feed.run())
        await eventually(lambda: sum(subject == name for subject, _ in heard.subjects) == 2 * len(topics))
    for topic in topics:
        reasons = {dict(letter.headers)["reason"][:16] for letter in await log.read(dead_letters(topic, name))}
        assert reasons == {
            "not a fact: body",  # broken JSON, and a header that is no UTF-8
            "unknown fact typ",
            "contains a null ",
            "too large: 10000",
            "no key: without ",
        }


async def test_two_members_of_a_group_share_the_work_and_one_takes_over(kafka: LocalKafka, name: str) -> None:
    metrics = RuntimeMetrics(CollectorRegistry())
    log = KafkaLog(kafka.address, service="test", partitions=4, replication=1)
    topic = f"needs.{name}"
    await log.prepare([topic])
    heard = Heard()
    subscription = Subscription(topics=(topic,), group=name, handler=heard)
    brokers = [make_broker(kafka.address, service="test") for _ in range(2)]
    feeds = [attach(broker, subscription, Consumer(subscription, log=log, metrics=metrics), log) for broker in brokers]
    tasks = [asyncio.create_task(feed.run()) for feed in feeds]
    await eventually(lambda: all(feed.assigned and len(feed.subscriber.consumer.assignment()) == 2 for feed in feeds))
    await _say(log, topic, first=1)
    await eventually(lambda: len(set(heard.subjects)) == 40)
    tasks[0].cancel()
    await asyncio.gather(tasks[0], return_exceptions=True)
    await _say(log, topic, first=11)
    await eventually(lambda: len(set(heard.subjects)) == 80)
    assert not tasks[1].done()
    tasks[1].cancel()
    await asyncio.gather(tasks[1], return_exceptions=True)
    await log.close()


async def test_while_the_broker_owes_confirmations_nobody_waits_in_vain(kafka: LocalKafka, name: str) -> None:
    log = KafkaLog(kafka.address, service="test", partitions=1, replication=1)
    await log.prepare([name])
    await log.publish([Outgoing(topic=name, key="k", body=b"1")])
    kafka.kill()
    with pytest.raises(NotNow, match="did not confirm"):
        await log.publish([Outgoing(topic=name, key="k", body=b"2")])
    with pytest.raises(NotNow, match="earlier messages"):
        await log.publish([Outgoing(topic=name, key="k", body=b"3")])
    kafka.start()
    await eventually(lambda: not log._unconfirmed)
    await log.publish([Outgoing(topic=name, key="k", body=b"4")])
    assert [record.body for record in await log.read(name)] == [b"1", b"2", b"4"]
    await log.close()


async def _patiently(aggregates: Counters, name: str) -> int:
    """Tell the second fact until the store takes it, as a consumer does: the first connections may still be dead."""
    while True:
        try:
            return (await aggregates.step(name, [count(because=a_fact("n", 2))])).state.total
        except NotNow:
            await asyncio.sleep(0.1)


async def _say(log: KafkaLog, topic: str, *, first: int) -> None:
    for area in ("1", "2", "3", "4"):
        facts = [a_fact(area, number, area=area) for number in range(first, first + 10)]
        await log.publish([Outgoing(topic=topic, key=area, body=fact.to_json()) for fact in facts])


async def _poison(address: str, topics: list[str], name: str) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=address)
    await producer.start()
    good = [a_fact(name, number).to_json() for number in (1, 2)]
    for topic in topics:
        for key, body, headers in (
            (b"511083001", good[0], []),
            (b"511083001", b"{broken", []),
            (b"511083001", b"[]", [("content-type", b"application/json")]),
            (b"511083001", b"{", [("binary", b"\xff\xfe"), ("reply_to", b"needs.v1")]),
            (b"511083001", good[0].replace(b".rated.v1", b".rated.v9"), []),
            (b"511083001", good[0].replace(b'"story"', b'"st\\u0000ry"'), []),
            (b"511083001", b"x" * 1_000_000, []),
            (b"511083001", None, []),
            (None, good[0], []),
            (b"511083001", good[1], [("binary", b"\xff\xfe")]),
        ):
            await producer.send_and_wait(topic, body, key=key, headers=headers)
    await producer.stop()


def _in_background(stack: AsyncExitStack, job: object) -> None:
    task = asyncio.ensure_future(job)  # type: ignore[call-overload]

    async def end() -> None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    stack.push_async_callback(end)
