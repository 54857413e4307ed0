"""The worker gives each due conversation to one hand, and forgets none that became due meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from services.notifier.entrypoints.sending import Sending
from shared.runtime.clock import SimulatedClock
from tests.unit.services.notifier.conversations import NOON


class FakeConversations:
    """Ids that are due until somebody has served them."""

    def __init__(self, *due: str) -> None:
        self.became_due = asyncio.Event()
        self.waiting = list(due)

    async def due(self, by: datetime, *, limit: int = 500) -> list[str]:
        assert by
        await asyncio.sleep(0)  # as a store over the network
        return self.waiting[:limit]

    async def is_quiet(self, at: datetime) -> bool:
        return not await self.due(at, limit=1)


class SlowCourier:
    """Serves when it is told to, and notes how many are served at the same time."""

    def __init__(self, conversations: FakeConversations) -> None:
        self._conversations = conversations
        self.gate = asyncio.Event()
        self.begun = asyncio.Event()
        self.served: list[str] = []
        self.now = 0
        self.most = 0

    async def serve(self, conversation: str) -> None:
        self.now += 1
        self.most = max(self.most, self.now)
        self.begun.set()
        await self.gate.wait()
        if conversation in self._conversations.waiting:
            self._conversations.waiting.remove(conversation)
        self.served.append(conversation)
        self.now -= 1

    async def resume(self, conversation: str) -> None:
        self.served.append(f"resumed {conversation}")
        self._conversations.waiting.remove(conversation)


@asynccontextmanager
async def working(
    conversations: FakeConversations, courier: Any, *, at_once: int = 4, alone: bool = False
) -> AsyncIterator[Sending]:
    clock = SimulatedClock(NOON)
    stand_in: Any = conversations
    sending = Sending(stand_in, courier, clock=clock, at_once=at_once, alone=alone)
    task = asyncio.create_task(sending.run())
    try:
        async with asyncio.timeout(20):
            yield sending
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until_idle(sending: Sending) -> None:
    while not await sending.idle():  # noqa: ASYNC110 - idleness is asked, as the host does
        await asyncio.sleep(0)


async def test_no_more_are_served_at_once_than_hands_exist() -> None:
    conversations = FakeConversations(*[f"c{number:02}" for number in range(20)])
    courier = SlowCourier(conversations)
    async with working(conversations, courier, at_once=4) as sending:
        await courier.begun.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        courier.gate.set()
        await until_idle(sending)
    assert courier.most == 4
    assert sorted(courier.served) == [f"c{number:02}" for number in range(20)]


async def test_what_becomes_due_while_it_is_served_is_served_again_without_waiting_for_the_clock() -> None:
    conversations = FakeConversations("c1")
    courier = SlowCourier(conversations)
    async with working(conversations, courier) as sending:
        await courier.begun.wait()
        conversations.waiting.append("c1")
        conversations.became_due.set()
        for _ in range(20):
            await asyncio.sleep(0)
        courier.gate.set()
        await until_idle(sending)
    assert courier.served == ["c1", "c1"]


async def test_alone_it_first_settles_what_a_crash_interrupted() -> None:
    conversations = FakeConversations("c1", "c2")
    courier = SlowCourier(conversations)
    courier.gate.set()
    conversations.waiting.reverse()
    async with working(conversations, courier, alone=True) as sending:
        assert not await sending.idle()
        await until_idle(sending)
    assert [one for one in courier.served if one.startswith("resumed")] == ["resumed c2", "resumed c1"]


class BrokenCourier(SlowCourier):
    """Breaks on one conversation."""

    async def serve(self, conversation: str) -> None:
        if conversation == "broken":
            raise RuntimeError("a fault")
        await super().serve(conversation)


async def test_a_conversation_that_breaks_does_not_stop_the_others() -> None:
    conversations = FakeConversations("broken", "whole")
    courier = BrokenCourier(conversations)
    courier.gate.set()
    async with working(conversations, courier):
        await courier.begun.wait()
        while "whole" not in courier.served:  # noqa: ASYNC110 - the list is what is waited for
            await asyncio.sleep(0)
    assert courier.served == ["whole"]
