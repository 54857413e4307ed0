"""Puts the console together: archive, read models, doors and pages."""

from collections.abc import Sequence

from services.console.adapters.archive import FACTS, Archive
from services.console.entrypoints.facts import facts_router
from services.console.entrypoints.subscribers import subscriptions
from services.console.metrics import ConsoleMetrics
from services.console.settings import ConsoleSettings
from shared.runtime.http import make_http
from shared.runtime.log import Received
from shared.runtime.relay import Relay
from shared.runtime.service import Environment, Service


def build_service(environment: Environment, settings: ConsoleSettings) -> Service:  # noqa: ARG001
    """Build the service; nothing is connected or started yet."""
    metrics = ConsoleMetrics(environment.registry)
    archive = Archive(environment.documents)

    async def keep(received: Sequence[Received]) -> None:
        new = await archive.add(received)
        metrics.archived.inc(new)
        metrics.repeated.inc(len(received) - new)

    http = make_http(
        service="console",
        title="Linli console",
        description="What is happening in each area, and every fact behind it.",
        metrics=environment.metrics,
    )
    http.include_router(facts_router(archive), tags=["facts"])
    relay = Relay(service="console", documents=environment.documents, log=environment.log, metrics=environment.metrics)
    return Service(name="console", http=http, relay=relay, collections=(FACTS,), subscriptions=subscriptions(keep))
