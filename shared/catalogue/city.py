"""The register of a city's areas and communities, so that a need is never filed under a place that does not exist.

The file is the rehearsal's `longchang.toml` or one like it: `code`, `name`, and `[[area]]` tables with `code`, `name`,
`prefix`, `lon`, `lat` and `communities`, pairs of code and name. Fields that only a rehearsal needs are ignored.
"""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.kernel.places import Place
from shared.kernel.words import Words

NEAR_MATCHES = 5

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Text = Annotated[str, Field(min_length=1, max_length=60)]


class CityError(ValueError):
    """A city file cannot be used; the message names the file and what to do."""


class UnknownPlace(LookupError):  # noqa: N818 - it reads as what happened, like every refusal here
    """Somebody named an area or community that the register does not have."""

    def __init__(self, kind: str, asked: str, near: tuple[str, ...], *, why: str = "") -> None:
        hint = f"did you mean {', '.join(near)}?" if near else "look in the file that LINLI_CITY names."
        super().__init__(f"No {kind} '{asked}' in the city's register: {why}{hint}")
        self.kind = kind
        self.asked = asked
        self.near = near


@dataclass(frozen=True, slots=True, kw_only=True)
class Community:
    """A community or village."""

    code: str
    name: Words
    area: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """A dispatch area: the communities that share volunteers and canteens."""

    code: str
    name: Words
    prefix: str
    """Begins every number that people of the area quote."""
    place: Place
    communities: tuple[Community, ...]


@dataclass(frozen=True, kw_only=True)
class City:
    """All areas and communities of one city; it never changes while a process runs."""

    code: str
    name: Words
    areas: tuple[Area, ...]
    _areas: Mapping[str, Area] = field(init=False, repr=False, compare=False)
    _communities: Mapping[str, Community] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_areas", MappingProxyType({area.code: area for area in self.areas}))
        every = {community.code: community for area in self.areas for community in area.communities}
        object.__setattr__(self, "_communities", MappingProxyType(every))

    def area(self, asked: str) -> Area:
        """Return the area of this code or name, or raise `UnknownPlace` with the nearest."""
        wanted = asked.strip()
        found = self._areas.get(wanted) or _called(wanted, self.areas)
        if found is None:
            raise UnknownPlace("area", asked, _near(wanted, self.areas))
        return found

    def community(self, asked: str, *, area: str | None = None) -> Community:
        """Return the community of this code or name, in the area if one is given.

        Raises
        ------
        UnknownPlace
            If there is none, it lies in another area, or several areas have one of this name and none was given.
        """
        wanted = asked.strip()
        choices = self.area(area).communities if area else tuple(self._communities.values())
        by_code = self._communities.get(wanted)
        if by_code is not None:
            if by_code in choices:
                return by_code
            raise UnknownPlace("community", asked, (), why=f"it lies in area {by_code.area}. Send that area, or ")
        named = [community for community in choices if wanted in (community.name.zh, community.name.en)]
        if len(named) == 1:
            return named[0]
        if named:
            raise UnknownPlace(
                "community", asked, tuple(one.code for one in named), why="several areas have one of this name, "
            )
        raise UnknownPlace("community", asked, _near(wanted, choices))


def load_city(path: str | Path) -> City:
    """Read a city's register.

    Raises
    ------
    CityError
        If the file cannot be read, a field does not fit, or a code occurs twice.
    """
    path = Path(path)
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CityError(f"Cannot read {path} ({error.strerror}): check LINLI_CITY.") from error
    except UnicodeDecodeError as error:
        raise CityError(f"{path} is not UTF-8: save the file again as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise CityError(f"{path} is not valid TOML: {error}. Correct that line.") from error
    return read_city(table, where=str(path))


def read_city(table: Mapping[str, Any], *, where: str) -> City:
    """Make the register of a parsed file, or say with `CityError` what is wrong with it."""
    try:
        written = _CityTable.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        spot = ".".join(map(str, first["loc"])) or "the file"
        raise CityError(f"{where} cannot be used: {spot}: {first['msg']}. Correct it and load again.") from error
    city = City(code=written.code, name=_words(written.name), areas=tuple(map(_area, written.area)))
    _check_codes(city, where)
    return city


class _Names(BaseModel):
    model_config = ConfigDict(extra="forbid")

    zh: Text
    en: Text


class _AreaTable(BaseModel):
    model_config = ConfigDict(extra="ignore")

    code: Code
    name: Text | _Names
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9]{1,12}$")]
    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    communities: list[tuple[Code, Text | _Names]] = Field(min_length=1)


class _CityTable(BaseModel):
    model_config = ConfigDict(extra="ignore")

    code: Code
    name: Text | _Names
    area: list[_AreaTable] = Field(min_length=1)


def _area(table: _AreaTable) -> Area:
    communities = tuple(Community(code=code, name=_words(name), area=table.code) for code, name in table.communities)
    return Area(
        code=table.code,
        name=_words(table.name),
        prefix=table.prefix,
        place=Place(lon=table.lon, lat=table.lat),
        communities=communities,
    )


def _words(name: str | _Names) -> Words:
    """Give both languages; where only one name is written, it stands for both."""
    return Words(zh=name, en=name) if isinstance(name, str) else Words(zh=name.zh, en=name.en)


def _check_codes(city: City, where: str) -> None:
    seen: set[str] = set()
    for code in [
        *(area.code for area in city.areas),
        *(community.code for area in city.areas for community in area.communities),
    ]:
        if code in seen:
            raise CityError(f"{where} has the code {code} twice: give each area and community its own.")
        seen.add(code)


def _called(name: str, areas: Iterable[Area]) -> Area | None:
    return next((area for area in areas if name in (area.name.zh, area.name.en)), None)


def _near(asked: str, places: Iterable[Area | Community]) -> tuple[str, ...]:
    """Name those whose code or name looks like what was asked."""
    shown: dict[str, str] = {}
    for place in places:
        both = f"{place.code} {place.name.zh}"
        shown |= {place.code: both, place.name.zh: both, place.name.en: both}
    alike = difflib.get_close_matches(asked[:64], shown, n=NEAR_MATCHES, cutoff=0.5)
    return tuple(dict.fromkeys(shown[text] for text in alike))
