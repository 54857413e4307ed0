"""When a board wants to be woken, and why; what is not listed here nobody would ever look at again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.matcher.domain.board import HELD, Board, OpenNeed
from services.matcher.domain.rules import Rules

Why = Literal["expired", "missed", "silent", "duty_over", "too_late", "try_again"]


class Wake(NamedTuple):
    """At this moment something is due about this need, slot or volunteer."""

    at: datetime
    why: Why
    need: str = ""
    slot: int = 0
    volunteer: str = ""


def wakes(board: Board, rules: Rules) -> Iterator[Wake]:
    """List everything that comes due by itself."""
    for need in board.needs.values():
        yield from _of_need(need, rules)
    held = [slot for _, _, slot in board.slots() if slot.status in HELD]
    busy = {slot.volunteer for slot in held}
    begun = {slot.volunteer for slot in held if slot.status == "begun"}
    for volunteer in board.routes:
        if volunteer not in begun:  # who is busy at a stop is not late for the next
            yield from _missed(board, volunteer, rules)
    for posted in board.volunteers.values():
        if posted.on_duty and posted.id not in busy:
            yield Wake(at=posted.windows[-1].closes + rules.missed_after, why="duty_over", volunteer=posted.id)


def _of_need(need: OpenNeed, rules: Rules) -> Iterator[Wake]:
    for index, slot in enumerate(need.slots):
        if slot.status == "asked" and slot.expires_at is not None:
            yield Wake(at=slot.expires_at, why="expired", need=need.id, slot=index)
        if slot.status == "begun" and slot.begun_at is not None and need.owner is None:
            ends = slot.begun_at + timedelta(seconds=need.request.duration_s)
            yield Wake(at=ends + rules.silent_after, why="silent", need=need.id, slot=index)
    if need.blocked is not None and (need.open_slots or need.owner is not None):
        yield Wake(at=need.blocked.next_action_at, why="try_again", need=need.id)
    if need.open_slots and not any(slot.status not in ("open", "asked") for slot in need.slots):
        yield Wake(at=need.request.closes, why="too_late", need=need.id)


def _missed(board: Board, volunteer: str, rules: Rules) -> Iterator[Wake]:
    """Only the first stop that they said yes to counts: who does not come to it is late for all others too."""
    for stop in board.route(volunteer).stops:
        need = board.needs.get(stop.need)
        slot = need.slots[stop.slot] if need and stop.slot < len(need.slots) else None
        if slot is not None and slot.volunteer == volunteer and slot.status in ("taken", "carrying"):
            yield Wake(
                at=stop.starts_at + rules.missed_after,
                why="missed",
                need=stop.need,
                slot=stop.slot,
                volunteer=volunteer,
            )
            return


def due(board: Board, rules: Rules) -> datetime | None:
    """Give the first moment at which something comes due."""
    return min((wake.at for wake in wakes(board, rules)), default=None)
