"""The distributed log: facts written to Kafka durably and in order, with waiting that has an end.

The producer is aiokafka's own and not FastStream's: it must be replaced after an error that aiokafka calls fatal, and
FastStream hides it. Why order holds: an idempotent producer numbers its batches per partition and the broker takes no
number before its predecessor, so a message that failed is never followed by a later one of the same producer.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from typing import Any, Final

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, MessageSizeTooLargeError, TopicAlreadyExistsError, for_code

from shared.contracts.topics import TOPICS
from shared.kernel.refusals import NotNow
from shared.runtime.log import Outgoing, Record

_CONFIRM_S: Final = 3.0  # then the caller goes on and the outbox keeps its facts
_REQUEST_MS: Final = 10_000
_GOODBYE_S: Final = 5.0
_DAY_MS: Final = 24 * 3600 * 1000
_DEAD_RETENTION_DAYS: Final = 365  # a person must have had the time to look
_MESSAGE_BYTES: Final = 1_048_588  # Kafka's own default, written down because dead letters must be larger
# All steps of a batch publish at once, most to one partition; of aiokafka's 16 KiB all but the first 25 would wait.
BATCH_BYTES: Final = 256 * 1024
_DEAD_BYTES: Final = 2 * _MESSAGE_BYTES  # the largest message, and the headers that say why it is dead

logger = logging.getLogger(__name__)


class KafkaLog:
    """A log in Kafka. Connects when first used, so that a process may start before its broker."""

    def __init__(self, servers: str, *, service: str, partitions: int, replication: int) -> None:
        self._connection = {
            "bootstrap_servers": servers.split(","),
            "client_id": f"linli-{service}",
            "request_timeout_ms": _REQUEST_MS,
        }
        self._partitions = partitions
        self._replication = replication
        self._producer: AIOKafkaProducer | None = None
        self._measure: AIOKafkaConsumer | None = None
        self._opening = asyncio.Lock()
        self._opening_measure = asyncio.Lock()
        self._unconfirmed: set[asyncio.Future[Any]] = set()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Write the messages and return once every in-sync replica has them.

        While the broker owes the confirmation of earlier messages, nobody waits in vain: everyone hears `NotNow` at
        once. What was handed over stays in line and is written when the broker is back, before anything newer.
        """
        if self._unconfirmed:
            raise NotNow(f"Kafka has not confirmed {len(self._unconfirmed)} earlier messages yet")
        producer = await self._open()
        handed_over: list[asyncio.Future[Any]] = []
        try:
            async with asyncio.timeout(_CONFIRM_S):
                for message in messages:
                    handed_over.append(await _hand_over(producer, message))  # noqa: PERF401 - kept also when it stops
                if handed_over:
                    await asyncio.wait(handed_over)
        except TimeoutError as error:
            self._watch(handed_over)
            raise NotNow(f"Kafka did not confirm {len(messages)} messages within {_CONFIRM_S:.0f} s") from error
        except KafkaError as error:
            self._watch(handed_over)
            raise await self._judge(producer, error) from error
        for future in handed_over:
            if (failure := future.exception()) is not None:
                raise await self._judge(producer, failure) from failure

    async def prepare(self, topics: Sequence[str]) -> None:
        """Create missing topics, all with the same number of partitions; say so where one has another number."""
        admin = AIOKafkaAdminClient(**self._connection)
        try:
            await admin.start()
            answer = await admin.create_topics([self._topic(name) for name in topics])
            for name, code, *_ in answer.topic_errors:
                _check_created(name, code)
            for described in await admin.describe_topics(list(topics)):
                self._compare(described)
        except KafkaError as error:
            raise NotNow(f"Kafka is away: {error!r}") from error
        finally:
            await admin.close()

    async def read(self, topic: str, *, limit: int = 1000) -> list[Record]:
        """Read a topic from its beginning to its present end, partition by partition."""
        consumer = AIOKafkaConsumer(**self._connection, auto_offset_reset="earliest", enable_auto_commit=False)
        try:
            await consumer.start()
            return await _read_all(consumer, topic, limit)
        except KafkaError as error:
            raise NotNow(f"Kafka is away: {error!r}") from error
        finally:
            await consumer.stop()

    async def beginnings(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the offset of the oldest message of each partition."""
        return dict(await (await self._open_measure()).beginning_offsets(partitions)) if partitions else {}

    async def ends(self, partitions: Collection[TopicPartition]) -> dict[TopicPartition, int]:
        """Give the offset after the newest message of each partition."""
        return dict(await (await self._open_measure()).end_offsets(partitions)) if partitions else {}

    async def close(self) -> None:
        """Flush for a few seconds and disconnect; what is not confirmed then is still in the outboxes."""
        measure, self._measure = self._measure, None
        if measure is not None:
            await measure.stop()
        producer, self._producer = self._producer, None
        if producer is not None:
            await _part(producer)

    async def _open(self) -> AIOKafkaProducer:
        async with self._opening:
            if self._producer is None:
                producer = AIOKafkaProducer(
                    **self._connection,
                    acks="all",
                    enable_idempotence=True,
                    linger_ms=0,  # waiting throttles: each step is confirmed before the next
                    max_batch_size=BATCH_BYTES,
                    max_request_size=_DEAD_BYTES,
                )
                try:
                    await producer.start()
                except KafkaError as error:
                    await _part(producer)
                    raise NotNow(f"Kafka is away: {error!r}") from error
                self._producer = producer
            return self._producer

    async def _open_measure(self) -> AIOKafkaConsumer:
        """Open a connection for questions only: on a reader's, an answer waits behind a fetch, half a second."""
        async with self._opening_measure:
            if self._measure is None:
                measure = AIOKafkaConsumer(**self._connection, enable_auto_commit=False)
                try:
                    await measure.start()
                except BaseException:  # also when the asker's patience ends
                    await measure.stop()
                    raise
                self._measure = measure
            return self._measure

    async def _judge(self, producer: AIOKafkaProducer, error: BaseException) -> BaseException:
        """Give what to raise, and part from a producer that can never deliver again."""
        if isinstance(error, MessageSizeTooLargeError) or not isinstance(error, KafkaError):
            return error
        if not error.retriable and self._producer is producer:
            # For example OutOfOrderSequenceNumber after a batch expired without a leader: its numbers have a gap now.
            logger.warning("runtime.producer_replaced", extra={"reason": repr(error)})
            self._producer = None
            await _part(producer)
        return NotNow(f"Kafka did not take a message: {error!r}")

    def _watch(self, handed_over: Sequence[asyncio.Future[Any]]) -> None:
        for future in handed_over:
            if not future.done():
                self._unconfirmed.add(future)
                future.add_done_callback(self._confirmed)

    def _confirmed(self, future: asyncio.Future[Any]) -> None:
        self._unconfirmed.discard(future)
        if not future.cancelled() and (error := future.exception()) is not None:
            logger.warning("runtime.late_failure", extra={"reason": repr(error)})

    def _topic(self, name: str) -> NewTopic:
        days = next((topic.retention_days for topic in TOPICS if topic.name == name), _DEAD_RETENTION_DAYS)
        size = _MESSAGE_BYTES if any(topic.name == name for topic in TOPICS) else _DEAD_BYTES
        configs = {"retention.ms": str(days * _DAY_MS), "max.message.bytes": str(size)}
        return NewTopic(name, self._partitions, self._replication, topic_configs=configs)

    def _compare(self, described: dict[str, Any]) -> None:
        found = len(described["partitions"])
        if found != self._partitions and not described["error_code"]:
            logger.error(
                "runtime.partitions_differ",
                extra={
                    "topic": described["topic"],
                    "found": found,
                    "configured": self._partitions,
                    "hint": "areas share a partition number across topics: give all topics the same number",
                },
            )


async def _hand_over(producer: AIOKafkaProducer, message: Outgoing) -> asyncio.Future[Any]:
    future: asyncio.Future[Any] = await producer.send(
        message.topic,
        message.body,
        key=message.key.encode(),
        headers=[(name, value.encode()) for name, value in message.headers],
    )
    return future


def _check_created(name: str, code: int) -> None:
    if code and (error := for_code(code)) is not TopicAlreadyExistsError:
        raise error(f"cannot create topic {name}")


async def _read_all(consumer: AIOKafkaConsumer, topic: str, limit: int) -> list[Record]:
    partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    if not partitions:
        await consumer._client._wait_on_metadata(topic)  # noqa: SLF001 - aiokafka has no public way to ask for a topic
        partitions = [TopicPartition(topic, number) for number in sorted(consumer.partitions_for_topic(topic) or ())]
    consumer.assign(partitions)
    await consumer.seek_to_beginning(*partitions)
    ends = await consumer.end_offsets(partitions)
    records: list[Record] = []
    for partition in partitions:
        while len(records) < limit and await consumer.position(partition) < ends[partition]:
            found = await consumer.getmany(partition, timeout_ms=1000, max_records=limit - len(records))
            records += [record_of(one) for one in found.get(partition, ())]
    return records


def record_of(message: Any) -> Record:
    """Read a message of aiokafka without trusting it: headers may be any bytes."""
    return Record(
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=message.key,
        body=message.value or b"",
        headers=tuple((name, (value or b"").decode(errors="replace")) for name, value in message.headers),
    )


async def _part(producer: AIOKafkaProducer) -> None:
    try:
        async with asyncio.timeout(_GOODBYE_S):
            await producer.stop()
    except (TimeoutError, KafkaError) as error:
        logger.warning("runtime.producer_left", extra={"reason": repr(error)})
