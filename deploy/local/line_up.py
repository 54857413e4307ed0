"""Who runs when Linli runs distributed on one computer. To run one more process, add it here."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from deploy.local import probes
from deploy.local.processes import Process
from deploy.local.servers import LocalKafka, LocalMongo

SERVICES = ("intake", "matcher", "notifier", "console")

# Without a city's register no need is taken; here as in one process it is Longchang's unless LINLI_CITY names another.
_LONGCHANG = Path(__file__).resolve().parents[2] / "linli" / "rehearsal" / "data" / "longchang.toml"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """Where everybody listens, always on 127.0.0.1."""

    kafka: int = 9092
    mongo: int = 27017
    http: int = 8081
    """The first service's; the others follow in the order of ``SERVICES``."""

    def of_services(self) -> dict[str, int]:
        """Return the port of each service."""
        return {service: self.http + place for place, service in enumerate(SERVICES)}


def line_up(home: Path, ports: Ports, settings: Mapping[str, str] | None = None) -> tuple[tuple[Process, ...], ...]:
    """Return the waves of processes: a wave starts together, once the wave before it answers.

    `settings` are variables for the services beside those that say where everybody is.
    """
    kafka = LocalKafka(home, ports.kafka)
    mongo = LocalMongo(home, ports.mongo)
    addresses = {
        "LINLI_MODE": "distributed",
        "LINLI_KAFKA": kafka.address,
        "LINLI_MONGO": mongo.url,
        "LINLI_HOST": probes.HOST,
    } | {f"LINLI_{name.upper()}_URL": f"http://{probes.HOST}:{port}" for name, port in ports.of_services().items()}
    city = os.environ.get("LINLI_CITY", str(_LONGCHANG))
    services = tuple(
        Process(
            name=name,
            folder=home,
            command=(sys.executable, "-m", f"services.{name}"),
            environment={"LINLI_CITY": city, **(settings or {}), **addresses, "LINLI_PORT": str(port)},
            answers=partial(probes.is_ready, port),
        )
        for name, port in ports.of_services().items()
    )
    return ((kafka, mongo), services)
