"""HTTP of volunteers: joining, duty, and how they are reached."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Header, Path

from services.matcher.domain.volunteer import GoOffDuty, GoOnDuty, Volunteer
from services.matcher.entrypoints.bodies import Because, Code, Duty, Enrolment
from services.matcher.entrypoints.roll import Roll
from services.matcher.entrypoints.views import ContactView, EnrolledView, VolunteerView, volunteer_view
from shared.kernel.moments import Clock
from shared.runtime.http import PlainText, make_router, problems

VolunteerId = Annotated[Code, Path(description="The id that enrolment gave.")]
Key = Annotated[
    PlainText | None,
    Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Send a new one for each new person."),
]


def router(roll: Roll, clock: Clock) -> APIRouter:
    """Build the operations on volunteers."""
    routes = make_router()

    @routes.post(
        "/volunteers",
        status_code=HTTPStatus.CREATED,
        summary="A person joins as a volunteer",
        responses=problems(HTTPStatus.CONFLICT),
    )
    async def enrol(body: Enrolment, key: Key = None) -> EnrolledView:
        return await roll.enrol(body, key)

    @routes.get("/volunteers/{volunteer}", summary="What matching knows of a volunteer")
    async def look(volunteer: VolunteerId) -> VolunteerView:
        return _shown(await roll.look(volunteer))

    @routes.get("/volunteers/{volunteer}/contact", summary="How a volunteer is reached")
    async def contact(volunteer: VolunteerId) -> ContactView:
        return await roll.contact(volunteer)

    @routes.put(
        "/volunteers/{volunteer}/duty",
        summary="When a volunteer can be asked",
        responses=problems(HTTPStatus.CONFLICT),
    )
    async def go_on_duty(volunteer: VolunteerId, body: Duty) -> VolunteerView:
        return _shown(await roll.tell(volunteer, GoOnDuty(windows=body.duty(), at=clock.now())))

    @routes.post(
        "/volunteers/{volunteer}/off-duty",
        summary="A volunteer cannot be asked any more",
        responses=problems(HTTPStatus.CONFLICT),
    )
    async def go_off_duty(volunteer: VolunteerId, body: Because) -> VolunteerView:
        return _shown(await roll.tell(volunteer, GoOffDuty(reason=body.reason)))

    return routes


def _shown(state: Volunteer) -> VolunteerView:
    assert state.profile is not None  # noqa: S101 - the record refuses before that
    return volunteer_view(state, state.profile)
