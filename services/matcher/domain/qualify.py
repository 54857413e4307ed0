"""Who may do what: skills, credentials that are still valid when the work ends, vetted adults with minors."""

from datetime import datetime, timedelta

from services.matcher.domain.board import OpenNeed, Posted
from services.matcher.domain.rules import MOST_URGENT, VETTED, Rules
from shared.contracts.needs import Request
from shared.contracts.volunteers import Profile


def abilities(profile: Profile, *, valid_at: datetime) -> frozenset[str]:
    """Give everything that somebody can show at a moment: skills, valid credentials, being vetted."""
    held = {credential.code for credential in profile.credentials if credential.valid_until >= valid_at}
    return profile.skills | held | ({VETTED} if profile.vetted else set())


def wanted(request: Request) -> frozenset[str]:
    """Give everything that everyone who comes must be able to show."""
    return request.skills | request.credentials


def work_ends(request: Request) -> datetime:
    """Give the latest moment at which the work can end: credentials must be valid until then."""
    return request.closes + timedelta(seconds=request.duration_s)


def qualifies(posted: Posted, request: Request) -> bool:
    """Say whether somebody can show all that the request wants."""
    needed = wanted(request)
    return not needed or needed <= abilities(posted.profile, valid_at=work_ends(request))


def only_stands_by(posted: Posted, request: Request) -> bool:
    """Say whether they can only be met on a standing duty during the request: then they are not asked for others."""
    ends = work_ends(request)
    return not any(
        not window.standing and window.opens <= ends and request.opens <= window.closes for window in posted.windows
    )


def excluded(need: OpenNeed, posted: Posted, *, rules: Rules, at: datetime) -> bool:
    """Say whether this volunteer must not be given this need now, for another reason than skills and time."""
    request = need.request
    if posted.id in need.not_again or not qualifies_in_time(posted, request):
        return True
    if request.standing and any(window.standing for window in posted.windows):
        return False  # an assignment is no push
    quiet = request.priority < MOST_URGENT and rules.is_quiet(at)
    return quiet or only_stands_by(posted, request) or not rules.may_be_asked(posted, at)


def qualifies_in_time(posted: Posted, request: Request) -> bool:
    """Say no if a credential that counts expires before the work can end; missing skills are the planner's to name."""
    needed = wanted(request)
    if not needed:
        return True
    expiring = {credential.code for credential in posted.profile.credentials} & needed
    return not expiring or expiring <= abilities(posted.profile, valid_at=work_ends(request))
