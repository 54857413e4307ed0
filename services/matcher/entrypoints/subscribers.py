"""What the matcher hears: needs, and its own volunteers as they come on duty and leave it."""

from collections import defaultdict
from collections.abc import Sequence

from services.matcher.application.hear import command_of
from services.matcher.domain.commands import Command
from services.matcher.entrypoints.boards import Boards
from shared.contracts.topics import NEEDS, VOLUNTEERS
from shared.runtime.aggregates import Told
from shared.runtime.log import Received, Subscription


def subscriptions(boards: Boards, *, group: str) -> tuple[Subscription, ...]:
    """Declare what is heard. Both topics in one subscription: who is on duty is known before who is needed."""

    async def on_facts(batch: Sequence[Received]) -> None:
        now = boards.clock.now()
        told: dict[str, list[Told[Command]]] = defaultdict(list)
        for received in batch:
            command = command_of(received.fact, now)
            if command is not None:
                told[received.fact.partitionkey].append(Told(command=command, at=now, because=received.fact))
        if told:
            await boards.step_each(told)

    return (Subscription(topics=(NEEDS.name, VOLUNTEERS.name), group=group, handler=on_facts),)
