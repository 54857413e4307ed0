"""Kills a running process at moments that a seed chooses, while the day goes on, and starts it again."""

import asyncio
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random

import httpx

from deploy.local import probes
from deploy.local.processes import Process
from linli.rehearsal.doors import SERVICES, Doors
from linli.rehearsal.production import Played, play, starts
from linli.rehearsal.scenario.city import City
from tests.town.small_day import STEP, TROUBLE


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
    """Kills when chosen requests are sent; the request and whatever else goes on are hit in the middle."""

    def __init__(
        self, kill: Callable[[], None], start: Callable[[], None], moments: Iterable[int], dice: Random
    ) -> None:
        self._kill = kill
        self._start = start
        self._moments = set(moments)
        self._dice = dice
        self._requests = 0
        self._restarts: list[asyncio.Task[None]] = []

    @property
    def kills(self) -> int:
        """How often it has killed."""
        return len(self._restarts)

    async def on_request(self, _request: httpx.Request) -> None:
        """Count the request; if its number was chosen, kill a few milliseconds into it."""
        self._requests += 1
        if self._requests in self._moments:
            self._restarts.append(asyncio.create_task(self._kill_and_start(self._dice.uniform(0, 0.02))))

    async def _kill_and_start(self, after_s: float) -> None:
        await asyncio.sleep(after_s)  # the random moment itself
        self._kill()
        await asyncio.to_thread(self._start)

    async def finish(self) -> None:
        """Wait for the last restart."""
        await asyncio.gather(*self._restarts)


async def play_under_kills(city: City, urls: dict[str, str], killer: Killer) -> Played:
    """Play the small day while the killer is at work."""
    clients = {
        name: httpx.AsyncClient(base_url=url, timeout=30, event_hooks={"request": [killer.on_request]})
        for name, url in urls.items()
    }
    try:
        return await play(city, Doors(clients), step=STEP, behaviour=TROUBLE)
    finally:
        await killer.finish()
        for client in clients.values():
            await client.aclose()
