"""Who is worth looking at first for a need: those who may do it and whose day already leads past it."""

import math
from typing import Final

from services.matcher.domain.board import Board, OpenNeed, Posted, Route
from services.matcher.domain.decision import Decision
from services.matcher.domain.qualify import excluded, qualifies
from shared.contracts.places import Cell

_AT_HOME: Final = Route()


def nearest(decision: Decision, need: OpenNeed, *, keep: int) -> list[str]:
    """Give the volunteers who may do it, the nearest of their home and stops first."""
    board, rules, at = decision.board, decision.rules, decision.at
    cell = need.request.cell
    narrowing = math.cos(math.radians(cell.lat))
    fit = [
        (_apart(board, posted, cell, narrowing), posted.id)
        for posted in board.volunteers.values()
        if posted.on_duty and qualifies(posted, need.request) and not excluded(need, posted, rules=rules, at=at)
    ]
    return [volunteer for _, volunteer in sorted(fit)[:keep]]


def _apart(board: Board, posted: Posted, cell: Cell, narrowing: float) -> float:
    """Give degrees of latitude to the nearest place of somebody's day; of longitude they are narrower."""
    route = board.routes.get(posted.id, _AT_HOME)
    places = [posted.profile.home, *(stop.cell for stop in route.done[-1:]), *(stop.cell for stop in route.stops)]
    return min(math.hypot((one.lon - cell.lon) * narrowing, one.lat - cell.lat) for one in places)
