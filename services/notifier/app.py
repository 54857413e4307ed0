"""Introduces the notifier's parts to each other: the only file that knows all of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from services.notifier.adapters.console import OUTGOING, ConsoleChannel
from services.notifier.adapters.contacts import PeersContacts
from services.notifier.adapters.email import EmailChannel, Server
from services.notifier.adapters.texts import JinjaTexts
from services.notifier.application.ports import Channel
from services.notifier.application.who_is_told import ServiceNames
from services.notifier.domain.conversation import FOR_A_PERSON, Conversation, due, evolve
from services.notifier.domain.decide import decide
from services.notifier.domain.manners import Manners
from services.notifier.entrypoints.courier import Conversations, Courier
from services.notifier.entrypoints.http import Board, router
from services.notifier.entrypoints.sending import Sending
from services.notifier.entrypoints.subscribers import LANGUAGES, Ears
from services.notifier.metrics import NotifierMetrics
from services.notifier.settings import NotifierSettings
from shared.catalogue.load import load_catalogue
from shared.contracts.topics import NOTICES
from shared.kernel.words import Words
from shared.runtime.aggregates import Aggregates, Kind
from shared.runtime.documents import Collection
from shared.runtime.http import make_http
from shared.runtime.relay import Relay
from shared.runtime.service import Environment, Service

NAME: Final = "notifier"

CONVERSATIONS: Final = Collection(name="notifier.conversations", indexes=(("about",), ("recipient",), ("attention",)))


def build_service(environment: Environment, settings: NotifierSettings) -> Service:
    """Build the notifier over an environment."""
    conversations, relay = _conversations(environment)
    manners = Manners(
        quiet_from=settings.quiet_from,
        quiet_until=settings.quiet_until,
        timezone=settings.timezone,
        updates_a_day=settings.updates_a_day,
        person_within=timedelta(minutes=settings.person_within_min),
    )
    texts = JinjaTexts(timezone=settings.timezone)
    email = _email(settings)
    courier = Courier(
        conversations,
        console=ConsoleChannel(environment.documents),
        email=email,
        contacts=PeersContacts(environment.peers),
        texts=texts,
        clock=environment.clock,
        manners=manners,
        metrics=NotifierMetrics(environment.registry),
    )
    ears = Ears(
        conversations,
        environment.documents,
        names=_names(settings),
        channel=email.name if email else ConsoleChannel.name,
        clock=environment.clock,
        manners=manners,
    )
    http = make_http(service=NAME, title="Linli notifier", description=__doc__ or "", metrics=environment.metrics)
    http.include_router(router(Board(conversations, environment.documents, texts, environment.clock)))
    return Service(
        name=NAME,
        http=http,
        relay=relay,
        collections=(CONVERSATIONS, LANGUAGES, OUTGOING),
        subscriptions=ears.subscriptions(),
        aggregates=(conversations,),
        workers=(
            Sending(
                conversations,
                courier,
                clock=environment.clock,
                at_once=settings.notices_at_once,
                alone=settings.mode == "embedded",
            ),
        ),
    )


def _conversations(environment: Environment) -> tuple[Conversations, Relay]:
    relay = Relay(service=NAME, documents=environment.documents, log=environment.log, metrics=environment.metrics)
    kind = Kind(
        collection=CONVERSATIONS,
        topic=NOTICES.name,
        state=Conversation,
        initial=lambda conversation: Conversation(id=conversation),
        decide=decide,
        evolve=evolve,
        area=lambda state: state.area,
        due=due,
        fields=_fields,
        remembers=50,
    )
    conversations = Aggregates(
        kind, service=NAME, documents=environment.documents, relay=relay, metrics=environment.metrics
    )
    return conversations, relay


def _fields(state: Conversation) -> Mapping[str, str]:
    fields = {"about": state.about, "recipient": state.recipient}
    if any(notice.status in FOR_A_PERSON for notice in state.notices):
        fields["attention"] = "yes"
    return fields


def _names(settings: NotifierSettings) -> ServiceNames:
    """Look service names up in the catalogue; a code that another city's matcher uses is shown as it is."""
    names = {row.code: Words(zh=row.name.zh, en=row.name.en) for row in load_catalogue(*settings.catalogue)}
    return lambda code: names.get(code, Words(zh=code, en=code))


def _email(settings: NotifierSettings) -> Channel | None:
    if settings.smtp_host is None:
        return None
    return EmailChannel(
        Server(
            host=settings.smtp_host,
            port=settings.smtp_port,
            tls=settings.smtp_tls,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value() if settings.smtp_password else None,
            sender=settings.smtp_from,
            timeout_s=settings.smtp_timeout_s,
        )
    )
