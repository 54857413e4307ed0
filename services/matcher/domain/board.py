"""The board of one area: what is open, who is on duty, what the kitchens cook, who was asked, who goes where."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal, Self

from shared.contracts.dispatch import Batch, Stop
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile

SlotStatus = Literal["open", "asked", "taken", "carrying", "begun", "done"]
Owner = Literal["team_lead", "community_worker", "neighbour_area", "street"]

HELD = frozenset({"asked", "taken", "carrying", "begun"})  # somebody has it in hand
UNDER_WAY = frozenset({"carrying", "begun"})  # it cannot be given to somebody else


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One of the people that a need wants."""

    status: SlotStatus = "open"
    volunteer: str | None = None
    offer: str | None = None
    assigned: bool = False  # without asking: on standing duty, or by a community worker
    asks: int = 0  # how many were asked so far, without assignments
    starts_at: datetime | None = None
    expires_at: datetime | None = None
    picked_up_at: datetime | None = None
    begun_at: datetime | None = None
    travel_s: int = 0  # of the stops that are behind
    distance_m: int = 0

    def freed(self) -> "Slot":
        """Give the slot as it is when nobody has it."""
        return Slot(asks=self.asks)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Why a need is on nobody's route, in words, and when the board or its owner acts next."""

    rule: str
    zh: str
    en: str
    next_action_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenNeed:
    """A need that the board has to see to."""

    id: str
    request: Request
    admitted_at: datetime
    slots: tuple[Slot, ...]
    canteen: str | None = None
    batch: str | None = None
    not_again: tuple[str, ...] = ()  # refused, let the offer expire, failed or did not come; sorted
    failures: int = 0
    blocked: Blocked | None = None
    owner: Owner | None = None  # a person, once it was escalated

    def with_slot(self, index: int, slot: Slot) -> "OpenNeed":
        """Give the need with one slot replaced."""
        return replace(self, slots=(*self.slots[:index], slot, *self.slots[index + 1 :]))

    def without(self, volunteer: str) -> "OpenNeed":
        """Give the need that this volunteer is not asked for again."""
        return replace(self, not_again=tuple(sorted({*self.not_again, volunteer})))

    @property
    def open_slots(self) -> tuple[int, ...]:
        """The slots that nobody has."""
        return tuple(index for index, slot in enumerate(self.slots) if slot.status == "open")

    @property
    def under_way(self) -> bool:
        """True when somebody carries or does it."""
        return any(slot.status in UNDER_WAY for slot in self.slots)

    @property
    def complete(self) -> bool:
        """True when all wanted people are found."""
        return all(slot.status not in ("open", "asked") for slot in self.slots)

    @property
    def wants_meals(self) -> bool:
        """True when it comes out of a canteen's batch."""
        return self.request.mode == "delivery" and self.request.meals > 0 and self.request.pickup is None


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A volunteer on the board; without windows they are known and not on duty."""

    id: str
    profile: Profile
    windows: tuple[DutyWindow, ...] = ()
    pushes: tuple[datetime, ...] = ()  # when they were asked lately; assignments do not count

    @property
    def on_duty(self) -> bool:
        """True while they can be asked or assigned."""
        return bool(self.windows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Canteen:
    """A kitchen today: its batches and how many meals each has handed out."""

    id: str
    name_zh: str
    name_en: str
    cell: Cell
    batches: tuple[Batch, ...]
    used: Mapping[str, int] = field(default_factory=dict)
    closed_from: datetime | None = None

    def batch(self, batch_id: str) -> Batch | None:
        """Give the batch of that id."""
        return next((batch for batch in self.batches if batch.id == batch_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneStop:
    """A stop that is behind."""

    need: str
    slot: int
    action: Literal["visit", "shift", "pickup", "dropoff"]
    cell: Cell
    at: datetime
    minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """Who served one resident with one service lately, the latest last, and for which need that was."""

    need: str
    volunteers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What one volunteer did today and has still to do, in order."""

    done: tuple[DoneStop, ...] = ()
    stops: tuple[Stop, ...] = ()
    engine: str = ""
    degraded: bool = False

    def without(self, need: str, slot: int) -> Self:
        """Give the route without the open stops of this slot."""
        return replace(self, stops=tuple(stop for stop in self.stops if (stop.need, stop.slot) != (need, slot)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The live state of one area. Dictionaries keep the order in which things came."""

    id: str
    needs: dict[str, OpenNeed] = field(default_factory=dict)
    volunteers: dict[str, Posted] = field(default_factory=dict)
    canteens: dict[str, Canteen] = field(default_factory=dict)
    routes: dict[str, Route] = field(default_factory=dict)
    offers_made: int = 0
    ended_offers: dict[str, str] = field(default_factory=dict)  # the latest: how each ended
    served: dict[str, Served] = field(default_factory=dict)  # by resident and service, the latest last
    finished_min: dict[str, tuple[int, ...]] = field(default_factory=dict)  # by volunteer: when, in minutes since 1970
    completed: int = 0
    given_up: int = 0

    def having(self, **changes: Any) -> "Board":
        """Give the board with some fields replaced."""
        return replace(self, **changes)

    def with_need(self, need: OpenNeed) -> "Board":
        """Give the board with this need added or replaced."""
        return replace(self, needs={**self.needs, need.id: need})

    def with_route(self, volunteer: str, route: Route) -> "Board":
        """Give the board with this route; an empty one is forgotten."""
        routes = {**self.routes, volunteer: route}
        if not route.stops and not route.done:
            del routes[volunteer]
        return replace(self, routes=routes)

    def route(self, volunteer: str) -> Route:
        """Give the volunteer's route, which may be empty."""
        return self.routes.get(volunteer) or Route()

    def slots(self) -> Iterator[tuple[OpenNeed, int, Slot]]:
        """Go through all slots of all open needs, in the order of arrival."""
        for need in self.needs.values():
            for index, slot in enumerate(need.slots):
                yield need, index, slot

    def held_by(self, volunteer: str) -> Iterator[tuple[OpenNeed, int, Slot]]:
        """Go through the slots that a volunteer has in hand."""
        return (one for one in self.slots() if one[2].volunteer == volunteer and one[2].status in HELD)

    def offer(self, offer_id: str) -> tuple[OpenNeed, int, Slot] | None:
        """Find the slot of a living offer."""
        return next((one for one in self.slots() if one[2].offer == offer_id), None)


def empty_board(area: str) -> Board:
    """Give the board of an area before anything happened."""
    return Board(id=area)
