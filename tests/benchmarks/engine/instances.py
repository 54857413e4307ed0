"""What the engines are compared on: published and generated instances in one form, and an independent check."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
Routes = Sequence[Sequence[int]]
LEFT_OUT = 100_000  # for each stop that is not served, where that is allowed


@dataclass(frozen=True, kw_only=True)
class Instance:
    """Vehicles start and end at depots; stops have one window, a demand taken along from the depot, maybe a skill.

    Parameters
    ----------
    name
        For the table.
    depots
        The first rows of the matrices are depots.
    seconds
        Travel, which is also the cost; [n, n].
    service, opens, closes, demand
        By row; those of depots are the day.
    home
        Depot of each vehicle.
    capacity
        Of each vehicle.
    needs, skills
        Skill wanted by each row (-1: none) and bool [vehicles, skills].
    pairs
        Pickup and delivery rows, if stops are such; demands are then of the pickups.
    optional
        Whether stops may be left out.
    best
        Proven optimum, if known.
    """

    name: str
    depots: int
    seconds: Array
    service: Array
    opens: Array
    closes: Array
    demand: Array
    home: Array
    capacity: int
    needs: Array
    skills: Array
    pairs: tuple[tuple[int, int], ...] = ()
    optional: bool = False
    best: int | None = None

    @property
    def vehicles(self) -> int:
        return len(self.home)

    @property
    def rows(self) -> int:
        return len(self.seconds)


def solomon(path: Path) -> Instance:
    """Read one of Solomon's instances in the DIMACS convention: tenths, distances rounded down, distance counts."""
    fleet, rows = (0, 0), []
    for line in path.read_text().splitlines():
        cells = line.split()
        if len(cells) == 2 and all(cell.isdigit() for cell in cells):
            fleet = (int(cells[0]), int(cells[1]))
        if len(cells) == 7 and cells[0].isdigit():
            rows.append([float(cell) for cell in cells])
    table = np.array(rows)
    real = np.sqrt(((table[:, None, 1:3] - table[None, :, 1:3]) ** 2).sum(-1))
    opens, closes, service = ((10 * table[:, column]).astype(np.int64) for column in (4, 5, 6))
    known = path.parent / "dimacs_bks" / f"{path.stem}.sol"
    found = re.search(r"Cost\s+([\d.]+)", known.read_text()) if known.exists() else None
    return Instance(
        name=path.stem, depots=1, seconds=np.floor(10 * real + 1e-9).astype(np.int64), service=service, opens=opens,
        closes=closes, demand=table[:, 3].astype(np.int64), home=np.zeros(fleet[0], np.int64), capacity=fleet[1],
        needs=np.full(len(table), -1), skills=np.zeros((fleet[0], 0), bool),
        best=round(10 * float(found[1])) if found else None,
    )  # fmt: skip


def city(seed: int, stops: int = 60, vehicles: int = 8) -> Instance:
    """Make a community: streets at right angles, two depots, a visit of three minutes each, windows, loads, skills."""
    chance = np.random.default_rng(seed)
    side, depots = 3000 * np.sqrt(stops / 60), 2
    rows = stops + depots
    at = chance.uniform(0, side, (rows, 2))
    at[:depots] = side / 2 + chance.normal(0, side / 6, (depots, 2))
    metres = np.abs(at[:, None] - at[None]).sum(-1) * (1 + 0.15 * chance.random((rows, rows)))
    seconds = np.rint(metres / 4).astype(np.int64)
    np.fill_diagonal(seconds, 0)
    for middle in range(rows):
        seconds = np.minimum(seconds, seconds[:, middle : middle + 1] + seconds[middle : middle + 1])
    opens = chance.integers(0, 6300, rows)
    closes = np.minimum(opens + chance.integers(1200, 3000, rows), 8400)
    demand, needs = chance.integers(1, 3, rows), np.where(chance.random(rows) < 0.4, chance.integers(0, 3, rows), -1)
    skills = chance.random((vehicles, 3)) < 0.6
    skills[:3] |= np.eye(3, dtype=bool)
    opens[:depots], closes[:depots], demand[:depots], needs[:depots] = 0, 9000, 0, -1
    return Instance(
        name=f"city-{stops}-{seed}", depots=depots, seconds=seconds, service=np.r_[[0] * depots, [180] * stops],
        opens=opens, closes=closes, demand=demand, home=np.arange(vehicles) % depots,
        capacity=int(np.ceil(demand.sum() / vehicles * 1.25)), needs=needs, skills=skills, optional=True,
    )  # fmt: skip


