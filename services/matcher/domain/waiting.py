"""What becomes of a need that nobody can be given: a reason in words, a person who owns it, or the honest end."""

from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import OpenNeed, Owner
from services.matcher.domain.commands import Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.qualify import only_stands_by, qualifies
from services.matcher.domain.rules import MOST_URGENT, Rules
from shared.contracts.dispatch import NeedEscalated, NeedGivenUp, NeedUnplaced, OfferWithdrawn

_A_MOMENT: Final = timedelta(minutes=1)

QUIET: Final = "quiet_hours"
ON_THE_WALL: Final = "waits_for_claim"
ASKED_ENOUGH: Final = "asked_enough"
ASKED_TODAY: Final = "asked_today"
SILENT: Final = "no_report"
WINDOW: Final = "window"
PARTLY: Final = "people"
NO_BATCH: Final = "batch"

# After these the board does not send the next volunteer by itself: somebody has to find out first.
A_PERSON_MUST_LOOK: Final = frozenset(
    {ASKED_ENOUGH, SILENT, "nobody_home", "address_not_found", "unsafe", "goods_missing", "other"}
)

# What a resident is told at the end, where the dispatcher's words would name volunteers.
_FOR_RESIDENTS: Final = {
    "skill": ("暂无具备所需技能或证书的志愿者。", "No volunteer with the needed skill or certificate was free."),
    "no_volunteers": ("当时没有志愿者值班。", "No volunteer was on duty."),
    "people": ("同一时间人手不够。", "Not enough people were free at the same time."),
    "refused": ("能去的志愿者都不方便。", "Those who could have come were not able to."),
    "full": ("能去的志愿者都已有安排。", "Those who could have come had enough to do."),
    "out_of_reach": ("路程或所需时间太长。", "The way or the time it takes is too long."),
    ASKED_ENOUGH: ("先后询问的志愿者都不方便。", "Those who were asked were not able to come."),
    ASKED_TODAY: ("能去的志愿者当天已有安排。", "Those who could have come had enough to do that day."),
    NO_BATCH: ("食堂没有合适的餐了。", "The canteens had no suitable meal left."),
    "nobody_home": ("上门时无人应门。", "Nobody answered the door."),
    "address_not_found": ("没有找到地址。", "The address was not found."),
    "unsafe": ("现场不安全。", "It was not safe there."),
}


def held_back(need: OpenNeed, *, rules: Rules, at: datetime, standing: bool) -> tuple[Unplaceable, datetime] | None:
    """Say why nobody is asked for this need now although somebody could be, and until when.

    Parameters
    ----------
    need, rules, at
        The need, the rules of the house, the moment.
    standing
        Whether volunteers on standing duty may be assigned to it without asking.
    """
    wall_until = need.admitted_at + rules.claimable_for
    if need.request.mode == "claim" and at < wall_until:
        why = Unplaceable(
            need=need.id,
            rule=ON_THE_WALL,
            zh="心愿在墙上，等待认领。",
            en="The wish is on the wall; anyone may claim it.",
        )
        return why, max(min(wall_until, need.request.closes), at + _A_MOMENT)
    if rules.is_quiet(at) and need.request.priority < MOST_URGENT and not standing:
        why = Unplaceable(
            need=need.id,
            rule=QUIET,
            zh=f"夜间不打扰志愿者，{rules.quiet_until:%H:%M} 起再询问。",
            en=f"Volunteers are not disturbed at night; they are asked from {rules.quiet_until:%H:%M}.",
        )
        ends = rules.quiet_ends(at)
        return None if ends >= need.request.closes else (why, ends)
    return None


def hold_back(decision: Decision, why: Unplaceable, until: datetime) -> None:
    """Say that a need waits, and until when."""
    _unplaced(decision, why, until)


def asked_enough(need: OpenNeed, rules: Rules) -> Unplaceable | None:
    """Say that enough people were asked for one of its open slots; from here on a person looks for somebody."""
    if not any(need.slots[index].asks >= rules.waves for index in need.open_slots):
        return None
    return Unplaceable(
        need=need.id,
        rule=ASKED_ENOUGH,
        zh=f"已先后询问 {rules.waves} 人，都不能去。请当面联系。",
        en=f"{rules.waves} people were asked one after the other and cannot come. Please speak to somebody in person.",
    )


