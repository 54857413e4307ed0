"""What the notifier does when it hears facts: one step per conversation and batch."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from services.notifier.application.who_is_told import (
    RESIDENT,
    Language,
    ServiceNames,
    concerned,
    language_of,
    telling_resident,
    telling_volunteer,
)
from services.notifier.domain.conversation import conversation_id
from services.notifier.domain.decide import Command, Tell
from services.notifier.domain.manners import Manners
from services.notifier.entrypoints.courier import Conversations
from shared.contracts.dispatch import OfferMade, OfferWithdrawn
from shared.contracts.fact import Fact
from shared.contracts.topics import DISPATCH, NEEDS, VOLUNTEERS
from shared.contracts.volunteers import Profile, VolunteerChanged, VolunteerEnrolled
from shared.kernel.moments import Clock
from shared.kernel.refusals import NotNow
from shared.runtime.aggregates import Told
from shared.runtime.documents import Collection, Conflict, Document, Documents
from shared.runtime.log import Received, Subscription

LANGUAGES: Final = Collection(name="notifier.languages")  # only volunteers who read no Chinese
_ORDINARY: Final = "3"  # the catalogue's default priority


class Ears:
    """Hears needs, volunteers and dispatch in one stream, so that a need is known before offers about it."""

    def __init__(  # noqa: PLR0913 - what a message depends on meets here
        self,
        conversations: Conversations,
        documents: Documents,
        *,
        names: ServiceNames,
        channel: str,
        clock: Clock,
        manners: Manners,
    ) -> None:
        self._conversations = conversations
        self._documents = documents
        self._names = names
        self._channel = channel
        self._clock = clock
        self._manners = manners

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Say what is heard."""
        topics = (NEEDS.name, DISPATCH.name, VOLUNTEERS.name)
        return (Subscription(topics=topics, group="notifier", handler=self.hear),)

    async def hear(self, batch: Sequence[Received]) -> None:
        """Tell the conversations of a batch what they have to say to people."""
        facts = [received.fact for received in batch]
        for fact in facts:
            if isinstance(fact.data, VolunteerEnrolled | VolunteerChanged):
                await self._note_language(fact.subject, fact.data.profile)
        await self._tell(filter(None, [self._to_resident(fact) for fact in facts]))
        offers = [fact for fact in facts if isinstance(fact.data, OfferMade | OfferWithdrawn)]
        await self._tell(filter(None, [await self._to_volunteer(fact) for fact in offers]))

    async def _tell(self, tellings: Iterable[tuple[str, Told[Command]]]) -> None:
        told: dict[str, list[Told[Command]]] = defaultdict(list)
        for conversation, one in tellings:
            told[conversation].append(one)
        if told:
            await self._conversations.step_each(told)

    def _to_resident(self, fact: Fact) -> tuple[str, Told[Command]] | None:
        at = self._clock.now()
        return _because(fact, telling_resident(fact, channel=self._channel, at=at, manners=self._manners))

    async def _to_volunteer(self, fact: Fact) -> tuple[str, Told[Command]] | None:
        need, volunteer = concerned(fact)
        telling = telling_volunteer(
            fact,
            names=self._names,
            language=await self._language(volunteer),
            priority=await self._priority(fact.partitionkey, need),
            channel=self._channel,
            at=self._clock.now(),
            manners=self._manners,
        )
        return _because(fact, telling)

    async def _priority(self, area: str, need: str) -> str:
        """How urgent the need is, from what its resident was told; offers do not repeat it."""
        state = await self._conversations.look(conversation_id(area=area, need=need, who=RESIDENT))
        return state.remembered().get("priority", _ORDINARY) if state else _ORDINARY

    async def _language(self, volunteer: str) -> Language:
        document = await self._documents.load(LANGUAGES.name, volunteer)
        return "en" if document is not None and json.loads(document.state)["language"] == "en" else "zh"

    async def _note_language(self, volunteer: str, profile: Profile) -> None:
        language = language_of(profile)
        before = await self._documents.load(LANGUAGES.name, volunteer)
        if (before is None and language == "zh") or (before and json.loads(before.state)["language"] == language):
            return
        version = before.version + 1 if before else 1
        state = json.dumps({"language": language}).encode()
        try:
            await self._documents.save(LANGUAGES.name, Document(id=volunteer, version=version, state=state))
        except Conflict as conflict:
            raise NotNow(f"the language of {volunteer} was noted by another process at the same time") from conflict


def _because(fact: Fact, telling: tuple[str, Tell] | None) -> tuple[str, Told[Command]] | None:
    if telling is None:
        return None
    conversation, command = telling
    return conversation, Told(command=command, at=command.at, because=fact)
