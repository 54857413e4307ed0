"""Ways by streets beside ways by factors, in one run: `python -m tests.benchmarks.engine.travel --map FILE.osm.pbf`.

Each figure is of a process of its own, so that its memory is its own: reading the map, taking what was read before,
a table of 200 x 200 places per travel mode, and adding one place to a page of 200. Places are drawn by a seed.
"""

import argparse
import multiprocessing
import resource
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from services.matcher.adapters.travel.map_file import Roads, described, load_roads
from services.matcher.adapters.travel.street_map import OffTheMap, StreetMap
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import Point, factor_table

PLACES = 200
TURNS = 3


def places_of(town: StreetMap, roads: tuple[Roads, ...], *, seed: int = 7) -> list[Point]:
    """Draw cells near streets that every mode may use."""
    dice, found = np.random.default_rng(seed), dict[Point, None]()
    while len(found) < PLACES:
        node = int(dice.integers(len(roads[0].lon)))
        cell = (round(float(roads[0].lon[node]), 3), round(float(roads[0].lat[node]), 3))
        try:
            town.table([cell], [cell])
        except OffTheMap:
            continue
        found[cell] = None
    return list(found)


def timed(action: Callable[[], Any]) -> float:
    """Give the median seconds of a few turns."""
    walls = []
    for _ in range(TURNS):
        begun = perf_counter()
        action()
        walls.append(perf_counter() - begun)
    return statistics.median(walls)


def megabytes() -> float:
    """Give the most memory that this process has had until now."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured(path: Path, keep_in: Path) -> dict[str, float]:
    """Measure in this process; whether the map is read or was kept depends on the folder."""
    before, begun = megabytes(), perf_counter()
    roads = load_roads(path, keep_in)
    opened = perf_counter() - begun
    town = StreetMap(roads)
    figures = {"open the map, s": opened, "with graphs, s": perf_counter() - begun, "memory, MB": megabytes() - before}
    figures |= {f"nodes, {mode}": float(count) for mode, count in described(roads).items()}
    places = places_of(town, roads)
    graphs = dict(zip(MODES, town._graphs, strict=True))
    for mode, graph in graphs.items():
        figures[f"{PLACES} x {PLACES} on streets, {mode}, s"] = timed(lambda graph=graph: graph.seconds(places, places))  # type: ignore[misc]
    figures[f"{PLACES} x {PLACES} by factors, all modes, s"] = timed(lambda: factor_table(places, places))
    figures["one place more on streets, all modes, s"] = timed(
        lambda: (town.table(places[:1], places), town.table(places, places[:1]))
    )
    on_streets, by_factors = town.table(places, places), factor_table(places, places)
    far = by_factors.metres > 1000
    for mode, number in MODES.items():
        ratio = on_streets.seconds[number][far] / by_factors.seconds[number][far]
        figures[f"streets / factors, {mode}, median"] = float(np.median(ratio))
        figures[f"streets / factors, {mode}, 95 of 100 below"] = float(np.percentile(ratio, 95))
    return figures | {"memory after all, MB": megabytes() - before}


def main() -> None:
    """Measure the first opening and the next one."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--map", type=Path, required=True)
    path = parser.parse_args().map
    with tempfile.TemporaryDirectory() as folder:
        context = multiprocessing.get_context("spawn")
        columns = []
        for _ in ("first", "next"):
            with context.Pool(1) as pool:
                columns.append(pool.apply(measured, (path, Path(folder))))
    sys.stdout.write(f"{'':50} {'first':>10} {'next':>10}\n")
    for name in columns[0]:
        sys.stdout.write(f"{name:50} {columns[0][name]:10.4g} {columns[1][name]:10.4g}\n")


if __name__ == "__main__":
    main()
