"""The engine's part of `make bench`: routing beside its peers, insertion, improvement, a rolling day, assignment."""

import random
from importlib.util import find_spec
from itertools import product
from statistics import mean
from time import perf_counter
from typing import Final

import numpy as np

from services.matcher.adapters.planner_process import IMPROVE_STOP
from services.matcher.planning import AfterSeconds, insert, remove, violations
from services.matcher.planning.assignment import AssignmentProblem, assign
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.live_assignment import Changes, LiveAssignment, NewTask
from services.matcher.planning.solve import solve
from tests.benchmarks.engine import events, quick, rolling
from tests.benchmarks.figures import Figure, Measured, percentile
from tests.unit.services.matcher.planning.boards import a_random_board

SEEDS: Final = (1, 2, 3)
TASKS, VOLUNTEERS, CANDIDATES, CHANGES = 6_000, 10_000, 30, 100
CAPACITIES: Final = (1, 2, 3)


def measure() -> Measured:
    """Measure all in one process; about five minutes."""
    if find_spec("numba") is None:
        return Measured(
            part="engine", how=quick.HOW, missing=("the compiler is not installed: pip install 'linli[kernel]'",)
        )
    warm_up()
    figures, missing = quick.routing()
    figures += [*_insertion(), *_improvement(), *_rolling(), *_assignment()]
    return Measured(part="engine", how=quick.HOW, figures=tuple(figures), missing=tuple(missing))


def _insertion() -> list[Figure]:
    """Take jobs off boards of about 120 stops and insert them again."""
    took, broken = [], 0
    for seed in SEEDS:
        problem = a_random_board(seed, visits=60, meals=50, pairs=5, volunteers=50)
        plan = solve(problem, stop=AfterSeconds(seconds=1.0), seed=seed)
        for job in sorted(plan.placed):
            without = remove(problem, plan, job)
            begun = perf_counter()
            again = insert(problem, without, job)
            took.append(1000 * (perf_counter() - begun))
            broken += len(violations(problem, again))
    note = f"median {percentile(took, 0.5):.1f} ms over {len(took)} insertions, {broken} rules broken"
    longest = percentile(took, 0.99)
    return [Figure(what="insertion, 120 stops, p99", value=longest, unit="ms", target="20 ms", note=note)]


def _improvement() -> list[Figure]:
    """Improve boards of 60 to 120 stops after each kind of event."""
    rows = []
    for seed in range(3):
        problem, known = events.board(seed)
        rows += [
            events.measured(event(problem, known, random.Random(seed)), IMPROVE_STOP.seconds, seed)
            for event in events.EVENTS
        ]
    walls = [1000 * float(str(row["wall"])) for row in rows]
    above = [float(str(row["above_free"])) for row in rows]
    most = 100 * max(float(str(row["moved"])) for row in rows)
    return [
        Figure(what="improvement after an event, longest", value=max(walls), unit="ms", target="250 ms"),
        Figure(what="improvement above 2 s, mean", value=mean(above), unit="%", target="1 %",
               note=f"worst {max(above):.1f} %, most moved {most:.1f} % of the others (limit 10 %)"),
    ]  # fmt: skip


def _rolling() -> list[Figure]:
    """Live through two days with each planner."""
    cost: dict[str, float] = {}
    for name, planner in rolling.PLANNERS.items():
        days = [rolling.day(seed, visits=90, meals=30, volunteers=18) for seed in range(2)]
        lived = [rolling.lived(whole, heard, planner, 0.2, seed) for seed, (whole, heard) in enumerate(days)]
        cost[name] = mean(float(str(one["cost"])) for one in lived)
    ours = cost.pop("kernel")
    note = ", ".join(f"{name} {100 * (other / ours - 1):+.0f} %" for name, other in cost.items())
    ahead = 100 * (1 - ours / min(cost.values()))
    return [Figure(what="rolling day, below the next best", value=ahead, unit="%", target="15 %", note=note)]


def city_wide(seed: int, capacity: int) -> AssignmentProblem:
    """Make a city's tasks and volunteers; every task has as many candidates."""
    chance = np.random.default_rng(seed)
    task = np.repeat(np.arange(TASKS), CANDIDATES)
    volunteer = np.concatenate([np.sort(chance.choice(VOLUNTEERS, CANDIDATES, replace=False)) for _ in range(TASKS)])
    return AssignmentProblem(
        tasks=tuple(f"t{number}" for number in range(TASKS)),
        volunteers=tuple(f"v{number}" for number in range(VOLUNTEERS)),
        penalty=np.full(TASKS, 36_000),
        capacity=np.full(VOLUNTEERS, capacity),
        task=task,
        volunteer=volunteer,
        cost=chance.integers(60, 3600, len(task)),
    )


def _assignment() -> list[Figure]:
    """Assign cities exactly, then keep them exact through a hundred changes."""
    whole, changed = [], {capacity: list[float]() for capacity in CAPACITIES}
    for seed, capacity in product(SEEDS, CAPACITIES):
        problem = city_wide(seed, capacity)
        begun = perf_counter()
        assignment = assign(problem)
        whole.append(perf_counter() - begun)
        chance = random.Random(seed)
        new = tuple(
            NewTask(id=f"new{number}", penalty=36_000, candidates=tuple(
                (f"v{one}", chance.randrange(60, 3600)) for one in sorted(chance.sample(range(VOLUNTEERS), CANDIDATES))
            ))
            for number in range(CHANGES // 2)
        )  # fmt: skip
        gone = tuple(f"t{one}" for one in chance.sample(range(TASKS), CHANGES - len(new)))
        LiveAssignment(problem, assignment).change(Changes())  # compiles, the first time
        live = LiveAssignment(problem, assignment)
        begun = perf_counter()
        live.change(Changes(tasks=new, gone=gone))
        changed[capacity].append(1000 * (perf_counter() - begun))
    what = f"assignment {TASKS:,} x {VOLUNTEERS:,} x {CANDIDATES}"
    return [
        Figure(what=f"{what}, exact, slowest", value=max(whole), unit="s", target="0.3 s"),
        Figure(what=f"{CHANGES} changes, slowest", value=max(map(max, changed.values())), unit="ms", target="50 ms",
               note=", ".join(f"{max(found):.0f} ms at capacity {capacity}" for capacity, found in changed.items())),
    ]  # fmt: skip
