"""The rules of a need: what follows from a command, or a reason why not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, assert_never

from services.intake.domain.commands import (
    Amend,
    Ask,
    Command,
    HearTold,
    Progress,
    Rate,
    Reopen,
    Review,
    Tick,
    Withdraw,
)
from services.intake.domain.need import Need
from services.intake.domain.patience import WORKER, Patience, on_the_second
from services.intake.domain.window import from_now_on
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFact,
    NeedFollowUpDue,
    NeedProgressed,
    NeedRated,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
    Request,
)
from shared.kernel.refusals import Refusal

Facts = Sequence[NeedFact]

DEFAULT: Final = Patience()

NOT_BEGUN: Final = frozenset({"received", "accepted", "dispatched", "taken", "escalated"})
ON_THE_BOARD: Final = frozenset({"accepted", "dispatched", "taken", "in_service", "escalated"})
STEP: Final = {"accepted": 0, "escalated": 0, "dispatched": 1, "taken": 2, "in_service": 3, "done": 4}
"""The order in which a need moves on; an escalated need can go anywhere from there."""


def decide(  # noqa: PLR0911 - one case per command, and nothing else
    need: Need, command: Command, patience: Patience = DEFAULT
) -> Facts:
    """Say what follows.

    Raises
    ------
    Refusal
        If a rule says no.
    """
    if isinstance(command, Ask):
        return _ask(need, command, patience)
    request = _known(need)
    match command:
        case Review():
            return _review(need, request, command)
        case Amend():
            return _amend(need, request, command)
        case Withdraw():
            return _withdraw(need, request, command)
        case Progress():
            return _progress(need, command, patience)
        case Rate():
            return _rate(need, request, command, patience)
        case Reopen():
            return _reopen(need, request, command, patience)
        case HearTold():
            return _hear_told(need, command)
        case Tick():
            return _tick(need, request, command, patience)
        case _:
            assert_never(command)


def _known(need: Need) -> Request:
    if need.request is None:
        raise Refusal("need.unknown", "没有这条需求，请核对编号。", "There is no such need; check its id.")
    return need.request


def _ask(need: Need, command: Ask, patience: Patience) -> Facts:
    if need.request is not None:
        raise Refusal("need.exists", "这条需求已登记。", "This need is registered already.")
    if not command.review:
        return (NeedAccepted(at=command.at, request=command.request),)
    by = on_the_second(command.at + patience.review_within)
    return (
        NeedReceived(at=command.at, request=command.request),
        NeedProgressed(at=command.at, status="received", owner=WORKER, next_action_at=by),
    )


def _review(need: Need, request: Request, command: Review) -> Facts:
    if need.status != "received":
        zh, en = "这条需求不在待审核状态，无需审核。", "This need does not wait for review; nothing is to be decided."
        raise Refusal("need.not_in_review", zh, en)
    if not command.accept:
        return (NeedRefused(at=command.at, reason=command.reason, resident=request.resident),)
    return (NeedAccepted(at=command.at, request=_still_possible(request, command.at)),)


def _still_possible(request: Request, at: datetime) -> Request:
    """Review took its time: begin from now on. What was announced for an hour cannot be moved by us."""
    if request.closes >= at:
        return request.model_copy(update={"opens": max(request.opens, at)})
    if request.mode == "shift":
        zh, en = "公布的开始时间已过，请先修改时间再受理。", "The announced hour has passed; change the window first."
        raise Refusal("need.window_past", zh, en)
    return from_now_on(request, at)


def _amend(need: Need, request: Request, command: Amend) -> Facts:
    if need.status not in NOT_BEGUN:
        raise _too_late()
    parts = ("opens", "closes", "meals", "grams", "diet", "pickup")
    changes = {part: value for part in parts if (value := getattr(command, part)) is not None}
    amended = request.model_copy(update=changes)
    return () if amended == request else (NeedAmended(at=command.at, request=amended),)


def _withdraw(need: Need, request: Request, command: Withdraw) -> Facts:
    if need.status not in NOT_BEGUN:
        raise _too_late()
    return (NeedWithdrawn(at=command.at, reason=command.reason, resident=request.resident),)


def _too_late() -> Refusal:
    zh, en = (
        "服务已经开始或已经结束，不能再修改或撤回；请致电社区。",
        "It has begun or ended; call the community instead.",
    )
    return Refusal("need.too_late", zh, en)


def _progress(need: Need, command: Progress, patience: Patience) -> Facts:
    if need.status not in ON_THE_BOARD:
        zh, en = "这条需求已不在派单板上。", "This need is no longer on the board; nothing moves."
        raise Refusal("need.not_on_the_board", zh, en)
    return (_moved(need, command, patience),) if _is_a_step(need, command) else ()


def _is_a_step(need: Need, command: Progress) -> bool:
    """Forward is always a step; back only when somebody was lost, and a new owner is one for what was escalated."""
    if command.status == "unmet":
        return True
    if command.status == "escalated":
        return (need.status, need.owner, need.next_action_at) != ("escalated", command.owner, command.next_action_at)
    if command.lost:
        return need.status in ("taken", "in_service") and _was_theirs(need, command.volunteer)
    return STEP[command.status] > STEP[str(need.status)]


def _was_theirs(need: Need, volunteer: str | None) -> bool:
    """One of several may be lost, of whom the need remembers the last; of one, only that one."""
    alone = need.request is not None and need.request.people == 1
    return not alone or volunteer is None or need.volunteer is None or volunteer == need.volunteer


def _moved(need: Need, command: Progress, patience: Patience) -> NeedProgressed:
    language = need.request.language if need.request else "zh"
    owner, next_action_at = command.owner, command.next_action_at
    if command.status in ("done", "unmet"):
        owner, next_action_at = WORKER, on_the_second(command.at + patience.follow_up_after)
    return NeedProgressed(
        at=command.at,
        status=command.status,
        volunteer=None if command.lost else command.volunteer,
        note=command.words.said_in(language),
        owner=owner,
        next_action_at=next_action_at,
    )


def _rate(need: Need, request: Request, command: Rate, patience: Patience) -> Facts:
    changed_mind = not command.good and need.status == "confirmed" and _is_recent(need, command.at, patience)
    if need.status != "done" and not changed_mind:
        zh, en = (
            "这条需求现在不需要评价。",
            "This need does not wait for an answer: it is not done, or it was answered.",
        )
        raise Refusal("need.not_done", zh, en)
    rated = NeedRated(at=command.at, good=command.good, comment_given=command.comment_given, by=command.by)
    if command.good:
        return (rated, NeedClosed(at=command.at, outcome="confirmed", rounds=need.round))
    reason = "不满意" if request.language == "zh" else "it was not good"
    return (rated, _opened_again(need, request, reason, command.at))


def _reopen(need: Need, request: Request, command: Reopen, patience: Patience) -> Facts:
    ended = need.status in ("confirmed", "unmet") and _is_recent(need, command.at, patience)
    if need.status != "done" and not ended:
        zh, en = (
            "只有已完成、已办结或未能满足的需求可在期限内重新受理；请另行登记。",
            ("Only what was done, closed or unmet a short while ago can be opened again; ask anew instead."),
        )
        raise Refusal("need.cannot_reopen", zh, en)
    return (_opened_again(need, request, command.reason, command.at),)


def _is_recent(need: Need, at: datetime, patience: Patience) -> bool:
    return need.ended_at is not None and at - need.ended_at <= patience.change_of_mind


def _opened_again(need: Need, request: Request, reason: str, at: datetime) -> NeedReopened:
    return NeedReopened(at=at, request=from_now_on(request, at), reason=reason, round=need.round + 1)


def _hear_told(need: Need, command: HearTold) -> Facts:
    """Close what ended without being done, once the resident has been told exactly that."""
    if need.closed or command.template != need.status:
        return ()
    match need.status:
        case "unmet" | "refused" | "withdrawn" as outcome:
            return (NeedClosed(at=command.at, outcome=outcome, reason=need.reason, rounds=max(need.round, 1)),)
        case _:
            return ()


def _tick(need: Need, request: Request, command: Tick, patience: Patience) -> Facts:
    """Whatever is due gets an owner and a later time, so that a timer never finds the same moment twice."""
    if need.due is None or command.at < need.due:
        return ()
    if need.status == "received":
        by = on_the_second(command.at + patience.review_within)
        return (NeedProgressed(at=command.at, status="received", owner=WORKER, next_action_at=by),)
    by = on_the_second(command.at + patience.follow_up_every)
    return (NeedFollowUpDue(at=command.at, owner=WORKER, next_action_at=by, resident=request.resident),)
