"""A street map as a source of travel times, in a process of its own: igraph holds the interpreter while it searches."""

from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Final

from services.matcher.adapters.travel.map_file import load_roads
from services.matcher.adapters.travel.street_map import StreetMap
from services.matcher.adapters.worker_processes import WorkerProcesses
from services.matcher.application.ports import NoWays, SolverFailed
from services.matcher.planning.travel import Point, Table

_TIMEOUT_S: Final = 600.0  # reading a large city's map for the first time takes minutes


@cache
def open_map(path: Path, keep_in: Path | None) -> StreetMap:
    """Open a map once in this process.

    Raises
    ------
    ValueError
        If it cannot be read.
    """
    return StreetMap(load_roads(path, keep_in))


def table_here(places: tuple[Sequence[Point], Sequence[Point]], *, path: Path, keep_in: Path | None) -> Table:
    """Search in the process in which this is called."""
    return open_map(path, keep_in).table(*places)


class Streets:
    """The streets of an `.osm.pbf`.

    Parameters
    ----------
    path
        The map; another one is read after a restart.
    keep_in
        Folder for what was read of it; None reads it at every start.
    """

    name = "streets"

    def __init__(self, path: Path, keep_in: Path | None) -> None:
        self._call = partial(table_here, path=path, keep_in=keep_in)
        self._workers = WorkerProcesses(processes=1)

    async def table(self, origins: Sequence[Point], destinations: Sequence[Point]) -> Table:
        """Give the ways from each origin to each destination.

        Raises
        ------
        NoWays
            If the map cannot be read, or a place is off it.
        """
        try:
            (table,) = await self._workers.map(self._call, [(origins, destinations)], timeout_s=_TIMEOUT_S)
        except SolverFailed as error:
            raise NoWays(str(error), getattr(error.__cause__, "place", None)) from error
        return table

    async def close(self) -> None:
        """End the process."""
        self._workers.close()
