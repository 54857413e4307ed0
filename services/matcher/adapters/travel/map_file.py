"""Reads the streets of an `.osm.pbf` into arrays, once: afterwards they come from a file beside the database."""

import hashlib
import logging
import zipfile
from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from services.matcher.adapters.travel import ways
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import EARTH_RADIUS_M, Numbers

LONGEST_PIECE_M: Final = 100.0  # a place is joined to the nearest node; long pieces are cut, so that one is near
_PARTS: Final = ("lon", "lat", "tail", "head", "seconds")
_EXTRA: Final = "a street map needs osmium and igraph: install the extra `linli[streets]`"

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Roads:
    """The streets that one travel mode may use; every node can be reached from every other.

    Parameters
    ----------
    lon, lat
        n nodes, degrees.
    tail, head
        m directed pieces of street, from node to node.
    seconds
        What each piece takes.
    """

    lon: Numbers
    lat: Numbers
    tail: npt.NDArray[np.int32]
    head: npt.NDArray[np.int32]
    seconds: npt.NDArray[np.float32]


def load_roads(path: Path, keep_in: Path | None) -> tuple[Roads, ...]:
    """Give the streets of a map for each travel mode, from the kept arrays if they are of this very file and program.

    Raises
    ------
    ValueError
        If the file cannot be read, is not a map, or has no streets for one of the modes.
    """
    kept = None if keep_in is None else keep_in / f"streets-{_digest(path)}.npz"
    if kept is not None and (roads := _kept(kept)) is not None:
        return roads
    roads = read_roads(path)
    if kept is not None:
        _keep(kept, roads)
    return roads


def _digest(path: Path) -> str:
    """Name what the arrays depend on: the map, and the code that makes them."""
    whole = hashlib.sha256()
    for source in (Path(__file__), Path(ways.__file__)):
        whole.update(source.read_bytes())
    try:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    except OSError as error:
        raise ValueError(f"{path} cannot be read ({error.strerror}): check LINLI_TRAVEL_STREETS") from error
    return whole.hexdigest()[:16]


def _kept(file: Path) -> tuple[Roads, ...] | None:
    try:
        with np.load(file, allow_pickle=False) as arrays:
            return tuple(Roads(**{part: arrays[f"{mode}_{part}"] for part in _PARTS}) for mode in MODES)
    except FileNotFoundError:
        return None
    except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
        logger.warning("matcher.streets_read_again", extra={"file": str(file), "reason": str(error)})
        return None


def _keep(file: Path, roads: tuple[Roads, ...]) -> None:
    """Keep the arrays for the next start, and none of older maps; a folder that cannot be written costs only time."""
    arrays = {f"{mode}_{part}": getattr(one, part) for mode, one in zip(MODES, roads, strict=True) for part in _PARTS}
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        # `linli doctor` may read the map while the matcher does, and so may another container on the same volume.
        part = file.with_suffix(f".{uuid4().hex}.part")
        try:
            with part.open("wb") as written:
                np.savez(written, **arrays)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        for other in file.parent.glob("streets-*.npz"):
            if other != file:
                other.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("matcher.streets_not_kept", extra={"file": str(file), "reason": str(error)})


def read_roads(path: Path) -> tuple[Roads, ...]:
    """Read the streets of a map for each travel mode.

    Raises
    ------
    ValueError
        If the file is not a map, or has no streets for one of the modes.
    """
    pieces = _Pieces.of(_passable(path))
    if not len(pieces.tail):
        raise ValueError(f"{path} has no streets: is it a map of roads?")
    roads = []
    for mode, number in MODES.items():
        one = pieces.for_mode(number)
        if not len(one.tail):
            raise ValueError(f"{path} has no streets for {mode}")
        roads.append(one)
    return tuple(roads)


Passable = tuple[list[tuple[int, float, float]], tuple[ways.Pace, ...]]


