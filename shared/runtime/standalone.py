"""Runs one service as its own process: `python -m services.<name>` is one call of `run_alone`."""

import asyncio
import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager
from http import HTTPStatus
from typing import Final, TypeVar
from zoneinfo import ZoneInfoNotFoundError

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.catalogue.city import CityError
from shared.catalogue.load import CatalogueError
from shared.runtime.environment import open_distributed, open_embedded
from shared.runtime.host import Host
from shared.runtime.http import answer
from shared.runtime.logs import log_as_json
from shared.runtime.requests_first import Counted
from shared.runtime.service import Connect, Environment, Service
from shared.runtime.settings import RuntimeSettings, faults_in

S = TypeVar("S", bound=RuntimeSettings)

_GRACE_S: Final = 2  # for requests that are being answered; event streams of browsers never end by themselves

logger = logging.getLogger(__name__)


def run_alone(build_service: Callable[[Environment, S], Service], settings_class: type[S]) -> None:
    """Run the service until SIGTERM or SIGINT, then stop cleanly.

    Raises
    ------
    SystemExit
        With one line for the operator, as `linli` says it, if a setting or a file that it names cannot be used.
    """
    if faults := list(faults_in(settings_class)):
        raise SystemExit(f"Stopped: {' '.join(faults)}")
    settings = settings_class()
    name = build_service.__module__.split(".")[-2]  # one name per thing: services.intake.app builds `intake`
    log_as_json(name, settings.log_level)
    try:
        asyncio.run(_run(build_service, settings, name))
    except (CatalogueError, CityError) as error:
        raise SystemExit(f"Stopped: {error}") from None
    except ZoneInfoNotFoundError:
        raise SystemExit(f"Stopped: LINLI_TIMEZONE: there is no time zone {settings.timezone}.") from None


async def _run(build_service: Callable[[Environment, S], Service], settings: S, name: str) -> None:
    async with _open(settings, name) as (environment, connect):
        service = build_service(environment, settings)
        host = Host(environment, [service], connect)
        await serve(host, service.http, host_name=settings.host, port=settings.port)
    logger.info("runtime.stopped")


def _open(settings: RuntimeSettings, name: str) -> AbstractAsyncContextManager[tuple[Environment, Connect]]:
    if settings.mode == "distributed":
        return open_distributed(settings, name)
    logger.warning("runtime.alone", extra={"hint": "embedded services hear each other only inside `linli up`"})
    return open_embedded(settings)


async def serve(host: Host, application: ASGIApp, *, host_name: str, port: int) -> None:
    """Answer HTTP from the first moment, so that probes can ask; open the door once the host is ready."""
    door = _Door(Counted(application, host.requests))
    config = uvicorn.Config(
        door,
        host=host_name,
        port=port,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = _Server(config)
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, server.leave)
    answering = asyncio.create_task(server.serve())
    running = asyncio.create_task(_keep_running(host, door, answering))
    try:
        await asyncio.wait((answering, running), return_when=asyncio.FIRST_COMPLETED)
    finally:
        server.leave()
        if not door.open:  # still waiting for stores that are away
            running.cancel()
        await asyncio.wait((answering, running))
    await answering
    if not running.cancelled():
        await running


async def _keep_running(host: Host, door: "_Door", answering: "asyncio.Task[None]") -> None:
    async with host.run():
        door.open = True
        await asyncio.wait((answering,))


class _Server(uvicorn.Server):
    """Uvicorn without its own signal handling: it would end the process before the host has stopped."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to `serve`."""
        yield

    def leave(self) -> None:
        """Stop accepting, answer what was begun, return."""
        # Browsers' event streams never end by themselves; that they are cut off now is no error to print.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        self.should_exit = True


class _Door:
    """Until stores are prepared, only health and metrics are answered; everything else is asked to come back."""

    def __init__(self, application: ASGIApp) -> None:
        self._application = application
        self.open = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.open or scope.get("path", "").startswith(("/internal/", "/metrics")):
            await self._application(scope, receive, send)
            return
        response = answer(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "not_ready",
            "The service is starting and waits for its stores. Send the same request again in a moment.",
            headers={"Retry-After": "2"},
        )
        await response(scope, receive, send)
