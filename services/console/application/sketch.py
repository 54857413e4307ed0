"""A sketch of an area from coarse cells: no map, only how far things lie apart, so nobody's door can be read off it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.console.domain.area import Area, Helper, Point
from services.console.domain.words import volunteer_name
from shared.kernel.words import Words

WIDTH: Final = 560
HEIGHT: Final = 380
_MARGIN: Final = 48
_LEAST_SPAN_M: Final = 600.0
_METRES_A_DEGREE: Final = 111_320.0
_MOST_ROUTES: Final = 40
_MOST_NEEDS: Final = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point of the sketch, in its own units."""

    x: float
    y: float
    label: Words
    state: str  # waiting | stuck | moving | open | closed


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A volunteer's way, as the `points` of a polyline."""

    volunteer: str
    points: str
    stops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """Everything that is drawn, and how long 500 m are."""

    width: int
    height: int
    kitchens: tuple[Mark, ...]
    needs: tuple[Mark, ...]
    routes: tuple[Line, ...]
    units_of_500_m: float


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where a cell is drawn: equal scale in both directions, north up."""

    west: float
    north: float
    scale: float  # units per metre
    metres_a_lon: float

    def place(self, cell: Point) -> tuple[float, float]:
        lon, lat = cell
        x = _MARGIN + (lon - self.west) * self.metres_a_lon * self.scale
        y = _MARGIN + (self.north - lat) * _METRES_A_DEGREE * self.scale
        return round(x, 1), round(y, 1)

    def point(self, cell: Point) -> str:
        x, y = self.place(cell)
        return f"{x},{y}"


def draw(area: Area, on_duty: Sequence[Helper]) -> Sketch:
    """Draw canteens, open needs and routes that have a place."""
    needs = [(need, need.cell) for need in area.needs.values() if need.cell is not None][:_MOST_NEEDS]
    ways = [(helper.id, [stop.cell for stop in helper.stops if stop.cell]) for helper in on_duty if helper.stops]
    ways = [way for way in ways if way[1]][:_MOST_ROUTES]
    kitchens = list(area.kitchens.values())
    cells = [kitchen.cell for kitchen in kitchens] + [cell for _, cell in needs] + [c for _, way in ways for c in way]
    frame = _frame(cells)
    return Sketch(
        width=WIDTH,
        height=HEIGHT,
        kitchens=tuple(
            _mark(frame, one.cell, one.name, "closed" if one.closed_from is not None else "open") for one in kitchens
        ),
        needs=tuple(
            _mark(
                frame,
                cell,
                need.name,
                "stuck" if need.stuck and need.stuck.owner else ("moving" if need.places else "waiting"),
            )
            for need, cell in needs
        ),
        routes=tuple(
            Line(volunteer=volunteer_name(name), points=" ".join(frame.point(c) for c in way), stops=len(way))
            for name, way in ways
        ),
        units_of_500_m=round(500 * frame.scale, 1),
    )


def _mark(frame: _Frame, cell: Point, label: Words, state: str) -> Mark:
    x, y = frame.place(cell)
    return Mark(x=x, y=y, label=label, state=state)


def _frame(cells: Sequence[Point]) -> _Frame:
    if not cells:
        return _Frame(0.0, 0.0, 0.1, _METRES_A_DEGREE)
    west, east = min(lon for lon, _ in cells), max(lon for lon, _ in cells)
    south, north = min(lat for _, lat in cells), max(lat for _, lat in cells)
    metres_a_lon = _METRES_A_DEGREE * math.cos(math.radians((south + north) / 2))
    across = max((east - west) * metres_a_lon, _LEAST_SPAN_M)
    down = max((north - south) * _METRES_A_DEGREE, _LEAST_SPAN_M / 2)
    scale = min((WIDTH - 2 * _MARGIN) / across, (HEIGHT - 2 * _MARGIN) / down)
    # What does not fill the frame is centred in it.
    west -= ((WIDTH - 2 * _MARGIN) / scale - (east - west) * metres_a_lon) / 2 / metres_a_lon
    north += ((HEIGHT - 2 * _MARGIN) / scale - (north - south) * _METRES_A_DEGREE) / 2 / _METRES_A_DEGREE
    return _Frame(west, north, scale, metres_a_lon)
