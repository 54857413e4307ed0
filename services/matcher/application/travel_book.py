"""Remembers how far it is between the cells of each area, so that an event computes only what is new.

The numbers are those of `planning.travel`; here only the rows and columns of new cells are added.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.matcher.planning import Travel
from services.matcher.planning.problem import Matrix
from services.matcher.planning.travel import EARTH_RADIUS_M, SPEEDS, Speed
from shared.contracts.places import Cell

MODES: Final = {"walk": 0, "e_bike": 1, "car": 2}  # a volunteer's way to move -> index of the travel matrix
_MOST_AREAS: Final = 64
_SLACK: Final = 200  # cells that are remembered although nothing is there at the moment

Point = tuple[float, float]
Metres = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Page:
    """The places of one area: where each cell stands in the matrices."""

    index: dict[Point, int]
    travel: Travel

    def place(self, cell: Cell) -> int:
        """Give the index of a cell in the travel matrices."""
        return self.index[cell.lon, cell.lat]


class TravelBook:
    """One page per area, the most recently used ones."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Page] = OrderedDict()

    def page(self, area: str, cells: Iterable[Cell]) -> Page:
        """Give a page on which all these cells stand."""
        points = dict.fromkeys((cell.lon, cell.lat) for cell in cells)
        page = self._pages.get(area)
        if page is None or any(point not in page.index for point in points):
            page = self._extended(page, list(points))
        self._pages[area] = page
        self._pages.move_to_end(area)
        while len(self._pages) > _MOST_AREAS:
            self._pages.popitem(last=False)
        return page

    def _extended(self, page: Page | None, points: list[Point]) -> Page:
        if page is None or len(page.index) > len(points) + _SLACK:
            return _written(points, old=None)
        known = list(page.index)
        return _written(known + [point for point in points if point not in page.index], old=page.travel)


def _written(points: list[Point], *, old: Travel | None) -> Page:
    """Write a page; with an old one, only what is new is computed."""
    known = 0 if old is None else old.places
    direct = _great_circle_m(points, points[known:])
    seconds = tuple(
        _grown(None if old is None else old.seconds[mode], _seconds(direct, speed)) for mode, speed in enumerate(SPEEDS)
    )
    metres = _grown(None if old is None else old.metres, np.ceil(direct * SPEEDS[0].detour).astype(np.int32))
    return Page({point: index for index, point in enumerate(points)}, Travel(seconds=seconds, metres=metres))


def _seconds(direct_m: Metres, speed: Speed) -> Matrix:
    """Round up, as `planning.travel` does: then no detour is shorter than the direct way."""
    riding = np.ceil(direct_m * speed.detour * 3.6 / speed.km_h)
    return np.where(direct_m > 0, riding + speed.stop_s, 0).astype(np.int32)


def _grown(old: Matrix | None, new_columns: Matrix) -> Matrix:
    """Give the symmetric matrix of which the last columns are new."""
    if old is None:
        return new_columns
    size, known = len(new_columns), len(old)
    grown = np.empty((size, size), dtype=np.int32)
    grown[:known, :known] = old
    grown[:, known:] = new_columns
    grown[known:, :known] = new_columns[:known].T
    return grown


def _great_circle_m(rows: list[Point], columns: list[Point]) -> Metres:
    """Give great-circle metres (haversine, Sinnott 1984) from each row's point to each column's."""
    one, other = np.radians(np.array(rows).reshape(-1, 2)), np.radians(np.array(columns).reshape(-1, 2))
    d_lon, d_lat = one[:, None, 0] - other[None, :, 0], one[:, None, 1] - other[None, :, 1]
    chord = np.sin(d_lat / 2) ** 2 + np.cos(one[:, None, 1]) * np.cos(other[None, :, 1]) * np.sin(d_lon / 2) ** 2
    metres: Metres = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return metres
