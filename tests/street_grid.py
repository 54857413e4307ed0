"""A small town of straight streets, written as an `.osm.pbf`: every way in it can be counted by hand.

Blocks are 200 m wide. All streets are residential and go both ways, but the southernmost: it is one-way to the east.
Far in the east lies one street that is joined to nothing.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import osmium

from services.matcher.planning.travel import EARTH_RADIUS_M, Point

BLOCK_M = 200
WEST, SOUTH = 105.28, 29.33
_DEGREE_M = EARTH_RADIUS_M * np.pi / 180


def corner(east: float, north: float, *, south_west: Point = (WEST, SOUTH)) -> Point:
    """Give the crossing so many blocks east and north of the south-western one."""
    lon, lat = south_west
    wide = _DEGREE_M * float(np.cos(np.radians(lat)))
    return lon + east * BLOCK_M / wide, lat + north * BLOCK_M / _DEGREE_M


def write_grid(
    path: Path, *, blocks: int = 10, south_west: Point = (WEST, SOUTH), every: Mapping[str, str] | None = None
) -> Path:
    """Write the map; `every` are tags of all streets besides what they have."""
    size = blocks + 1
    writer = osmium.SimpleWriter(str(path))
    for north in range(size):
        for east in range(size):
            place = corner(east, north, south_west=south_west)
            writer.add_node(_node(1 + north * size + east, place))
    island = [corner(blocks + 20, north, south_west=south_west) for north in range(3)]
    for number, place in enumerate(island):
        writer.add_node(_node(1_000_000 + number, place))
    ways: list[tuple[list[int], dict[str, str]]] = [([1_000_000, 1_000_001, 1_000_002], {})]
    for line in range(size):
        ways.append(([1 + line * size + east for east in range(size)], {} if line else {"oneway": "yes"}))
        ways.append(([1 + north * size + line for north in range(size)], {}))
    for number, (nodes, tags) in enumerate(ways, start=1):
        writer.add_way(
            osmium.osm.mutable.Way(id=number, nodes=nodes, tags={"highway": "residential"} | tags | dict(every or {}))
        )
    writer.close()
    return path


def _node(number: int, place: Point) -> Any:
    return osmium.osm.mutable.Node(id=number, location=place)
