"""What the matcher says about one area's board (topic `dispatch.v1`; subject: the area)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.fact import FactData, NameSet
from shared.contracts.needs import Request
from shared.contracts.places import Cell
from shared.contracts.volunteers import DutyWindow, Profile

FailureReason = Literal["nobody_home", "address_not_found", "not_wanted", "goods_missing", "unsafe", "other"]


class Batch(BaseModel):
    """Meals that leave a kitchen together: ready at a time, at most `count`, cooked for the named diets."""

    model_config = ConfigDict(frozen=True)

    id: str
    ready_at: AwareDatetime
    count: int = Field(ge=1)
    diets: NameSet = frozenset()


class Stop(BaseModel):
    """One stop of a route as people see it."""

    model_config = ConfigDict(frozen=True)

    need: str
    slot: int = Field(default=0, ge=0)  # which of the wanted people this is
    action: Literal["visit", "shift", "pickup", "dropoff"]
    cell: Cell
    arrives_at: AwareDatetime
    starts_at: AwareDatetime
    leaves_at: AwareDatetime
    travel_s: int = Field(ge=0)  # from the stop before
    distance_m: int = Field(ge=0)


class NeedAdmitted(FactData):
    """The board took a need on; `round` grows when it is opened again."""

    TYPE: ClassVar[str] = "linli.dispatch.need_admitted.v1"
    need: str
    request: Request
    canteen: str | None = None
    batch: str | None = None
    at: AwareDatetime | None = None  # when; the board's own state is a fold over what the facts say


class NeedDropped(FactData):
    """The board let a need go because it was withdrawn or replaced."""

    TYPE: ClassVar[str] = "linli.dispatch.need_dropped.v1"
    need: str
    reason: str


class VolunteerPosted(FactData):
    """A volunteer on duty stands on the board."""

    TYPE: ClassVar[str] = "linli.dispatch.volunteer_posted.v1"
    volunteer: str
    profile: Profile
    windows: tuple[DutyWindow, ...]


class VolunteerUnposted(FactData):
    """A volunteer left the board; what they had not begun goes to others."""

    TYPE: ClassVar[str] = "linli.dispatch.volunteer_unposted.v1"
    volunteer: str
    reason: str


class CanteenOpened(FactData):
    """A canteen cooks these batches today."""

    TYPE: ClassVar[str] = "linli.dispatch.canteen_opened.v1"
    canteen: str
    name_zh: str
    name_en: str
    cell: Cell
    batches: tuple[Batch, ...]


class CanteenClosed(FactData):
    """A canteen hands out nothing from the given time on."""

    TYPE: ClassVar[str] = "linli.dispatch.canteen_closed.v1"
    canteen: str
    closed_from: AwareDatetime
    reason: str


class BatchChosen(FactData):
    """A meal will come from this batch; said again when a kitchen closes."""

    TYPE: ClassVar[str] = "linli.dispatch.batch_chosen.v1"
    need: str
    canteen: str | None
    batch: str | None


class RoutePlanned(FactData):
    """The volunteer's stops from now on, in order; replaces what was planned before."""

    TYPE: ClassVar[str] = "linli.dispatch.route_planned.v1"
    volunteer: str
    stops: tuple[Stop, ...]
    engine: str  # which engine made it, for the dispatcher and the figures
    degraded: bool = False


class OfferMade(FactData):
    """A volunteer was asked, or on standing duty assigned."""

    TYPE: ClassVar[str] = "linli.dispatch.offer_made.v1"
    offer: str
    need: str
    slot: int = Field(ge=0)
    volunteer: str
    wave: int = Field(ge=1)
    assigned: bool
    starts_at: AwareDatetime
    expires_at: AwareDatetime
    sensitive: bool = False
    service: str
    number: str
    at: AwareDatetime | None = None


class OfferAccepted(FactData):
    """The volunteer will come. `complete`: now all wanted people are found."""

    TYPE: ClassVar[str] = "linli.dispatch.offer_accepted.v1"
    offer: str
    need: str
    slot: int
    volunteer: str
    complete: bool
    starts_at: AwareDatetime


