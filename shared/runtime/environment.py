"""Opens the world a process lives in: stores, log, clock, metrics and peers, embedded or distributed."""

import gc
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import httpx
from prometheus_client import CollectorRegistry, GCCollector, PlatformCollector, ProcessCollector
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kernel.moments import Clock
from shared.runtime.clock import SimulatedClock, SystemClock
from shared.runtime.consume import Consumer
from shared.runtime.log import Subscription
from shared.runtime.log_sqlite import Follower, SqliteLog
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.requests_first import RequestsFirst
from shared.runtime.service import Connect, Environment, Feed
from shared.runtime.settings import RuntimeSettings
from shared.runtime.sqlite import SqliteDocuments, SqliteFile
from shared.runtime.traces import trace_to

SQLITE_NAME = "linli.sqlite"
_PEER_TIMEOUT_S = 10.0

_YOUNG_OBJECTS = 50_000  # 700 is Python's: a batch of facts makes more, and the collector took a third of its time

Reach = Callable[[str], ASGIApp]
"""Gives the application of a service in the same process; asked at each request, so it may not exist yet at first."""


@asynccontextmanager
async def open_embedded(
    settings: RuntimeSettings, reach: Reach | None = None
) -> AsyncIterator[tuple[Environment, Connect]]:
    """Open everything in one process and one file; peers are called in process where `reach` is given."""
    _collect_less_often()
    file = SqliteFile(settings.data_dir / SQLITE_NAME, survive=settings.survive)
    log = SqliteLog(file)
    metrics, requests = _metrics(), RequestsFirst()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(file.close)
        if settings.otel_endpoint:
            stack.callback(trace_to(settings.otel_endpoint, service="linli"))
        environment = Environment(
            documents=SqliteDocuments(file),
            log=log,
            clock=_clock(settings),
            metrics=metrics,
            registry=metrics.registry,
            peers=_Peers(settings, stack, reach),
            requests=requests,
        )

        # In a rehearsal nobody waits at a screen, and a day repeats whoever looks at its page.
        after = requests if settings.simulated_from is None else None

        def connect(subscription: Subscription) -> Follower:
            return Follower(log, subscription, Consumer(subscription, log=log, metrics=metrics), after=after)

        yield environment, connect


@asynccontextmanager
async def open_distributed(settings: RuntimeSettings, service: str) -> AsyncIterator[tuple[Environment, Connect]]:
    """Open Kafka and MongoDB for one service; peers are called over the network."""
    # Imported here: the embedded mode starts without them, 0.4 s sooner.
    from shared.runtime.log_kafka import KafkaLog  # noqa: PLC0415
    from shared.runtime.messaging import attach, make_broker  # noqa: PLC0415
    from shared.runtime.mongo import MongoDocuments  # noqa: PLC0415

    _collect_less_often()
    documents = MongoDocuments(settings.mongo, service=service)
    log = KafkaLog(settings.kafka, service=service, partitions=settings.partitions, replication=settings.replication)
    broker = make_broker(settings.kafka, service=service)
    metrics = _metrics()
    async with AsyncExitStack() as stack:
        stack.push_async_callback(documents.close)
        stack.push_async_callback(log.close)
        stack.push_async_callback(broker.stop)
        if settings.otel_endpoint:
            stack.callback(trace_to(settings.otel_endpoint, service=service))
        environment = Environment(
            documents=documents,
            log=log,
            clock=_clock(settings),
            metrics=metrics,
            registry=metrics.registry,
            peers=_Peers(settings, stack, reach=None),
        )

        def connect(subscription: Subscription) -> Feed:
            return attach(broker, subscription, Consumer(subscription, log=log, metrics=metrics), log)

        yield environment, connect


def _collect_less_often() -> None:
    """Look for cycles of garbage less often; ours are few, and everything else is freed at once anyhow."""
    gc.set_threshold(_YOUNG_OBJECTS, 10, 10)


def _clock(settings: RuntimeSettings) -> Clock:
    return SimulatedClock(settings.simulated_from) if settings.simulated_from else SystemClock()


def _metrics() -> RuntimeMetrics:
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return RuntimeMetrics(registry)


class _Peers:
    """HTTP clients of the other services, made when first asked for and closed with the environment."""

    def __init__(self, settings: RuntimeSettings, stack: AsyncExitStack, reach: Reach | None) -> None:
        self._urls = {
            "intake": settings.intake_url,
            "matcher": settings.matcher_url,
            "notifier": settings.notifier_url,
            "console": settings.console_url,
        }
        self._stack = stack
        self._reach = reach
        self._clients: dict[str, httpx.AsyncClient] = {}

    def __call__(self, service: str) -> httpx.AsyncClient:
        if service not in self._clients:
            client = httpx.AsyncClient(
                base_url=self._urls[service], timeout=_PEER_TIMEOUT_S, transport=self._transport(service)
            )
            self._stack.push_async_callback(client.aclose)
            self._clients[service] = client
        return self._clients[service]

    def _transport(self, service: str) -> httpx.AsyncBaseTransport | None:
        reach = self._reach
        if reach is None:
            return None

        def application(scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
            return reach(service)(scope, receive, send)

        # A fault must look as it does over the network: as a 500, not as somebody else's exception.
        return httpx.ASGITransport(app=application, raise_app_exceptions=False)
