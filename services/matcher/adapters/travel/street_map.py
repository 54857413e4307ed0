"""Shortest ways on the streets of a city, from many places to many, on foot, by e-bike and by car."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from services.matcher.adapters.travel.map_file import Roads, loaded_igraph
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import EARTH_RADIUS_M, WALK, Numbers, Point, Table

OFF_THE_MAP_M: Final = 500.0  # a compound is as wide as that; farther from any street, the map does not know the place
_WALK_M_S: Final = WALK.km_h / 3.6
_METRES_A_DEGREE: Final = EARTH_RADIUS_M * np.pi / 180


class OffTheMap(ValueError):  # noqa: N818 - it says what happened
    """A place is too far from every street of the map; it says so from another process, too."""

    def __init__(self, place: Point, mode: str) -> None:
        super().__init__(place, mode)
        self.place, self.mode = place, mode

    def __str__(self) -> str:
        lon, lat = self.place
        return f"the place at {lon:.3f}, {lat:.3f} is more than {OFF_THE_MAP_M:.0f} m from every street for {self.mode}"


class StreetMap:
    """Graphs of one map, one per travel mode; ways are found by Dijkstra's algorithm in igraph.

    Parameters
    ----------
    roads
        One per travel mode.

    Raises
    ------
    ValueError
        If igraph is not installed.
    """

    def __init__(self, roads: tuple[Roads, ...]) -> None:
        self._graphs = [_Graph(mode, one) for mode, one in zip(MODES, roads, strict=True)]

    def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table:
        """Give the ways from each origin to each destination.

        From a place to its nearest node one walks straight, whatever the mode; metres are of the way on foot.

        Raises
        ------
        OffTheMap
            If a place is farther than 500 m from every street that a mode may use.
        """
        seconds = [graph.seconds(origins, destinations) for graph in self._graphs]
        return Table(seconds=tuple(seconds), metres=seconds[MODES["walk"]] * _WALK_M_S)


class _Graph:
    def __init__(self, mode: str, roads: Roads) -> None:
        igraph = loaded_igraph()
        self._mode = mode
        self._order = np.argsort(roads.lat, kind="stable")
        self._lon, self._lat = roads.lon[self._order], roads.lat[self._order]
        self._graph: Any = igraph.Graph(
            n=len(roads.lon),
            edges=np.column_stack([roads.tail, roads.head]),
            directed=True,
            edge_attrs={"seconds": roads.seconds.tolist()},
        )

    def seconds(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Numbers:
        if not origins or not destinations:
            return np.zeros((len(origins), len(destinations)))
        begin, walked_before = self._joined(origins)
        end, walked_after = self._joined(destinations)
        on_streets = self._searched(begin, end) + walked_before[:, None] + walked_after
        elsewhere = np.array([[one != other for other in destinations] for one in origins])
        ways: Numbers = on_streets * elsewhere
        return ways

    def _searched(self, begin: npt.NDArray[np.int64], end: npt.NDArray[np.int64]) -> Numbers:
        """Search from the side that has fewer nodes; on the other's behalf backwards."""
        rows, row = np.unique(begin, return_inverse=True)
        columns, column = np.unique(end, return_inverse=True)
        search = self._graph.distances
        if len(rows) <= len(columns):
            found = np.array(search(source=rows.tolist(), target=columns.tolist(), weights="seconds", mode="out"))
        else:
            found = np.array(search(source=columns.tolist(), target=rows.tolist(), weights="seconds", mode="in")).T
        ways: Numbers = found[np.ix_(row, column)]
        return ways

    def _joined(self, places: Sequence[Point]) -> tuple[npt.NDArray[np.int64], Numbers]:
        """Give each place's nearest node, and the seconds on foot to it."""
        nearest = [self._nearest(place) for place in places]
        nodes = np.array([node for node, _ in nearest], dtype=np.int64)
        return nodes, np.array([metres for _, metres in nearest]) / _WALK_M_S

    def _nearest(self, place: Point) -> tuple[int, float]:
        lon, lat = place
        reach = OFF_THE_MAP_M / _METRES_A_DEGREE
        begin, end = np.searchsorted(self._lat, [lat - reach, lat + reach])
        if begin < end:
            east = (self._lon[begin:end] - lon) * np.cos(np.radians(lat))
            metres = np.hypot(east, self._lat[begin:end] - lat) * _METRES_A_DEGREE
            best = int(metres.argmin())
            if metres[best] <= OFF_THE_MAP_M:
                return int(self._order[begin + best]), float(metres[best])
        raise OffTheMap(place, self._mode)
