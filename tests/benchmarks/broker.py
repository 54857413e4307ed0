"""Kafka as the pipeline's contenders need it: a load is written, and each contender's group starts right before it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from shared.contracts.topics import DEFAULT_PARTITIONS, DISPATCH, TOPICS, dead_letter_topics
from shared.runtime.log_kafka import BATCH_BYTES, KafkaLog
from tests.benchmarks.load import Load

PARTITIONS = [TopicPartition(DISPATCH.name, number) for number in range(DEFAULT_PARTITIONS)]


async def prepare(servers: str) -> None:
    """Make the topics as the services would."""
    log = KafkaLog(servers, service="bench", partitions=DEFAULT_PARTITIONS, replication=1)
    await log.prepare([*(topic.name for topic in TOPICS), *dead_letter_topics()])
    await log.close()


async def lay_out(servers: str, load: Load, group: str) -> None:
    """Write the load, and let the group begin with it."""
    async with a_consumer(servers, group=group) as consumer:
        begin = await consumer.end_offsets(PARTITIONS)
        consumer.assign(PARTITIONS)
        await consumer.commit(begin)
    async with a_producer(servers) as producer:
        for area, body in load.messages:
            await producer.send(DISPATCH.name, body, key=area.encode())


@asynccontextmanager
async def a_producer(servers: str) -> AsyncIterator[AIOKafkaProducer]:
    """Give a producer with the guarantees of a service's."""
    producer = AIOKafkaProducer(
        bootstrap_servers=servers, acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES
    )
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def a_consumer(servers: str, *topics: str, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    """Give a consumer that commits by hand, as a service does."""
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=servers, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()
