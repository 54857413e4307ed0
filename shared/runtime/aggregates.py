"""One step of an aggregate: load, decide, evolve, save state and facts in one write, publish.

`decide(state, command) -> facts` and `evolve(state, data) -> state` are pure and belong to the service; this module
does everything around them, once for all services. See ADR 0004.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from weakref import WeakValueDictionary

import uuid_utils

from shared.contracts.fact import Fact, FactData
from shared.contracts.wire import write_fact
from shared.kernel.refusals import NotNow, Refusal
from shared.runtime.documents import Collection, Conflict, Document, Documents
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.relay import Relay
from shared.runtime.state_json import StateWriter
from shared.runtime.traces import traces

S = TypeVar("S")
C = TypeVar("C")

_MOST_TRIES: Final = 20
_CACHED: Final = 4096

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[S, C]):
    """What the runtime must know of one kind of aggregate."""

    collection: Collection
    topic: str
    state: type[S]
    initial: Callable[[str], S]  # id -> the state before anything happened
    decide: Callable[[S, C], Sequence[FactData]]
    evolve: Callable[[S, FactData], S]
    area: Callable[[S], str]  # the partition key of its facts
    due: Callable[[S], datetime | None] = lambda _state: None
    fields: Callable[[S], Mapping[str, str]] = lambda _state: {}  # for `find`
    large: tuple[str, ...] = ()  # fields of the state that are mappings of many frozen values
    remembers: int = 1000  # how many subjects it remembers having heard, the latest


@dataclass(frozen=True, slots=True, kw_only=True)
class Told(Generic[C]):
    """A command for an aggregate, and why: the fact that led to it, or a person's request."""

    command: C
    at: datetime
    because: Fact | None = None
    correlation: str | None = None  # of a request that starts a story; a new id if neither is given
    traceparent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome(Generic[S]):
    """What a step led to."""

    state: S
    facts: tuple[Fact, ...]
    refusals: tuple[Refusal, ...] = ()
    version: int = 0

    @property
    def refusal(self) -> Refusal | None:
        """The first no, if there was one."""
        return self.refusals[0] if self.refusals else None


@dataclass(slots=True)
class _Loaded(Generic[S]):
    document: Document
    state: S
    cached: bool = False
    facts: list[Fact] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    traceparent: str | None = None  # of this step's span, where there are traces
    heard: dict[str, int] | None = None  # copied once a step, at the first fact that is new

    def has_heard(self, fact: Fact) -> bool:
        heard = self.document.heard if self.heard is None else self.heard
        return heard.get(fact.subject, 0) >= fact.sequence

    def hear(self, fact: Fact, *, remembers: int) -> None:
        """Remember the fact, as the latest; forget the subject that has been silent for longest."""
        if self.heard is None:
            self.heard = dict(self.document.heard)
        self.heard.pop(fact.subject, None)
        self.heard[fact.subject] = fact.sequence
        while len(self.heard) > remembers:
            del self.heard[next(iter(self.heard))]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stepped(Generic[S]):
    """A step that was done, and the document if something was written."""

    outcome: Outcome[S]
    saved: Document | None = None


