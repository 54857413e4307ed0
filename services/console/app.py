"""Puts the console together: archive, pictures, books, doors and pages."""

from zoneinfo import ZoneInfo

from services.console.adapters.archive import FACTS, Archive
from services.console.adapters.areas import AREAS, BOOKMARKS, LiveAreas
from services.console.adapters.books import Books
from services.console.adapters.keeper import Keeper
from services.console.application.names import Names
from services.console.entrypoints.api import api_router
from services.console.entrypoints.drawing import Drawing
from services.console.entrypoints.events import Streams, events_router
from services.console.entrypoints.facts import facts_router
from services.console.entrypoints.looks import Looks
from services.console.entrypoints.pages import assets, pages_router
from services.console.entrypoints.subscribers import subscriptions
from services.console.metrics import ConsoleMetrics
from services.console.settings import ConsoleSettings
from shared.catalogue.city import load_city
from shared.runtime.http import make_http
from shared.runtime.relay import Relay
from shared.runtime.service import Environment, Service


def build_service(environment: Environment, settings: ConsoleSettings) -> Service:
    """Build the service; nothing is connected or started yet."""
    metrics = ConsoleMetrics(environment.registry)
    zone = ZoneInfo(settings.timezone)
    archive = Archive(environment.documents)
    areas = LiveAreas(archive, environment.documents, zone, metrics)
    books = Books(archive)
    keeper = Keeper(archive, areas, books, metrics, save_every_s=settings.snapshot_every_s)
    names = Names.of(load_city(settings.city)) if settings.city else Names()
    looks = Looks(areas, archive, clock=environment.clock, zone=zone, names=names)
    drawing = Drawing(city=names.city, zone=zone)
    http = make_http(
        service="console",
        title="Linli console",
        description="What is happening in each area, and every fact behind it.",
        metrics=environment.metrics,
    )
    http.include_router(facts_router(archive), tags=["facts"])
    http.include_router(api_router(looks, books), tags=["api"])
    http.include_router(pages_router(looks, drawing, metrics), tags=["pages"])
    http.include_router(events_router(Streams(looks, areas, drawing, metrics, settings)), tags=["pages"])
    http.mount("/assets", assets(), name="assets")
    relay = Relay(service="console", documents=environment.documents, log=environment.log, metrics=environment.metrics)
    return Service(
        name="console",
        http=http,
        relay=relay,
        collections=(FACTS, AREAS, BOOKMARKS),
        subscriptions=subscriptions(keeper.keep),
        workers=(keeper,),
    )
