"""Runs services in this process: prepares stores, feeds handlers, wakes aggregates, relays outboxes, tells health."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import AwareDatetime, BaseModel

from shared.contracts.topics import TOPICS, dead_letter_topics, dead_letters
from shared.kernel.refusals import NotNow
from shared.runtime.clock import SimulatedClock
from shared.runtime.http import ProblemException, make_router
from shared.runtime.requests_first import RequestsFirst
from shared.runtime.service import Connect, Environment, Feed, Service

_QUICK_LOOKS: Final = 20
_GLANCE_S: Final = 0.001
_LONGEST_SILENCE_S: Final = 60.0  # without a poll, while there is something to read

logger = logging.getLogger(__name__)

__all__ = ["Connect", "Host"]


class Progress(BaseModel):
    """Whether a service has finished everything that can be done at the clock's present moment."""

    now: AwareDatetime
    idle: bool
    activity: int  # grows with every fact handled, and with every start of the process
    waiting_for: list[str]


class Hand(BaseModel):
    """The moment to which a simulated clock is moved."""

    now: AwareDatetime


@dataclass(slots=True)
class _Running:
    service: Service
    feeds: list[Feed]
    tasks: list[asyncio.Task[None]]


class Host:
    """Runs one or several services over one environment."""

    def __init__(self, environment: Environment, services: Sequence[Service], connect: Connect) -> None:
        self._environment = environment
        self._running = [_Running(service, [], []) for service in services]
        self._connect = connect
        self._born = time.time_ns() // 1000
        self._settled = 0  # the activity when everything had settled last
        self.started = asyncio.Event()  # stores are prepared and every task runs
        for running in self._running:
            running.service.http.include_router(self._internal(running), tags=["internal"])

    @property
    def requests(self) -> RequestsFirst:
        """Where the network's requests are counted."""
        return self._environment.requests

    @asynccontextmanager
    async def run(self) -> AsyncIterator[None]:
        """Keep the services running inside the `async with`; stop them cleanly after it."""
        await self._prepare()
        for running in self._running:
            self._start(running)
        self.started.set()
        try:
            yield
        finally:
            tasks = [task for running in self._running for task in running.tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            for running in self._running:
                await self._say_goodbye(running)

    async def progress(self, name: str) -> Progress:
        """Say whether the named service is idle at the clock's present moment, and what it waits for."""
        return await self._progress(next(one for one in self._running if one.service.name == name))

    async def settle(self) -> bool:
        """Return when every service here has finished what can be done now; say whether any had something to do."""
        before, asked = -1, 0
        while True:
            activity = sum(self._activity(running) for running in self._running)
            if activity == before and await self._all_idle():
                worked, self._settled = activity != self._settled, activity
                return worked
            before, asked = activity, asked + 1
            # Mostly a few turns of the loop are enough; after that the disk's thread or a solver needs the processor.
            await asyncio.sleep(0 if asked < _QUICK_LOOKS else _GLANCE_S)

    async def _prepare(self) -> None:
        """Create tables, indexes and topics, waiting for a store that is not up yet."""
        collections = [one for running in self._running for one in running.service.collections]
        wait_s = 0.2
        while True:
            try:
                await self._environment.documents.prepare(collections)
                await self._environment.log.prepare(self._topics())
            except NotNow as error:
                logger.warning("runtime.waiting_for_stores", extra={"reason": str(error)})
                await asyncio.sleep(wait_s)
                wait_s = min(wait_s * 2, 5.0)
            else:
                return

    def _topics(self) -> list[str]:
        """Name all topics of the system, and those where the services here bury what they cannot handle."""
        subscriptions = [one for running in self._running for one in running.service.subscriptions]
        own = {dead_letters(topic, one.group) for one in subscriptions for topic in one.topics}
        return [*(topic.name for topic in TOPICS), *sorted({*own, *dead_letter_topics()})]

    @staticmethod
    async def _say_goodbye(running: _Running) -> None:
        """Mark what was published, so that the next start need not publish it again."""
        for aggregates in running.service.aggregates:
            try:
                await running.service.relay.mark(aggregates.kind.collection.name)
            except NotNow as error:
                logger.warning("runtime.outbox_left", extra={"reason": str(error)})

    def _start(self, running: _Running) -> None:
        service = running.service
        running.feeds = [self._connect(subscription) for subscription in service.subscriptions]
        jobs: list[tuple[str, Coroutine[Any, Any, None]]] = [
            *((f"feed {index}", feed.run()) for index, feed in enumerate(running.feeds)),
            *((f"outbox {one.kind.collection.name}", one.relay_left_behind()) for one in service.aggregates),
            *((f"timers {index}", timers.run()) for index, timers in enumerate(service.timers)),
            *((type(worker).__name__, worker.run()) for worker in service.workers),
        ]
        for name, job in jobs:
            task = asyncio.create_task(job, name=f"{service.name}: {name}")
            task.add_done_callback(_tell_why_it_ended)
            running.tasks.append(task)

    def _activity(self, running: _Running) -> int:
        return self._born + sum(feed.consumer.handled for feed in running.feeds)

    async def _all_idle(self) -> bool:
        """Ask all services first what costs little: mostly one of them is still at work."""
        for what in (self._at_work, self._yet_to_do):
            for running in self._running:
                if await what(running):
                    return False
        return True

    @staticmethod
    async def _at_work(running: _Running) -> list[str]:
        return [
            *[task.get_name() for task in running.tasks if task.done()],
            *[f"feed {index}" for index, feed in enumerate(running.feeds) if feed.consumer.busy or await feed.lag()],
            *([] if running.service.relay.idle else ["outbox"]),
            *[type(worker).__name__ for worker in running.service.workers if not await worker.idle()],
        ]

    @staticmethod
    async def _yet_to_do(running: _Running) -> list[str]:
        """Ask whom every answer costs a query."""
        return [f"timers {index}" for index, one in enumerate(running.service.timers) if not await one.idle()]

    async def _waits_for(self, running: _Running) -> list[str]:
        return await self._at_work(running) or await self._yet_to_do(running)

    async def _progress(self, running: _Running) -> Progress:
        waiting, activity = await self._waits_for(running), self._activity(running)
        return Progress(now=self._environment.clock.now(), idle=not waiting, activity=activity, waiting_for=waiting)

    def _internal(self, running: _Running) -> APIRouter:
        router = make_router()
        clock = self._environment.clock

        @router.get("/internal/alive", summary="The process turns")
        async def alive() -> dict[str, str]:
            return {"service": running.service.name}

        @router.get("/internal/ready", summary="The service can work")
        async def ready() -> dict[str, str]:
            for reason in await self._reasons_not_ready(running):
                raise ProblemException(HTTPStatus.SERVICE_UNAVAILABLE, "not_ready", reason)
            return {"service": running.service.name}

        @router.get("/internal/progress", summary="Has everything been done that can be done now?")
        async def progress() -> Progress:
            return await self._progress(running)

        @router.post("/internal/clock", summary="Move the simulated clock (rehearsals only)")
        async def move_clock(hand: Hand) -> Hand:
            if not isinstance(clock, SimulatedClock):
                raise ProblemException(
                    HTTPStatus.CONFLICT, "clock.real", "This process runs on real time; only a rehearsal moves time."
                )
            return Hand(now=_moved(clock, hand.now))

        @router.get("/metrics", summary="Prometheus metrics", response_class=Response)
        async def metrics() -> Response:
            await self._measure_lag()
            return Response(generate_latest(self._environment.registry), media_type=CONTENT_TYPE_LATEST)

        return router

    async def _measure_lag(self) -> None:
        """Say how far behind every feed is; while the log is away, what was known last stands."""
        for running in self._running:
            for subscription, feed in zip(running.service.subscriptions, running.feeds, strict=False):  # none at start
                labels = (running.service.name, "+".join(subscription.topics))
                with suppress(NotNow):
                    self._environment.metrics.lag.labels(*labels).set(await feed.lag())

    async def _reasons_not_ready(self, running: _Running) -> list[str]:
        if not running.tasks:
            return ["the service is starting and waits for its stores"]
        reasons = [f"{task.get_name()} has ended; restart the service" for task in running.tasks if task.done()]
        for subscription, feed in zip(running.service.subscriptions, running.feeds, strict=True):
            reasons += await _troubles(feed, "+".join(subscription.topics))
        return reasons


async def _troubles(feed: Feed, name: str) -> list[str]:
    """Say why a feed does not do its work."""
    if feed.consumer.stopped:
        return [feed.consumer.stopped]
    if not feed.assigned:
        return [f"no partition of {name} is assigned yet; is the broker up?"]
    silence_s = time.monotonic() - feed.consumer.last_poll
    if silence_s > _LONGEST_SILENCE_S and (feed.consumer.busy or await _is_behind(feed)):
        return [f"{name} was not polled for {silence_s:.0f} s; restart the service"]
    return []


async def _is_behind(feed: Feed) -> bool:
    """While the log is away nobody is behind: residents can still ask, their facts wait in outboxes."""
    try:
        return await feed.lag() > 0
    except NotNow:
        return False


def _moved(clock: SimulatedClock, moment: datetime) -> datetime:
    """Move the clock forward; a second service in the same process asking for the same moment changes nothing."""
    if moment > clock.now():
        clock.set(moment)
    return clock.now()


def _tell_why_it_ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.error("runtime.task_ended", extra={"task": task.get_name()}, exc_info=error)
