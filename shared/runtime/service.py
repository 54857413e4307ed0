"""What a service is to the runtime: its HTTP door, what it hears, what it keeps, what it does by itself."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import httpx
from fastapi import FastAPI
from prometheus_client import CollectorRegistry

from shared.kernel.moments import Clock
from shared.runtime.aggregates import AnyAggregates
from shared.runtime.consume import Consumer
from shared.runtime.documents import Collection, Documents
from shared.runtime.log import Log, Subscription
from shared.runtime.metrics import RuntimeMetrics
from shared.runtime.relay import Relay
from shared.runtime.requests_first import RequestsFirst
from shared.runtime.timers import Timers


class Feed(Protocol):
    """A subscription that is connected to a log."""

    @property
    def consumer(self) -> Consumer:
        """Who keeps the failure rule for this feed."""
        ...

    @property
    def assigned(self) -> bool:
        """True when the log gave this feed something to read."""
        ...

    async def run(self) -> None:
        """Feed the handler until cancelled, or raise `ConsumerStopped`."""
        ...

    async def lag(self) -> int:
        """Count what lies in the log and is not handled and committed yet."""
        ...


Connect = Callable[[Subscription], Feed]
"""Connects a subscription to the log of this environment; the host then runs the feed."""


class Worker(Protocol):
    """Something a service does by itself: calling channels, planning in the background."""

    async def run(self) -> None:
        """Work until cancelled."""
        ...

    async def idle(self) -> bool:
        """Say whether there is nothing to do at the clock's present moment."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Where a service lives: opened once per process, handed to `build_service`."""

    documents: Documents
    log: Log
    clock: Clock
    metrics: RuntimeMetrics
    registry: CollectorRegistry
    peers: Callable[[str], httpx.AsyncClient]  # service name -> client that reaches it
    requests: RequestsFirst = field(default_factory=RequestsFirst)  # from the network, in hand in this process


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One of the deployables, built and not yet running."""

    name: str
    http: FastAPI
    relay: Relay
    collections: Sequence[Collection]
    subscriptions: Sequence[Subscription] = ()
    aggregates: Sequence[AnyAggregates] = ()
    timers: Sequence[Timers] = ()
    workers: Sequence[Worker] = field(default=())
