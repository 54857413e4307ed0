"""People go first, and what waits for them is let through all the same."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from starlette.types import Message, Receive, Scope, Send

from shared.contracts.topics import NEEDS
from shared.runtime.consume import Consumer
from shared.runtime.log import Outgoing, Received, Subscription
from shared.runtime.log_sqlite import Follower, SqliteLog
from shared.runtime.requests_first import Counted, RequestsFirst
from tests.unit.shared.runtime.counters import a_fact, opened

FOR_EVER_S = 3600.0


async def turns(count: int = 10) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_work_waits_until_the_request_is_answered() -> None:
    first = RequestsFirst(patience_s=FOR_EVER_S)
    with first.request():
        waiting = asyncio.create_task(first.after_you())
        await turns()
        assert not waiting.done()
    await waiting


async def test_work_is_let_through_when_requests_never_end() -> None:
    first = RequestsFirst(patience_s=0)
    with first.request():
        await first.after_you()
        assert first.busy


async def test_a_request_that_takes_too_long_holds_nobody_up() -> None:
    first = RequestsFirst(patience_s=FOR_EVER_S, at_most_s=0)
    with first.request():
        await first.after_you()
        assert not first.busy


async def test_work_waits_for_the_last_of_several_requests() -> None:
    first = RequestsFirst(patience_s=FOR_EVER_S)
    with first.request():
        with first.request():
            waiting = asyncio.create_task(first.after_you())
        await turns()
        assert not waiting.done()
    await waiting


async def test_a_stream_is_in_hand_only_until_its_answer_begins() -> None:
    first, ends, began = RequestsFirst(), asyncio.Event(), asyncio.Event()

    async def stream(_scope: Scope, _receive: Receive, send: Send) -> None:
        assert first.busy
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await ends.wait()

    async def receive() -> Message:
        return {"type": "http.request"}

    async def send(_message: Message) -> None:
        began.set()

    streaming = asyncio.create_task(Counted(stream, first)({"type": "http"}, receive, send))
    await began.wait()
    assert not first.busy
    ends.set()
    await streaming


class Sizes:
    """A handler to whose service somebody comes while it has one of its first batches."""

    def __init__(self, first: RequestsFirst, *, visitors: int) -> None:
        self._first = first
        self._visitors = visitors
        self.seen: list[int] = []

    async def __call__(self, batch: Sequence[Received]) -> None:
        self.seen.append(len(batch))
        if len(self.seen) <= self._visitors:
            with self._first.request():
                pass


async def test_batches_are_small_while_people_come_and_grow_when_nobody_does(tmp_path: Path) -> None:
    async with opened(tmp_path) as (world, _):
        assert isinstance(world.log, SqliteLog)
        facts = [a_fact("n1", number) for number in range(1, 101)]
        await world.log.publish([Outgoing(topic=NEEDS.name, key="511083001", body=one.to_json()) for one in facts])
        sizes = Sizes(world.requests, visitors=2)
        subscription = Subscription(topics=(NEEDS.name,), group="listener", handler=sizes)
        consumer = Consumer(subscription, log=world.log, metrics=world.metrics)
        follower = Follower(world.log, subscription, consumer, after=world.requests)
        following = asyncio.create_task(follower.run())
        while await follower.lag():  # noqa: ASYNC110 - the follower works in between
            await asyncio.sleep(0)
        following.cancel()
        assert sizes.seen[1:4] == [5, 5, 10]
        assert sum(sizes.seen) == len(facts)
        assert max(sizes.seen) <= 50
