"""When a board wants to be woken, and why; what is not listed here nobody would ever look at again."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from services.matcher.domain.board import HELD, Board, OpenNeed, Posted
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
    yield from _of_work(board, rules)
    for posted in _unoccupied(board):
        yield Wake(at=posted.windows[-1].closes + rules.missed_after, why="duty_over", volunteer=posted.id)


def _of_work(board: Board, rules: Rules) -> Iterator[Wake]:
    for need in board.needs.values():
        yield from _of_need(need, rules)
    begun = {slot.volunteer for need in board.needs.values() for slot in need.slots if slot.status == "begun"}
    for volunteer, route in board.routes.items():
        if route.stops and volunteer not in begun:  # who is busy at a stop is not late for the next
            yield from _missed(board, volunteer, rules)


def _unoccupied(board: Board) -> Iterator[Posted]:
    """Go through those on duty who have nothing in hand."""
    busy = {slot.volunteer for need in board.needs.values() for slot in need.slots if slot.status in HELD}
    return (posted for posted in board.volunteers.values() if posted.windows and posted.id not in busy)


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
    """Give the first moment at which something comes due: that of the first of the `wakes`, in half the time."""
    closes = min((posted.windows[-1].closes for posted in _unoccupied(board)), default=None)
    duty_over = [] if closes is None else [closes + rules.missed_after]
    return min((*(wake.at for wake in _of_work(board, rules)), *duty_over), default=None)
