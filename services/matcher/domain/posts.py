"""Volunteers come to the board and leave it."""

from services.matcher.domain.board import UNDER_WAY
from services.matcher.domain.commands import PostVolunteer, UnpostVolunteer
from services.matcher.domain.decision import Decision
from services.matcher.domain.rules import Rules
from shared.contracts.dispatch import OfferWithdrawn, VolunteerPosted, VolunteerUnposted
from shared.contracts.volunteers import DutyWindow
from shared.kernel.refusals import Refusal


def post(decision: Decision, command: PostVolunteer) -> None:
    """Put somebody on the board: the new windows replace older ones of the same days."""
    posted = decision.board.volunteers.get(command.volunteer)
    older = posted.windows if posted else ()
    windows = tuple(window for window in _merged(older, command.windows, decision.rules) if window.closes > decision.at)
    if not windows:
        raise Refusal("duty.over", "值班时间已过。", "These duty windows are in the past; give later ones.")
    decision.say(VolunteerPosted(volunteer=command.volunteer, profile=command.profile, windows=windows))
    decision.everything = True
    decision.touched.add(command.volunteer)


def _merged(older: tuple[DutyWindow, ...], newer: tuple[DutyWindow, ...], rules: Rules) -> list[DutyWindow]:
    days = {rules.local(window.opens).date() for window in newer}
    kept = [window for window in older if rules.local(window.opens).date() not in days]
    return sorted({*kept, *newer}, key=lambda window: (window.opens, window.closes, window.standing))


def unpost(decision: Decision, command: UnpostVolunteer) -> None:
    """Take somebody off the board; what they have not begun goes to others."""
    posted = decision.board.volunteers.get(command.volunteer)
    if posted is None or not posted.on_duty:
        raise Refusal("volunteer.not_on_board", "志愿者不在派单板上。", "This volunteer is not on the board.")
    take_off(decision, command.volunteer, reason=command.reason)


def take_off(decision: Decision, volunteer: str, *, reason: str, even_under_way: bool = False) -> None:
    """Free what somebody has in hand and say that they left. Who carries or has begun finishes it first."""
    for need, index, slot in list(decision.board.held_by(volunteer)):
        if slot.offer is None or (slot.status in UNDER_WAY and not even_under_way):
            continue
        decision.say(
            OfferWithdrawn(
                offer=slot.offer,
                need=need.id,
                slot=index,
                volunteer=volunteer,
                reason=reason,
                was_accepted=slot.status != "asked",
            )
        )
    decision.say(VolunteerUnposted(volunteer=volunteer, reason=reason))
