"""Needs come, change and go."""

from services.matcher.domain.batches import choose
from services.matcher.domain.board import OpenNeed
from services.matcher.domain.commands import AdmitNeed, AmendNeed, DropNeed, GiveUp, Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.evolve import same_task
from services.matcher.domain.rules import VETTED
from services.matcher.domain.waiting import give_up, release
from shared.contracts.dispatch import NeedAdmitted, NeedDropped
from shared.contracts.needs import Request
from shared.kernel.refusals import Refusal

TWO_ADULTS = 2


def admit(decision: Decision, command: AdmitNeed) -> None:
    """Take a need on; its place on a route is found in the same step."""
    if command.need in decision.board.needs:
        raise Refusal("need.on_board", "这个需求已在派单板上。", "This need is on the board already.")
    _say_admitted(decision, command.need, command.request)


def _say_admitted(decision: Decision, need_id: str, request: Request) -> None:
    request = _with_two_adults(request)
    canteen, batch = None, None
    if OpenNeed(id=need_id, request=request, admitted_at=decision.at, slots=()).wants_meals:
        canteen, batch = choose(decision.board, need_id, request, decision.at)
    decision.say(NeedAdmitted(need=need_id, request=request, canteen=canteen, batch=batch, at=decision.at))


def _with_two_adults(request: Request) -> Request:
    """With minors there are always two vetted adults, whatever was typed in."""
    if VETTED in request.credentials and request.people < TWO_ADULTS:
        return request.model_copy(update={"people": TWO_ADULTS})
    return request


def amend(decision: Decision, command: AmendNeed) -> None:
    """Take the change on: who was to come for something else is released and asked anew."""
    need = decision.need(command.need)
    if need.under_way:
        raise Refusal("need.under_way", "志愿者已经出发或开始服务，不能再改。", "Somebody is already on it; call them.")
    request = _with_two_adults(command.request)
    if same_task(need.request, request):
        decision.say(
            NeedAdmitted(need=need.id, request=request, canteen=need.canteen, batch=need.batch, at=need.admitted_at)
        )
        return
    release(decision, need, reason="amended")
    _say_admitted(decision, command.need, request)


def drop(decision: Decision, command: DropNeed) -> None:
    """Let a need go that nobody wants any more."""
    need = decision.need(command.need)
    release(decision, need, reason="withdrawn")
    decision.say(NeedDropped(need=need.id, reason=command.reason))
    decision.everything = True


def give_up_by(decision: Decision, command: GiveUp) -> None:
    """Give a need up because a community worker says so; the resident is told their words."""
    need = decision.need(command.need)
    if any(slot.status == "begun" for slot in need.slots):
        raise Refusal("need.under_way", "服务正在进行。", "Somebody is doing it right now; wait for their report.")
    give_up(decision, Unplaceable(need=need.id, rule="decided", zh=command.reason, en=command.reason))
    decision.everything = True
