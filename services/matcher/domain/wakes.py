"""When a board wants to be woken, and why; what is not listed here nobody would ever look at again."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

from services.matcher.domain.board import HELD, Board, OpenNeed, Posted
from services.matcher.domain.rules import Rules

Why = Literal["expired", "missed", "silent", "duty_over", "too_late", "try_again"]

_BEGUN: Final = frozenset({"begun"})


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
    busy = {volunteer for need in board.needs.values() for volunteer in _people(need, HELD)}
    for posted in _unoccupied(board, busy):
        yield Wake(at=posted.windows[-1].closes + rules.missed_after, why="duty_over", volunteer=posted.id)


def _of_work(board: Board, rules: Rules) -> Iterator[Wake]:
    for need in board.needs.values():
        yield from _of_need(need, rules)
    begun = {volunteer for need in board.needs.values() for volunteer in _people(need, _BEGUN)}
    yield from _of_routes(board, begun, rules)


def _of_routes(board: Board, begun: Collection[str | None], rules: Rules) -> Iterator[Wake]:
    for volunteer, route in board.routes.items():
        if route.stops and volunteer not in begun:  # who is busy at a stop is not late for the next
            yield from _missed(board, volunteer, rules)


def _unoccupied(board: Board, busy: Collection[str | None]) -> list[Posted]:
    """Give those on duty who have nothing in hand."""
    return [posted for posted in board.volunteers.values() if posted.windows and posted.id not in busy]


def _people(need: OpenNeed, statuses: Collection[str]) -> tuple[str | None, ...]:
    return tuple(slot.volunteer for slot in need.slots if slot.status in statuses)


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


class _Look(NamedTuple):
    """What one need adds to the moment at which its board comes due."""

    need: OpenNeed
    first: datetime | None
    busy: tuple[str | None, ...]
    begun: tuple[str | None, ...]


class _Known(NamedTuple):
    """A board as it was asked about last, and the answer."""

    board: Board
    looks: dict[str, _Look]
    due: datetime | None


class Alarms:
    """Gives the first moment at which something comes due on a board: that of the first of its `wakes`.

    Every write asks for it, and most needs are as they were at the write before. Needs are frozen, so what was worked
    out of the very same object still holds.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._known: dict[str, _Known] = {}

    def due(self, board: Board) -> datetime | None:
        """Give the first moment, or None if nothing comes due by itself."""
        known = self._known.get(board.id)
        if known is None or known.board is not board:
            looks = self._look(board, known.looks if known else {})
            known = self._known[board.id] = _Known(board, looks, self._first(board, looks))
        return known.due

    def _first(self, board: Board, looks: Mapping[str, _Look]) -> datetime | None:
        moments: list[datetime] = []
        busy, begun = set[str | None](), set[str | None]()
        for look in looks.values():
            busy.update(look.busy)
            begun.update(look.begun)
            if look.first is not None:
                moments.append(look.first)
        moments += [wake.at for wake in _of_routes(board, begun, self._rules)]
        closes = min([posted.windows[-1].closes for posted in _unoccupied(board, busy)], default=None)
        if closes is not None:
            moments.append(closes + self._rules.missed_after)
        return min(moments, default=None)

    def _look(self, board: Board, before: Mapping[str, _Look]) -> dict[str, _Look]:
        looks = {}
        for key, need in board.needs.items():
            look = before.get(key)
            looks[key] = look if look is not None and look.need is need else self._look_at(need)
        return looks

    def _look_at(self, need: OpenNeed) -> _Look:
        first = min((wake.at for wake in _of_need(need, self._rules)), default=None)
        return _Look(need, first, _people(need, HELD), _people(need, _BEGUN))
