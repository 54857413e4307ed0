"""Loads what a plan will use before any budget runs: modules and machine code take a second at their first use."""

from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from services.matcher.planning.improve import improve
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.solve import ENGINES, engines_on, solve
from services.matcher.planning.stop import AfterSeconds
from services.matcher.planning.tiny import tiny_board

_A_MOMENT: Final = AfterSeconds(seconds=0.05)  # by the clock, as plans are made


def prepare(names: Sequence[str] = tuple(ENGINES), *, cores: int = 1) -> None:
    """Plan and improve a tiny board, by the path that every board takes, with the engine that will be asked first.

    Parameters
    ----------
    names
        Engines, best first. The kernel is passed over while it is not compiled: nobody waits for the compiler here.
    cores
        For the kernel.

    Notes
    -----
    An engine that fails here is no reason to stop: it will fail again with the first plan, and the next one is asked.
    """
    ready = [name for name in names if name != "kernel" or machine_code.state() == "ready"]
    if "kernel" in ready:
        from services.matcher.planning.kernel.warm_up import warm_up  # noqa: PLC0415 - loads the compiler

        with suppress(Exception):  # see above
            warm_up()  # by rounds: whatever time there is, no part is left out
    board, engines = tiny_board(), engines_on(cores, ready[:1])
    improve(board, solve(board, stop=_A_MOMENT, engines=engines), stop=_A_MOMENT, engines=engines)
