"""Introduces the parts of intake to each other."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from services.intake.adapters.particulars import PARTICULARS, ParticularsDocuments
from services.intake.adapters.residents import RESIDENTS, ResidentDocuments
from services.intake.application.ask import World
from services.intake.domain.commands import Command
from services.intake.domain.need import Need, area_of, evolve, fields_of, nothing_yet
from services.intake.domain.patience import Patience
from services.intake.domain.rules import decide
from services.intake.entrypoints.desk import Desk
from services.intake.entrypoints.http import changes_router, needs_router
from services.intake.entrypoints.imports import IMPORT_PATH, MOST_IMPORT_BYTES, imports_router
from services.intake.entrypoints.subscribers import subscriptions
from services.intake.entrypoints.timers import timers
from services.intake.metrics import IntakeMetrics
from services.intake.settings import IntakeSettings
from shared.catalogue.city import load_city
from shared.catalogue.load import load_catalogue
from shared.contracts.topics import NEEDS
from shared.runtime.aggregates import Aggregates, Kind
from shared.runtime.documents import Collection
from shared.runtime.http import make_http
from shared.runtime.relay import Relay
from shared.runtime.service import Environment, Service

NEED_DOCUMENTS = Collection(
    name="intake.needs", indexes=(("area",), ("status",), ("number",), ("area", "status"), ("area", "number"))
)
ABOUT = """Residents' needs: handed in, followed, changed, answered.

Answers are problem+json (RFC 9457) where something is refused; `type` ends with a stable code such as
`need.window_past`, `detail` and `detail_zh` say what to do. Send `Accept-Language: zh` or `en` for labels in one
language. Routes marked *personal data* belong inside the network only.
"""


def build_service(environment: Environment, settings: IntakeSettings) -> Service:
    """Build the intake service over its environment."""
    relay = Relay(service="intake", documents=environment.documents, log=environment.log, metrics=environment.metrics)
    needs: Aggregates[Need, Command] = Aggregates(
        _kind(settings),
        service="intake",
        documents=environment.documents,
        relay=relay,
        metrics=environment.metrics,
    )
    desk = Desk(
        needs=needs,
        documents=environment.documents,
        residents=ResidentDocuments(environment.documents),
        particulars=ParticularsDocuments(environment.documents),
        world=_world(settings),
        clock=environment.clock,
        metrics=IntakeMetrics(environment.registry),
    )
    http = make_http(
        service="intake",
        title="Linli intake",
        description=ABOUT,
        metrics=environment.metrics,
        larger={IMPORT_PATH: MOST_IMPORT_BYTES},
    )
    http.include_router(imports_router(desk), tags=["import"])
    http.include_router(needs_router(desk), tags=["needs"])
    http.include_router(changes_router(desk), tags=["changes"])
    return Service(
        name="intake",
        http=http,
        relay=relay,
        collections=(NEED_DOCUMENTS, PARTICULARS, RESIDENTS),
        subscriptions=subscriptions(desk),
        aggregates=(needs,),
        timers=(timers(desk),),
    )


def _kind(settings: IntakeSettings) -> Kind[Need, Command]:
    return Kind(
        collection=NEED_DOCUMENTS,
        topic=NEEDS.name,
        state=Need,
        initial=nothing_yet,
        decide=partial(decide, patience=_patience(settings)),
        evolve=evolve,
        area=area_of,
        due=lambda need: need.due,
        fields=fields_of,
    )


def _patience(settings: IntakeSettings) -> Patience:
    return Patience(
        follow_up_after=timedelta(seconds=settings.follow_up_after_s),
        follow_up_every=timedelta(seconds=settings.follow_up_every_s),
        review_within=timedelta(seconds=settings.review_within_s),
        change_of_mind=timedelta(days=settings.change_of_mind_days),
    )


def _world(settings: IntakeSettings) -> World:
    return World(
        catalogue=load_catalogue(*settings.catalogue),
        city=None if settings.city is None else load_city(settings.city),
        timezone=ZoneInfo(settings.timezone),
    )
