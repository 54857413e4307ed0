"""Wakes needs for which somebody must be reminded."""

from services.intake.domain.commands import Tick
from services.intake.entrypoints.desk import Desk
from shared.runtime.aggregates import Told
from shared.runtime.timers import Timers


def timers(desk: Desk) -> Timers:
    """Build the timers of needs."""

    async def wake(due: list[str]) -> None:
        now = desk.clock.now()
        await desk.step_each({need: [Told(command=Tick(at=now), at=now, correlation=need)] for need in due})

    return Timers(desk.needs, wake, desk.clock)
