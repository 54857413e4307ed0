"""Every engine under one name and one call, and what giving it a number of cores means."""

import importlib.util
import multiprocessing
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from time import monotonic, perf_counter
from typing import Final, NamedTuple, Self

from services.matcher.planning.kernel.warm_up import warm_up
from tests.benchmarks.engine import ours, peer_ortools, peer_pyvrp, peer_vroom
from tests.benchmarks.engine.instances import Instance, Routes, worth
from tests.benchmarks.engine.li_lim import generated


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine.

    Parameters
    ----------
    solve
        Called with an instance, seconds, seed and cores; gives a route of rows for each vehicle, or nothing.
    package
        As it is installed, with the module that is imported: (package, module).
    threads
        Whether it uses cores by itself. The others search with as many seeds in as many processes, as the product's
        own solver processes do, and the best counts.
    """

    solve: Callable[[Instance, float, int, int], Routes]
    package: tuple[str, str]
    threads: bool = False


ENGINES: Final = {
    "kernel": Engine(solve=ours.solve, package=("numba", "numba"), threads=True),
    "pyvrp": Engine(solve=peer_pyvrp.solve, package=("pyvrp", "pyvrp")),
    "vroom": Engine(solve=peer_vroom.solve, package=("pyvroom", "vroom"), threads=True),
    "ortools": Engine(solve=peer_ortools.iterated, package=("ortools", "ortools")),
    # the same engines asked in another way, for whoever wants to know
    "pyvrp-fleet": Engine(solve=peer_pyvrp.fewest_first, package=("pyvrp", "pyvrp")),
    "ortools-guided": Engine(solve=peer_ortools.guided, package=("ortools", "ortools")),
}
SIDE_BY_SIDE: Final = ("kernel", "pyvrp", "vroom", "ortools")


def installed(names: Iterable[str]) -> list[str]:
    """Give those of the engines that can be imported here."""
    return [name for name in names if importlib.util.find_spec(ENGINES[name].package[1]) is not None]


def versions(names: Iterable[str]) -> dict[str, str]:
    """Give the versions of the packages that these engines are."""
    packages = {ENGINES[name].package[0] for name in names}
    return {package: version(package) for package in sorted(packages)}


class Task(NamedTuple):
    """What one process is asked for; `end` is a reading of `monotonic`, which all processes share."""

    engine: str
    instance: Instance
    end: float
    seed: int
    cores: int


class Answer(NamedTuple):
    """What came back, and how long that took, in seconds."""

    routes: Routes
    wall: float


class Crew:
    """So many cores, each with a process that is started and warm before any clock runs; one core is this process.

    Parameters
    ----------
    cores
        How many.
    engines
        Those that will be asked.
    """

    def __init__(self, cores: int, engines: Sequence[str]) -> None:
        self.cores = cores
        self._engines = tuple(engines)
        self._pool = None if cores == 1 else multiprocessing.get_context("spawn").Pool(cores)

    def __enter__(self) -> Self:
        if self._pool is None:
            _warm(self._engines)
        else:  # each process takes exactly one, because none is done before the others have begun
            self._pool.map(_warm, [self._engines] * self.cores, chunksize=1)
            _warm([name for name in self._engines if ENGINES[name].threads])  # those are asked in this process
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.terminate()
            self._pool.join()

    def solve(self, engine: str, one: Instance, seconds: float, seed: int) -> Answer:
        """Solve one instance with all cores; the wall time includes handing over."""
        begun, end = perf_counter(), monotonic() + seconds
        if self._pool is None or ENGINES[engine].threads:
            routes = _in_time(Task(engine, one, end, seed, self.cores))
        else:
            tasks = [Task(engine, one, end, self.cores * seed + core, 1) for core in range(self.cores)]
            routes = min(self._pool.map(_in_time, tasks, chunksize=1), key=lambda some: worth(one, some))
        return Answer(routes, perf_counter() - begun)

    def solve_many(
        self, engine: str, some: Sequence[Instance], seconds: float, seed: int
    ) -> tuple[list[Answer], float]:
        """Solve instances beside each other, one core and so many seconds each; with the wall time of the whole."""
        begun, jobs = perf_counter(), [(engine, one, seconds, seed) for one in some]
        answers = list(map(_alone, jobs)) if self._pool is None else self._pool.map(_alone, jobs, chunksize=1)
        return answers, perf_counter() - begun


def _in_time(task: Task) -> Routes:
    return ENGINES[task.engine].solve(task.instance, max(0.001, task.end - monotonic()), task.seed, task.cores)


def _alone(job: tuple[str, Instance, float, int]) -> Answer:
    engine, one, seconds, seed = job
    begun = perf_counter()
    return Answer(ENGINES[engine].solve(one, seconds, seed, 1), perf_counter() - begun)


def _warm(engines: Sequence[str]) -> int:
    """Compile, import and solve once, so that nothing of that is measured."""
    if "kernel" in engines:
        warm_up()
    small = generated("LR1", 1, pairs=15)
    for name in engines:
        ENGINES[name].solve(small, 0.1, 1, 1)
    return os.getpid()