class OfferRefused(FactData):
    """The volunteer cannot; they are not asked again for this need unless it changes."""

    TYPE: ClassVar[str] = "linli.dispatch.offer_refused.v1"
    offer: str
    need: str
    slot: int
    volunteer: str
    reason: str


class OfferExpired(FactData):
    """No answer came in time."""

    TYPE: ClassVar[str] = "linli.dispatch.offer_expired.v1"
    offer: str
    need: str
    slot: int
    volunteer: str


class OfferWithdrawn(FactData):
    """The volunteer is no longer needed for this; `was_accepted` says whether they had said yes."""

    TYPE: ClassVar[str] = "linli.dispatch.offer_withdrawn.v1"
    offer: str
    need: str
    slot: int
    volunteer: str
    reason: str
    was_accepted: bool


class GoodsPickedUp(FactData):
    """The volunteer left the kitchen, or the shop, with what this need wants."""

    TYPE: ClassVar[str] = "linli.dispatch.picked_up.v1"
    need: str
    slot: int
    volunteer: str
    canteen: str | None = None
    at: AwareDatetime | None = None


class VisitStarted(FactData):
    """The volunteer is at the place and has begun."""

    TYPE: ClassVar[str] = "linli.dispatch.visit_started.v1"
    need: str
    slot: int
    volunteer: str
    at: AwareDatetime | None = None


class VisitCompleted(FactData):
    """The volunteer finished. `complete`: all wanted people have."""

    TYPE: ClassVar[str] = "linli.dispatch.visit_completed.v1"
    need: str
    slot: int
    volunteer: str
    evidence: NameSet = frozenset()
    complete: bool
    kitchen_to_door_s: int | None = None
    travel_s: int = 0
    distance_m: int = 0
    at: AwareDatetime | None = None


class VisitFailed(FactData):
    """The volunteer was there and it could not be done."""

    TYPE: ClassVar[str] = "linli.dispatch.visit_failed.v1"
    need: str
    slot: int
    volunteer: str
    reason: FailureReason
    at: AwareDatetime | None = None


class VolunteerMissed(FactData):
    """The volunteer said yes and did not come."""

    TYPE: ClassVar[str] = "linli.dispatch.volunteer_missed.v1"
    offer: str
    need: str
    slot: int
    volunteer: str


class NeedUnplaced(FactData):
    """Nobody can be asked at this moment, and why: the rule that blocks, and the nearest miss, in words."""

    TYPE: ClassVar[str] = "linli.dispatch.need_unplaced.v1"
    need: str
    rule: str
    zh: str
    en: str
    next_action_at: AwareDatetime | None = None  # when the board tries again by itself


class NeedEscalated(FactData):
    """A person owns the need now and must act by the given time."""

    TYPE: ClassVar[str] = "linli.dispatch.need_escalated.v1"
    need: str
    owner: Literal["team_lead", "community_worker", "neighbour_area", "street"]
    next_action_at: AwareDatetime
    rule: str
    zh: str
    en: str


class NeedGivenUp(FactData):
    """The need cannot be served any more; the resident is told the reason."""

    TYPE: ClassVar[str] = "linli.dispatch.need_given_up.v1"
    need: str
    rule: str
    zh: str
    en: str


DISPATCH_FACTS = (
    NeedAdmitted,
    NeedDropped,
    VolunteerPosted,
    VolunteerUnposted,
    CanteenOpened,
    CanteenClosed,
    BatchChosen,
    RoutePlanned,
    OfferMade,
    OfferAccepted,
    OfferRefused,
    OfferExpired,
    OfferWithdrawn,
    GoodsPickedUp,
    VisitStarted,
    VisitCompleted,
    VisitFailed,
    VolunteerMissed,
    NeedUnplaced,
    NeedEscalated,
    NeedGivenUp,
)
