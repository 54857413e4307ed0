"""Remembers how far it is between the cells of each area, so that an event computes only what is new.

A page is of one source, never of two: while a better source has not surveyed every place of an area, all its ways are
by the factor model.
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.matcher.planning import Travel
from services.matcher.planning.problem import Matrix
from services.matcher.planning.travel import Factors, Point, Speed, Table, factor_table, whole
from shared.contracts.places import Cell

MODES: Final = {"walk": 0, "e_bike": 1, "car": 2}  # a volunteer's way to move -> index of the travel matrix
_MOST_AREAS: Final = 64
_SLACK: Final = 200  # cells that are remembered although nothing is there at the moment


@dataclass(frozen=True, slots=True)
class Page:
    """The places of one area: where each cell stands in the matrices."""

    index: dict[Point, int]
    travel: Travel

    def place(self, cell: Cell) -> int:
        """Give the index of a cell in the travel matrices."""
        return self.index[cell.lon, cell.lat]

    def lacks(self, points: Iterable[Point]) -> bool:
        """Say whether one of these places does not stand here."""
        return any(point not in self.index for point in points)


class TravelBook:
    """One page per area and source, the most recently used ones.

    Parameters
    ----------
    factors
        Detours and speeds of the factor model; a surveyed page takes the time per stop from them.
    """

    def __init__(self, factors: Factors | None = None) -> None:
        self.factors = factors or Factors()
        self.missed: Callable[[str, Sequence[Point]], None] | None = None  # hears what a better source should survey
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._surveyed: OrderedDict[str, Page] = OrderedDict()

    def page(self, area: str, cells: Iterable[Cell]) -> Page:
        """Give a page on which all these cells stand: the surveyed one, or one by the factor model."""
        points = dict.fromkeys((cell.lon, cell.lat) for cell in cells)
        surveyed = self._surveyed.get(area)
        if surveyed is not None and not surveyed.lacks(points):
            self._surveyed.move_to_end(area)
            return surveyed
        if self.missed is not None:
            self.missed(area, list(points))
        return self._by_factors(area, list(points))

    def surveyed(self, area: str) -> Page | None:
        """Give what a better source has surveyed of an area."""
        return self._surveyed.get(area)

    def take(self, area: str, page: Page) -> None:
        """Swap in a whole page of a better source."""
        _keep(self._surveyed, area, page)

    def _by_factors(self, area: str, points: list[Point]) -> Page:
        page, speeds = self._pages.get(area), self.factors.speeds(area)
        if page is None or page.lacks(points):
            kept, new = kept_and_new(page, points)
            there = factor_table(new, [*kept, *new], speeds)
            back = factor_table(kept, new, speeds)
            page = grown(page, kept, new, there, back, speeds)
        _keep(self._pages, area, page)
        return page


def _keep(pages: OrderedDict[str, Page], area: str, page: Page) -> None:
    pages[area] = page
    pages.move_to_end(area)
    while len(pages) > _MOST_AREAS:
        pages.popitem(last=False)


def kept_and_new(page: Page | None, points: Sequence[Point]) -> tuple[list[Point], list[Point]]:
    """Say which places of an old page stay and which are new; if most of a large page is gone, only what is there."""
    if page is None:
        return [], list(points)
    crowded = len(page.index) > len(points) + _SLACK
    here = set(points)
    kept = [point for point in page.index if point in here or not crowded]
    return kept, [point for point in points if point not in page.index]


def grown(  # noqa: PLR0913, PLR0917 - the four parts of a matrix, and what makes them whole
    old: Page | None, kept: list[Point], new: list[Point], there: Table, back: Table, speeds: Sequence[Speed]
) -> Page:
    """Write a page of an old one and the ways of new places.

    Parameters
    ----------
    old, kept, new
        The page before, which of its places stay, and which come.
    there
        From each new place to each kept and then each new place.
    back
        From each kept place to each new place.
    speeds
        Their time per stop is added.
    """
    rows, metres_there = whole(there, speeds)
    columns, metres_back = whole(back, speeds)
    stay = [old.index[point] for point in kept] if old is not None else []
    ways = tuple(
        _joined(None if old is None else old.travel.seconds[mode], stay, rows[mode], columns[mode])
        for mode in range(len(speeds))
    )
    metres = _joined(None if old is None else old.travel.metres, stay, metres_there, metres_back)
    index = {point: number for number, point in enumerate([*kept, *new])}
    return Page(index, Travel(seconds=ways, metres=metres))


def _joined(old: Matrix | None, stay: list[int], rows: Matrix, columns: Matrix) -> Matrix:
    if old is None or not stay:
        return rows
    known, size = len(stay), len(stay) + len(rows)
    joined = np.empty((size, size), dtype=np.int32)
    joined[:known, :known] = old if known == len(old) else old[np.ix_(stay, stay)]  # a copy of all is much quicker
    joined[:known, known:] = columns
    joined[known:, :] = rows
    return joined
