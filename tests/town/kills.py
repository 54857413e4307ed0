"""Kills a running process at moments that a seed chooses, while the day goes on, and starts it again."""

import asyncio
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Final

import httpx

from deploy.local import probes
from deploy.local.processes import Process
from linli.rehearsal.doors import SERVICES, Doors
from linli.rehearsal.production import Played, play, starts
from linli.rehearsal.scenario.city import City
from tests.town.small_day import STEP, TROUBLE

REQUESTS_OF_A_SMALL_DAY: Final = 2_500  # there are some 2,800, without those that are asked any number of times
_ASKED_ANY_NUMBER_OF_TIMES: Final = ("/internal/progress", "/internal/ready", "/facts")
_LATEST_S: Final = 0.1  # after the request; by then others are at work on what it began


def embedded_process(city: City, folder: Path) -> tuple[Process, dict[str, str]]:
    """Give all services as one process of its own, and the address of each."""
    port = probes.free_port()
    process = Process(
        name="linli",
        folder=folder,
        command=(sys.executable, "-m", "linli.cli", "up", "--port", str(port), "--data", str(folder / "data")),
        environment={"LINLI_SIMULATED_FROM": starts(city).isoformat(), "LINLI_SURVIVE": "process_crash"},
        answers=lambda: probes.is_ready(port),
    )
    root = f"http://127.0.0.1:{port}"
    return process, {name: root if name == "console" else f"{root}/{name}" for name in SERVICES}


class Killer:
    """Kills whom a plan names when the chosen requests are sent; whatever goes on then is hit in the middle."""

    def __init__(self, plan: Mapping[int, Process], dice: Random) -> None:
        self._plan = plan  # number of a request -> who is killed then
        self._dice = dice
        self._requests = 0
        self._restarts: list[asyncio.Task[None]] = []
        self._one_at_a_time = asyncio.Lock()
        self.killed: list[str] = []

    async def on_request(self, request: httpx.Request) -> None:
        """Count the request; if its number was chosen, kill a few milliseconds into what it begins."""
        if request.url.path.endswith(_ASKED_ANY_NUMBER_OF_TIMES):
            return
        self._requests += 1
        if (victim := self._plan.get(self._requests)) is not None:
            self._restarts.append(asyncio.create_task(self._kill_and_start(victim, self._dice.uniform(0, _LATEST_S))))

    async def _kill_and_start(self, victim: Process, after_s: float) -> None:
        async with self._one_at_a_time:
            await asyncio.sleep(after_s)  # the random moment itself
            await asyncio.to_thread(victim.kill)
            self.killed.append(victim.name)
            await asyncio.to_thread(victim.start)

    async def finish(self) -> None:
        """Wait for the last restart."""
        await asyncio.gather(*self._restarts)


async def play_under_kills(city: City, urls: Mapping[str, str], killer: Killer, step: timedelta = STEP) -> Played:
    """Play the small day while the killer is at work."""
    clients = {
        name: httpx.AsyncClient(base_url=url, timeout=30, event_hooks={"request": [killer.on_request]})
        for name, url in urls.items()
    }
    try:
        return await play(city, Doors(clients), step=step, behaviour=TROUBLE)
    finally:
        await killer.finish()
        for client in clients.values():
            await client.aclose()
