"""A service small enough to see the runtime through: counters that hear needs and count them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import NeedRated, NeedWithdrawn
from shared.contracts.topics import NEEDS
from shared.kernel.refusals import Refusal
from shared.runtime.aggregates import Aggregates, Kind, Told
from shared.runtime.documents import Collection, Documents
from shared.runtime.environment import open_embedded
from shared.runtime.http import make_http
from shared.runtime.log import Log, Received, Subscription
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.relay import Relay
from shared.runtime.service import Connect, Environment, Service
from shared.runtime.settings import RuntimeSettings

NOW = datetime(2026, 5, 12, 8, 0, tzinfo=UTC)
COLLECTION = Collection(name="counter.counters", indexes=(("parity",),))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """How often somebody counted here."""

    id: str
    total: int = 0
    reasons: tuple[str, ...] = field(default=())
    wakes_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """Count once, for a reason."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountOnly:
    """Count if the total is still what somebody saw."""

    seen: int


class Nothing:
    """A command that changes nothing."""

    LEADS_TO: ClassVar[tuple[FactData, ...]] = ()


Command = Count | CountOnly | Nothing


def decide(state: Counter, command: Command) -> Sequence[FactData]:
    """Any withdrawal will do as the fact of having counted."""
    match command:
        case Count(reason=reason):
            return [NeedWithdrawn(reason=reason, resident="r")]
        case CountOnly(seen=seen):
            if seen != state.total:
                raise Refusal("counter.moved_on", "已变", f"the total is {state.total}")
            return [NeedWithdrawn(reason="only", resident="r"), NeedRated(good=True)]
        case _:
            return []


def evolve(state: Counter, data: FactData) -> Counter:
    """Count withdrawals only."""
    if isinstance(data, NeedWithdrawn):
        return replace(state, total=state.total + 1, reasons=(*state.reasons, data.reason)[-5:])
    return state


KIND: Kind[Counter, Command] = Kind(
    collection=COLLECTION,
    topic=NEEDS.name,
    state=Counter,
    initial=lambda counter_id: Counter(id=counter_id),
    decide=decide,
    evolve=evolve,
    area=lambda _state: "511083001",
    due=lambda state: state.wakes_at,
    fields=lambda state: {"parity": "even" if state.total % 2 == 0 else "odd"},
)


def counters(documents: Documents, log: Log, metrics: RuntimeMetrics, relay: Relay | None = None) -> "Counters":
    """Give the aggregates as a process that just started would have them."""
    relay = relay or Relay(service="counter", documents=documents, log=log, metrics=metrics)
    return Aggregates(KIND, service="counter", documents=documents, relay=relay, metrics=metrics)


Counters = Aggregates[Counter, Command]


def count(reason: str = "why", because: Fact | None = None) -> Told[Command]:
    """Tell a counter to count."""
    return Told(command=Count(reason=reason), at=NOW, because=because)


def a_fact(subject: str = "n1", sequence: int = 1, *, data: FactData | None = None, area: str = "511083001") -> Fact:
    """Give a fact as another service would say it."""
    data = data or NeedRated(good=True)
    return Fact(
        id=f"{subject}-{sequence}",
        type=data.TYPE,
        source="/linli/test",
        subject=subject,
        time=NOW,
        partitionkey=area,
        sequence=sequence,
        correlationid="story",
        data=data,
    )


@dataclass(slots=True)
class Heard:
    """A handler that writes down what it was given."""

    facts: list[Received] = field(default_factory=list)

    async def __call__(self, batch: Sequence[Received]) -> None:
        """Take a batch."""
        self.facts += batch

    @property
    def subjects(self) -> list[tuple[str, int]]:
        """Who said what, in order."""
        return [(one.fact.subject, one.fact.sequence) for one in self.facts]


@asynccontextmanager
async def opened(folder: Path, **settings: object) -> AsyncIterator[tuple[Environment, Connect]]:
    """Open an embedded environment whose tables exist."""
    async with open_embedded(RuntimeSettings.model_validate({"data_dir": folder, **settings})) as (world, connect):
        await world.documents.prepare([COLLECTION])
        await world.log.prepare([NEEDS.name])
        yield world, connect


def a_service(world: Environment, heard: Heard, *, name: str = "listener") -> Service:
    """Give a service that owns counters and hears what they say."""
    relay = Relay(service=name, documents=world.documents, log=world.log, metrics=world.metrics)
    aggregates = counters(world.documents, world.log, world.metrics, relay)
    return Service(
        name=name,
        http=make_http(service=name, title=name, description=name, metrics=world.metrics),
        relay=relay,
        collections=[COLLECTION],
        subscriptions=[Subscription(topics=(NEEDS.name,), group=name, handler=heard)],
        aggregates=[aggregates],
    )
