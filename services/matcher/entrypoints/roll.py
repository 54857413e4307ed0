"""The roll of volunteers: who they are is kept here and nowhere else; what matching needs goes into facts."""

import hashlib
from http import HTTPStatus
from typing import Final

import uuid_utils

from services.matcher.domain.volunteer import Enrol, Volunteer, VolunteerCommand
from services.matcher.entrypoints.bodies import Enrolment
from services.matcher.entrypoints.views import ContactView, EnrolledView
from shared.kernel.ids import derived_id
from shared.kernel.moments import Clock
from shared.kernel.refusals import Refusal
from shared.runtime.aggregates import Aggregates, Told
from shared.runtime.documents import Collection, Document, Documents
from shared.runtime.http import ProblemException, canonical, refused

CONTACTS: Final = Collection(name="matcher.contacts")

_UNKNOWN: Final = Refusal("volunteer.unknown", "没有这位志愿者。", "There is no such volunteer; enrol them first.")


class Kept(ContactView):
    """A contact at rest, with the fingerprint of the request that brought it."""

    area: str
    fingerprint: str


class Roll:
    """Enrols volunteers, changes their duty, and knows how they are reached."""

    def __init__(self, volunteers: Aggregates[Volunteer, VolunteerCommand], documents: Documents, clock: Clock) -> None:
        self._volunteers = volunteers
        self._documents = documents
        self._clock = clock

    async def enrol(self, body: Enrolment, key: str | None) -> EnrolledView:
        """Enrol somebody; the same key with the same words gives the same person.

        Raises
        ------
        ProblemException
            422 if the key was used with other words.
        """
        volunteer = derived_id("volunteer", key) if key else derived_id("volunteer", str(uuid_utils.uuid7()))
        fingerprint = hashlib.blake2b(canonical(body).encode(), digest_size=16).hexdigest()
        kept = Kept(
            volunteer=volunteer,
            number=body.number,
            name=body.name,
            phone=body.phone,
            email=body.email,
            language=body.language,
            area=body.area,
            fingerprint=fingerprint,
        )
        await self._documents.add(
            CONTACTS.name, [Document(id=volunteer, version=1, state=kept.model_dump_json().encode())]
        )
        known = await self._kept(volunteer)
        if known.fingerprint != fingerprint:
            raise ProblemException(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "idempotency.other_body",
                "This Idempotency-Key was used with another body; send a new key for another person.",
                detail_zh="同一个 Idempotency-Key 已用于另一位志愿者，请换一个新的。",
            )
        if await self._volunteers.look(volunteer) is None:
            await self.tell(volunteer, Enrol(area=body.area, profile=body.profile.profile()))
        return EnrolledView(volunteer=volunteer, number=known.number, area=known.area)

    async def tell(self, volunteer: str, command: VolunteerCommand) -> Volunteer:
        """Tell a volunteer's record something.

        Raises
        ------
        ProblemException
            If a rule said no.
        """
        now = self._clock.now()
        outcome = await self._volunteers.step(volunteer, [Told(command=command, at=now)])
        if outcome.refusal is not None:
            unknown = outcome.refusal.code == "volunteer.unknown"
            raise refused(outcome.refusal, status=HTTPStatus.NOT_FOUND if unknown else HTTPStatus.CONFLICT)
        return outcome.state

    async def look(self, volunteer: str) -> Volunteer:
        """Give a volunteer, or answer that there is none."""
        state = await self._volunteers.look(volunteer)
        if state is None or state.profile is None:
            raise refused(_UNKNOWN, status=HTTPStatus.NOT_FOUND)
        return state

    async def contact(self, volunteer: str) -> ContactView:
        """Give how somebody is reached, or answer that there is nobody."""
        kept = await self._kept(volunteer)
        return ContactView.model_validate(kept.model_dump(include=set(ContactView.model_fields)))

    async def _kept(self, volunteer: str) -> Kept:
        document = await self._documents.load(CONTACTS.name, volunteer)
        if document is None:
            raise refused(_UNKNOWN, status=HTTPStatus.NOT_FOUND)
        return Kept.model_validate_json(document.state)
