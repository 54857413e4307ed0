"""Places the real names of Longchang's areas and communities on a synthetic map."""

import math
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from linli.rehearsal.scenario.chance import seats
from linli.rehearsal.scenario.city import Area, Community, Compound
from shared.kernel.places import Place

COMPOUNDS = 271  # "271个小区"

METRES_PER_DEGREE = 111_320.0
DOOR_DECIMALS = 5  # about a metre
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))

_FIRST = (
    "锦绣",
    "和美",
    "翠湖",
    "康居",
    "幸福",
    "金桂",
    "春晖",
    "向荣",
    "怡景",
    "安顺",
    "文苑",
    "柳岸",
    "瑞和",
    "晨光",
)
_LAST = ("花园", "小区", "苑", "家园", "新村", "里", "名居", "公寓", "雅居", "大院", "庭", "坊")
_HAMLETS = "一二三四五六七八九"


def offset(place: Place, *, east_m: float, north_m: float) -> Place:
    """Return the place so many metres away."""
    return Place(
        lon=round(place.lon + east_m / (METRES_PER_DEGREE * math.cos(math.radians(place.lat))), DOOR_DECIMALS),
        lat=round(place.lat + north_m / METRES_PER_DEGREE, DOOR_DECIMALS),
    )


def sunflower(centre: Place, *, radius_m: float, index: int, count: int) -> Place:
    """Return the index-th of count places that fill a disc evenly, as seeds fill a sunflower."""
    reach_m = radius_m * math.sqrt((index + 0.5) / count)
    angle = index * GOLDEN_ANGLE
    return offset(centre, east_m=reach_m * math.cos(angle), north_m=reach_m * math.sin(angle))


@cache
def longchang() -> tuple[Area, ...]:
    """Return the 13 areas with their 164 communities and 271 compounds."""
    text = resources.files("linli.rehearsal").joinpath("data", "longchang.toml").read_text(encoding="utf-8")
    tables = tomllib.loads(text)["area"]
    compounds = _compounds_per_community(tables)
    return tuple(_area(table, compounds) for table in tables)


def _compounds_per_community(tables: list[dict[str, Any]]) -> dict[str, tuple[int, ...]]:
    """Give every community one compound, and the rest to the streets' communities twice as often (A)."""
    weights = {code: float(table["weight"]) for table in tables for code, _ in table["communities"]}
    further = seats(weights, COMPOUNDS - len(weights))
    return {code: (first, *further[code]) for first, code in enumerate(weights, start=COMPOUNDS)}


def _area(table: dict[str, Any], compounds: dict[str, tuple[int, ...]]) -> Area:
    centre = Place(lon=table["lon"], lat=table["lat"])
    count = len(table["communities"])
    return Area(
        code=table["code"],
        name=table["name"],
        prefix=table["prefix"],
        place=centre,
        weight=table["weight"],
        communities=tuple(
            _community(
                code,
                name,
                sunflower(centre, radius_m=table["radius_m"], index=index, count=count),
                compounds[code],
            )
            for index, (code, name) in enumerate(table["communities"])
        ),
        canteen_sites=tuple(table["canteens"]),
        reading_room=table.get("reading_room"),
        lapsed=frozenset(table.get("lapsed", ())),
    )


def _community(code: str, name: str, place: Place, compounds: tuple[int, ...]) -> Community:
    rural = not name.endswith("社区")
    return Community(
        code=code,
        name=name,
        place=place,
        compounds=tuple(
            Compound(
                name=f"{_HAMLETS[order]}组" if rural else _compound_name(serial),
                place=sunflower(place, radius_m=400 if rural else 220, index=order, count=len(compounds)),
            )
            for order, serial in enumerate(compounds)
        ),
    )


def _compound_name(serial: int) -> str:
    """Return a made-up name; the stride spreads the words, and repeats fall into different communities."""
    word = serial * 37 % (len(_FIRST) * len(_LAST))
    return _FIRST[word // len(_LAST)] + _LAST[word % len(_LAST)]
