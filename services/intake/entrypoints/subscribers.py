"""Hears the matcher and the notifier: a batch of facts becomes at most one step per need."""

from collections import defaultdict
from collections.abc import Sequence

from services.intake.application.hear import hear
from services.intake.domain.commands import Command
from services.intake.entrypoints.desk import Desk
from shared.contracts.topics import DISPATCH, NOTICES
from shared.runtime.aggregates import Told
from shared.runtime.log import Received, Subscription


def subscriptions(desk: Desk) -> tuple[Subscription, ...]:
    """Say what intake hears."""

    async def handle(batch: Sequence[Received]) -> None:
        told: dict[str, list[Told[Command]]] = defaultdict(list)
        now = desk.clock.now()
        for received in batch:
            for heard in hear(received.fact, now):
                told[heard.need].append(Told(command=heard.command, at=now, because=received.fact))
        await desk.step_each(told)

    return (Subscription(topics=(DISPATCH.name, NOTICES.name), group="intake", handler=handle),)
