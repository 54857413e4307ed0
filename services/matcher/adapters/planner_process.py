"""Runs the solver in processes of its own, so that planning takes nothing from the event loop."""

import asyncio
import logging
import multiprocessing
import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.context import SpawnProcess
from time import monotonic

from services.matcher.adapters.worker_processes import WorkerProcesses, no_preparation
from services.matcher.application.ports import SolverFailed
from services.matcher.planning import Plan, Problem
from services.matcher.planning.improve import improve
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.prepare import prepare
from services.matcher.planning.solve import ENGINES, engines_on, solve
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop

logger = logging.getLogger(__name__)

IMPROVE_STOP = AfterSeconds(seconds=0.15)  # with finding reasons, all of it then takes a quarter of a second at most
_NICE = 10  # of the compiler: services and solvers go first


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process is to solve: the board, the plan that people know, when to stop, seed and engines to use.

    The kernel searches on so many `cores`. `improve` asks for what one event changes, and leaves most of the others
    where they are. `asked` is a reading of `monotonic`, which all processes of a computer share: the budget counts from
    then on.
    """

    problem: Problem
    present: Plan
    stop: Stop
    seed: int
    engines: tuple[str, ...]
    asked: float
    cores: int = 1
    improve: bool = False


Solve = Callable[[Task], Plan]


def solve_here(task: Task) -> Plan:
    """Solve in the process in which this is called."""
    engines = engines_on(task.cores, task.engines)
    if task.improve:
        return improve(task.problem, task.present, stop=_rest_of(task), seed=task.seed, engines=engines)
    return solve(task.problem, stop=_rest_of(task), present=task.present, seed=task.seed, engines=engines)


def _rest_of(task: Task) -> Stop:
    """Take off what starting the process and handing over took; at most half, so that the first plan is good too."""
    if isinstance(task.stop, AfterSolutions):
        return task.stop
    used = monotonic() - task.asked
    return AfterSeconds(seconds=max(task.stop.seconds - used, task.stop.seconds / 2))


def read_stop(text: str, *, rehearsing: bool) -> Stop:
    """Read the setting: `4s`, `10 solutions`, or nothing for the default."""
    if not text:
        return AfterSolutions(solutions=10) if rehearsing else AfterSeconds(seconds=4)
    if text.endswith("s") and not text.endswith("solutions"):
        return AfterSeconds(seconds=float(text.removesuffix("s")))
    return AfterSolutions(solutions=int(text.split(maxsplit=1)[0]))


def read_improve_stop(text: str, *, rehearsing: bool) -> Stop | None:
    """Read the setting: `off`, `0.15s`, `2 solutions`, or nothing for the default; None for no improvement."""
    if text == "off" or (not text and rehearsing):
        return None
    return read_stop(text, rehearsing=rehearsing) if text else IMPROVE_STOP


def _compile_kernel() -> None:
    """Compile the kernel, beside the work."""
    os.nice(_NICE)
    from services.matcher.planning.kernel.warm_up import warm_up  # noqa: PLC0415 - loads the compiler

    warm_up()


class PlannerProcess:
    """A solver process; started at the first need, begun anew when it crashes or hangs.

    Where plans have seconds, `run` starts it ahead: a new process takes two seconds to load what it plans with, and no
    budget has room for that. It takes its first task when all is loaded.

    The kernel is used if it is compiled. If not, OR-Tools plans, and the kernel is compiled beside that, for later
    plans; but where plans must repeat (a count of solutions) nothing is compiled and the first choice stays.
    """

    def __init__(
        self,
        *,
        stop: Stop,
        cores: int,
        timeout_s: float,
        improve_stop: Stop | None = None,
        solve_one: Solve = solve_here,
    ) -> None:
        self._stop = stop
        self._improve_stop = improve_stop or stop
        self._cores = cores
        self._timeout_s = timeout_s
        self._solve_one = solve_one
        self._workers = WorkerProcesses(processes=1)
        self._kernel: machine_code.State | None = None
        self._compiler: SpawnProcess | None = None
        self._failed = asyncio.Event()

    async def solve(self, problem: Problem, present: Plan) -> Plan:
        """Give the best verified plan within the budget.

        Raises
        ------
        SolverFailed
            If the process crashed or did not answer in time; the next call starts another.
        """
        return await self._solved(self._task(problem, present))

    async def improve(self, problem: Problem, known: Plan) -> Plan:
        """Give the best verified plan after one event; errors as for `solve`."""
        return await self._solved(replace(self._task(problem, known), improve=True, stop=self._improve_stop))

    async def _solved(self, task: Task) -> Plan:
        try:
            (plan,) = await self._workers.map(
                self._solve_one, [task], timeout_s=self._timeout_s, begin=self._preparation()
            )
        except SolverFailed:
            self._failed.set()
            raise
        return plan

    def _preparation(self) -> Callable[[], None]:
        """Say what a new process does first: nothing where plans are counted in solutions, since then no time runs."""
        if isinstance(self._stop, AfterSolutions) and isinstance(self._improve_stop, AfterSolutions):
            return no_preparation
        return partial(prepare, self._engines(), cores=self._cores)

    def _engines(self) -> tuple[str, ...]:
        return tuple(name for name in ENGINES if name != "kernel" or self._kernel == "ready")

    async def start(self) -> None:
        """Start the process and return when it has loaded what its first plan will use.

        Raises
        ------
        SolverFailed
            If it could not be started; the next call tries again.
        """
        self._look_for_kernel()
        await self._workers.start(begin=self._preparation())

    async def run(self) -> None:
        """Have a process ready before it is asked, if plans have seconds; also again after one has failed."""
        while isinstance(self._stop, AfterSeconds):
            self._failed.clear()
            with suppress(SolverFailed):  # the next plan will tell
                await self.start()
            await self._failed.wait()
        await asyncio.Event().wait()

    async def idle(self) -> bool:
        """Say yes: nothing happens here that nobody waits for."""
        return True

    def _task(self, problem: Problem, present: Plan) -> Task:
        self._look_for_kernel()
        return Task(
            problem=problem, present=present, stop=self._stop, seed=0, engines=self._engines(), asked=monotonic(),
            cores=self._cores,
        )  # fmt: skip

    def _look_for_kernel(self) -> None:
        """See whether the kernel is compiled, say so, and compile it if plans need not repeat."""
        before, repeats = self._kernel, isinstance(self._stop, AfterSolutions)
        if before == "ready" or (before is not None and repeats):
            return
        self._kernel = machine_code.state()
        if (before, self._kernel) == ("not compiled", "ready"):
            self._workers.close()  # the next process loads the kernel before its first task, this one would within it
        if self._kernel != before:
            level = logging.INFO if self._kernel == "ready" else logging.WARNING
            remedy = "" if self._kernel == "ready" else "make kernel"
            logger.log(level, "matcher.routing_kernel", extra={"state": self._kernel, "remedy": remedy})
        if self._kernel == "not compiled" and self._compiler is None and not repeats:
            self._compiler = multiprocessing.get_context("spawn").Process(
                target=_compile_kernel, name="compile-kernel", daemon=True
            )
            self._compiler.start()

    def close(self) -> None:
        """End the processes without waiting for what they do."""
        if self._compiler is not None and self._compiler.is_alive():
            self._compiler.kill()
        self._workers.close()
