"""Every subscriber is attached by the one function that knows FastStream's traps."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from aiokafka import TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from prometheus_client import CollectorRegistry

from shared.contracts.topics import DISPATCH, NEEDS
from shared.runtime.consume import Consumer
from shared.runtime.log import Subscription
from shared.runtime.log_kafka import KafkaLog
from shared.runtime.messaging import BATCH, KafkaFeed, attach, make_broker
from shared.runtime.metrics import RuntimeMetrics
from tests.unit.shared.runtime.counters import Heard

ROOT = Path(__file__).parents[4]
NOWHERE = "127.0.0.1:1"


def badly_attached(broker: KafkaBroker) -> list[str]:
    """Name what is wrong with the broker's subscribers: the rule, written apart from `attach`."""
    wrong = []
    for subscriber in broker.subscribers:
        one: Any = subscriber
        settings = one._connection_args
        if one.ack_policy is not AckPolicy.MANUAL:
            wrong.append("acknowledges by itself")
        if not one.group_id:
            wrong.append("has no group")
        if settings["auto_offset_reset"] != "earliest":
            wrong.append("starts at the latest offset")
        if settings["enable_auto_commit"]:
            wrong.append("commits by itself")
        if getattr(one, "max_records", None) != BATCH:
            wrong.append("takes no batches")
    return wrong


@pytest.fixture
def feed() -> KafkaFeed:
    broker = make_broker(NOWHERE, service="matcher")
    log = KafkaLog(NOWHERE, service="matcher", partitions=1, replication=1)
    subscription = Subscription(topics=(NEEDS.name, DISPATCH.name), group="matcher", handler=Heard())
    consumer = Consumer(subscription, log=log, metrics=RuntimeMetrics(CollectorRegistry()))
    return attach(broker, subscription, consumer, log)


def test_an_attached_subscription_keeps_every_rule(feed: KafkaFeed) -> None:
    assert badly_attached(feed._broker) == []
    assert feed.subscriber.group_id == "matcher"
    assert feed.subscriber.topic_names == [NEEDS.name, DISPATCH.name]


def test_a_subscriber_made_in_any_other_way_is_found(feed: KafkaFeed) -> None:
    feed._broker.subscriber("needs.v1", ack_policy=AckPolicy.ACK)
    assert badly_attached(feed._broker) == [
        "acknowledges by itself",
        "has no group",
        "starts at the latest offset",
        "takes no batches",
    ]


@pytest.mark.parametrize("folder", ["services", "shared", "linli"])
def test_nobody_else_makes_a_subscriber(folder: str) -> None:
    makers = [
        str(path.relative_to(ROOT))
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\.subscriber\(|KafkaBroker\(|AIOKafkaConsumer\(", path.read_text(encoding="utf-8"))
    ]
    assert set(makers) <= {"shared/runtime/messaging.py", "shared/runtime/log_kafka.py"}


async def test_a_feed_that_has_not_joined_lags(feed: KafkaFeed) -> None:
    assert not feed.assigned
    assert await feed.lag() == 1


class Reader:
    """A member of a group, as far as lag is concerned. It cannot be asked for ends: that waits behind its fetches."""

    def __init__(self, committed: dict[TopicPartition, int]) -> None:
        self._committed = committed

    def assignment(self) -> set[TopicPartition]:
        return {TopicPartition(NEEDS.name, number) for number in range(3)}

    async def committed(self, partition: TopicPartition) -> int | None:
        return self._committed.get(partition)


async def test_lag_counts_from_the_commit_or_the_oldest_message_and_the_log_says_where_the_end_is(
    feed: KafkaFeed, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (TopicPartition(NEEDS.name, number) for number in range(3))

    async def beginnings(_log: KafkaLog, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 4)

    async def ends(_log: KafkaLog, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(partitions, 10)

    monkeypatch.setattr(KafkaLog, "beginnings", beginnings)
    monkeypatch.setattr(KafkaLog, "ends", ends)
    feed.subscriber.consumer = Reader({first: 10, second: 7})
    feed.joined([first, second, third])
    assert await feed.lag() == 0 + 3 + 6


async def test_after_an_error_nothing_more_is_handled_or_committed(feed: KafkaFeed) -> None:
    """FastStream swallows what a handler raises and reads on; the door must stay shut."""
    handled = []

    async def break_once(records: Any) -> None:
        handled.append(records)
        raise RuntimeError("a fault of ours")

    feed.consumer.handle = break_once  # type: ignore[method-assign]
    await feed.take(())
    await feed.take(())
    assert len(handled) == 1
    assert feed._ended.is_set()
