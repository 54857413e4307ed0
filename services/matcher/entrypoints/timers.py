"""Wakes boards on which something is due."""

from services.matcher.domain.commands import Tick
from services.matcher.entrypoints.boards import Boards
from shared.runtime.aggregates import Told
from shared.runtime.timers import Timers


def timers(boards: Boards) -> Timers:
    """Build the timers of boards."""

    async def wake(due: list[str]) -> None:
        now = boards.clock.now()
        await boards.step_each({area: [Told(command=Tick(at=now), at=now)] for area in due})

    return Timers(boards.aggregates, wake, boards.clock)
