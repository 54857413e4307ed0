"""Where needs are taken and told things: the one way from every door to the rules."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from services.intake.application.ask import Asked, Prepared, World, prepare
from services.intake.application.ports import KeepsParticulars, KeepsResidents, Particulars
from services.intake.domain.commands import Ask, Command
from services.intake.domain.need import Need
from services.intake.metrics import IntakeMetrics
from shared.contracts.needs import NeedClosed, NeedFollowUpDue, NeedProgressed, NeedRated, NeedReceived, NeedReopened
from shared.kernel.moments import Clock
from shared.kernel.refusals import Refusal
from shared.runtime.aggregates import Aggregates, Outcome, Told
from shared.runtime.documents import Documents
from shared.runtime.http import ProblemException, refused

OTHER_BODY = Refusal(
    "idempotency.other_body",
    "同一个 Idempotency-Key 已用于另一条需求，请换一个新的。",
    "This Idempotency-Key was used with another body; send a new key for a new need.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """A need that is on file. `new`: it was taken on just now."""

    file: Particulars
    new: bool


class Desk:
    """Takes needs, and tells them what people and others say."""

    def __init__(  # noqa: PLR0913 - the desk is where these seven meet
        self,
        *,
        needs: Aggregates[Need, Command],
        documents: Documents,
        residents: KeepsResidents,
        particulars: KeepsParticulars,
        world: World,
        clock: Clock,
        metrics: IntakeMetrics,
    ) -> None:
        self.needs = needs
        self.documents = documents
        self.residents = residents
        self.particulars = particulars
        self.world = world
        self.clock = clock
        self.metrics = metrics

    async def take(self, asked: Asked, fingerprint: str, *, traceparent: str | None = None) -> Taken:
        """Take one need on, or find that it was taken on before with the same words.

        Raises
        ------
        Refusal
            If the need cannot be taken as asked, or `idempotency.other_body`.
        """
        file = await self.particulars.find(asked.need)
        if file is None:
            now = self.clock.now()
            prepared = prepare(asked, self.world, now)
            file = filed(prepared, fingerprint, now)
            await self.keep([(prepared, file)])
            file = await self.particulars.find(asked.need) or file  # somebody else may have been quicker
        if file.fingerprint != fingerprint:
            raise OTHER_BODY
        outcomes = await self.admit([file], traceparent=traceparent)
        return Taken(file=file, new=outcomes[file.need].refusal is None)

    async def keep(self, files: Sequence[tuple[Prepared, Particulars]]) -> None:
        """Write down who asks and what, before anything is said about it."""
        await asyncio.gather(  # a store that commits in groups writes both at once
            self.residents.keep([prepared.resident for prepared, _ in files]),
            self.particulars.add([file for _, file in files]),
        )

    async def admit(self, files: Sequence[Particulars], *, traceparent: str | None = None) -> dict[str, Outcome[Need]]:
        """Tell each need that it was asked for; one that knows it already refuses with `need.exists`."""
        told = {
            file.need: [self._told(file.need, Ask(request=file.request, review=file.review, at=file.at), traceparent)]
            for file in files
        }
        return await self.step_each(told)

    async def tell(self, need_id: str, command: Command, *, traceparent: str | None = None) -> Need:
        """Tell a need something and give its state; a refusal becomes the problem to answer with."""
        outcomes = await self.step_each({need_id: [self._told(need_id, command, traceparent)]})
        outcome = outcomes[need_id]
        if outcome.refusal is not None:
            unknown = outcome.refusal.code == "need.unknown"
            raise refused(outcome.refusal, status=HTTPStatus.NOT_FOUND if unknown else HTTPStatus.CONFLICT)
        return outcome.state

    async def step_each(self, told: Mapping[str, Sequence[Told[Command]]]) -> dict[str, Outcome[Need]]:
        """Step several needs at once and count what they say."""
        outcomes = await self.needs.step_each(told)
        for outcome in outcomes.values():
            self._count(outcome)
        return outcomes

    async def need(self, need_id: str) -> Need:
        """Give a need, or answer that there is none."""
        found = await self.needs.look(need_id) if is_id(need_id) else None
        if found is None or found.request is None:
            raise unknown_need(need_id)
        return found

    async def find(self, where: Mapping[str, str], *, after: str, limit: int) -> list[Need]:
        """Give needs in order of id."""
        found = await self.documents.find(self.needs.kind.collection.name, where=where, after=after, limit=limit)
        return [self.needs.read(document) for document in found]

    def _told(self, need_id: str, command: Command, traceparent: str | None) -> Told[Command]:
        return Told(command=command, at=self.clock.now(), correlation=need_id, traceparent=traceparent)

    def _count(self, outcome: Outcome[Need]) -> None:
        request, accepted_at = outcome.state.request, outcome.state.accepted_at
        channel = request.channel if request else "unknown"
        new = any(isinstance(fact.data, NeedReceived) for fact in outcome.facts)
        for fact in outcome.facts:
            match fact.data:
                case NeedProgressed(status="received") if new:
                    pass  # said together with NeedReceived, which is counted
                case NeedFollowUpDue() | NeedProgressed(status="received"):
                    self.metrics.follow_ups.inc()
                case NeedRated(good=good, by=by):
                    self.metrics.ratings.labels("good" if good else "not_good", by).inc()
                case NeedClosed(outcome=end):
                    self.metrics.needs.labels(f"closed_{end}", channel).inc()
                    if accepted_at is not None:
                        self.metrics.close_seconds.labels(end).observe((fact.time - accepted_at).total_seconds())
                case NeedReopened():
                    self.metrics.needs.labels("reopened", channel).inc()
                case data:
                    status = getattr(data, "status", data.TYPE.split(".")[2])
                    self.metrics.needs.labels(status, channel).inc()


def filed(prepared: Prepared, fingerprint: str, now: datetime) -> Particulars:
    """Make the file of a need."""
    return Particulars(
        need=prepared.need,
        fingerprint=fingerprint,
        at=now,
        request=prepared.request,
        review=prepared.review,
        note=prepared.note,
    )


def is_id(text: str) -> bool:
    """Say whether this can be an id at all, before a store is asked."""
    return text.isascii() and text.isalnum() and len(text) <= 64  # noqa: PLR2004 - the envelope's bound


def unknown_need(need_id: str) -> ProblemException:
    """Answer that there is no such need."""
    shown = need_id.encode("ascii", "backslashreplace").decode()[:64]
    return ProblemException(
        HTTPStatus.NOT_FOUND,
        "need.unknown",
        f"There is no need '{shown}'; check the id that POST /needs answered.",
        detail_zh="没有这条需求，请核对编号。",
    )


def fingerprint(text: str) -> str:
    """Give a short stand-in for a body: the file keeps no second copy of personal data."""
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
