"""Processes that do heavy work for this one: a call that hangs or crashes costs its answer and nothing else."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from services.matcher.application.ports import SolverFailed

P = ParamSpec("P")
T = TypeVar("T")


def end_with_parent() -> None:
    """See to it that a worker does not outlive a matcher that was killed: it would wait for work for ever."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


class WorkerProcesses:
    """A pool of processes; started with the first call, begun anew when one crashes or hangs."""

    def __init__(self, *, processes: int) -> None:
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    async def call(self, timeout_s: float, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call a function of a module in one of the processes; arguments and answer are pickled.

        Raises
        ------
        SolverFailed
            If the process crashed or did not answer in time, and the next call starts another; or if the function
            failed.
        """
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._processes, mp_context=context, initializer=end_with_parent)
        try:
            future = asyncio.wrap_future(self._pool.submit(function, *args, **kwargs))
            return await asyncio.wait_for(future, timeout_s)
        except TimeoutError as error:
            self.close()
            raise SolverFailed(f"no answer within {timeout_s:.0f} s") from error
        except BrokenProcessPool as error:
            self.close()
            raise SolverFailed("the process ended unexpectedly") from error
        except (ValueError, AssertionError, RuntimeError, MemoryError) as error:
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
