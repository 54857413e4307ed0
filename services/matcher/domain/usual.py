"""Who usually comes: elders want the faces they know, so a board remembers who served whom with what."""

from collections import Counter
from dataclasses import replace
from typing import Final

from services.matcher.domain.board import Board, OpenNeed, Served

USUAL: Final = 2  # people who take turns at one door
_VISITS: Final = 4  # the latest of one resident and service count
_DOORS: Final = 1_000  # residents and services remembered for one area, a quarter of a megabyte; the oldest go first


def remember(board: Board, need: OpenNeed, volunteer: str) -> Board:
    """Note that a visit was done; meals, shifts and wishes are left to whoever is on their way."""
    if need.request.mode != "visit":
        return board
    door = _door(need)
    before = board.served.get(door, Served(need=need.id))
    served = {other: known for other, known in board.served.items() if other != door}
    for oldest in list(served)[: max(0, len(served) + 1 - _DOORS)]:
        del served[oldest]
    now = Served(need=need.id, volunteers=(*before.volunteers, volunteer)[-_VISITS:])
    return replace(board, served={**served, door: now})


def usual_people(board: Board, need: OpenNeed) -> frozenset[str]:
    """Give the people who served this resident most often with this service; of equals, who came last.

    Whoever came last for this very need is not among them: it was opened again.
    """
    known = board.served.get(_door(need))
    if known is None:
        return frozenset()
    again = known.volunteers[-1] if known.need == need.id else None
    counted = Counter(volunteer for volunteer in reversed(known.volunteers) if volunteer != again)
    return frozenset(volunteer for volunteer, _ in counted.most_common(USUAL))


def _door(need: OpenNeed) -> str:
    return f"{need.request.resident} {need.request.service}"
