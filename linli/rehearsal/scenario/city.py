"""What a generated city consists of: frozen values; every place is synthetic, every moment has a time zone."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from shared.kernel.moments import TimeWindow
from shared.kernel.places import Place

SHANGHAI = ZoneInfo("Asia/Shanghai")
DEFAULT_DATE = dt.date(2026, 5, 12)  # a Tuesday without a holiday near it

Channel = Literal["window", "online", "wall"]
Travel = Literal["walk", "e-bike", "car"]
DutyKind = Literal["on-call", "carrier", "patrol", "reading"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compound:
    """A compound of a community, or a hamlet of a village (A)."""

    name: str
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community or village; its place is its service point."""

    code: str
    name: str
    place: Place
    compounds: tuple[Compound, ...]

    @property
    def rural(self) -> bool:
        """Houses have numbers here, not buildings and units."""
        return not self.name.endswith("社区")


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A dispatch area: a street or a town."""

    code: str
    name: str
    prefix: str
    """Begins every number that the area's office gives out."""
    place: Place
    weight: int
    """How much of the city's people and needs each community has (A)."""
    communities: tuple[Community, ...]
    canteen_sites: tuple[str, ...]
    reading_room: str | None
    lapsed: frozenset[str]
    """Credentials that ran out yesterday for everybody here (A)."""

    @property
    def share(self) -> int:
        """How much of the city's people and needs the area has."""
        return self.weight * len(self.communities)

    @property
    def urban(self) -> bool:
        """A street of the city rather than a town."""
        return self.weight > 1

    def community(self, code: str) -> Community:
        """Return the community of this code."""
        for community in self.communities:
            if community.code == code:
                return community
        raise LookupError(f"{self.name} has no community {code}: take one of its list in longchang.toml.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """So many meals are ready at one time."""

    ready_at: dt.datetime
    meals: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Canteen:
    """A love canteen (爱心食堂) with the batches of its lunch (A)."""

    code: str
    name: str
    area: str
    community: str
    place: Place
    batches: tuple[Batch, ...]
    diets: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A paper and its last valid day."""

    name: str
    valid_until: dt.date


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """When a volunteer is there, and for what; everything but on-call is a standing duty."""

    kind: DutyKind
    window: TimeWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class Volunteer:
    """A synthetic neighbour who helps."""

    number: str
    name: str
    phone: str
    area: str
    community: str
    home: Place
    """Only the coarse cell."""
    skills: frozenset[str]
    credentials: tuple[Credential, ...]
    travel: Travel
    capacity_meals: int
    capacity_grams: int
    languages: tuple[str, ...]
    """BCP 47; `zh-x-sichuan` is the dialect, `csl` Chinese sign language."""
    vetted: bool
    team: str | None
    duties: tuple[Duty, ...]
    """Empty if not there today."""

    def may_work_with(self, credentials: frozenset[str], on: dt.date) -> bool:
        """Tell whether all these credentials are held and valid on this day."""
        return credentials <= {held.name for held in self.credentials if held.valid_until >= on}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to ring, as a resident says it; building and unit are empty in a village."""

    compound: str
    building: str
    unit: str
    door: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """A synthetic person who needs something, or the office that organises a shift."""

    name: str
    phone: str | None
    language: str
    community: str
    address: Address
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """One resident asks for one service."""

    number: str
    area: str
    service: str
    """Code of the catalogue."""
    resident: Resident
    reported_at: dt.datetime
    channel: Channel
    window: TimeWindow
    people: int = 1
    portions: int = 1
    diet: str | None = None
    """For meals only; `普通` eats everything."""
    pickup: Place | None = None
    """For deliveries that do not come from a canteen: the service point of the community."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A resident changes their mind after reporting."""

    need: str
    at: dt.datetime
    kind: Literal["withdrawn", "amended"]
    window: TimeWindow | None = None
    """The new window, if that is what changed."""
    portions: int | None = None
    """The new number of meals, if that is what changed."""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """One day of a city, or of some of its areas."""

    seed: int
    on: dt.date
    areas: tuple[Area, ...]
    canteens: tuple[Canteen, ...]
    volunteers: tuple[Volunteer, ...]
    needs: tuple[Need, ...]
    changes: tuple[Change, ...]

    def on_duty(self) -> Iterator[Volunteer]:
        """Give the volunteers who are there at some time of the day."""
        return (volunteer for volunteer in self.volunteers if volunteer.duties)
