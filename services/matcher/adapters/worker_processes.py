"""Processes that do heavy work for this one: a call that hangs or crashes costs its answer and nothing else."""

import asyncio
import multiprocessing
import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from typing import Final, TypeVar

from services.matcher.application.ports import SolverFailed, SolverMistaken

_PREPARED_S: Final = 60.0  # preparing takes two seconds; many starts at once may hold each other up

A = TypeVar("A")
T = TypeVar("T")


def end_with_parent() -> None:
    """See to it that a worker does not outlive a matcher that was killed: it would wait for work for ever."""

    def watch() -> None:
        parent = multiprocessing.parent_process()
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=watch, name="end-with-parent", daemon=True).start()


def no_preparation() -> None:
    """Begin with an empty process."""


def _start(begin: Callable[[], None]) -> None:
    end_with_parent()
    begin()


def _first_call(_: None) -> None:
    """Answer the first call of a process, which is taken when its preparation is over."""


class WorkerProcesses:
    """A pool of processes; started at the first need, begun anew when one crashes or hangs."""

    def __init__(self, *, processes: int) -> None:
        self._processes = processes
        self._context = multiprocessing.get_context("spawn")
        self._pool: ProcessPoolExecutor | None = None

    @property
    def are_started(self) -> bool:
        """Whether there is a pool."""
        return self._pool is not None

    async def start(self, *, begin: Callable[[], None]) -> None:
        """Start a pool, if there is none, and return when it is prepared; who does not want to wait need not.

        Raises
        ------
        SolverFailed
            If the preparation failed.
        """
        await self.map(_first_call, [None] * self._processes, timeout_s=_PREPARED_S, begin=begin)

    async def map(
        self,
        function: Callable[[A], T],
        arguments: Sequence[A],
        *,
        timeout_s: float,
        begin: Callable[[], None] = no_preparation,
    ) -> list[T]:
        """Call a function of a module for each argument, in as many processes as there are; all of it is pickled.

        Parameters
        ----------
        function, arguments
            What is called, and with what.
        timeout_s
            Wall time after which all calls are given up.
        begin
            Called once in each process of a pool that has to be started.

        Raises
        ------
        SolverFailed
            If a process crashed or did not answer in time, and the next call starts others; or if memory ran out.
        SolverMistaken
            If the function failed.
        """
        if self._pool is None:
            start = partial(_start, begin)
            self._pool = ProcessPoolExecutor(self._processes, mp_context=self._context, initializer=start)
        try:
            futures = [asyncio.wrap_future(self._pool.submit(function, one)) for one in arguments]
            return await asyncio.wait_for(asyncio.gather(*futures), timeout_s)
        except TimeoutError as error:
            self.close()
            raise SolverFailed(f"the solver did not answer within {timeout_s:.0f} s") from error
        except BrokenProcessPool as error:
            self.close()
            raise SolverFailed("the solver's process ended unexpectedly") from error
        except MemoryError as error:
            raise SolverFailed("the solver ran out of memory") from error
        except (ValueError, AssertionError, RuntimeError) as error:
            raise SolverMistaken(f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """End the processes without waiting for what they do."""
        pool, self._pool = self._pool, None
        if pool is None:
            return
        running = list((pool._processes or {}).values())  # noqa: SLF001 - a pool cannot be told to stop a call
        pool.shutdown(wait=False, cancel_futures=True)
        for process in running:
            process.kill()
