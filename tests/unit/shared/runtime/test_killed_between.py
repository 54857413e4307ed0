"""A process that is killed after a step was saved and before it was published: the next start says what it owes."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from shared.runtime.host import Host
from shared.runtime.log import Outgoing
from tests.unit.shared.runtime.counters import Heard, a_service, count, opened

STEPS = 5


async def step_and_die(folder: Path, dies_at: int) -> None:
    """Step some counters; at one publication the process kills itself, with the state saved and nobody told."""
    async with opened(folder) as (world, _):
        publish, published = world.log.publish, 0

        async def publish_or_die(messages: Sequence[Outgoing]) -> None:
            nonlocal published
            published += 1
            if published == dies_at:
                os.kill(os.getpid(), signal.SIGKILL)
            await publish(messages)

        world.log.publish = publish_or_die  # type: ignore[method-assign]
        aggregates = a_service(world, Heard()).aggregates[0]
        for number in range(STEPS):
            await aggregates.step(f"c{number}", [count()])


@pytest.mark.parametrize("dies_at", [1, 3, STEPS])
async def test_what_was_saved_and_not_published_is_published_at_the_next_start(tmp_path: Path, dies_at: int) -> None:
    command = [sys.executable, "-m", "tests.unit.shared.runtime.test_killed_between", str(tmp_path), str(dies_at)]
    killed = await asyncio.to_thread(subprocess.run, command, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    heard = Heard()
    async with opened(tmp_path) as (world, connect):
        service = a_service(world, heard)
        owed = f"c{dies_at - 1}"
        saved = await world.documents.load("counter.counters", owed)
        assert saved is not None
        assert saved.outbox  # it was killed exactly there
        async with Host(world, [service], connect).run(), asyncio.timeout(30):
            while owed not in {subject for subject, _ in heard.subjects}:  # noqa: ASYNC110 - the sweep tells nobody
                await asyncio.sleep(0.01)
    assert sorted(set(heard.subjects)) == [(f"c{number}", 1) for number in range(dies_at)]


if __name__ == "__main__":
    asyncio.run(step_and_die(Path(sys.argv[1]), int(sys.argv[2])))
