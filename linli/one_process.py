"""The embedded city: all four services in this process, over one file, behind one door."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.resources import as_file, files
from typing import Any, Final

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp

from linli.in_process import InProcess
from services.console.app import build_service as build_console
from services.console.settings import ConsoleSettings
from services.intake.app import build_service as build_intake
from services.intake.settings import IntakeSettings
from services.matcher.app import build_service as build_matcher
from services.matcher.settings import MatcherSettings
from services.notifier.app import build_service as build_notifier
from services.notifier.settings import NotifierSettings
from shared.runtime.clock import SimulatedClock
from shared.runtime.environment import open_embedded
from shared.runtime.host import Host
from shared.runtime.log import Log
from shared.runtime.service import Environment, Service
from shared.runtime.settings import RuntimeSettings

LONGCHANG: Final = files("linli.rehearsal") / "data" / "longchang.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class OneProcess:
    """All services, built over one environment; they run inside `async with host.run()`."""

    environment: Environment
    services: Mapping[str, Service]
    host: Host
    http: ASGIApp  # the console at /, the others under their names

    def client(self, service: str) -> InProcess:
        """Give a client that reaches the service without a socket."""
        return InProcess(self.services[service].http, host=service)

    async def move_clock(self, now: datetime) -> None:
        """Move the simulated clock, which all services share."""
        clock = self.environment.clock
        assert isinstance(clock, SimulatedClock)  # noqa: S101 - only a rehearsal moves time
        clock.set(now)

    async def settle(self) -> bool:
        """Return when every service has finished what can be done now; say whether there may be new facts."""
        return await self.host.settle()


@asynccontextmanager
async def open_one_process(
    *, watch_log: Callable[[Log], Log] = lambda log: log, **chosen: Any
) -> AsyncIterator[OneProcess]:
    """Open the embedded city.

    `chosen` are settings that override the environment, for example `data_dir`; `watch_log` may put something between
    the services and the log.
    """
    applications: dict[str, ASGIApp] = {}
    async with open_embedded(RuntimeSettings(**chosen), applications.__getitem__) as (opened, connect):
        environment = replace(opened, log=watch_log(opened.log))
        services = build_services(environment, **chosen)
        applications.update({name: service.http for name, service in services.items()})
        yield OneProcess(
            environment=environment,
            services=services,
            host=Host(environment, list(services.values()), connect),
            http=_one_door(applications),
        )


def build_services(environment: Environment, **chosen: Any) -> dict[str, Service]:
    """Build all four services over one environment; without a register of its own, the city is Longchang."""
    with as_file(LONGCHANG) as longchang:
        given = {"city": longchang, **chosen} if IntakeSettings(**chosen).city is None else chosen
        return {
            "intake": build_intake(environment, IntakeSettings(**given)),
            "matcher": build_matcher(environment, MatcherSettings(**given)),
            "notifier": build_notifier(environment, NotifierSettings(**given)),
            "console": build_console(environment, ConsoleSettings(**given)),
        }


def _one_door(applications: Mapping[str, ASGIApp]) -> Starlette:
    others = [Mount(f"/{name}", app=app) for name, app in applications.items() if name != "console"]
    return Starlette(routes=[*others, Mount("/", app=applications["console"])])
