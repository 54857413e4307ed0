"""A board to play with: readable people, needs and kitchens of one small street, and a clock set by hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, TypeVar

from pydantic import TypeAdapter

from services.matcher.application.board_story import deciding
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain import commands as ask
from services.matcher.domain.board import Board, OpenNeed, Slot, empty_board
from services.matcher.domain.evolve import evolve
from services.matcher.domain.rules import Rules
from services.matcher.domain.wakes import Alarms
from shared.contracts.dispatch import Batch, OfferMade
from shared.contracts.fact import FactData
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile

F = TypeVar("F", bound=FactData)

CHINA = timezone(timedelta(hours=8))
BOARDS: TypeAdapter[Board] = TypeAdapter(Board)


def at(clock: str, *, day: int = 24) -> datetime:
    """Give the moment of a local time of day, such as `10:40`."""
    return datetime.fromisoformat(f"2026-11-{day:02d}T{clock}:00+08:00").replace(tzinfo=CHINA)


def cell(metres_east: int = 0, metres_north: int = 0) -> Cell:
    """Give a cell so far from the middle of the street."""
    return Cell(lon=round(105.29 + metres_east / 97_000, 3), lat=round(29.34 + metres_north / 111_000, 3))


def a_request(**changes: Any) -> Request:
    defaults: dict[str, Any] = {
        "number": "GH-0001",
        "resident": "resident-1",
        "channel": "window",
        "service": "repair.tap",
        "service_zh": "换水龙头",
        "service_en": "tap changed",
        "mode": "visit",
        "area": "511083001",
        "community": "c1",
        "cell": cell(500),
        "opens": at("09:00"),
        "closes": at("12:00"),
        "duration_s": 1800,
    }
    return Request(**(defaults | changes))


def a_meal(**changes: Any) -> Request:
    defaults: dict[str, Any] = {
        "service": "meal.lunch",
        "service_zh": "爱心午餐送餐",
        "service_en": "hot lunch to the door",
        "mode": "delivery",
        "opens": at("10:30"),
        "closes": at("12:15"),
        "duration_s": 180,
        "meals": 1,
        "grams": 800,
        "hot_limit_s": 3600,
        "priority": 4,
        "standing": True,
        "offer_within_s": 300,
    }
    return a_request(**(defaults | changes))


def a_profile(**changes: Any) -> Profile:
    defaults: dict[str, Any] = {"home": cell(), "travel": "e_bike", "capacity_meals": 12, "capacity_grams": 20_000}
    return Profile(**(defaults | changes))


def a_window(opens: str = "08:00", closes: str = "18:00", *, standing: bool = False) -> DutyWindow:
    return DutyWindow(opens=at(opens), closes=at(closes), standing=standing)


class Play:
    """Tells a board commands at moments and remembers everything that was said."""

    def __init__(self, clock: str = "08:00", *, rules: Rules | None = None) -> None:
        self.board = empty_board("511083001")
        self.rules = rules or Rules()
        self.alarms = Alarms(self.rules)  # one for the whole play, as in the service
        self.now = at(clock)
        self.history: list[FactData] = []
        self._decide = deciding(self.rules, TravelBook())

    def tell(self, command: ask.Command) -> list[FactData]:
        """Tell a command, check that the state survives being written, and give what was said."""
        said = list(self._decide(self.board, command))
        for data in said:
            self.board = evolve(self.board, data)
        self.history += said
        return said

    def clock(self, clock: str, *, day: int = 24) -> "Play":
        self.now = at(clock, day=day)
        return self

    def post(self, volunteer: str, *windows: DutyWindow, **profile: Any) -> list[FactData]:
        return self.tell(
            ask.PostVolunteer(
                at=self.now, volunteer=volunteer, profile=a_profile(**profile), windows=windows or (a_window(),)
            )
        )

    def admit(self, need: str, request: Request | None = None, **changes: Any) -> list[FactData]:
        return self.tell(ask.AdmitNeed(at=self.now, need=need, request=request or a_request(**changes)))

    def canteen(
        self, canteen: str, where: Cell, *batches: tuple[str, int], diets: Sequence[str] = ()
    ) -> list[FactData]:
        return self.tell(
            ask.OpenCanteen(
                at=self.now,
                canteen=canteen,
                name_zh=canteen,
                name_en=canteen,
                cell=where,
                batches=tuple(
                    Batch(id=f"{canteen}-{ready}", ready_at=at(ready), count=count, diets=frozenset(diets))
                    for ready, count in batches
                ),
            )
        )

    def accept(self, need: str, slot: int = 0) -> list[FactData]:
        return self.tell(ask.AcceptOffer(at=self.now, offer=self.offer(need, slot)))

    def refuse(self, need: str, slot: int = 0) -> list[FactData]:
        return self.tell(ask.RefuseOffer(at=self.now, offer=self.offer(need, slot), reason="cannot today"))

    def report(self, kind: type[ask.Report], need: str, slot: int = 0, **more: Any) -> list[FactData]:
        volunteer = self.slot(need, slot).volunteer or ""
        return self.tell(kind(at=self.now, need=need, slot=slot, volunteer=volunteer, **more))

    def tick(self) -> list[FactData]:
        return self.tell(ask.Tick(at=self.now))

    def until(self, clock: str, *, day: int = 24) -> list[FactData]:
        """Let time pass: wake the board whenever it is due."""
        said: list[FactData] = []
        end = at(clock, day=day)
        while (moment := self.alarms.due(self.board)) is not None and moment <= end:
            self.now = max(self.now, moment)
            said += self.tick()
            after = self.alarms.due(self.board)
            assert after is None or after > self.now, f"woken at {self.now}, and at once again"
        self.now = end
        return said

    def need(self, need: str) -> OpenNeed:
        return self.board.needs[need]

    def slot(self, need: str, slot: int = 0) -> Slot:
        return self.need(need).slots[slot]

    def offer(self, need: str, slot: int = 0) -> str:
        return self.slot(need, slot).offer or "none"

    def asked(self, need: str) -> list[str]:
        """Everybody who was asked for a need, in order."""
        return [one.volunteer for one in of(OfferMade, self.history) if one.need == need]


def of(kind: type[F], said: Sequence[FactData]) -> list[F]:
    """Pick the facts of one kind."""
    return [data for data in said if isinstance(data, kind)]


def kinds(said: Sequence[FactData]) -> list[str]:
    return [type(data).__name__ for data in said]
