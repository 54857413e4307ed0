"""Turns what somebody asked for into a request: the catalogue row applied, the place checked, the window set."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from types import MappingProxyType
from typing import Final, Literal

from services.intake.application.resident import Resident
from services.intake.domain.window import to_begin
from shared.catalogue.city import Area, City, Community, UnknownPlace
from shared.catalogue.load import Catalogue, UnknownService
from shared.catalogue.model import Service
from shared.contracts.needs import Channel, Request
from shared.contracts.places import Cell
from shared.kernel.ids import derived_id
from shared.kernel.moments import TimeWindow
from shared.kernel.places import Place
from shared.kernel.refusals import Refusal

MEALTIMES: Mapping[str, tuple[time, time]] = MappingProxyType({"meal.dinner": (time(17), time(19))})
LUNCHTIME: Final = (time(11), time(13))
EATS_EVERYTHING: Final = frozenset({"普通", "无", "没有", "none", "normal", ""})
MOST_PORTIONS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The part of a need that can still be changed later; `closes` may be left to the service's usual length."""

    opens: datetime | None = None
    closes: datetime | None = None
    portions: int | None = None
    diets: tuple[str, ...] | None = None
    pickup: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One need as a window, a page or a line of a spreadsheet brings it."""

    need: str  # the id it gets
    area: str | None
    community: str
    service: str
    channel: Channel
    resident: Resident
    wanted: Wanted
    number: str | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is known about the city besides the need."""

    catalogue: Catalogue
    city: City | None
    timezone: tzinfo

    def known_city(self) -> City:
        """Give the register, or say what an operator has to do."""
        if self.city is None:
            raise Refusal(
                "city.not_set",
                "尚未设置城市登记册，无法受理需求；请管理员设置 LINLI_CITY。",
                "No city register is set, so no need can be taken; an operator sets LINLI_CITY to its TOML file.",
            )
        return self.city


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A need that can be taken on."""

    need: str
    request: Request
    review: bool
    resident: Resident
    note: str


def prepare(asked: Asked, world: World, at: datetime) -> Prepared:
    """Check everything and apply the catalogue row.

    Raises
    ------
    Refusal
        `city.not_set`, `area.unknown`, `community.unknown`, `service.unknown`, `need.sensitive_on_wall`,
        `need.window_missing`, `need.portions` or one of the window's refusals.
    """
    city = world.known_city()
    area, community = _where(asked, city)
    row = _row(asked.service, world.catalogue)
    if row.sensitive and asked.channel == "wish_wall":
        zh, en = (
            "这类需求涉及隐私，不能上心愿墙。",
            "This is sensitive and never hangs on the wish wall; ask at the window.",
        )
        raise Refusal("need.sensitive_on_wall", zh, en)
    resident = _at_home(asked.resident, area, community)
    window = window_for(row, asked.wanted, at=at, timezone=world.timezone)
    meals, grams = load_for(row, asked.wanted.portions or 1)
    request = Request(
        area=area.code,
        number=asked.number or _number(area, asked.need),
        resident=resident.id,
        channel=asked.channel,
        service=row.code,
        service_zh=row.name.zh,
        service_en=row.name.en,
        mode=row.mode,
        community=community.code,
        cell=Cell.around(resident.place or area.place),
        pickup=Cell.around(asked.wanted.pickup) if asked.wanted.pickup else None,
        opens=window.opens,
        closes=window.closes,
        duration_s=row.duration_min * 60,
        people=row.people,
        meals=meals,
        grams=grams,
        diet=diet_of(asked.wanted.diets or ()),
        skills=row.skills,
        credentials=row.credentials,
        hot_limit_s=None if row.hot_limit_min is None else row.hot_limit_min * 60,
        priority=row.priority,
        standing=row.standing,
        sensitive=row.sensitive,
        offer_within_s=row.promise.offer_within_min * 60,
        language=spoken(resident.language),
    )
    review = row.review == "review"
    return Prepared(need=asked.need, request=request, review=review, resident=resident, note=asked.note)


def window_for(row: Service, wanted: Wanted, *, at: datetime, timezone: tzinfo) -> TimeWindow:
    """Give the window in which the work may begin, by the row's policy."""
    usual = timedelta(minutes=row.window_min)
    if wanted.opens is None:
        asked = _usual_window(row, wanted.closes, at=at, timezone=timezone)
    else:
        asked = _window(wanted.opens, _later(wanted.opens, usual) if wanted.closes is None else wanted.closes)
    duration = timedelta(minutes=row.duration_min)
    return to_begin(asked, duration=duration, fixed=row.window == "fixed", at=at)