def pickup_delivery(seed: int, pairs: int = 50, vehicles: int = 15) -> Instance:
    """Make an instance in the form of Li and Lim (2003): a pickup somewhere, its delivery somewhere else."""
    chance = np.random.default_rng(seed)
    rows = 1 + 2 * pairs
    at = chance.uniform(0, 1000, (rows, 2))
    at[0] = 500
    seconds = np.floor(np.sqrt(((at[:, None] - at[None]) ** 2).sum(-1))).astype(np.int64)
    day, service = 12_000, np.r_[[0], [90] * (rows - 1)]
    opens, closes = np.zeros(rows, np.int64), np.full(rows, day)
    demand = np.r_[[0], chance.integers(5, 30, rows - 1)]
    couples = tuple((1 + 2 * pair, 2 + 2 * pair) for pair in range(pairs))
    for first, second in couples:
        direct = seconds[first, second] + 90
        latest = day - direct - 90 - seconds[second, 0]
        start = int(chance.integers(seconds[0, first], max(seconds[0, first] + 1, latest - 900)))
        opens[first], closes[first] = start, min(start + 900, latest)
        opens[second], closes[second] = start + direct, min(start + direct + 1800, day - 90 - seconds[second, 0])
    return Instance(
        name=f"pairs-{pairs}-{seed}", depots=1, seconds=seconds, service=service, opens=opens, closes=closes,
        demand=demand, home=np.zeros(vehicles, np.int64), capacity=100, needs=np.full(rows, -1),
        skills=np.zeros((vehicles, 0), bool), pairs=couples, optional=True,
    )  # fmt: skip


def cost(one: Instance, routes: Routes) -> int:
    """Check a solution against the statement alone, and add up what it costs.

    Raises
    ------
    ValueError
        If it breaks a rule.
    """
    total, seen, mate = 0, set[int](), dict(one.pairs)
    for vehicle, route in enumerate(routes):
        total += _drive(one, vehicle, route) if route else 0
        place = {row: number for number, row in enumerate(route)}
        if seen & place.keys() or len(place) < len(route):
            raise ValueError(f"{one.name}: a stop is served twice")
        if any((first in place) != (second in place) or place.get(first, 0) > place.get(second, 0)
               for first, second in mate.items()):  # fmt: skip
            raise ValueError(f"{one.name}: a pair is torn apart")
        seen |= place.keys()
    missing = one.rows - one.depots - len(seen)
    if missing and not one.optional:
        raise ValueError(f"{one.name}: {missing} stops are not served")
    return total + LEFT_OUT * (missing // 2 if one.pairs else missing)


def _drive(one: Instance, vehicle: int, route: Sequence[int]) -> int:
    here = depot = int(one.home[vehicle])
    drops = {second: first for first, second in one.pairs}
    moment, travel, load = int(one.opens[here]), 0, 0
    most = 0 if one.pairs else int(one.demand[list(route)].sum())
    for row in route:
        moment = max(moment + int(one.service[here] + one.seconds[here, row]), int(one.opens[row]))
        travel += int(one.seconds[here, row])
        if one.pairs:
            load += -int(one.demand[drops[row]]) if row in drops else int(one.demand[row])
            most = max(most, load)
        if moment > one.closes[row] or (one.needs[row] >= 0 and not one.skills[vehicle, one.needs[row]]):
            raise ValueError(f"{one.name}: stop {row} is late or lacks a skill")
        here = row
    home = moment + int(one.service[here] + one.seconds[here, depot])
    if home > one.closes[depot] or most > one.capacity:
        raise ValueError(f"{one.name}: vehicle {vehicle} is late home or too full")
    return travel + int(one.seconds[here, depot])
