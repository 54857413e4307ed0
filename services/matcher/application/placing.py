"""Every event is answered at once: what became open is inserted into the present plan, in order of arrival."""

from collections.abc import Sequence
from typing import Final

from services.matcher.application.adopting import reasons_of, stops_of
from services.matcher.application.drawing import Drawing, draw
from services.matcher.application.jobs import job_id, slot_of, somebody_stands_by
from services.matcher.application.lateness import runs_late
from services.matcher.application.nearby import nearest
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.adopt import adopt
from services.matcher.domain.board import UNDER_WAY
from services.matcher.domain.commands import AdoptPlan, Unplaceable
from services.matcher.domain.decision import Decision
from services.matcher.domain.kitchens import has_meal
from services.matcher.domain.waiting import A_PERSON_MUST_LOOK, asked_enough, cannot_place, held_back, hold_back
from services.matcher.planning import Plan
from services.matcher.planning.draft import draft_of
from services.matcher.planning.insert import carry_over, explained, insert_all, place_all
from services.matcher.planning.params import Params
from services.matcher.planning.verify import violations
from shared.contracts.dispatch import OfferWithdrawn
from shared.kernel.refusals import Refusal

_NEAREST: Final = 30  # volunteers who are looked at first; if nobody of them can, everybody is
_FEW: Final = 4
_PARAMS: Final = Params.default()
_MOST_ROUNDS: Final = 5  # who cannot keep a promise is released, then the others are asked; that settles quickly
NOT_VERIFIED: Final = "not_verified"


def respond(decision: Decision, book: TravelBook) -> None:
    """Answer what a command has opened: with offers, or with a reason and a next look."""
    asked = _answerable(decision, list(decision.to_place))
    hopeful = _answerable(decision, _hopeful(decision)) if decision.everything else []
    moved = any(decision.board.route(volunteer).stops for volunteer in decision.touched)
    if not (asked or hopeful or moved or (decision.retime and runs_late(decision))):
        return
    among = _nearby(decision, asked)
    for _ in range(_MOST_ROUNDS):
        drawing = draw(decision, {*asked, *hopeful}, book, among=among)
        plan = _planned(decision, drawing, asked, hopeful, explain=among is None)
        if among is not None and plan.unplaced:
            among = None
            continue
        lost, overdue = _lost(decision, plan), _overdue(decision, plan)
        if not lost and overdue <= decision.overdue:
            break
        decision.overdue |= overdue
        for need_id, index in lost:
            _release(decision, need_id, index)
        asked = _answerable(decision, list(decision.to_place))
    else:
        drawing = draw(decision, set(), book)
        plan = carry_over(drawing.problem, drawing.present)
    if violations(drawing.problem, plan):
        _refuse_plan(decision, asked)
        return
    adopt(decision, _adoption(decision, drawing, plan))


def _adoption(
    decision: Decision, drawing: Drawing, plan: Plan, agreed: frozenset[tuple[str, int]] = frozenset()
) -> AdoptPlan:
    return AdoptPlan(
        at=decision.at,
        routes=stops_of(decision.board, drawing, plan),
        unplaced=tuple(reasons_of(decision, plan)),
        engine=plan.engine,
        degraded=plan.degraded,
        agreed=agreed,
    )


def _hopeful(decision: Decision) -> list[str]:
    """Give the needs that found nobody before and might now, because somebody or something came free."""
    return [need.id for need in decision.board.needs.values() if need.open_slots and need.id not in decision.to_place]


def _answerable(decision: Decision, needs: Sequence[str]) -> list[str]:
    """Keep the needs that the planner can place now; say of the others why they wait."""
    found = []
    for need_id in needs:
        need = decision.board.needs.get(need_id)
        if need is None or not need.open_slots:
            continue
        if need.blocked is not None and need.blocked.rule in A_PERSON_MUST_LOOK:
            continue
        enough = asked_enough(need, decision.rules)
        if enough is not None:
            cannot_place(decision, enough)
            continue
        standing = somebody_stands_by(decision, need)
        waits = held_back(need, rules=decision.rules, at=decision.at, standing=standing)
        if waits is not None:
            hold_back(decision, *waits)
        elif has_meal(decision, need_id):
            found.append(need_id)
    return found


