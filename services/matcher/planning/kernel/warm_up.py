"""Compile every kernel ahead of time: `python -m services.matcher.planning.kernel.warm_up`, when an image is built."""

import sys
from time import perf_counter

import numpy as np

from services.matcher.planning.kernel.engine import solve_by_kernel
from services.matcher.planning.kernel.machine_code import note_ready
from services.matcher.planning.params import Params
from services.matcher.planning.problem import Job, Pickup, Problem, Travel, Volunteer
from services.matcher.planning.stop import AfterSolutions

ALL_DAY = ((0, 86_400),)


def warm_up() -> float:
    """Plan a tiny board, and with it compile everything that is not compiled yet; return the seconds it took."""
    begun = perf_counter()
    solve_by_kernel(_tiny_board(), stop=AfterSolutions(solutions=20), params=Params.default())
    note_ready()
    return perf_counter() - begun


def _tiny_board() -> Problem:
    seconds = np.array([[0, 60, 90], [60, 0, 60], [90, 60, 0]], np.int32)
    common = {"windows": ALL_DAY, "service_s": 60, "load": (1,), "priority": 3_600}
    meal = Job(id="meal", need="meal", mode="delivery", place=1, max_ride_s=3_600, pickup=Pickup(place=0), **common)  # type: ignore[arg-type]
    visit = Job(id="visit", need="visit", mode="visit", place=2, **{**common, "load": (0,)})  # type: ignore[arg-type]
    return Problem(
        now=0,
        jobs=(meal, visit),
        volunteers=(Volunteer(id="volunteer", start_place=0, duty=ALL_DAY, capacity=(2,)),),
        travel=Travel(seconds=(seconds,), metres=seconds),
    )


def main() -> None:
    """Say what happens, because it takes a while the first time."""
    sys.stdout.write("Compiling the routing kernel; half a minute the first time, a second after that ... ")
    sys.stdout.flush()
    sys.stdout.write(f"done in {warm_up():.1f} s.\n")


if __name__ == "__main__":
    main()
