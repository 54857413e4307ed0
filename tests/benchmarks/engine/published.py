"""Reads published instances from their text files: Solomon (1987), and Li and Lim (2001) with pickup and delivery."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tests.benchmarks.engine.instances import Array, Instance, homogeneous

TENTHS, HUNDREDTHS = 10, 100
TASK, X, Y, DEMAND, READY, DUE, SERVICE, PICKUP, DELIVERY = range(9)  # columns of Li and Lim's files


def solomon(path: Path) -> Instance:
    """Read one of Solomon's instances in the DIMACS convention: tenths, distances rounded down, distance counts."""
    fleet, rows = (0, 0), []
    for line in path.read_text(encoding="utf-8").splitlines():
        cells = line.split()
        if len(cells) == 2 and all(cell.isdigit() for cell in cells):
            fleet = (int(cells[0]), int(cells[1]))
        if len(cells) == 7 and cells[0].isdigit():
            rows.append([float(cell) for cell in cells])
    table = np.array(rows)
    opens, closes, service = ((TENTHS * table[:, column]).astype(np.int64) for column in (4, 5, 6))
    known = path.parent / "dimacs_bks" / f"{path.stem}.sol"
    found = re.search(r"Cost\s+([\d.]+)", known.read_text(encoding="utf-8")) if known.exists() else None
    return Instance(
        name=path.stem, depots=1, seconds=np.floor(TENTHS * apart(table[:, 1:3]) + 1e-9).astype(np.int64),
        service=service, opens=opens, closes=closes, demand=table[:, 3].astype(np.int64), capacity=fleet[1],
        unit=TENTHS, best=round(TENTHS * float(found[1])) if found else None, **homogeneous(fleet[0], len(table)),
    )  # fmt: skip


def apart(places: Array) -> Array:
    """Return float64 [n, n], the Euclidean distances of [n, 2] places."""
    return np.asarray(np.sqrt(((places[:, None] - places[None]) ** 2).sum(-1)))


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What one of Li and Lim's files says.

    Parameters
    ----------
    vehicles, capacity
        Of the fleet, all alike.
    tasks
        int64 [n, 9], a row for the depot and each task: number, x, y, demand, ready, due, service, and the number of
        its pickup (of a delivery) or of its delivery (of a pickup), 0 where there is none.
    """

    vehicles: int
    capacity: int
    tasks: Array

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Rows of each pickup and its delivery."""
        return tuple((row, int(task[DELIVERY])) for row, task in enumerate(self.tasks) if task[DELIVERY])


def read_sheet(text: str) -> Sheet:
    """Read the text of a file: vehicles, capacity and speed, then a line for the depot and for each task.

    Raises
    ------
    ValueError
        If a line has not as many numbers as it should, or a task is without a mate.
    """
    lines = [(number, line.split()) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    for place, (number, cells) in enumerate(lines):
        wanted = 9 if place else 3
        if len(cells) != wanted or not all(re.fullmatch(r"-?\d+(\.\d+)?", cell) for cell in cells):
            raise ValueError(f"line {number}: {wanted} numbers are wanted here, not {' '.join(cells)!r}")
    if len(lines) < 2:
        raise ValueError("line 1: vehicles, capacity and speed are wanted, and a line for the depot")
    table = np.array([[float(cell) for cell in cells] for _, cells in lines[1:]])
    if (table != np.rint(table)).any():
        raise ValueError("only whole numbers are read")
    sheet = Sheet(vehicles=int(lines[0][1][0]), capacity=int(lines[0][1][1]), tasks=table.astype(np.int64))
    _require_mates(sheet.tasks)
    return sheet


def _require_mates(tasks: Array) -> None:
    numbers = np.arange(len(tasks))
    if (tasks[:, TASK] != numbers).any():
        raise ValueError("the depot is task 0, and the others are numbered from 1 on")
    mate = np.where(tasks[:, PICKUP] > 0, tasks[:, PICKUP], tasks[:, DELIVERY])
    for number in numbers[1:]:
        other = mate[number]
        if not 0 < other < len(tasks) or mate[other] != number or tasks[number, DEMAND] != -tasks[other, DEMAND]:
            raise ValueError(f"task {number} has no mate that knows it and wants what it brings")


def written(sheet: Sheet) -> str:
    """Write a sheet as the text of a file, for other people's programs."""
    head = f"{sheet.vehicles}\t{sheet.capacity}\t1"
    return "\n".join([head, *("\t".join(map(str, task)) for task in sheet.tasks.tolist())]) + "\n"


def li_lim(path: Path) -> Instance:
    """Read one of Li and Lim's files; errors as for `read_sheet`, with the file's name."""
    try:
        return instance_of(path.stem, read_sheet(path.read_text(encoding="utf-8")))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def instance_of(name: str, sheet: Sheet) -> Instance:
    """Count vehicles first, then distance, in hundredths rounded to the nearest.

    A vehicle costs more than any sensible plan's whole distance: that of a tour of its own for each pair.
    """
    tasks = sheet.tasks
    distance = np.rint(HUNDREDTHS * apart(tasks[:, [X, Y]].astype(float))).astype(np.int64)
    tours = [[0, first, second, 0] for first, second in sheet.pairs]
    alone = sum(int(distance[tour[:-1], tour[1:]].sum()) for tour in tours)
    opens, closes, service = (HUNDREDTHS * tasks[:, column] for column in (READY, DUE, SERVICE))
    return Instance(
        name=name, depots=1, seconds=distance, service=service, opens=opens, closes=closes,
        demand=np.abs(tasks[:, DEMAND]), capacity=sheet.capacity, pairs=sheet.pairs, fixed=alone, unit=HUNDREDTHS,
        **homogeneous(sheet.vehicles, len(tasks)),
    )  # fmt: skip
