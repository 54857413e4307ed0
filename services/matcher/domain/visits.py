"""What volunteers report from the way: picked up, begun, finished, failed."""

from datetime import datetime
from typing import Final

from services.matcher.domain.board import OpenNeed, Slot
from services.matcher.domain.commands import Complete, Fail, PickUp, Report, Start, Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.waiting import escalate, give_up
from shared.contracts.dispatch import GoodsPickedUp, VisitCompleted, VisitFailed, VisitStarted
from shared.kernel.refusals import Refusal

_A_PERSON_MUST_LOOK: Final = frozenset({"nobody_home", "address_not_found", "unsafe"})
_WORDS: Final = {
    "nobody_home": (
        "家中无人应门，请电话确认平安。",
        "Nobody answered the door. Please call and make sure all is well.",
    ),
    "address_not_found": (
        "找不到地址，请与居民核对。",
        "The address was not found. Please check it with the resident.",
    ),
    "not_wanted": ("到达后居民表示不再需要。", "The resident said at the door that it is no longer wanted."),
    "goods_missing": ("物品缺失。", "The goods were missing."),
    "unsafe": ("现场不安全，请派人处理。", "It was not safe there. Please send somebody who can deal with it."),
    "other": ("多次未能完成，请人工处理。", "It could not be done several times. A person must look at it."),
}


def _slot(decision: Decision, report: Report) -> tuple[OpenNeed, Slot]:
    need = decision.need(report.need)
    slot = need.slots[report.slot] if report.slot < len(need.slots) else None
    if slot is None or slot.volunteer != report.volunteer:
        raise Refusal(
            "slot.not_yours",
            "这一单现在不归这位志愿者。",
            "This slot is not this volunteer's (any more). Look at the route again before setting out.",
        )
    return need, slot


def _goes_on(decision: Decision, volunteer: str) -> None:
    decision.retime = True
    decision.from_here.add(volunteer)


def _agrees_by_doing(slot: Slot) -> None:
    if slot.status == "asked":
        raise Refusal("offer.not_accepted", "请先接受邀请。", "Accept the offer first, so that others are told.")


def pick_up(decision: Decision, command: PickUp) -> None:
    """Note that the goods are on their way; said twice it changes nothing."""
    need, slot = _slot(decision, command)
    if need.request.mode != "delivery":
        raise Refusal("need.no_goods", "这个需求没有要取的东西。", "There is nothing to pick up for this need.")
    if slot.status in ("carrying", "begun", "done"):
        return
    _agrees_by_doing(slot)
    decision.say(
        GoodsPickedUp(
            need=need.id,
            slot=command.slot,
            volunteer=command.volunteer,
            canteen=need.canteen,
            at=command.at,
        )
    )
    _goes_on(decision, command.volunteer)


def start(decision: Decision, command: Start) -> None:
    """They are there. Who forgot to report the pickup must have had the goods."""
    need, slot = _slot(decision, command)
    if slot.status in ("begun", "done"):
        return
    _agrees_by_doing(slot)
    if need.request.mode == "delivery" and slot.status == "taken":
        decision.say(
            GoodsPickedUp(
                need=need.id,
                slot=command.slot,
                volunteer=command.volunteer,
                canteen=need.canteen,
                at=slot.starts_at and min(slot.starts_at, command.at),
            )
        )
    decision.say(VisitStarted(need=need.id, slot=command.slot, volunteer=command.volunteer, at=command.at))
    _goes_on(decision, command.volunteer)


def complete(decision: Decision, command: Complete) -> None:
    """They finished; the figures are what was measured, not what was planned."""
    need, slot = _slot(decision, command)
    if slot.status == "done":
        return
    if slot.status != "begun":
        start(decision, Start(at=command.at, need=command.need, slot=command.slot, volunteer=command.volunteer))
        need, slot = _slot(decision, command)
    ahead = [
        stop
        for stop in decision.board.route(command.volunteer).stops
        if (stop.need, stop.slot) == (need.id, command.slot)
    ]
    decision.say(
        VisitCompleted(
            need=need.id,
            slot=command.slot,
            volunteer=command.volunteer,
            evidence=command.evidence,
            complete=all(other.status == "done" for place, other in enumerate(need.slots) if place != command.slot),
            kitchen_to_door_s=_kitchen_to_door_s(need, slot, command.at),
            travel_s=slot.travel_s + sum(stop.travel_s for stop in ahead),
            distance_m=slot.distance_m + sum(stop.distance_m for stop in ahead),
            at=command.at,
        )
    )
    _goes_on(decision, command.volunteer)


def _kitchen_to_door_s(need: OpenNeed, slot: Slot, at: datetime) -> int | None:
    if slot.picked_up_at is None or not need.request.meals:
        return None
    return max(0, round(((slot.begun_at or at) - slot.picked_up_at).total_seconds()))


def fail(decision: Decision, command: Fail) -> None:
    """Note that it could not be done: by the reason it is tried again, looked at by a person, or given up."""
    need, slot = _slot(decision, command)
    if slot.status == "done":
        raise Refusal("need.done", "已报告完成。", "This was reported as finished; reopen the need instead.")
    _agrees_by_doing(slot)
    carried = slot.picked_up_at is not None
    decision.say(
        VisitFailed(need=need.id, slot=command.slot, volunteer=command.volunteer, reason=command.reason, at=command.at)
    )
    _goes_on(decision, command.volunteer)
    _after_failure(decision, need.id, command.reason, carried=carried)


def _after_failure(decision: Decision, need_id: str, reason: str, *, carried: bool) -> None:
    need = decision.board.needs[need_id]
    zh, en = _WORDS[reason]
    why = Unplaceable(need=need_id, rule=reason, zh=zh, en=en)
    if reason == "not_wanted":
        give_up(decision, why)
    elif reason in _A_PERSON_MUST_LOOK or carried or need.failures > decision.rules.most_failures:
        decision.to_place.pop(need_id, None)
        escalate(decision, why)
