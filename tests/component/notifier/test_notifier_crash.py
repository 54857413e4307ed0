"""The process ends at every point around the channel's call; after it comes back nobody is told twice or never."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from services.notifier.application.ports import Channel, Letter, Outcome, Result
from services.notifier.entrypoints.courier import CALL_LASTS_AT_MOST
from services.notifier.entrypoints.sending import Sending
from shared.contracts.notices import NoticeAttempted, NoticeSent, NoticeUnknown
from shared.runtime.service import Service
from tests.component.notifier.world import a_town, of

FOREVER = 3600


class DyingChannel:
    """Stands where the process will be killed: before or after the letter has left."""

    name = "console"

    def __init__(self, inner: Channel, *, writes_first: bool) -> None:
        self._inner = inner
        self._writes_first = writes_first
        self.reached = asyncio.Event()

    async def send(self, letter: Letter) -> Result:
        if self._writes_first:
            await self._inner.send(letter)
        self.reached.set()
        await asyncio.sleep(FOREVER)
        raise AssertionError("the process was to end here")

    async def outcome(self, attempt: str) -> Outcome:
        return await self._inner.outcome(attempt)


class ForgetfulChannel:
    """Takes letters and can never say whether it did."""

    name = "console"

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def send(self, letter: Letter) -> Result:
        self.taken.append(letter.attempt)
        return Result(kind="sent")

    async def outcome(self, attempt: str) -> Outcome:
        assert attempt
        return "unknown"


class BreakingChannel(ForgetfulChannel):
    """Raises after it may have taken the letter."""

    async def send(self, letter: Letter) -> Result:
        self.taken.append(letter.attempt)
        raise RuntimeError("the line broke")


def through(channel: Channel) -> Callable[[Service], Service]:
    """Put the channel where the console is."""

    def change(service: Service) -> Service:
        (worker,) = service.workers
        assert isinstance(worker, Sending)
        worker._courier._console = channel
        worker._courier._channels = {channel.name: channel}
        return service

    return change


def without_sending(service: Service) -> Service:
    return replace(service, workers=())


async def killed_in_the_call(path: Path, *, writes_first: bool) -> None:
    """Run until the attempt is written and the channel has been called, then stop as abruptly as a task can."""
    dying: list[DyingChannel] = []

    def change(service: Service) -> Service:
        (worker,) = service.workers
        assert isinstance(worker, Sending)
        dying.append(DyingChannel(worker._courier._console, writes_first=writes_first))
        return through(dying[0])(service)

    async with a_town(path, change=change) as town:
        await town.accept()
        async with asyncio.timeout(20):
            await dying[0].reached.wait()
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted"]


@pytest.mark.parametrize("times", [1, 3])
async def test_killed_before_the_attempt_is_written_it_is_sent_once_later(tmp_path: Path, times: int) -> None:
    for _ in range(times):
        async with a_town(tmp_path, change=without_sending) as town:
            if await town.kinds() == []:
                await town.accept()
            await town.settle()
    async with a_town(tmp_path) as town:
        await town.settle()
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted", "NoticeSent"]
        assert len(await town.letters()) == 1


async def test_killed_between_attempt_and_call_it_is_sent_once_later(tmp_path: Path) -> None:
    await killed_in_the_call(tmp_path, writes_first=False)
    async with a_town(tmp_path) as town:
        await town.settle()
        said = await town.said()
        attempts = [data.attempt for data in said if isinstance(data, NoticeAttempted)]
        assert len(set(attempts)) == 2, "the first attempt is surely not sent, so there is a second one"
        assert len(of(said, NoticeSent)) == 1
        assert len(await town.letters()) == 1


async def test_killed_between_call_and_result_the_channel_is_asked_and_nothing_sent_again(tmp_path: Path) -> None:
    await killed_in_the_call(tmp_path, writes_first=True)
    async with a_town(tmp_path) as town:
        await town.settle()
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted", "NoticeSent"]
        assert len(await town.letters()) == 1


@pytest.mark.parametrize("writes_first", [True, False])
async def test_where_the_channel_cannot_tell_a_person_is_asked_and_nothing_sent_again(
    tmp_path: Path,
    writes_first: bool,  # noqa: FBT001
) -> None:
    await killed_in_the_call(tmp_path, writes_first=writes_first)
    for _ in range(2):
        forgetful = ForgetfulChannel()
        async with a_town(tmp_path, change=through(forgetful)) as town:
            await town.settle()
            assert await town.kinds() == ["NoticeQueued", "NoticeAttempted", "NoticeUnknown"]
            assert forgetful.taken == []
            waiting = (await town.http.get("/notices", params={"status": "unknown"})).json()["notices"]
            assert [one["owner"] for one in waiting] == ["community_worker"]


async def test_killed_after_the_result_nothing_more_happens(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept()
        await town.settle()
        before = await town.kinds()
    async with a_town(tmp_path) as town:
        await town.settle()
        assert await town.kinds() == before
        assert len(await town.letters()) == 1


async def test_a_channel_that_breaks_and_cannot_tell_leaves_it_to_a_person(tmp_path: Path) -> None:
    breaking = BreakingChannel()
    async with a_town(tmp_path, change=through(breaking)) as town:
        await town.accept()
        await town.settle()
        assert len(of(await town.said(), NoticeUnknown)) == 1
        assert len(breaking.taken) == 1


async def test_beside_other_processes_an_open_attempt_is_left_alone_until_its_call_is_over(tmp_path: Path) -> None:
    await killed_in_the_call(tmp_path, writes_first=True)

    def one_of_many(service: Service) -> Service:
        (worker,) = service.workers
        assert isinstance(worker, Sending)
        worker._alone = False
        return service

    async with a_town(tmp_path, change=one_of_many) as town:
        await town.settle()
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted"]
        await town.move(town.now + CALL_LASTS_AT_MOST)
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted", "NoticeSent"]