def _nearby(decision: Decision, asked: Sequence[str]) -> set[str] | None:
    """Give the volunteers among whom an event is answered first: those it concerns and the nearest who qualify.

    None: everybody has to be looked at, because more than a few needs or routes are concerned.
    """
    if decision.everything or len(asked) > _FEW or (decision.retime and not decision.from_here):
        return None
    near = {one for need in asked for one in nearest(decision, decision.board.needs[need], keep=_NEAREST)}
    concerned = near | decision.touched | decision.from_here
    holders = {
        slot.volunteer for need in asked for slot in decision.board.needs[need].slots if slot.volunteer is not None
    }
    return concerned | holders


def _planned(
    decision: Decision, drawing: Drawing, asked: Sequence[str], hopeful: Sequence[str], *, explain: bool
) -> Plan:
    """Insert first what somebody had and no longer fits, then what was asked for, then what might fit now."""
    draft = draft_of(drawing.problem, drawing.present, params=_PARAMS, present=drawing.present, strict=False)
    held = [job for job in draft.unplaced if _is_held(decision, job)]
    left_out = place_all(draft, [*held, *_jobs(decision, asked)])
    left_out += place_all(draft, _jobs(decision, hopeful))[:_FEW]  # what stands in their way may be another rule now
    return explained(draft, left_out) if explain else draft.plan()


def _jobs(decision: Decision, needs: Sequence[str]) -> list[str]:
    board = decision.board
    return [job_id(need, index) for need in needs if need in board.needs for index in board.needs[need].open_slots]


def _is_held(decision: Decision, job: str) -> bool:
    need, index = slot_of(job)
    return decision.board.needs[need].slots[index].status != "open"


def _lost(decision: Decision, plan: Plan) -> list[tuple[str, int]]:
    """Give what somebody said yes to, or was asked for, and cannot do in time any more; on board it stays."""
    lost = [slot_of(one.job) for one in plan.unplaced if _is_held(decision, one.job)]
    return [(need, index) for need, index in lost if decision.board.needs[need].slots[index].status not in UNDER_WAY]


def _overdue(decision: Decision, plan: Plan) -> set[tuple[str, int]]:
    """Give what is on board and late: it is brought all the same, whatever the limits say."""
    late = {slot_of(one.job) for one in plan.unplaced if _is_held(decision, one.job)}
    return {(need, index) for need, index in late if decision.board.needs[need].slots[index].status in UNDER_WAY}


def _release(decision: Decision, need_id: str, index: int) -> None:
    slot = decision.board.needs[need_id].slots[index]
    if decision.just_accepted == (need_id, index):
        raise Refusal(
            "offer.expired",
            "现在出发已来不及，谢谢！",
            "It is too late now to be there in time. Thank you; somebody else is looked for.",
        )
    decision.say(
        OfferWithdrawn(
            offer=slot.offer or "",
            need=need_id,
            slot=index,
            volunteer=slot.volunteer or "",
            reason="late",
            was_accepted=slot.status != "asked",
        )
    )


def _refuse_plan(decision: Decision, needs: Sequence[str]) -> None:
    """Say that a plan broke a rule and was not used: a mistake of ours that a person must see."""
    for need_id in needs:
        if need_id in decision.board.needs:
            why = Unplaceable(
                need=need_id,
                rule=NOT_VERIFIED,
                zh="自动安排未通过检查，请人工派单并报告开发人员。",
                en="The plan did not pass its check. Assign somebody by hand and report this to the developers.",
            )
            cannot_place(decision, why)


def place_with(decision: Decision, need_id: str, index: int, volunteer: str, book: TravelBook) -> None:
    """Give one slot to one volunteer who has said yes.

    Raises
    ------
    Refusal
        If it does not fit into their route.
    """
    drawing = draw(decision, {need_id}, book, among={volunteer} | decision.touched, only=(need_id, index, volunteer))
    present = drawing.present
    job = job_id(need_id, index)
    plan = insert_all(drawing.problem, carry_over(drawing.problem, present), [job], present=present)
    unplaced = next((one for one in plan.unplaced if one.job == job), None)
    if unplaced is not None:
        raise Refusal(
            "claim.does_not_fit",
            f"放不进志愿者的行程：{unplaced.in_words('zh')}",
            f"It does not fit into this volunteer's day: {unplaced.in_words('en')}",
        )
    if violations(drawing.problem, plan) or _lost(decision, plan):
        raise Refusal("claim.does_not_fit", "放不进志愿者的行程。", "It does not fit into this volunteer's day.")
    adopt(decision, _adoption(decision, drawing, plan, frozenset({(need_id, index)})))
    decision.to_place.pop(need_id, None)
