"""The first plan of a new solver process, by the clock: `python -m tests.benchmarks.engine.first_plan`.

A planner is started as the matcher starts it, and asked when it is ready: for a plan, for an improvement, and for a
plan once more. Of each: by how much the call overran its budget, handing over included. Beside it a planner that is
asked before anything is loaded: its first plan is late by the loading, less the half of its time that it gives up.
"""

import argparse
import asyncio
import sys
from statistics import median
from time import perf_counter

from services.matcher.adapters.planner_process import IMPROVE_STOP, PlannerProcess
from services.matcher.planning import AfterSeconds, Plan
from tests.unit.services.matcher.planning.boards import a_random_board

NO_PLAN = Plan(routes=())
BOARD = a_random_board(1, visits=40, meals=36, pairs=2, volunteers=40)


async def overruns(budget: float, quick: float, *, ahead: bool) -> dict[str, float]:
    """Start a planner and ask it; seconds above the budget, and until it was ready."""
    stops = AfterSeconds(seconds=budget), AfterSeconds(seconds=quick)
    planner = PlannerProcess(stop=stops[0], improve_stop=stops[1], cores=2, timeout_s=60)
    over = {}
    try:
        begun = perf_counter()
        if ahead:
            await planner.start()
        over["ready"] = perf_counter() - begun
        for name, ask, seconds in (
            ("first plan", planner.solve, budget),
            ("first improvement", planner.improve, quick),
            ("second plan", planner.solve, budget),
        ):
            begun = perf_counter()
            await ask(BOARD, NO_PLAN)
            over[name] = perf_counter() - begun - seconds
    finally:
        planner.close()
    return over


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--budget", type=float, default=1.0)
    ask.add_argument("--improve", type=float, default=IMPROVE_STOP.seconds)
    ask.add_argument("--processes", type=int, default=5)
    options = ask.parse_args()
    for ahead in (True, False):
        runs = [asyncio.run(overruns(options.budget, options.improve, ahead=ahead)) for _ in range(options.processes)]
        sys.stdout.write("started ahead\n" if ahead else "asked at once\n")
        for name in runs[0]:
            some = [1000 * one[name] for one in runs]
            what = "ms from the start" if name == "ready" else "ms above the budget"
            sys.stdout.write(f"  {name:18s} median {median(some):6.0f}  longest {max(some):6.0f} {what}\n")


if __name__ == "__main__":
    main()
