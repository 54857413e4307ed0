"""A small day on streets: every decision waits for the ways it needs, and the day keeps what a day promises."""

from collections.abc import Iterator
from itertools import pairwise
from math import ceil
from pathlib import Path
from typing import Any

from linli import upkeep
from services.matcher.adapters.travel.map_file import read_roads
from services.matcher.adapters.travel.street_map import StreetMap
from shared.contracts.dispatch import RoutePlanned, Stop
from shared.contracts.topics import DISPATCH
from tests.street_grid import write_grid
from tests.town.small_day import broken, outcomes, play_embedded, tiny_city

SOUTH_WEST = (105.25, 29.325)  # of the rehearsal's 古湖街道, which is 4 km wide


async def test_a_day_on_streets_keeps_every_guarantee_and_goes_around_corners(tmp_path: Path) -> None:
    streets = write_grid(tmp_path / "town.osm.pbf", blocks=30, south_west=SOUTH_WEST)
    city = tiny_city()
    played = await play_embedded(city, tmp_path, travel_streets=streets)
    assert broken(played) == []
    assert sum(outcomes(played).values()) == len(city.needs)

    town = StreetMap(read_roads(streets))
    ways = list(legs(await planned(tmp_path)))
    assert len(ways) > 20
    assert [way for way in ways if way[1].distance_m != on_streets(town, *way)] == []


def legs(routes: list[RoutePlanned]) -> Iterator[tuple[Stop, Stop]]:
    """Give each way from a planned stop to the next, without those that stay in one cell."""
    for route in routes:
        yield from ((one, other) for one, other in pairwise(route.stops) if one.cell != other.cell)


def on_streets(town: StreetMap, one: Stop, other: Stop) -> int:
    origin, destination = (one.cell.lon, one.cell.lat), (other.cell.lon, other.cell.lat)
    return ceil(float(town.table([origin], [destination]).metres[0, 0]))


async def planned(folder: Path) -> list[RoutePlanned]:
    async with upkeep._opened(folder) as environment:
        facts: list[Any] = [fact async for fact in upkeep._archived(environment.documents, DISPATCH.name)]
    return [fact.data for fact in facts if isinstance(fact.data, RoutePlanned)]
