"""Real services between the log and a store: intake hearing a matcher, and a small aggregate that stands for an area.

`intake` writes one document a fact in this load, its worst case. `boards` is what a service looks like whose aggregate
is the area (as the matcher's is), without any rules: one step and one write for all facts of an area in a batch.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from services.intake.app import build_service as build_intake
from services.intake.settings import IntakeSettings
from shared.contracts.fact import FactData
from shared.contracts.needs import NeedRated
from shared.contracts.topics import DISPATCH, NEEDS
from shared.runtime.aggregates import Aggregates, Kind, Told
from shared.runtime.documents import Collection
from shared.runtime.host import Host
from shared.runtime.http import make_http
from shared.runtime.log import Received, Subscription
from shared.runtime.relay import Relay
from shared.runtime.service import Connect, Environment, Feed, Service
from tests.benchmarks.load import Load, stored
from tests.benchmarks.watch import Stopwatch, Took

_GLANCE_S = 0.005

Build = Callable[[Environment, Load], "Built"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A service, and whether the load's needs must be there first."""

    service: Service
    load: Load | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """How many facts an area has seen."""

    id: str
    seen: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class See:
    """Count one."""


def intake(environment: Environment, load: Load) -> Built:
    """Build the intake service, which must know the needs."""
    return Built(service=build_intake(environment, IntakeSettings(data_dir=Path())), load=load)


def boards(environment: Environment, _load: Load) -> Built:
    """Build a service whose aggregate is the area."""
    relay = Relay(service="boards", documents=environment.documents, log=environment.log, metrics=environment.metrics)
    kind = Kind(
        collection=Collection(name="boards.boards"),
        topic=NEEDS.name,
        state=Board,
        initial=lambda area: Board(id=area),
        decide=_count,
        evolve=_counted,
        area=lambda board: board.id,
    )
    aggregates: Aggregates[Board, See] = Aggregates(
        kind, service="boards", documents=environment.documents, relay=relay, metrics=environment.metrics
    )

    async def hear(batch: Sequence[Received]) -> None:
        told: dict[str, list[Told[See]]] = defaultdict(list)
        for one in batch:
            told[one.fact.partitionkey].append(Told(command=See(), at=one.fact.time, because=one.fact))
        await aggregates.step_each(told)

    service = Service(
        name="boards",
        http=make_http(service="boards", title="boards", description="", metrics=environment.metrics),
        relay=relay,
        collections=(kind.collection,),
        subscriptions=(Subscription(topics=(DISPATCH.name,), group="boards", handler=hear),),
        aggregates=(aggregates,),
    )
    return Built(service=service)


def _count(_board: Board, _command: See) -> Sequence[FactData]:
    return (NeedRated(good=True),)


def _counted(board: Board, _data: FactData) -> Board:
    return replace(board, seen=board.seen + 1)


class Watch:
    """Stands before a handler and notes when its first batch came and how many facts it has handled."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.stopwatch = Stopwatch()
        self.handled = 0

    def connect(self, subscription: Subscription) -> Feed:
        """Connect the subscription with the watch before its handler."""
        handler = subscription.handler

        async def watched(batch: Sequence[Received]) -> None:
            self.stopwatch.start()
            await handler(batch)
            self.handled += len(batch)

        return self._connect(replace(subscription, handler=watched))


async def run_through(environment: Environment, connect: Connect, built: Built, *, facts: int) -> Took:
    """Give what passed from the first batch until all facts are handled and everything said is published."""
    service, watch = built.service, Watch(connect)
    if built.load is not None:
        await environment.documents.prepare(service.collections)
        collection = service.aggregates[0].kind.collection.name
        await environment.documents.add(collection, stored(built.load, service.aggregates[0]))
    async with Host(environment, [service], watch.connect).run():
        while watch.handled < facts or not service.relay.idle:  # noqa: ASYNC110 - the feeds work meanwhile, and tell nobody
            await asyncio.sleep(_GLANCE_S)
        took = watch.stopwatch.stop()
    labels = {"service": service.name, "topic": NEEDS.name}
    said = environment.registry.get_sample_value("linli_facts_published_total", labels) or 0
    # A few more than that: the sweep said again what was just being marked as said, which costs time and nothing else.
    assert said >= facts, f"{service.name} said {said} facts about {facts}: the load no longer fits the rules"
    return took
