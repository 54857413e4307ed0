"""Engines side by side at equal wall time, in one run: `python -m tests.benchmarks.engine.compare solomon --data DIR`.

Subjects: `solomon` (published instances, gap to the proven optimum), `pairs` (pickup and delivery), `growth` (cities
of 60 to 480 stops), `city` (164 communities of 60 stops on two processes, total wall time). Prints a table as it
goes and, with `--json FILE`, writes every single measurement.
"""

import argparse
import json
import multiprocessing
import statistics
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from time import perf_counter
from typing import Any

from services.matcher.planning.kernel.warm_up import warm_up
from tests.benchmarks.engine import peers
from tests.benchmarks.engine.instances import LEFT_OUT, Instance, Routes, city, cost, pickup_delivery, solomon
from tests.benchmarks.engine.ours import kernel

Engine = Callable[[Instance, float, int], Routes]
ENGINES: dict[str, Engine] = {"kernel": kernel, "pyvrp": peers.pyvrp, "ortools": peers.ortools, "vroom": peers.vroom}
COMMUNITIES = 164


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def measured(name: str, one: Instance, seconds: float, seed: int) -> dict[str, Any]:
    """Run one engine on one instance; a broken solution counts as none."""
    begun = perf_counter()
    routes = ENGINES[name](one, seconds, seed)
    wall = perf_counter() - begun
    try:
        price: int | None = cost(one, routes or [[] for _ in range(one.vehicles)])
    except ValueError:
        price = None
    return {"engine": name, "instance": one.name, "budget": seconds, "seed": seed, "wall": round(wall, 4),
            "cost": price, "best": one.best}  # fmt: skip


def side_by_side(instances: Sequence[Instance], options: argparse.Namespace) -> list[dict[str, Any]]:
    """Give every engine every instance and budget, one after the other, so that all meet the same noise."""
    rows = []
    for seconds in options.budgets:
        for one in instances:
            for seed in range(1, options.seeds + 1):
                rows += [measured(name, one, seconds, seed) for name in options.engines]
        table(rows, seconds)
    return rows


def table(rows: list[dict[str, Any]], seconds: float) -> None:
    """Print the mean and the worst gap of each engine at one budget: to the optimum, or to the best of this run."""
    best: dict[str, int] = {}
    for row in rows:
        if row["cost"] is not None:
            known = row["best"] or min(best.get(row["instance"], row["cost"]), row["cost"])
            best[row["instance"]] = known
    for name in dict.fromkeys(row["engine"] for row in rows):
        mine = [row for row in rows if row["engine"] == name and row["budget"] == seconds]
        gaps = [100 * (row["cost"] / best[row["instance"]] - 1) for row in mine if row["cost"] is not None]
        over = max(row["wall"] - seconds for row in mine)
        mean = f"mean {statistics.mean(gaps):7.3f} %  worst {max(gaps):7.2f} %" if gaps else "nothing feasible"
        say(f"{seconds:6.2f} s  {name:8s} {mean}  solved {len(gaps)}/{len(mine)}  over {1000 * over:6.1f} ms")


def one_community(task: tuple[str, int, float]) -> tuple[int, float]:
    name, seed, seconds = task
    row = measured(name, city(1000 + seed), seconds, 1)
    return row["cost"] or 60 * LEFT_OUT, row["wall"]


def whole_city(options: argparse.Namespace) -> list[dict[str, Any]]:
    """Plan all communities on two processes; the wall time is that of the whole."""
    rows = []
    with multiprocessing.get_context("spawn").Pool(2, initializer=warm_up) as pool:
        pool.map(one_community, [("kernel", 0, 0.05)] * 2)
        for seconds in options.budgets:
            for name in options.engines:
                begun = perf_counter()
                done = pool.map(one_community, [(name, seed, seconds) for seed in range(COMMUNITIES)], chunksize=1)
                rows.append({"engine": name, "budget": seconds, "wall": round(perf_counter() - begun, 2),
                             "cost": sum(price for price, _ in done),
                             "unserved": sum(price // LEFT_OUT for price, _ in done)})  # fmt: skip
                say(str(rows[-1]))
    return rows


def subjects(options: argparse.Namespace) -> list[Instance]:
    match options.subject:
        case "solomon":
            paths = sorted(Path(options.data).glob("*.txt"))
            return [solomon(path) for path in paths if not options.names or path.stem in options.names]
        case "pairs":
            return [pickup_delivery(seed) for seed in (1, 2, 3, 4)]
        case _:
            return [city(5, stops, vehicles) for stops, vehicles in ((60, 8), (120, 16), (240, 32), (480, 64))]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("subject", choices=["solomon", "pairs", "growth", "city"])
    ask.add_argument("names", nargs="*")
    ask.add_argument("--data", help="folder with Solomon's instances and their dimacs_bks")
    ask.add_argument("--budgets", type=lambda text: [float(part) for part in text.split(",")], default=[0.5])
    ask.add_argument("--engines", type=lambda text: text.split(","), default=list(ENGINES))
    ask.add_argument("--seeds", type=int, default=1)
    ask.add_argument("--json")
    options = ask.parse_args()
    absent = peers.missing()
    if absent:
        say(f"Not installed here, so not compared: {', '.join(absent)} (pip install ortools pyvrp pyvroom pandas).")
    options.engines = [name for name in options.engines if name not in absent]
    say(f"Compiled in {warm_up():.1f} s.")
    rows = whole_city(options) if options.subject == "city" else side_by_side(subjects(options), options)
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
