"""Runs the solver in processes of its own: OR-Tools' routing holds the GIL and would freeze the event loop."""

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from services.matcher.application.ports import SolverFailed
from services.matcher.planning import Plan, Problem
from services.matcher.planning.solve import solve
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop

logger = logging.getLogger(__name__)

Solve = Callable[[Problem, Plan, Stop], Plan]


def solve_here(problem: Problem, present: Plan, stop: Stop) -> Plan:
    """Solve in the process in which this is called."""
    return solve(problem, stop=stop, present=present)


def read_stop(text: str, *, rehearsing: bool) -> Stop:
    """Read the setting: `4s`, `10 solutions`, or nothing for the default."""
    if not text:
        return AfterSolutions(solutions=10) if rehearsing else AfterSeconds(seconds=4)
    if text.endswith("s") and not text.endswith("solutions"):
        return AfterSeconds(seconds=float(text.removesuffix("s")))
    return AfterSolutions(solutions=int(text.split(maxsplit=1)[0]))


def _end_with_parent() -> None:
    """See to it that a solver does not outlive a matcher that was killed: it would wait for problems for ever."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


class PlannerProcess:
    """A pool of solver processes; started with the first problem, begun anew when one crashes or hangs."""

    def __init__(self, *, stop: Stop, processes: int, timeout_s: float, solve_one: Solve = solve_here) -> None:
        self._stop = stop
        self._processes = processes
        self._timeout_s = timeout_s
        self._solve_one = solve_one
        self._pool: ProcessPoolExecutor | None = None

    async def solve(self, problem: Problem, present: Plan) -> Plan:
        """Give the best verified plan within the budget.

        Raises
        ------
        SolverFailed
            If the process crashed or did not answer in time; the next call starts another.
        """
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=_end_with_parent)
        try:
            future = asyncio.wrap_future(self._pool.submit(self._solve_one, problem, present, self._stop))
            return await asyncio.wait_for(future, self._timeout_s)
        except TimeoutError as error:
            self.close()
            raise SolverFailed(f"the solver did not answer within {self._timeout_s:.0f} s") from error
        except BrokenProcessPool as error:
            self.close()
            raise SolverFailed("the solver's process ended unexpectedly") from error
        except (ValueError, AssertionError, RuntimeError) as error:
            raise SolverFailed(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """End the processes without waiting for what they do."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        running = list((pool._processes or {}).values())  # noqa: SLF001 - a pool cannot be told to stop a call
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.kill()
