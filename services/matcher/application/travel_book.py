"""Remembers how far it is between the cells of each area, so that an event computes only what is new.

Great circle times a detour factor; the numbers are those of DESIGN 7.3: walk 1.3 at 4.5 km/h, e-bike 1.45 at
15 km/h, car 1.5 at 25 km/h, and a minute for every stop at another place.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from services.matcher.planning import Travel
from shared.contracts.places import Cell

MODES: Final = {"walk": 0, "e_bike": 1, "car": 2}  # a volunteer's way to move -> index of the travel matrix
_DETOUR_AND_SPEED_M_S: Final = ((1.3, 4.5 / 3.6), (1.45, 15 / 3.6), (1.5, 25 / 3.6))
_PER_STOP_S: Final = 60
_EARTH_M: Final = 6_371_008.8
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
    metres = _great_circle_m(points, points if old is None else points[old.places :])
    if old is not None:
        straight = np.empty((len(points), len(points)))
        straight[: old.places, : old.places] = -1.0
        straight[:, old.places :] = metres
        straight[old.places :, :] = metres.T
        metres = straight
    seconds = [np.ceil(metres * detour / speed).astype(np.int32) for detour, speed in _DETOUR_AND_SPEED_M_S]
    for one in seconds:
        one += _PER_STOP_S
        np.fill_diagonal(one, 0)
    by_road = np.rint(metres * _DETOUR_AND_SPEED_M_S[0][0]).astype(np.int32)
    if old is not None:
        by_road[: old.places, : old.places] = old.metres
        for new, known in zip(seconds, old.seconds, strict=True):
            new[: old.places, : old.places] = known
    return Page({point: index for index, point in enumerate(points)}, Travel(seconds=tuple(seconds), metres=by_road))


def _great_circle_m(rows: list[Point], columns: list[Point]) -> Metres:
    """Give great-circle metres (haversine, Sinnott 1984) from each row's point to each column's."""
    one, other = np.radians(np.array(rows).reshape(-1, 2)), np.radians(np.array(columns).reshape(-1, 2))
    d_lon, d_lat = one[:, None, 0] - other[None, :, 0], one[:, None, 1] - other[None, :, 1]
    chord = np.sin(d_lat / 2) ** 2 + np.cos(one[:, None, 1]) * np.cos(other[None, :, 1]) * np.sin(d_lon / 2) ** 2
    metres: Metres = 2 * _EARTH_M * np.arcsin(np.sqrt(chord))
    return metres
