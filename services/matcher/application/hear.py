"""What the matcher makes of facts it hears: commands for the board of the fact's area."""

from datetime import datetime

from services.matcher.domain import commands as ask
from shared.contracts import needs, volunteers
from shared.contracts.fact import Fact


def command_of(fact: Fact, at: datetime) -> ask.Command | None:  # noqa: PLR0911 - one line per fact
    """Translate a fact; None if it is nothing for a board."""
    match fact.data:
        case needs.NeedAccepted(request=request) | needs.NeedReopened(request=request):
            return ask.AdmitNeed(at=at, need=fact.subject, request=request)
        case needs.NeedAmended(request=request):
            return ask.AmendNeed(at=at, need=fact.subject, request=request)
        case needs.NeedWithdrawn(reason=reason) | needs.NeedRefused(reason=reason):
            return ask.DropNeed(at=at, need=fact.subject, reason=reason)
        case volunteers.VolunteerOnDuty(profile=profile, windows=windows):
            return ask.PostVolunteer(at=at, volunteer=fact.subject, profile=profile, windows=windows)
        case volunteers.VolunteerOffDuty(reason=reason):
            return ask.UnpostVolunteer(at=at, volunteer=fact.subject, reason=reason or "off_duty")
        case volunteers.VolunteerLeft():
            return ask.UnpostVolunteer(at=at, volunteer=fact.subject, reason="left")
        case _:
            return None
