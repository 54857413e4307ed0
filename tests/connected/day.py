"""Linli distributed for one test: a broker, a store and the four services as processes, on ports of their own."""

import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final
from unittest.mock import patch

from deploy.local.line_up import Ports, line_up
from deploy.local.probes import HOST, free_port
from deploy.local.processes import Process
from linli.rehearsal.doors import SERVICES
from linli.rehearsal.production import starts
from linli.rehearsal.scenario.city import City
from linli.upkeep import differences_in
from shared.runtime.replay import Difference
from tests.connected.servers import start_or_skip

STEP: Final = timedelta(minutes=15)  # a moment costs a distributed town some thirty requests
REQUESTS_OF_A_DAY: Final = 1_800  # there are some 1,900 in such steps, without those asked any number of times


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """Who runs, and where people reach them."""

    processes: Mapping[str, Process]  # kafka, mongo and the four services
    ports: Ports

    @property
    def urls(self) -> dict[str, str]:
        """Give the address of each service."""
        return {name: f"http://{HOST}:{port}" for name, port in self.ports.of_services().items()}

    async def differences(self) -> tuple[int, list[Difference]]:
        """Replay every aggregate in the store from its facts, as `linli replay` does."""
        where = {
            "LINLI_MODE": "distributed",
            "LINLI_KAFKA": f"{HOST}:{self.ports.kafka}",
            "LINLI_MONGO": f"mongodb://{HOST}:{self.ports.mongo}",
        }
        with patch.dict(os.environ, where):
            return await differences_in(None)


@contextmanager
def distributed(city: City, home: Path) -> Iterator[Town]:
    """Start a town whose clocks stand at the beginning of the day; stop it whatever happened."""
    ports = Ports(kafka=free_port(), mongo=free_port(), http=_free_row(len(SERVICES)))
    servers, services = line_up(home, ports, {"LINLI_SIMULATED_FROM": starts(city).isoformat()})
    try:
        for wave in (servers, services):
            start_or_skip(*wave)
        yield Town(processes={one.name: one for one in (*servers, *services)}, ports=ports)
    finally:
        for process in (*services, *reversed(servers)):
            process.stop()


def _free_row(length: int) -> int:
    """Find so many free ports in a row, and give the first."""
    while True:
        first = free_port()
        if all(_is_free(port) for port in range(first, first + length)):
            return first


def _is_free(port: int) -> bool:
    with socket.socket() as door:
        try:
            door.bind((HOST, port))
        except OSError:
            return False
    return True