def _passable(path: Path) -> Iterator[Passable]:
    """Give the nodes (id, lon, lat) and the paces of each way that somebody may use."""
    try:
        import osmium  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError(_EXTRA) from error
    try:
        file: Any = osmium.FileProcessor(str(path)).with_locations()
        file.with_filter(osmium.filter.EntityFilter(osmium.osm.WAY)).with_filter(osmium.filter.KeyFilter("highway"))
        for way in file:
            pace = ways.paces({tag.k: tag.v for tag in way.tags})
            if any(map(any, pace)):
                yield [(node.ref, node.lon, node.lat) for node in way.nodes if node.location.valid()], pace
    except (RuntimeError, OSError) as error:
        raise ValueError(f"{path} cannot be read as a map (.osm.pbf): {error}") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """All pieces of street of a map, cut so that none is long."""

    lon: Numbers
    lat: Numbers
    tail: npt.NDArray[np.int64]
    head: npt.NDArray[np.int64]
    metres: Numbers
    km_h: Numbers  # pieces x modes x (along, against)

    @classmethod
    def of(cls, passable: Iterator[Passable]) -> "_Pieces":
        known: dict[int, int] = {}
        lon, lat, tail, head, km_h = array("d"), array("d"), array("q"), array("q"), array("f")
        for nodes, pace in passable:
            for ref, node_lon, node_lat in nodes:
                if ref not in known:
                    known[ref] = len(known)
                    lon.append(node_lon)
                    lat.append(node_lat)
            flat = [number for one in pace for number in one]
            for one, other in pairwise(nodes):
                tail.append(known[one[0]])
                head.append(known[other[0]])
                km_h.extend(flat)
        speeds = np.array(km_h, dtype=np.float64).reshape(-1, len(MODES), 2)
        places = np.array([lon, lat], dtype=np.float64)
        return _cut(places, np.array(tail, dtype=np.int64), np.array(head, dtype=np.int64), speeds)

    def for_mode(self, mode: int) -> Roads:
        along, against = self.km_h[:, mode, 0], self.km_h[:, mode, 1]
        tail = np.concatenate([self.tail[along > 0], self.head[against > 0]])
        head = np.concatenate([self.head[along > 0], self.tail[against > 0]])
        metres = np.concatenate([self.metres[along > 0], self.metres[against > 0]])
        km_h = np.concatenate([along[along > 0], against[against > 0]])
        stays = _connected(len(self.lon), tail, head)
        used = stays[tail] & stays[head]
        number = np.cumsum(stays) - 1
        return Roads(
            lon=self.lon[stays],
            lat=self.lat[stays],
            tail=number[tail[used]].astype(np.int32),
            head=number[head[used]].astype(np.int32),
            seconds=(metres[used] * 3.6 / km_h[used]).astype(np.float32),
        )


def _cut(places: Numbers, tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64], km_h: Numbers) -> _Pieces:
    """Cut long pieces into equal ones, with new nodes on the straight line between their ends."""
    metres = _lengths(places[:, tail], places[:, head])
    count = np.maximum(1, np.ceil(metres / LONGEST_PIECE_M)).astype(np.int64)
    whole = np.repeat(np.arange(len(tail)), count)  # which piece each part is of
    turn = np.arange(len(whole)) - np.repeat(np.cumsum(count) - count, count)
    first_new = places.shape[1] + np.cumsum(count - 1) - (count - 1)
    last = turn == count[whole] - 1
    share = ((turn + 1) / count[whole])[~last]
    begin, end = places[:, tail[whole[~last]]], places[:, head[whole[~last]]]
    every = np.concatenate([places, begin + (end - begin) * share], axis=1)
    return _Pieces(
        lon=every[0],
        lat=every[1],
        tail=np.where(turn == 0, tail[whole], first_new[whole] + turn - 1),
        head=np.where(last, head[whole], first_new[whole] + turn),
        metres=metres[whole] / count[whole],
        km_h=km_h[whole],
    )


def _lengths(begin: Numbers, end: Numbers) -> Numbers:
    """Give the great-circle metres of each piece (haversine, Sinnott 1984)."""
    one, other = np.radians(begin), np.radians(end)
    half = np.sin((other - one) / 2) ** 2
    chord = half[1] + np.cos(one[1]) * np.cos(other[1]) * half[0]
    metres: Numbers = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, chord)))
    return metres


def _connected(nodes: int, tail: npt.NDArray[np.int64], head: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Say which nodes belong to the largest part in which there is a way from each to each."""
    if not len(tail):
        return np.zeros(nodes, dtype=np.bool_)
    graph = loaded_igraph().Graph(n=nodes, edges=np.column_stack([tail, head]), directed=True)
    part = np.array(graph.connected_components(mode="strong").membership)
    largest: npt.NDArray[np.bool_] = part == np.bincount(part).argmax()
    return largest


def loaded_igraph() -> Any:
    """Give the library that searches graphs.

    Raises
    ------
    ValueError
        If it is not installed; arrays that were kept are read without it.
    """
    try:
        import igraph  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ValueError(_EXTRA) from error
    return igraph


def described(roads: tuple[Roads, ...]) -> Mapping[str, int]:
    """Count the nodes by mode, for people."""
    return {mode: len(one.lon) for mode, one in zip(MODES, roads, strict=True)}
