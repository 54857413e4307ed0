"""The lines and numbers of an area's page, as values: what a template draws and a program reads."""

from dataclasses import dataclass
from datetime import datetime

from services.console.application.sketch import Sketch
from services.console.domain.figures import Share, Spread
from shared.kernel.words import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A volunteer at a need: asked, coming, on the way with the goods, there, or done."""

    volunteer: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedRow:
    """An open need as a line of the page."""

    id: str
    number: str
    service: str
    name: Words
    community: Words | None
    status: str
    status_words: Words
    since: datetime
    waiting_min: int
    opens: datetime
    closes: datetime
    priority: int
    round: int
    people: int
    sensitive: bool
    too_long: bool
    stuck: bool
    why: Words | None
    owner: Words | None
    next_action_at: datetime | None
    action_overdue: bool
    who: tuple[Who, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRow:
    """A stop of a route as a line."""

    need: str
    number: str
    action: Words
    name: Words
    arrives_at: datetime
    leaves_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class HelperRow:
    """A volunteer on duty as a line: until when, what they do now, where they go next."""

    volunteer: str
    travel: str
    until: datetime
    doing: Words | None
    helped_today: int
    stops: tuple[StopRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class KitchenRow:
    """A canteen as a line."""

    id: str
    name: Words
    meals: int
    closed: bool
    closed_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeRow:
    """A message as a line; `trouble`: a person must look after it."""

    about: str
    number: str
    what: Words
    to: Words
    channel: str
    status: Words
    at: datetime
    trouble: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The four numbers everybody asks for first."""

    open: int
    too_long: int
    stuck: int
    on_duty: int
    done_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The day's numbers."""

    asked: int
    outcomes: dict[str, int]
    by_service: dict[str, dict[str, int]]
    first_offer: Spread
    answer: Spread
    result: Spread
    visits: int
    meals_on_time: Share
    longest_kitchen_to_door_s: int | None
    distance_m: int
    messages: dict[str, int]
    unmet_because: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaView:
    """One area as the page shows it."""

    id: str
    name: Words
    now: datetime
    changed_at: datetime | None
    counts: Counts
    waiting: tuple[NeedRow, ...]
    in_hand: tuple[NeedRow, ...]
    answer_due: tuple[NeedRow, ...]
    helpers: tuple[HelperRow, ...]
    kitchens: tuple[KitchenRow, ...]
    notices: tuple[NoticeRow, ...]
    today: Today
    sketch: Sketch
