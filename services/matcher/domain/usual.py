"""Who usually comes: elders want the faces they know, so a board remembers who served whom with what."""

from collections import Counter
from dataclasses import replace
from typing import Final

from services.matcher.domain.board import Board, OpenNeed, Served

USUAL: Final = 2  # people who take turns at one door
_VISITS: Final = 8  # the latest of one resident and service count
_DOORS: Final = 4_000  # residents and services remembered for one area; the oldest go first


def remember(board: Board, need: OpenNeed, volunteer: str) -> Board:
    """Note that a visit was done; meals, shifts and wishes are left to whoever is on their way."""
    if need.request.mode != "visit":
        return board
    door = _door(need)
    visits = (*board.served.get(door, ()), Served(need=need.id, volunteer=volunteer))[-_VISITS:]
    served = {other: known for other, known in board.served.items() if other != door}
    for oldest in list(served)[: max(0, len(served) + 1 - _DOORS)]:
        del served[oldest]
    return replace(board, served={**served, door: visits})


def usual_people(board: Board, need: OpenNeed) -> frozenset[str]:
    """Give the people who served this resident most often with this service; of equals, who came last.

    Whoever did this very need before is not among them: it was opened again.
    """
    visits = board.served.get(_door(need), ())
    again = {visit.volunteer for visit in visits if visit.need == need.id}
    counted = Counter(visit.volunteer for visit in reversed(visits) if visit.volunteer not in again)
    return frozenset(volunteer for volunteer, _ in counted.most_common(USUAL))


def _door(need: OpenNeed) -> str:
    return f"{need.request.resident} {need.request.service}"