def load_for(row: Service, portions: int) -> tuple[int, int]:
    """Give meals and grams of so many portions."""
    if not 1 <= portions <= MOST_PORTIONS:
        zh, en = f"份数应为 1 到 {MOST_PORTIONS}。", f"Portions are 1 to {MOST_PORTIONS}; ask several times for more."
        raise Refusal("need.portions", zh, en)
    return row.load.meals * portions, row.load.grams * portions


def diet_of(diets: tuple[str, ...]) -> frozenset[str]:
    """Give what a meal must be; who eats everything wants nothing special."""
    return frozenset(diet.strip() for diet in diets) - EATS_EVERYTHING


def spoken(language: str) -> Literal["zh", "en"]:
    """Give the language of notices for a BCP 47 tag: dialects and sign language are written as Chinese."""
    return "en" if language.lower().split("-")[0] == "en" else "zh"


def _where(asked: Asked, city: City) -> tuple[Area, Community]:
    try:
        area = city.area(asked.area) if asked.area else None
        community = city.community(asked.community, area=area.code if area else None)
        return area or city.area(community.area), community
    except UnknownPlace as unknown:
        near = "、".join(unknown.near)
        hint = f"相近的有：{near}。" if near else "请核对登记册。"
        name = "片区" if unknown.kind == "area" else "社区"
        raise Refusal(f"{unknown.kind}.unknown", f"没有{name}“{unknown.asked}”。{hint}", str(unknown)) from None


def _row(service: str, catalogue: Catalogue) -> Service:
    try:
        return catalogue.named(service)
    except UnknownService as unknown:
        near = "、".join(unknown.near)
        zh = f"没有服务项目“{service}”。相近的有：{near}。" if near else f"没有服务项目“{service}”。"
        raise Refusal("service.unknown", zh, str(unknown)) from None


def _at_home(resident: Resident, area: Area, community: Community) -> Resident:
    """File the resident where the register says, not as it was written."""
    return Resident(
        area=area.code,
        community=community.code,
        name=resident.name,
        phone=resident.phone,
        email=resident.email,
        language=resident.language,
        address=resident.address,
        place=resident.place,
    )


def _usual_window(row: Service, closes: datetime | None, *, at: datetime, timezone: tzinfo) -> TimeWindow:
    match row.window:
        case "asap":
            return _window(at, closes or at + timedelta(minutes=row.window_min))
        case "mealtime" if closes is None:
            return _next_meal(row, at=at, timezone=timezone)
        case _:
            zh, en = "请选择服务时间。", "Choose a window: this service happens when the resident or organiser says."
            raise Refusal("need.window_missing", zh, en)


def _next_meal(row: Service, *, at: datetime, timezone: tzinfo) -> TimeWindow:
    opens, closes = MEALTIMES.get(row.code, LUNCHTIME)
    today = at.astimezone(timezone).date()
    over = at >= datetime.combine(today, closes, timezone) - timedelta(minutes=row.duration_min)
    day = today + timedelta(days=1) if over else today
    return TimeWindow(opens=datetime.combine(day, opens, timezone), closes=datetime.combine(day, closes, timezone))


def _window(opens: datetime, closes: datetime) -> TimeWindow:
    try:
        return TimeWindow(opens=opens, closes=closes)
    except ValueError as error:
        raise Refusal("need.window_backwards", "结束时间早于开始时间。", f"{error}; swap them.") from None


def _later(moment: datetime, span: timedelta) -> datetime:
    try:
        return moment + span
    except OverflowError:
        return moment


def _number(area: Area, need: str) -> str:
    """Give a number to quote on the phone: the area's prefix and eight digits."""
    return f"{area.prefix}-{int(derived_id('number', need), 16) % 10**8:08d}"
