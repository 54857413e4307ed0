"""Whether somebody's next stop has moved so far that routes must be planned anew."""

from datetime import timedelta
from typing import Final

from services.matcher.domain.board import Board
from services.matcher.domain.decision import Decision

_HARMLESS: Final = timedelta(minutes=2)


def runs_late(decision: Decision) -> bool:
    """Say whether a volunteer of this decision comes late to their next stop; without one, yes to be safe."""
    if not decision.from_here:
        return True
    return any(_is_late(decision, volunteer) for volunteer in sorted(decision.from_here))


def _is_late(decision: Decision, volunteer: str) -> bool:
    board, free_at = decision.board, decision.at
    begun = _begun(board, volunteer)
    for stop in board.route(volunteer).stops:
        if (stop.need, stop.slot) == begun:
            free_at += stop.leaves_at - stop.starts_at
            continue
        return free_at + timedelta(seconds=stop.travel_s) > stop.starts_at + _HARMLESS
    return False


def _begun(board: Board, volunteer: str) -> tuple[str, int] | None:
    return next(((need.id, index) for need, index, slot in board.held_by(volunteer) if slot.status == "begun"), None)
