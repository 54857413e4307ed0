"""Takes one notice out of the house: attempt written, channel called, result written, in this order.

Whatever happens between two of these steps, the document says how far it came, and nothing is sent twice blindly.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from services.notifier.application.ports import Channel, Contacts, Letter, Outcome, Result, Texts
from services.notifier.domain.conversation import Conversation, Notice, next_due
from services.notifier.domain.decide import Attempt, Command, Report, ResultKind, attempt_id
from services.notifier.domain.manners import Manners, whole_second
from services.notifier.metrics import NotifierMetrics
from shared.contracts.fact import Fact
from shared.contracts.notices import NoticeAttempted, NoticeDelayed, NoticeFailed, NoticeSent, NoticeUnknown
from shared.kernel.moments import Clock
from shared.kernel.refusals import NotNow
from shared.runtime.aggregates import Aggregates, Told
from shared.runtime.aggregates import Outcome as Step

T = TypeVar("T")

CALL_LASTS_AT_MOST: Final = timedelta(minutes=2)  # longer than every channel's own limits together
_FIRST_WAIT_S: Final = 0.2
_LONGEST_WAIT_S: Final = 10.0

logger = logging.getLogger(__name__)

Conversations = Aggregates[Conversation, Command]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ready:
    channel: Channel
    letter: Letter


class Courier:
    """Serves due conversations, each with its notices one after another."""

    def __init__(  # noqa: PLR0913 - it is where everything about sending meets
        self,
        conversations: Conversations,
        *,
        console: Channel,
        email: Channel | None,
        contacts: Contacts,
        texts: Texts,
        clock: Clock,
        manners: Manners,
        metrics: NotifierMetrics,
    ) -> None:
        self._conversations = conversations
        self._console = console
        self._email = email
        self._channels: Mapping[str, Channel] = {one.name: one for one in (console, email) if one is not None}
        self._contacts = contacts
        self._texts = texts
        self._clock = clock
        self._manners = manners
        self._metrics = metrics

    async def serve(self, conversation: str) -> None:
        """Do everything for the conversation that is due now."""
        state = await self._conversations.look(conversation)
        while state is not None and (notice := next_due(state, self._clock.now())) is not None:
            if notice.status == "attempting":
                state = await self._ask_what_became(state, notice)
            else:
                state = await self._attempt(state, notice)

    async def resume(self, conversation: str) -> None:
        """Settle every attempt that was begun before this process: nobody is waiting for its answer any more."""
        state = await self._conversations.look(conversation)
        while state is not None and (notice := _begun(state)) is not None:
            state = await self._ask_what_became(state, notice)

    async def _attempt(self, state: Conversation, notice: Notice) -> Conversation:
        prepared = await self._prepare(state, notice)
        attempt = attempt_id(notice)
        if isinstance(prepared, Result):
            return await self._report(state, notice, attempt, prepared.kind, prepared.reason)
        now = self._clock.now()
        command = Attempt(
            notice=notice.id,
            channel=prepared.channel.name,
            at=now,
            answer_by=whole_second(now + CALL_LASTS_AT_MOST),
            manners=self._manners,
        )
        outcome = await self._step(state, command)
        if not any(isinstance(fact.data, NoticeAttempted) for fact in outcome.facts):
            return outcome.state
        result = await self._call(prepared.channel, prepared.letter)
        return await self._report(outcome.state, notice, attempt, result.kind, result.reason)

    async def _prepare(self, state: Conversation, notice: Notice) -> _Ready | Result:
        """Choose the channel and write the letter, or say why that cannot be done."""
        channel, language, address = self._console, notice.language, None
        if self._email is not None:
            try:
                contact = await self._contacts.of(state.recipient_kind, state.recipient)
            except NotNow as error:
                logger.warning("notifier.contact_delayed", extra={"notice": notice.id, "reason": str(error)})
                return Result(kind="delayed", reason="owner_of_contact_away")
            if contact is None:
                return Result(kind="failed", reason="contact_unknown")
            language = contact.language
            if contact.email is not None:
                channel, address = self._email, contact.email
        try:
            letter = Letter(
                attempt=attempt_id(notice),
                notice=notice.id,
                recipient=state.recipient,
                language=language,
                subject=self._texts.subject(language, notice.params),
                text=self._texts.text(notice.template, language, notice.params),
                at=self._clock.now(),
                address=address,
            )
        except Exception:
            logger.exception("notifier.text_broke", extra={"notice": notice.id, "template": notice.template})
            return Result(kind="failed", reason="text_cannot_be_written")
        return _Ready(channel=channel, letter=letter)

    async def _call(self, channel: Channel, letter: Letter) -> Result:
        try:
            return await channel.send(letter)
        except Exception as error:
            logger.exception("notifier.channel_broke", extra={"attempt": letter.attempt, "channel": channel.name})
            kind = await self._became(channel.name, letter.attempt)
            return Result(
                kind="delayed" if kind == "not_sent" else kind, reason=f"channel_broke_{type(error).__name__}"
            )

    async def _ask_what_became(self, state: Conversation, notice: Notice) -> Conversation:
        attempt = notice.attempt or attempt_id(notice)
        became = await self._became(notice.channel, attempt)
        logger.warning("notifier.attempt_resumed", extra={"notice": notice.id, "became": became})
        return await self._report(state, notice, attempt, became, "interrupted")

    async def _became(self, channel_name: str, attempt: str) -> Outcome:
        channel = self._channels.get(channel_name)
        if channel is None:  # it was taken out of the settings since
            return "unknown"
        try:
            return await _patiently(lambda: channel.outcome(attempt))
        except Exception:
            logger.exception("notifier.outcome_broke", extra={"attempt": attempt, "channel": channel_name})
            return "unknown"

    async def _report(
        self, state: Conversation, notice: Notice, attempt: str, result: ResultKind, reason: str
    ) -> Conversation:
        command = Report(
            notice=notice.id,
            attempt=attempt,
            result=result,
            reason=reason,
            at=self._clock.now(),
            manners=self._manners,
        )
        outcome = await self._step(state, command)
        for fact in outcome.facts:
            self._count(fact, notice)
        return outcome.state

    async def _step(self, state: Conversation, command: Command) -> Step[Conversation]:
        told = Told(command=command, at=self._clock.now(), correlation=state.about[:64])
        return await _patiently(lambda: self._conversations.step(state.id, [told]))

    def _count(self, fact: Fact, notice: Notice) -> None:
        match fact.data:
            case NoticeSent(template=template, channel=channel):
                self._metrics.sent.labels(template, channel).inc()
                self._metrics.seconds_to_sent.observe(max(0.0, (fact.time - notice.first_due).total_seconds()))
            case NoticeDelayed():
                self._metrics.delayed.labels(notice.channel).inc()
            case NoticeFailed(template=template):
                self._metrics.failed.labels(template, notice.channel).inc()
            case NoticeUnknown(template=template):
                self._metrics.unknown.labels(template, notice.channel).inc()


def _begun(state: Conversation) -> Notice | None:
    return next((one for one in state.notices if one.status == "attempting"), None)


async def _patiently(attempt: Callable[[], Awaitable[T]]) -> T:
    """Try until the store answers: a result that is known must not be forgotten because a database is away."""
    wait_s = _FIRST_WAIT_S
    while True:
        try:
            return await attempt()
        except NotNow as error:
            logger.warning("notifier.step_delayed", extra={"reason": str(error), "wait_s": wait_s})
            await asyncio.sleep(wait_s)
            wait_s = min(wait_s * 2, _LONGEST_WAIT_S)
