"""Engines side by side at equal wall time, in one run: `python -m tests.benchmarks.engine.compare SUBJECT`.

Prints a table, writes every single run to `var/bench/engine-SUBJECT.json` and draws what can be drawn beside it. A
figure is the mean over instances; of each instance it is the median of the seeds. Subjects and their usual budgets are
in `subjects.py`. With `--cores 2` every engine has both: VROOM as threads, the others as two seeds in two processes.
"""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.benchmarks.engine import plots
from tests.benchmarks.engine.engines import ENGINES, Crew, installed
from tests.benchmarks.engine.instances import Instance
from tests.benchmarks.engine.measuring import (
    Run,
    above,
    best_known,
    duel,
    keep,
    side_by_side,
    summed_up,
    table,
    whole_city,
)
from tests.benchmarks.engine.subjects import SUBJECTS, Subject, named

OURS = "kernel"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a subject is measured: its usual ways, or what was asked for."""

    engines: tuple[str, ...]
    budgets: tuple[float, ...]
    seeds: tuple[int, ...]
    cores: int
    reference: float | None


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def one_by_one(crew: Crew, instances: Sequence[Instance], options: Options) -> list[Run]:
    """Measure instance by instance, then look for the best plan known."""
    runs = side_by_side(crew, options.engines, instances, options.budgets, options.seeds)
    if options.reference is not None:
        runs += side_by_side(crew, [OURS], instances, [options.reference], options.seeds)
    table(runs, say)
    return runs


def by_size(runs: Sequence[Run], budget: float) -> None:
    """Print the gap of each engine for each number of jobs."""
    best = best_known(runs)
    for jobs in sorted({one.jobs for one in runs}):
        some = [one for one in runs if one.jobs == jobs and one.budget == budget]
        gaps = [f"{one.engine} {'-' if one.gap is None else f'{one.gap:.2f} %'}" for one in summed_up(some, best)]
        say(f"{jobs:4d} stops, {budget:g} s above the best known: {', '.join(gaps)}")


def vehicles_first(runs: Sequence[Run], options: Options) -> None:
    """Print how ours stands against each peer where vehicles count first."""
    for budget in options.budgets:
        for peer in options.engines:
            if peer == OURS:
                continue
            found = duel(runs, peer, budget)
            more = f"more vehicles on {', '.join(found.more)}" if found.more else "nowhere more vehicles"
            say(
                f"{budget:g} s, {OURS} beside {peer}: {more}, fewer on {len(found.fewer)};"
                f" where as many, {found.shorter:.2f} % shorter"
            )


def whole(crew: Crew, city: Sequence[Instance], options: Options) -> tuple[list[Run], dict[str, list[float]]]:
    """Plan a whole city with each engine and seed; the wall time is that of the whole."""
    asked = [(engine, seconds) for seconds in options.budgets for engine in options.engines]
    if options.reference is not None:
        asked.append((OURS, options.reference))
    plans = {key: [whole_city(crew, *key[:1], city, key[1], seed) for seed in options.seeds] for key in asked}
    runs = [run for some in plans.values() for plan, _ in some for run in plan]
    best, walls = best_known(runs), {}
    for (engine, seconds), some in plans.items():
        walls[f"{engine} {seconds:g}"] = [wall for _, wall in some]
        gap = median([above(plan, best) for plan, _ in some])
        left_out = median([sum(run.left_out for run in plan) for plan, _ in some])
        wall = median([wall for _, wall in some])
        say(f"{engine:14s} {seconds:g} s each, {wall:6.2f} s in all: {gap:6.2f} % above the best, {left_out} left out")
    return runs, walls


def options_of(subject: Subject, asked: argparse.Namespace) -> Options:
    """Take what was asked for, and the subject's usual ways elsewhere; leave out engines that are not installed."""
    wanted = asked.engines or subject.engines
    engines = tuple(installed(wanted))
    if absent := [name for name in wanted if name not in engines]:
        say(f"Not installed here, so not compared: {', '.join(absent)}.")
    reference = subject.reference if asked.reference is None else asked.reference
    return Options(
        engines=engines,
        budgets=asked.budgets or subject.budgets,
        seeds=tuple(range(1, 1 + (asked.seeds or subject.seeds))),
        cores=asked.cores or subject.cores,
        reference=reference or None,
    )


def _numbers(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _names(text: str) -> tuple[str, ...]:
    if unknown := [name for name in text.split(",") if name not in ENGINES]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: choose from {', '.join(ENGINES)}")
    return tuple(text.split(","))


def _asked() -> argparse.Namespace:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("subject", choices=list(SUBJECTS))
    ask.add_argument("names", nargs="*", help="of instances, if not all")
    ask.add_argument("--data", type=Path, help="folder with published files: Solomon's, or Li and Lim's")
    ask.add_argument("--budgets", type=_numbers, help="seconds, with commas")
    ask.add_argument("--engines", type=_names, help=", ".join(ENGINES))
    ask.add_argument("--seeds", type=int, help="how many; the median counts")
    ask.add_argument("--cores", type=int, help="for every engine")
    ask.add_argument("--instances", type=int, help="how many; of each family or size where there are such")
    ask.add_argument("--reference", type=float, help="seconds of search for the best known plan; 0: none")
    ask.add_argument("--json", type=Path, help="where to write the runs")
    return ask.parse_args()


def main() -> int:
    """Measure one subject."""
    asked = _asked()
    subject, begun, walls = SUBJECTS[asked.subject], perf_counter(), dict[str, list[float]]()
    options = options_of(subject, asked)
    try:
        instances = named(subject.instances(asked.data, asked.instances), asked.names)
    except (ValueError, OSError) as error:
        say(str(error))
        return 2
    say(f"{subject.asks} {len(instances)} instances, {len(options.seeds)} seeds, {options.cores} core(s) an engine.")
    with Crew(options.cores, options.engines) as crew:
        if subject.whole:
            runs, walls = whole(crew, instances, options)
        else:
            runs = one_by_one(crew, instances, options)
    if asked.subject == "li-lim":
        vehicles_first(runs, options)
    if asked.subject == "growth":
        for budget in options.budgets:
            by_size(runs, budget)
    path = keep(asked.subject, subject.asks, runs, asked.json, cores_each=options.cores, walls_of_the_whole=walls)
    say(f"Every run is in {path}; {perf_counter() - begun:.0f} s in all.")
    for drawing in plots.draw(path):
        say(f"Drawn: {drawing}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
