"""How what intake says about a need changes the picture of its area."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from services.console.domain.area import Area, Day, Stuck, admit, day_of, forget, time_first_offer
from services.console.domain.words import REASON_ELSEWHERE
from shared.contracts.fact import Fact
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFollowUpDue,
    NeedProgressed,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
)
from shared.kernel.words import Words

_MOST_REASONS: Final = 50
_OTHER_REASONS: Final = "其他"


def _received(area: Area, fact: Fact, data: NeedReceived, date: str) -> None:
    if admit(area, fact.subject, data.request, fact.time, status="received"):
        day_of(area, date).asked += 1


def _accepted(area: Area, fact: Fact, data: NeedAccepted, date: str) -> None:
    first_heard = fact.sequence == 1  # a need that was reviewed has been counted when it was received
    need = admit(area, fact.subject, data.request, fact.time, status="accepted")
    if need is None:
        return
    need.accepted_at = fact.time
    time_first_offer(area, need, date)
    if need.status == "received":
        need.status = "accepted"
    if first_heard:
        day_of(area, date).asked += 1


def _amended(area: Area, fact: Fact, data: NeedAmended, _: str) -> None:
    if fact.subject in area.needs:
        admit(area, fact.subject, data.request, fact.time, status="accepted")


def _reopened(area: Area, fact: Fact, data: NeedReopened, _: str) -> None:
    area.closed.pop(fact.subject, None)
    need = admit(area, fact.subject, data.request, fact.time, status="accepted")
    if need is None:
        return
    need.round, need.status, need.accepted_at = data.round, "accepted", fact.time
    need.first_offer_at = need.answered_at = need.done_at = need.told_done_at = need.canteen = need.stuck = None
    need.places = {}


def _progressed(area: Area, fact: Fact, data: NeedProgressed, _: str) -> None:
    need = area.needs.get(fact.subject)
    if need is None:
        return
    need.status = data.status
    if data.status == "escalated":
        why = Words(zh=data.note, en=data.note) if data.note else REASON_ELSEWHERE
        stuck = need.stuck or Stuck(rule="", why=REASON_ELSEWHERE if need.sensitive else why, since=fact.time)
        stuck.owner = data.owner or stuck.owner
        stuck.next_action_at = data.next_action_at or stuck.next_action_at
        need.stuck = stuck
    elif data.status in {"taken", "in_service", "done"}:
        need.stuck = None


def _ended_early(area: Area, fact: Fact, data: NeedRefused | NeedWithdrawn, _: str) -> None:
    need = area.needs.get(fact.subject)
    if need is not None:
        need.status = "refused" if isinstance(data, NeedRefused) else "withdrawn"
        need.stuck, need.places = None, {}


def _follow_up_due(area: Area, fact: Fact, data: NeedFollowUpDue, _: str) -> None:
    need = area.needs.get(fact.subject)
    if need is not None:
        need.stuck = Stuck(
            rule="no_answer",
            why=Words(zh="居民尚未评价，需当面询问", en="the resident has not answered; somebody must ask"),
            since=fact.time,
            owner=data.owner,
            next_action_at=data.next_action_at,
        )


def _closed(area: Area, fact: Fact, data: NeedClosed, date: str) -> None:
    need = forget(area, fact.subject)
    day = day_of(area, date)
    outcomes = day.outcomes.setdefault(need.service if need else "unknown", {})
    outcomes[data.outcome] = outcomes.get(data.outcome, 0) + 1
    if data.outcome == "unmet":
        _count_reason(day, REASON_ELSEWHERE.zh if need is None or need.sensitive else data.reason)


def _count_reason(day: Day, reason: str) -> None:
    if reason not in day.unmet_because and len(day.unmet_because) >= _MOST_REASONS:
        reason = _OTHER_REASONS
    day.unmet_because[reason] = day.unmet_because.get(reason, 0) + 1


NEEDS: Final[Mapping[str, Callable[[Area, Fact, Any, str], None]]] = {
    NeedReceived.TYPE: _received,
    NeedAccepted.TYPE: _accepted,
    NeedAmended.TYPE: _amended,
    NeedReopened.TYPE: _reopened,
    NeedProgressed.TYPE: _progressed,
    NeedRefused.TYPE: _ended_early,
    NeedWithdrawn.TYPE: _ended_early,
    NeedFollowUpDue.TYPE: _follow_up_due,
    NeedClosed.TYPE: _closed,
}