class Aggregates(Generic[S, C]):
    """All aggregates of one kind in one service."""

    def __init__(
        self, kind: Kind[S, C], *, service: str, documents: Documents, relay: Relay, metrics: RuntimeMetrics
    ) -> None:
        self.kind = kind
        self._service = service
        self._documents = documents
        self._relay = relay
        self._metrics = metrics
        self._codec: StateWriter[S] = StateWriter(kind.state, kind.large)
        self._whole: StateWriter[S] = StateWriter(kind.state)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._cache: dict[str, tuple[Document, S]] = {}
        self._quiet_at: datetime | None = None  # the moment at which nothing was due, as far as was written since
        self._alarms_set = 0  # writes of documents that want to be woken
        self.became_due = asyncio.Event()  # somebody wants to be woken at once; `Timers` waits for it

    def lock(self, aggregate_id: str) -> asyncio.Lock:
        """Give the lock under which this process writes the aggregate: it saves conflicts, correctness is the CAS."""
        lock = self._locks.get(aggregate_id)
        if lock is None:
            lock = self._locks[aggregate_id] = asyncio.Lock()
        return lock

    async def step(self, aggregate_id: str, told: Sequence[Told[C]]) -> Outcome[S]:
        """Tell the aggregate some commands, in order, and save what follows in one write.

        A command whose fact was heard before is skipped, so tell one command per fact. A refusal ends only its own
        command.

        Raises
        ------
        NotNow
            If the store is away or the document is written by others again and again.
        """
        return (await self.step_each({aggregate_id: told}))[aggregate_id]

    async def step_each(self, told: Mapping[str, Sequence[Told[C]]]) -> dict[str, Outcome[S]]:
        """Step several aggregates at once; a store that commits in groups does it in few writes.

        Their facts are published together, in the order in which the aggregates are given. If one fails, the others
        are finished before its error is raised.
        """
        async with AsyncExitStack() as locks:
            for aggregate_id in sorted(told):  # everybody takes locks in the same order, so nobody waits in a circle
                await locks.enter_async_context(self.lock(aggregate_id))
            steps = (self._step(aggregate_id, one) for aggregate_id, one in told.items())
            results = await asyncio.gather(*steps, return_exceptions=True)
            await self._publish([one for one in results if isinstance(one, _Stepped)])
        outcomes: dict[str, Outcome[S]] = {}
        failure: BaseException | None = None
        for aggregate_id, result in zip(told, results, strict=True):
            if isinstance(result, BaseException):
                failure = failure if isinstance(failure, Exception) and not isinstance(failure, NotNow) else result
            else:
                outcomes[aggregate_id] = result.outcome
        if failure is not None:
            raise failure
        return outcomes

    async def look(self, aggregate_id: str) -> S | None:
        """Read the present state, or None if nothing has happened to it yet."""
        document = await self._documents.load(self.kind.collection.name, aggregate_id)
        return None if document is None else self._codec.read(document.state)

    def read(self, document: Document) -> S:
        """Read the state out of a document."""
        return self._codec.read(document.state)

    def write(self, state: S) -> bytes:
        """Write the state as canonical JSON: the same state is always the same bytes."""
        return self._whole.write(state, "")

    async def due(self, by: datetime, *, limit: int = 500) -> list[str]:
        """List aggregates that want to be woken."""
        return await self._documents.due(self.kind.collection.name, by=by, limit=limit)

    async def is_quiet(self, at: datetime) -> bool:
        """Say whether nothing is due at a moment.

        A rehearsal asks again and again at one moment of its clock: the store is asked once, and then only after this
        process has written something that is due by then. Who writes in another process answers for it there.
        """
        if self._quiet_at != at:
            before = self._alarms_set
            nothing = not await self.due(at, limit=1)
            self._quiet_at = at if nothing and before == self._alarms_set else None  # what was written meanwhile counts
        return self._quiet_at == at

    async def relay_left_behind(self) -> None:
        """Keep publishing what a crash or an absent broker left in outboxes. Runs until cancelled."""
        await self._relay.run(self.kind.collection.name, self.kind.topic, self.lock)

    async def _step(self, aggregate_id: str, told: Sequence[Told[C]]) -> _Stepped[S]:
        name = self.kind.collection.name
        with traces.span(f"step {name}", parent=_parent(told), service=self._service, collection=name) as traceparent:
            for _ in range(_MOST_TRIES):
                loaded = await self._load(aggregate_id)
                loaded.traceparent = traceparent
                for one in told:
                    self._tell(loaded, aggregate_id, one)
                if loaded.facts or loaded.heard is not None:
                    try:
                        return await self._save(loaded, now=told[-1].at)
                    except Conflict:
                        self._relay.owes_nothing(name, aggregate_id)
                        self._metrics.conflicts.labels(self._service, name).inc()
                elif not loaded.cached or await self._is_current(loaded):
                    return _Stepped(outcome=_outcome(loaded))
                self._cache.pop(aggregate_id, None)
        raise NotNow(f"{name} {aggregate_id} was changed by others {_MOST_TRIES} times in a row")

    async def _load(self, aggregate_id: str) -> _Loaded[S]:
        cached = self._cache.get(aggregate_id)
        if cached is not None:
            return _Loaded(document=cached[0], state=cached[1], cached=True)
        document = await self._documents.load(self.kind.collection.name, aggregate_id)
        if document is None:
            return _Loaded(
                document=Document(id=aggregate_id, version=0, state=b""), state=self.kind.initial(aggregate_id)
            )
        return _Loaded(document=document, state=self._codec.read(document.state))

    async def _is_current(self, loaded: _Loaded[S]) -> bool:
        """Nothing was written, so no compare-and-set has judged the cached state: ask the store."""
        stored = await self._documents.load(self.kind.collection.name, loaded.document.id)
        return (stored.version if stored else 0) == loaded.document.version

    def _tell(self, loaded: _Loaded[S], aggregate_id: str, told: Told[C]) -> None:
        fact = told.because
        if fact is not None:
            if loaded.has_heard(fact):
                return
            loaded.hear(fact, remembers=self.kind.remembers)
        try:
            said = self.kind.decide(loaded.state, told.command)
        except Refusal as refusal:
            loaded.refusals.append(refusal)
            self._metrics.refusals.labels(self._service, refusal.code).inc()
            return
        correlation = told.correlation or (fact.correlationid if fact else str(uuid_utils.uuid7()))
        for data in said:
            loaded.state = self.kind.evolve(loaded.state, data)
            loaded.facts.append(self._fact(loaded, aggregate_id, data, told, correlation))

    def _fact(self, loaded: _Loaded[S], aggregate_id: str, data: FactData, told: Told[C], correlation: str) -> Fact:
        return Fact(
            id=_fact_id(told.at),
            type=data.TYPE,
            source=f"/linli/{self._service}",
            subject=aggregate_id,
            time=told.at,
            partitionkey=self.kind.area(loaded.state),
            sequence=loaded.document.spoken + len(loaded.facts) + 1,
            correlationid=correlation,
            causationid=told.because.id if told.because else None,
            traceparent=loaded.traceparent or _parent([told]),
            data=data,
        )

    async def _save(self, loaded: _Loaded[S], *, now: datetime) -> _Stepped[S]:
        document = Document(
            id=loaded.document.id,
            version=loaded.document.version + 1,
            state=self._codec.write(loaded.state, loaded.document.id),
            spoken=loaded.document.spoken + len(loaded.facts),
            heard=loaded.document.heard if loaded.heard is None else loaded.heard,
            outbox=(*loaded.document.outbox, *(write_fact(fact) for fact in loaded.facts)),
            due=self.kind.due(loaded.state),
            fields=self.kind.fields(loaded.state),
        )
        if document.outbox:  # said before the write: whoever is cancelled in between still owes the facts
            self._relay.owes(self.kind.collection.name, document.id)
        await self._documents.save(self.kind.collection.name, document)
        if document.due is not None:
            self._alarms_set += 1
            if self._quiet_at is not None and document.due <= self._quiet_at:
                self._quiet_at = None
            if document.due <= now:
                self.became_due.set()
        return _Stepped(outcome=_outcome(loaded, version=document.version), saved=document)

    async def _publish(self, stepped: Sequence[_Stepped[S]]) -> None:
        """Publish what was saved, and remember it as it then stands."""
        saved = [(one.saved, one.outcome.state) for one in stepped if one.saved is not None]
        letters = [(document, self.kind.area(state)) for document, state in saved if document.outbox]
        sent = not letters or await self._relay.send(self.kind.collection.name, self.kind.topic, letters)
        for document, state in saved:
            self._remember(replace(document, outbox=()) if sent else document, state)

    def _remember(self, document: Document, state: S) -> None:
        self._cache.pop(document.id, None)
        self._cache[document.id] = (document, state)
        while len(self._cache) > _CACHED:
            del self._cache[next(iter(self._cache))]


def _outcome(loaded: _Loaded[S], *, version: int | None = None) -> Outcome[S]:
    return Outcome(
        state=loaded.state,
        facts=tuple(loaded.facts),
        refusals=tuple(loaded.refusals),
        version=loaded.document.version if version is None else version,
    )


def _parent(told: Sequence[Told[Any]]) -> str | None:
    """Give the trace that the first command belongs to."""
    first = told[0] if told else None
    if first is None or first.traceparent or first.because is None:
        return first.traceparent if first else None
    return first.because.traceparent


def _fact_id(at: datetime) -> str:
    """Give a UUIDv7 of the moment (of the rehearsal's clock, if there is one)."""
    return str(uuid_utils.uuid7(nanoseconds=int(at.timestamp()) * 1_000_000_000 + at.microsecond * 1000))


AnyAggregates = Aggregates[Any, Any]
