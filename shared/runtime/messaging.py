"""Attaches subscriptions to Kafka through FastStream: the only place where a subscriber may be made.

FastStream's defaults lose messages: it acknowledges before handling, starts at the latest offset, decodes headers and
bodies before any of our code can catch the error, and swallows what a handler raises and reads on. So a subscriber here
gets raw records, nothing is committed unless it was handled or buried, and after an error that is neither, nothing more
is handled or committed until the feed has stopped. See ADR 0005.

A handler that waits for a store keeps its partitions: heartbeats go on in the background. After five minutes without a
poll (`max_poll_interval_ms`) aiokafka leaves the group, others take the partitions and hear the same facts again, which
the compare-and-set and the remembered sequences make harmless; the late commit is refused and the feed rejoins.

Group membership is dynamic, not static: replicas are interchangeable, and one that stops cleanly leaves at once.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from shared.kernel.refusals import NotNow
from shared.runtime.consume import Consumer
from shared.runtime.log import Subscription
from shared.runtime.log_kafka import KafkaLog, record_of

BATCH: Final = 200
POLL_MS: Final = 10  # FastStream sleeps as long after an empty poll: what comes meanwhile waits
_RETRY_S: Final = 1.0
_ANSWER_S: Final = 3.0
_GRACE_S: Final = 5.0  # for the batch that is being handled when the process stops

Records = tuple[ConsumerRecord[bytes, bytes], ...]

logger = logging.getLogger(__name__)


def make_broker(servers: str, *, service: str) -> KafkaBroker:
    """Make FastStream's broker; it only consumes, and connects when a feed starts."""
    return KafkaBroker(
        servers.split(","),
        client_id=f"linli-{service}",
        consumer_only=True,
        allow_auto_create_topics=False,
        graceful_timeout=_GRACE_S,
        ack_policy=AckPolicy.MANUAL,
        apply_types=False,
        logger=None,
    )


def attach(broker: KafkaBroker, subscription: Subscription, consumer: Consumer, log: KafkaLog) -> "KafkaFeed":
    """Connect a subscription to Kafka with our failure rule and none of FastStream's."""
    feed = KafkaFeed(broker, consumer, log)
    subscriber: Any = broker.subscriber(
        *subscription.topics,
        batch=True,
        group_id=subscription.group,
        ack_policy=AckPolicy.MANUAL,
        auto_offset_reset="earliest",
        max_records=BATCH,
        batch_timeout_ms=POLL_MS,
        # By range and not round robin: an area has the same partition number in all topics, and so the same process.
        partition_assignment_strategy=(RangePartitionAssignor,),
        parser=_unparsed,
        decoder=_undecoded,
        listener=_Listener(feed),
        no_reply=True,
    )
    subscriber(feed.take)
    feed.subscriber = subscriber
    return feed


class KafkaFeed:
    """One subscription as a member of its consumer group."""

    subscriber: Any  # FastStream's BatchSubscriber; its `consumer` is None while it is not started

    def __init__(self, broker: KafkaBroker, consumer: Consumer, log: KafkaLog) -> None:
        self._broker = broker
        self._consumer = consumer
        self._log = log
        self._committed: dict[TopicPartition, int] = {}
        self._broke: BaseException | None = None
        self._ended = asyncio.Event()
        self._joined = False

    @property
    def consumer(self) -> Consumer:
        """Who keeps the failure rule for this feed."""
        return self._consumer

    @property
    def assigned(self) -> bool:
        """Say whether the group gave this member partitions: one with none is one too many, or the topic is missing."""
        return self._joined

    async def run(self) -> None:
        """Consume until cancelled, or raise what ended the consumer."""
        try:
            await self._start()
            await self._ended.wait()
        finally:
            await self.subscriber.stop()
        if self._broke is not None:
            raise self._broke

    async def lag(self) -> int:
        """Count messages of the assigned partitions that are not handled and committed; 1 while not joined."""
        reader: AIOKafkaConsumer | None = self.subscriber.consumer
        if reader is None or not self._joined:
            return 1
        partitions = reader.assignment()
        try:
            async with asyncio.timeout(_ANSWER_S):  # aiokafka would wait 40 s; probes and scrapers do not
                await self._learn_positions(reader, partitions)
                ends = await self._log.ends(partitions)
                return sum(end - self._committed.get(partition, 0) for partition, end in ends.items())
        except (KafkaError, TimeoutError) as error:
            raise NotNow(f"Kafka is away: {error!r}") from error

    async def take(self, records: Records) -> None:
        """Handle a batch and commit it. FastStream would swallow an error and read on, so an error closes this door."""
        if self._broke is not None:
            return
        try:
            self._consumer.polled()
            await self._consumer.handle([record_of(record) for record in records])
            await self._commit(records)
        except Exception as error:  # noqa: BLE001 - whatever it is, what was not handled must not be committed
            self._broke = error
            self._ended.set()

    def joined(self, assigned: Sequence[TopicPartition]) -> None:
        """Note what the group gave to this member."""
        self._joined = bool(assigned)
        logger.info("runtime.partitions_assigned", extra={"partitions": sorted(map(tuple, assigned))})

    def left(self) -> None:
        """Note that positions may be another's soon."""
        self._committed.clear()

    async def _start(self) -> None:
        while True:
            try:
                await self._broker.connect()  # a consuming broker does no IO here; the subscriber does
                await self.subscriber.start()
            except KafkaError as error:
                logger.warning("runtime.waiting_for_broker", extra={"reason": repr(error)})
                await self.subscriber.stop()
                await asyncio.sleep(_RETRY_S)
            else:
                return

    async def _commit(self, records: Records) -> None:
        """Commit exactly what was handled, trying as long as the partitions are ours."""
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        while (reader := self.subscriber.consumer) is not None:
            try:
                await reader.commit(offsets)
            except (CommitFailedError, IllegalStateError):
                logger.info("runtime.commit_late", extra={"hint": "the group was rebalanced; facts are heard again"})
                return
            except KafkaError as error:
                logger.warning("runtime.commit_delayed", extra={"reason": repr(error)})
                await asyncio.sleep(_RETRY_S)
                self._consumer.polled()
            else:
                self._committed |= offsets
                return

    async def _learn_positions(self, reader: AIOKafkaConsumer, partitions: Collection[TopicPartition]) -> None:
        """Ask once where the group stands; after that, every commit is our own."""
        missing = [partition for partition in partitions if partition not in self._committed]
        beginnings = await self._log.beginnings(missing)
        for partition in missing:
            committed = await reader.committed(partition)
            # A batch may have been committed while we asked.
            self._committed.setdefault(partition, beginnings[partition] if committed is None else committed)


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Tells the feed what the group decided."""

    def __init__(self, feed: KafkaFeed) -> None:
        self._feed = feed

    async def on_partitions_assigned(self, assigned: Sequence[TopicPartition]) -> None:
        """Join."""
        self._feed.joined(assigned)

    async def on_partitions_revoked(self, revoked: Sequence[TopicPartition]) -> None:  # noqa: ARG002
        """Forget positions."""
        self._feed.left()


async def _unparsed(records: Records) -> KafkaMessage:
    """Wrap the batch without touching a byte of it: FastStream's parser breaks on a header that is no UTF-8."""
    return KafkaMessage(body=b"", raw_message=records, consumer=FAKE_CONSUMER)


async def _undecoded(message: KafkaMessage) -> Any:
    """Hand the raw records to the handler; `Consumer` reads them with the failure rule."""
    return message.raw_message