def all_asked_today(decision: Decision, need_id: str) -> Unplaceable | None:
    """Say that those who could come were asked often enough today, if that is what stands in the way."""
    need, rules = decision.board.needs[need_id], decision.rules
    rested = [
        posted
        for posted in decision.board.volunteers.values()
        if posted.on_duty
        and posted.id not in need.not_again
        and qualifies(posted, need.request)
        and not only_stands_by(posted, need.request)
        and not rules.may_be_asked(posted, decision.at)
    ]
    if not rested:
        return None
    return Unplaceable(
        need=need_id,
        rule=ASKED_TODAY,
        zh=f"能去的 {len(rested)} 人今天都已询问 {rules.pushes_a_day} 次。请当面联系。",
        en=f"{len(rested)} who could come were asked {rules.pushes_a_day} times today. Please speak to one in person.",
    )


def cannot_place(decision: Decision, why: Unplaceable) -> None:
    """Answer a need that no route can take: wait, hand it to a person, or give it up."""
    need = decision.board.needs[why.need]
    if _too_late(decision, need):
        give_up(decision, why)
    elif why.rule == ASKED_ENOUGH or decision.at >= decision.rules.escalates_at(need):
        escalate(decision, why)
    else:
        _unplaced(decision, why, decision.rules.escalates_at(need))


def _too_late(decision: Decision, need: OpenNeed) -> bool:
    return decision.at >= need.request.closes and not need.under_way


def _unplaced(decision: Decision, why: Unplaceable, until: datetime) -> None:
    """Say the reason once; say it again only when it is another, or the next look is at another time."""
    need = decision.board.needs[why.need]
    known = need.blocked
    same = known is not None and (known.rule, known.next_action_at) == (why.rule, until)
    if not same:
        decision.say(NeedUnplaced(need=need.id, rule=why.rule, zh=why.zh, en=why.en, next_action_at=until))


def escalate(decision: Decision, why: Unplaceable) -> None:
    """Hand a need to a person: the community worker first, the street when their time has passed."""
    need = decision.board.needs[why.need]
    blocked = need.blocked
    if need.owner is not None and blocked is not None and blocked.next_action_at > decision.at:
        _unplaced(decision, why, blocked.next_action_at)  # somebody owns it and still has time
        return
    ran_out = need.owner is not None and blocked is not None
    owner: Owner = "street" if ran_out else need.owner or "community_worker"
    rules = decision.rules
    acts_within = rules.worker_acts_within if owner == "community_worker" else rules.street_acts_within
    acts_by = decision.at + acts_within
    if need.open_slots and need.request.closes > decision.at:
        acts_by = min(acts_by, need.request.closes)
    decision.say(NeedEscalated(need=need.id, owner=owner, next_action_at=acts_by, rule=why.rule, zh=why.zh, en=why.en))


def give_up(decision: Decision, why: Unplaceable) -> None:
    """Say honestly that a need cannot be served, and let go everybody who was meant to come."""
    need = decision.board.needs[why.need]
    release(decision, need, reason="given_up")
    decision.say(NeedGivenUp(need=need.id, rule=why.rule, zh=why.zh, en=why.en))


def release(decision: Decision, need: OpenNeed, *, reason: str) -> None:
    """Withdraw a need from everybody who has it in hand."""
    for index, slot in enumerate(need.slots):
        if slot.volunteer is not None and slot.offer is not None and slot.status != "done":
            decision.say(
                OfferWithdrawn(
                    offer=slot.offer,
                    need=need.id,
                    slot=index,
                    volunteer=slot.volunteer,
                    reason=reason,
                    was_accepted=slot.status != "asked",
                )
            )


def window_gone(need: OpenNeed, rules: Rules) -> Unplaceable:
    """Word the end: the time has passed, and what stood in the way until then."""
    closes = rules.local(need.request.closes)
    found = sum(slot.status == "done" for slot in need.slots)
    if 0 < found < len(need.slots):
        return Unplaceable(
            need=need.id,
            rule=PARTLY,
            zh=f"需要 {len(need.slots)} 人，只来了 {found} 人。",
            en=f"{len(need.slots)} people were needed and only {found} came.",
        )
    rule = need.blocked.rule if need.blocked else WINDOW
    zh, en = _FOR_RESIDENTS.get(rule, ("", ""))
    return Unplaceable(
        need=need.id,
        rule=rule,
        zh=f"{closes:%m-%d %H:%M} 前没有找到能去的志愿者。{zh}",
        en=f"Nobody could come until {closes:%m-%d %H:%M}. {en}".strip(),
    )


def silent(need: OpenNeed) -> Unplaceable:
    """Word the worry about somebody who began and has not been heard of since."""
    return Unplaceable(
        need=need.id,
        rule=SILENT,
        zh="服务早该结束，志愿者没有报告。请打电话询问。",
        en="The visit should have ended long ago and the volunteer has not reported. Please call them.",
    )
