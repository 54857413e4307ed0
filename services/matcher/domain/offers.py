"""Asking people: an offer is made, accepted, refused, runs out or is taken back; a claim takes without being asked."""

from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import OpenNeed, Slot
from services.matcher.domain.commands import AcceptOffer, Assign, Claim, RefuseOffer
from services.matcher.domain.decision import Decision
from services.matcher.domain.qualify import qualifies
from services.matcher.domain.rules import stands_by
from shared.contracts.dispatch import OfferAccepted, OfferMade, OfferRefused, OfferWithdrawn
from shared.kernel.ids import derived_id
from shared.kernel.refusals import Refusal

_LEAST_TO_ANSWER: Final = timedelta(minutes=2)


def make_offer(decision: Decision, need_id: str, index: int, *, volunteer: str, starts_at: datetime) -> None:
    """Ask somebody for a slot; on standing duty, or when they said yes before, it is theirs at once."""
    board, need = decision.board, decision.board.needs[need_id]
    posted = board.volunteers[volunteer]
    agreed = (need_id, index) in decision.agreed
    assigned = need.request.standing and stands_by(posted, starts_at)
    offer = derived_id("offer", board.id, need_id, str(index), str(board.offers_made))
    decision.say(
        OfferMade(
            offer=offer,
            need=need_id,
            slot=index,
            volunteer=volunteer,
            wave=need.slots[index].asks + 1,
            assigned=assigned or agreed,
            starts_at=starts_at,
            expires_at=_expires(need, decision.at),
            sensitive=need.request.sensitive,
            service=need.request.service,
            number=need.request.number,
            at=decision.at,
        )
    )
    if assigned or agreed:
        _accepted(decision, offer)


def _expires(need: OpenNeed, at: datetime) -> datetime:
    """Give the promised time to answer, but not beyond the last moment at which it could still begin."""
    promised = at + max(timedelta(seconds=need.request.offer_within_s), _LEAST_TO_ANSWER)
    return max(min(promised, need.request.closes), at + _LEAST_TO_ANSWER)


def _accepted(decision: Decision, offer: str) -> None:
    found = decision.board.offer(offer)
    assert found is not None  # noqa: S101 - it was made or looked up just before
    need, index, slot = found
    others = [other for place, other in enumerate(need.slots) if place != index]
    decision.say(
        OfferAccepted(
            offer=offer,
            need=need.id,
            slot=index,
            volunteer=slot.volunteer or "",
            complete=all(other.status not in ("open", "asked") for other in others),
            starts_at=slot.starts_at or need.request.opens,
        )
    )


def _living(decision: Decision, offer: str) -> tuple[OpenNeed, int, Slot]:
    found = decision.board.offer(offer)
    if found is not None:
        return found
    how = decision.board.ended_offers.get(offer)
    if how is None:
        raise Refusal("offer.unknown", "没有这个邀请。", "This offer does not exist in this area.")
    if how == "expired":
        raise Refusal("offer.expired", "邀请已过期，已请别人。", "The offer has run out; somebody else was asked.")
    raise Refusal("offer.closed", "邀请已结束，不需要再答复。", f"The offer is over ({how}); no answer is needed.")


def accept(decision: Decision, command: AcceptOffer) -> None:
    """Take a yes; said twice it changes nothing."""
    need, index, slot = _living(decision, command.offer)
    if slot.status != "asked":
        return
    if slot.expires_at is not None and command.at > slot.expires_at:
        raise Refusal("offer.expired", "邀请已过期。", "The offer has run out; you will be asked again another time.")
    _say_yes(decision, need.id, index, slot)


def _say_yes(decision: Decision, need_id: str, index: int, slot: Slot) -> None:
    _accepted(decision, slot.offer or "")
    decision.retime = True
    decision.from_here.add(slot.volunteer or "")
    decision.just_accepted = (need_id, index)


def refuse(decision: Decision, command: RefuseOffer) -> None:
    """Take a no, also from somebody who had said yes or was assigned; they are not asked again for it."""
    need, index, slot = _living(decision, command.offer)
    if slot.status not in ("asked", "taken"):
        raise Refusal("need.under_way", "已经开始，不能再拒绝。", "It has begun; report a failure instead.")
    decision.say(
        OfferRefused(
            offer=command.offer,
            need=need.id,
            slot=index,
            volunteer=slot.volunteer or "",
            reason=command.reason,
        )
    )


def claim(decision: Decision, command: Claim) -> int | None:
    """Give a need to the first who claims it; give the slot that is theirs to be planned, None if it is theirs already.

    A slot whose volunteer was asked and has not answered may be claimed by another.
    """
    need = decision.need(command.need)
    mine = next((index for index, slot in enumerate(need.slots) if slot.volunteer == command.volunteer), None)
    if mine is not None:
        if need.slots[mine].status == "asked":
            _say_yes(decision, need.id, mine, need.slots[mine])
        return None
    _may_do(decision, need, command.volunteer)
    return _take_over(decision, need, reason="claimed")


def assign(decision: Decision, command: Assign) -> int | None:
    """Give a need to somebody a community worker has spoken to."""
    return claim(decision, Claim(at=command.at, need=command.need, volunteer=command.volunteer))


def _may_do(decision: Decision, need: OpenNeed, volunteer: str) -> None:
    posted = decision.board.volunteers.get(volunteer)
    if posted is None or not posted.on_duty:
        raise Refusal(
            "volunteer.not_on_board",
            "志愿者不在本片区值班。请先登记可服务时间。",
            "This volunteer is not on duty in this area. Give their duty windows first.",
        )
    if not qualifies(posted, need.request):
        raise Refusal(
            "volunteer.not_qualified",
            "志愿者没有所需的技能或有效证书。",
            "This volunteer lacks a skill or a valid credential that the need asks for.",
        )


def _take_over(decision: Decision, need: OpenNeed, *, reason: str) -> int:
    free = need.open_slots or tuple(index for index, slot in enumerate(need.slots) if slot.status == "asked")
    if not free:
        raise Refusal("need.taken", "已经有人认领了，谢谢！", "Somebody else has taken it already. Thank you!")
    index = free[0]
    slot = need.slots[index]
    if slot.offer is not None and slot.volunteer is not None:
        decision.say(
            OfferWithdrawn(
                offer=slot.offer,
                need=need.id,
                slot=index,
                volunteer=slot.volunteer,
                reason=reason,
                was_accepted=False,
            )
        )
    return index
