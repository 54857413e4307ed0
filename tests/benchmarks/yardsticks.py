"""What the pipeline is compared with: the same facts read, validated, written and committed, and nothing else."""

import asyncio
from collections.abc import Sequence
from typing import Any

from faststream import AckPolicy
from faststream.kafka import KafkaBroker

from shared.contracts.topics import DISPATCH, NEEDS
from shared.contracts.wire import read_fact, write_fact
from shared.runtime.log_kafka import BATCH_BYTES
from shared.runtime.messaging import BATCH, POLL_MS
from tests.benchmarks.broker import a_consumer, a_producer
from tests.benchmarks.watch import Stopwatch, Took


async def raw(servers: str, group: str, facts: int) -> Took:
    """Give what aiokafka and pydantic alone take for it, in batches, each confirmed before it is committed."""
    done, watch = 0, Stopwatch()
    async with a_producer(servers) as producer, a_consumer(servers, DISPATCH.name, group=group) as consumer:
        while done < facts:
            batches = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
            records = [record for batch in batches.values() for record in batch]
            if not records:
                continue
            watch.start()
            sent = [
                await producer.send(NEEDS.name, write_fact(read_fact(record.value)), key=record.key)
                for record in records
            ]
            await asyncio.gather(*sent)
            await consumer.commit()
            done += len(records)
        return watch.stop()


async def faststream(servers: str, group: str, facts: int) -> Took:
    """Give what FastStream takes for the same, in batches, as its documentation shows it."""
    broker = KafkaBroker(
        servers.split(","), acks="all", enable_idempotence=True, max_batch_size=BATCH_BYTES, logger=None
    )
    done, watch, finished = 0, Stopwatch(), asyncio.Event()

    async def handle(records: Sequence[Any]) -> None:
        nonlocal done
        watch.start()
        # Not `publish_batch`: it has one key for all, and fails on a batch of more than 16 KiB.
        sent = [
            await broker.publish(write_fact(read_fact(record.value)), topic=NEEDS.name, key=record.key, no_confirm=True)
            for record in records
        ]
        await asyncio.gather(*sent)
        done += len(records)
        if done >= facts:
            finished.set()

    subscriber: Any = broker.subscriber(
        DISPATCH.name,
        batch=True,
        group_id=group,
        auto_offset_reset="earliest",
        ack_policy=AckPolicy.ACK,
        max_records=BATCH,
        batch_timeout_ms=POLL_MS,
        decoder=_undecoded,
    )
    subscriber(handle)
    async with broker:
        await broker.start()
        await finished.wait()
        return watch.stop()


async def _undecoded(message: Any) -> Any:
    return message.raw_message
