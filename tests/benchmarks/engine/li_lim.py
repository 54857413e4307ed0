"""Makes instances as Li and Lim (2001) made theirs: tours are laid first, then tasks of one tour become pairs.

Li and Lim, "A Metaheuristic for the Pickup and Delivery Problem with Time Windows", ICTAI 2001, took Solomon's
instances, solved them, and paired tasks of the same tour at random. Places, horizons, service times, capacities and
windows here follow Solomon, "Algorithms for the Vehicle Routing and Scheduling Problems with Time Window
Constraints", Operations Research 35(2), 1987. The tours are laid greedily, so they only prove that a plan exists.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from tests.benchmarks.engine.instances import Array, Instance
from tests.benchmarks.engine.published import (
    DELIVERY,
    DEMAND,
    DUE,
    PICKUP,
    READY,
    SERVICE,
    TASK,
    Sheet,
    X,
    Y,
    apart,
    instance_of,
)

VEHICLES: Final = 25
CLUSTERS: Final = 10
SIDE: Final = 100  # of the square
SPREAD: Final = 4.0  # of a cluster
WITH_WINDOWS: Final = (1.0, 0.75, 0.5, 0.25)  # of the tasks; one after the other by seed, as Solomon's are
AT_NEXT: Final = 0.8  # how often a tour goes to the nearest task, and otherwise to one of the next few


class Family(NamedTuple):
    """How one of Solomon's families is made: the share of clustered tasks, horizon, service and capacity."""

    clustered: float
    horizon: int
    service: int
    capacity: int
    windows: tuple[int, int]  # shortest and longest width


FAMILIES: Final = {
    "LC1": Family(1.0, 1236, 90, 200, (40, 360)),
    "LR1": Family(0.0, 230, 10, 200, (10, 120)),
    "LRC1": Family(0.5, 240, 10, 200, (10, 120)),
    "LC2": Family(1.0, 3390, 90, 700, (160, 1280)),
    "LR2": Family(0.0, 1000, 10, 1000, (60, 480)),
    "LRC2": Family(0.5, 960, 10, 1000, (60, 480)),
}


@dataclass(frozen=True, kw_only=True)
class Made:
    """A sheet, and the tours that were laid for it: task numbers in order."""

    sheet: Sheet
    tours: tuple[tuple[int, ...], ...]


def generated(family: str, seed: int, pairs: int = 50) -> Instance:
    """Make an instance of a family of `FAMILIES`; an even number of tasks, all within reach."""
    return instance_of(f"{family}-{2 * pairs}-{seed}", made(family, seed, pairs).sheet)


def made(family: str, seed: int, pairs: int = 50) -> Made:
    """Place tasks, lay tours, pair what is on one tour, and open windows around the moments of the tours."""
    kind, chance = FAMILIES[family], np.random.default_rng([seed, *family.encode()])
    tasks = np.zeros((1 + 2 * pairs, 9), np.int64)
    tasks[:, TASK] = np.arange(len(tasks))
    tasks[:, [X, Y]] = _places(kind, len(tasks), chance)
    tasks[1:, SERVICE] = kind.service
    tasks[:, DUE] = kind.horizon
    tours = _tours(kind, tasks, chance)
    for tour in tours:
        _pair(kind, tasks, [row for row, _ in tour], chance)
        for row, moment in tour:
            _open(kind, tasks, row, moment, WITH_WINDOWS[seed % len(WITH_WINDOWS)], chance)
    sheet = Sheet(vehicles=max(VEHICLES, len(tours)), capacity=kind.capacity, tasks=tasks)
    return Made(sheet=sheet, tours=tuple(tuple(row for row, _ in tour) for tour in tours))


def _places(kind: Family, rows: int, chance: np.random.Generator) -> Array:
    """Give whole coordinates [rows, 2]; the depot is in the middle."""
    at = chance.uniform(0, SIDE, (rows, 2))
    middles = chance.uniform(SIDE / 10, SIDE - SIDE / 10, (CLUSTERS, 2))
    grouped = np.flatnonzero(chance.random(rows) < kind.clustered)
    at[grouped] = middles[chance.integers(0, CLUSTERS, len(grouped))] + chance.normal(0, SPREAD, (len(grouped), 2))
    at[0] = SIDE / 2
    return np.rint(np.clip(at, 0, SIDE)).astype(np.int64)


def _tours(kind: Family, tasks: Array, chance: np.random.Generator) -> list[list[tuple[int, int]]]:
    """Lay tours of an even number of tasks, each with the moment of its start, until every task is on one."""
    open_tasks, tours = set(range(1, len(tasks))), []
    while open_tasks:
        far = apart(tasks[:, [X, Y]].astype(float))
        tour = _tour(kind, far, open_tasks, chance)
        tour = tour[: len(tour) // 2 * 2]
        if tour:
            tours.append(tour)
            open_tasks -= {row for row, _ in tour}
        else:  # nothing can be reached from the farthest task in time: it moves nearer
            row = max(open_tasks, key=lambda row: far[0, row])
            tasks[row, [X, Y]] = (tasks[row, [X, Y]] + tasks[0, [X, Y]]) // 2
    return tours


def _tour(kind: Family, far: Array, open_tasks: set[int], chance: np.random.Generator) -> list[tuple[int, int]]:
    """Begin at the farthest task and go on to near ones, as long as the way home is within the day."""
    here, moment, tour, left = 0, 0.0, list[tuple[int, int]](), set(open_tasks)
    following = max(left, key=lambda row: far[0, row])
    while True:
        moment = np.ceil(moment + (kind.service if here else 0) + far[here, following])
        tour.append((following, int(moment)))
        left.discard(following)
        here = following
        leave = moment + kind.service
        reachable = [row for row in left if leave + far[here, row] + kind.service + far[row, 0] <= kind.horizon - 2]
        if not reachable:
            return tour
        nearest = sorted(reachable, key=lambda row: far[here, row])
        following = nearest[0 if chance.random() < AT_NEXT else chance.integers(0, min(4, len(nearest)))]


def _pair(kind: Family, tasks: Array, tour: list[int], chance: np.random.Generator) -> None:
    """Pair the tasks of a tour at random; whichever comes first is the pickup. All of a tour's loads fit at once."""
    most = max(1, kind.capacity // (len(tour) // 2))
    for places in chance.permutation(len(tour)).reshape(-1, 2):
        first, second = (tour[place] for place in sorted(places))
        amount = min(most, 10 * int(chance.integers(1, 5)))
        tasks[first, [DEMAND, DELIVERY]] = amount, second
        tasks[second, [DEMAND, PICKUP]] = -amount, first


def _open(  # noqa: PLR0913, PLR0917 - one task's numbers side by side
    kind: Family, tasks: Array, row: int, moment: int, share: float, chance: np.random.Generator
) -> None:
    """Open a window around the moment, or all day; who is at a task in time can still go home."""
    way = apart(tasks[[0, row]][:, [X, Y]].astype(float))[0, 1]
    latest = int(np.floor(kind.horizon - way - kind.service))
    width = int(chance.integers(*kind.windows)) if chance.random() < share else 2 * kind.horizon
    tasks[row, READY] = max(0, moment - width // 2)
    tasks[row, DUE] = min(latest, moment + width - width // 2)
