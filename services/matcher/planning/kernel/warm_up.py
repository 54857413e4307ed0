"""Compile every kernel ahead of time: `python -m services.matcher.planning.kernel.warm_up`, when an image is built."""

import sys
from time import perf_counter

from services.matcher.planning.kernel.engine import solve_by_kernel
from services.matcher.planning.kernel.machine_code import note_ready
from services.matcher.planning.params import Params
from services.matcher.planning.stop import AfterSolutions
from services.matcher.planning.tiny import tiny_board


def warm_up() -> float:
    """Plan a tiny board, and with it compile everything that is not compiled yet; return the seconds it took."""
    begun = perf_counter()
    solve_by_kernel(tiny_board(), stop=AfterSolutions(solutions=20), params=Params.default())
    note_ready()
    return perf_counter() - begun


def main() -> None:
    """Say what happens, because it takes a while the first time."""
    sys.stdout.write("Compiling the routing kernel; half a minute the first time, a second after that ... ")
    sys.stdout.flush()
    sys.stdout.write(f"done in {warm_up():.1f} s.\n")


if __name__ == "__main__":
    main()
