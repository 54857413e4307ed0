"""What the pages know of one area: who waits, who helps, where, and the day's numbers.

The model is a fold over the archive, kept in memory and changed in place: a city's whole traffic runs through it.
Nothing sensitive is stored: the name and the place of a sensitive need are dropped when the fact is taken in.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from services.console.domain.words import A_SERVICE, PRIVATE
from shared.contracts.needs import Request
from shared.kernel.words import Words

MOST_NOTICES: Final = 200
MOST_CLOSED: Final = 2000
MOST_DAYS: Final = 8
MOST_SAMPLES: Final = 2000

Point = tuple[float, float]
"""Longitude and latitude of a coarse cell."""


@dataclass(slots=True, kw_only=True)
class Stuck:
    """Why a need does not move, and who does something about it by when."""

    rule: str
    why: Words
    since: datetime
    owner: str | None = None
    next_action_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Place:
    """One of the wanted people of a need: who is asked, who comes, when."""

    volunteer: str
    state: str  # asked | coming | carrying | there | left
    at: datetime | None = None  # when the visit is to begin


@dataclass(slots=True, kw_only=True)
class OpenNeed:
    """A need whose loop is not closed yet."""

    id: str
    number: str
    service: str
    name: Words
    mode: str
    community: str
    cell: Point | None
    status: str
    since: datetime
    opens: datetime
    closes: datetime
    priority: int
    people: int
    meals: int
    offer_within_s: int
    sensitive: bool
    round: int = 1
    hot_limit_s: int | None = None
    accepted_at: datetime | None = None
    first_offer_at: datetime | None = None
    answered_at: datetime | None = None  # when the resident was first told what comes of it
    done_at: datetime | None = None
    told_done_at: datetime | None = None
    canteen: str | None = None
    places: dict[str, Place] = field(default_factory=dict)  # slot -> who
    stuck: Stuck | None = None


@dataclass(slots=True, kw_only=True)
class RouteStop:
    """One stop of a volunteer's way; without a place if the need is sensitive."""

    need: str
    slot: int
    action: str
    cell: Point | None
    arrives_at: datetime
    leaves_at: datetime


@dataclass(slots=True, kw_only=True)
class Helper:
    """A volunteer on duty."""

    id: str
    travel: str
    windows: list[tuple[datetime, datetime]]
    stops: list[RouteStop] = field(default_factory=list)
    helped: dict[str, int] = field(default_factory=dict)  # day -> finished visits


@dataclass(slots=True, kw_only=True)
class Kitchen:
    """A canteen and from when on it is closed, if it is."""

    id: str
    name: Words
    cell: Point
    meals: int
    closed_from: datetime | None = None
    closed_why: str = ""


@dataclass(slots=True, kw_only=True)
class NoticeLine:
    """A message to somebody, and what became of it."""

    id: str
    about: str
    number: str
    template: str
    recipient_kind: str
    channel: str
    status: str
    at: datetime


@dataclass(slots=True, kw_only=True)
class Day:
    """An area's numbers of one day."""

    asked: int = 0
    outcomes: dict[str, dict[str, int]] = field(default_factory=dict)  # service -> outcome -> needs
    unmet_because: dict[str, int] = field(default_factory=dict)
    offer_s: list[int] = field(default_factory=list)  # need accepted -> first volunteer asked
    answer_s: list[int] = field(default_factory=list)  # need accepted -> resident told what comes of it
    result_s: list[int] = field(default_factory=list)  # work finished -> resident told
    visits: int = 0
    meals: int = 0
    meals_on_time: int = 0
    longest_kitchen_s: int | None = None
    distance_m: int = 0
    messages: dict[str, int] = field(default_factory=dict)  # template -> sent


@dataclass(slots=True, kw_only=True)
class Area:
    """Everything the pages show of one area."""

    id: str
    needs: dict[str, OpenNeed] = field(default_factory=dict)
    helpers: dict[str, Helper] = field(default_factory=dict)
    kitchens: dict[str, Kitchen] = field(default_factory=dict)
    notices: dict[str, NoticeLine] = field(default_factory=dict)  # oldest first
    days: dict[str, Day] = field(default_factory=dict)  # local date -> numbers, the latest days
    closed: dict[str, None] = field(default_factory=dict)  # ids that must not come back, oldest first
    changed_at: datetime | None = None


def admit(area: Area, need_id: str, request: Request, at: datetime, *, status: str) -> OpenNeed | None:
    """Put a need on the area's list or bring it up to date; None if its loop is closed already."""
    if need_id in area.closed:
        return None
    known = area.needs.get(need_id)
    need = _open_need(need_id, request, at, status=status)
    if known is not None:
        need = _carry_over(known, need)
    area.needs[need_id] = need
    return need


def forget(area: Area, need_id: str) -> OpenNeed | None:
    """Take a closed need off the list and remember that it is closed."""
    area.closed[need_id] = None
    _keep_latest(area.closed, MOST_CLOSED)
    return area.needs.pop(need_id, None)


def day_of(area: Area, date: str) -> Day:
    """Give the numbers of a day; only the latest days are kept."""
    day = area.days.get(date)
    if day is None:
        area.days[date] = day = Day()
        for oldest in sorted(area.days)[:-MOST_DAYS]:
            del area.days[oldest]
    return day


def add_sample(samples: list[int], seconds: float) -> None:
    """Remember one more duration, of the latest ones."""
    samples.append(max(0, round(seconds)))
    del samples[:-MOST_SAMPLES]


def time_first_offer(area: Area, need: OpenNeed, date: str) -> None:
    """Note the wait for the first volunteer once both ends are known; their topics may be read in either order."""
    if need.first_offer_at is not None and need.accepted_at is not None:
        add_sample(day_of(area, date).offer_s, (need.first_offer_at - need.accepted_at).total_seconds())


def _open_need(need_id: str, request: Request, at: datetime, *, status: str) -> OpenNeed:
    hidden = request.sensitive
    return OpenNeed(
        id=need_id,
        number=request.number,
        service=PRIVATE if hidden else request.service,
        name=A_SERVICE if hidden else Words(zh=request.service_zh, en=request.service_en),
        mode=request.mode,
        community="" if hidden else request.community,
        cell=None if hidden else (request.cell.lon, request.cell.lat),
        status=status,
        since=at,
        opens=request.opens,
        closes=request.closes,
        priority=request.priority,
        people=request.people,
        meals=request.meals,
        offer_within_s=request.offer_within_s,
        sensitive=hidden,
        hot_limit_s=request.hot_limit_s,
    )


def _carry_over(known: OpenNeed, need: OpenNeed) -> OpenNeed:
    """Keep what a new version of the request does not say."""
    need.since = min(known.since, need.since)
    need.status = known.status
    for name in ("round", "accepted_at", "first_offer_at", "answered_at", "done_at", "told_done_at", "canteen"):
        setattr(need, name, getattr(known, name))
    need.places, need.stuck = known.places, known.stuck
    return need


def _keep_latest(entries: dict[str, None], most: int) -> None:
    while len(entries) > most:
        del entries[next(iter(entries))]
