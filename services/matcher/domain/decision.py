"""One decision in the making: what has been said so far, and the board after it."""

from datetime import datetime

from services.matcher.domain.board import Board, OpenNeed
from services.matcher.domain.evolve import evolve
from services.matcher.domain.rules import Rules
from shared.contracts.dispatch import (
    NeedAdmitted,
    NeedDropped,
    NeedGivenUp,
    OfferExpired,
    OfferRefused,
    OfferWithdrawn,
    VisitFailed,
    VolunteerMissed,
)
from shared.contracts.fact import FactData
from shared.kernel.refusals import Refusal

_LOOSENS = (OfferExpired, OfferRefused, OfferWithdrawn, VisitFailed, VolunteerMissed)


class Decision:
    """Collects facts; each is applied at once, so that the next rule sees the board as it then is."""

    def __init__(self, board: Board, *, rules: Rules, at: datetime) -> None:
        self.board = board
        self.rules = rules
        self.at = at
        self.said: list[FactData] = []
        self.touched: set[str] = set()  # volunteers whose route lost a stop, or whose duty changed: it is planned anew
        self.to_place: dict[str, None] = {}  # needs that must be answered with an offer or a reason, in this order
        self.everything = False  # somebody or something came free: try every open need
        self.agreed: set[tuple[str, int]] = set()  # slots whose volunteer has said yes already
        self.retime = False  # times may have shifted: look whether routes have to be planned anew
        self.overdue: set[tuple[str, int]] = set()  # on board and too late: brought without a limit of time
        self.just_accepted: tuple[str, int] | None = None
        self.from_here: set[str] = set()  # volunteers who are free just now: their next stop is timed from here

    def say(self, data: FactData) -> None:
        """Say a fact."""
        if isinstance(data, NeedGivenUp | NeedDropped):
            self.touched |= {
                volunteer
                for volunteer, route in self.board.routes.items()
                if any(stop.need == data.need for stop in route.stops)
            }
            self.to_place.pop(data.need, None)
        self.board = evolve(self.board, data)
        self.said.append(data)
        if isinstance(data, _LOOSENS):
            self.touched.add(data.volunteer)
        if isinstance(
            data, NeedAdmitted | OfferExpired | OfferRefused | OfferWithdrawn | VisitFailed | VolunteerMissed
        ):
            self.to_place[data.need] = None

    def need(self, need_id: str) -> OpenNeed:
        """Give an open need.

        Raises
        ------
        Refusal
            If the board does not have it (any more).
        """
        need = self.board.needs.get(need_id)
        if need is None:
            raise Refusal(
                "need.unknown",
                "派单板上没有这个需求，可能已办结或撤回。",
                "This need is not on the board; it may be finished or withdrawn. Look at its timeline.",
            )
        return need
