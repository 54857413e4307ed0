"""What both questions have in common: days and times of day, when people are available, what they are allowed to do."""

from datetime import date, datetime, time
from typing import Annotated, Final, Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

MOST_DAYS: Final = 62
MOST_PEOPLE: Final = 2_000
MOST_DUTIES: Final = 5_000
_MOST_MIN: Final = MOST_DAYS * 24 * 60
_FIRST_YEAR, _LAST_YEAR = 2000, 2200
_SPACE: Final = 32


def _single_word(text: str) -> str:
    if any(ord(sign) <= _SPACE for sign in text):
        raise ValueError("contains a space or a control character; ids are single words")
    return text


def _known_year(year: int) -> None:
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"lies in the year {year}; give one between {_FIRST_YEAR} and {_LAST_YEAR}")


def _day(day: date) -> date:
    _known_year(day.year)
    return day


def _moment(moment: datetime) -> datetime:
    _known_year(moment.year)
    if moment.second or moment.microsecond:
        raise ValueError("has seconds; give whole minutes, for example 2026-11-30T08:00")
    return moment


def _time_of_day(moment: time) -> time:
    if moment.second or moment.microsecond or moment.tzinfo is not None:
        raise ValueError("is no local time of day in whole minutes, for example 08:00")
    return moment


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone; give its IANA name, for example Asia/Shanghai") from None
    return name


Id = Annotated[str, Field(min_length=1, max_length=80), AfterValidator(_single_word)]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Day = Annotated[date, AfterValidator(_day)]
Moment = Annotated[
    datetime, AfterValidator(_moment), Field(description="ISO 8601; without an offset it is local time of the zone.")
]
TimeOfDay = Annotated[time, AfterValidator(_time_of_day)]
Minutes = Annotated[int, Field(ge=0, le=_MOST_MIN)]
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE)]
Zone = Annotated[str, Field(max_length=60), AfterValidator(_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Asked(BaseModel):
    """Everything that is read is frozen, of exactly its type, and knows no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Span(Asked):
    """From one moment to another."""

    starts: Moment
    ends: Moment

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        one, other = self.starts, self.ends
        if (one.tzinfo is None) != (other.tzinfo is None):
            raise ValueError(f"starts at {one} and ends at {other}; give both an offset, or neither")
        if other <= one:
            raise ValueError(f"ends at {other.isoformat()}, not after it starts at {one.isoformat()}")
        return self


class Hours(Asked):
    """The same hours on certain weekdays; hours that do not end later than they start end on the next day."""

    days: Annotated[tuple[Weekday, ...], Field(min_length=1, max_length=7)] = WEEKDAYS
    starts: TimeOfDay
    ends: TimeOfDay


class Held(Asked):
    """A credential that somebody has."""

    name: Name
    until: Day | None = Field(default=None, description="The last day on which it is valid; null: it does not expire.")


class Available(Asked):
    """When somebody can come: on the spans, and in the hours of every week; neither means always."""

    available: Annotated[tuple[Span, ...], Field(max_length=500)] = ()
    weekly: Annotated[tuple[Hours, ...], Field(max_length=50)] = ()


class Days(Asked):
    """The days that are asked about."""

    first_day: Day
    days: Annotated[int, Field(ge=1, le=MOST_DAYS)] = 7
    timezone: Zone = "Asia/Shanghai"
    credentials: Annotated[tuple[Name, ...], Field(max_length=1_000)] | None = Field(
        default=None,
        description="All credentials there are: a name with a typing error is then refused. Null: any name will do.",
    )
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
