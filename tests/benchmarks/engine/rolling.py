"""A rolling day: `python -m tests.benchmarks.engine.rolling`. Needs come while people are on their way.

Three needs of ten are known in the morning, the others come in ten epochs. At each epoch what has begun by then is
frozen, and every planner has the same budget for the rest: the kernel, OR-Tools from the present plan (warm), OR-Tools
from nothing but what has begun (cold), and insertion alone. What the whole day cost in the end is judged by the one
objective, from outside: travel, fair shares, and what was left undone.
"""

import argparse
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from services.matcher.planning import AfterSeconds, Batch, Job, Params, Pickup, Plan, Problem, Travel, Volunteer
from services.matcher.planning.cost import plan_cost
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.solve import ENGINES, solve
from services.matcher.planning.verify import violations
from tests.unit.services.matcher.planning.boards import later_that_day

OPENS, CLOSES, EPOCHS = 8 * 3600, 17 * 3600, 10
KNOWN = 0.3  # of the needs, in the morning
SIDE_M = 4000
METRES_A_SECOND = (1.0, 3.0)  # walking and riding, along streets
SKILLS = ("plumbing", "electrics", "care")
NO_PLAN = Plan(routes=())

Planner = Callable[[Problem, Plan, AfterSeconds, int], Plan]


def kernel(problem: Problem, present: Plan, stop: AfterSeconds, seed: int) -> Plan:
    return solve(problem, stop=stop, seed=seed, present=present, engines={"kernel": ENGINES["kernel"]})


def warm(problem: Problem, present: Plan, stop: AfterSeconds, seed: int) -> Plan:
    return solve(problem, stop=stop, seed=seed, present=present, engines={"routing": ENGINES["routing"]})


def cold(problem: Problem, present: Plan, stop: AfterSeconds, seed: int) -> Plan:
    del present
    return solve(problem, stop=stop, seed=seed, engines={"routing": ENGINES["routing"]})


def insertion(problem: Problem, present: Plan, stop: AfterSeconds, seed: int) -> Plan:
    return solve(problem, stop=stop, seed=seed, present=present, engines={})


PLANNERS: dict[str, Planner] = {
    "kernel": kernel, "OR-Tools, warm": warm, "OR-Tools, cold": cold, "insertion": insertion
}  # fmt: skip


def day(seed: int, visits: int, meals: int, volunteers: int) -> tuple[Problem, dict[str, int]]:
    """Make a day of one community; with the epoch in which each need is heard of."""
    chance = np.random.default_rng(seed)
    places = 1 + visits + meals + volunteers
    at = chance.uniform(0, SIDE_M, (places, 2))
    at[0] = SIDE_M / 2  # the canteen
    metres = np.ceil(np.abs(at[:, None] - at[None]).sum(-1)).astype(np.int32)
    seconds = tuple(np.ceil(metres / speed).astype(np.int32) for speed in METRES_A_SECOND)
    people = tuple(
        Volunteer(
            id=f"v{number:02}", start_place=1 + visits + meals + number, end_place=1 + visits + meals + number,
            duty=((OPENS, CLOSES),), travel_mode=int(number % 3 != 0), capacity=(8, 20_000),
            skills=frozenset(skill for skill in SKILLS if chance.random() < 0.6) | {SKILLS[number % 3]},
        )
        for number in range(volunteers)
    )  # fmt: skip
    heard: dict[str, int] = {}
    jobs = []
    for number in range(visits):
        epoch = 0 if chance.random() < KNOWN else int(chance.integers(1, EPOCHS))
        heard[f"visit{number:03}"] = epoch
        opens = moment_of(epoch) + int(chance.integers(1800, 7200))
        closes = min(opens + int(chance.integers(3600, 10_800)), CLOSES - 2400)
        jobs.append(Job(
            id=f"visit{number:03}", need=f"visit{number:03}", mode="visit", place=1 + number, load=(0, 0),
            windows=((min(opens, closes - 1800), closes),), service_s=int(chance.integers(10, 40)) * 60,
            skills=frozenset({str(chance.choice(SKILLS))}) if chance.random() < 0.5 else frozenset(), priority=36_000,
        ))  # fmt: skip
    for number in range(meals):
        heard[f"meal{number:03}"] = 0 if chance.random() < KNOWN else int(chance.integers(1, 4))
        jobs.append(Job(
            id=f"meal{number:03}", need=f"meal{number:03}", mode="delivery", place=1 + visits + number, load=(1, 600),
            windows=((11 * 3600 + 900, 13 * 3600),), service_s=180, priority=36_000, max_ride_s=3600, batch="lunch",
            pickup=Pickup(place=0, windows=((OPENS, CLOSES),), service_s=20, setup_s=120),
        ))  # fmt: skip
    batches = (Batch(id="lunch", place=0, ready=11 * 3600, count=meals),) if meals else ()
    return Problem(
        now=OPENS, jobs=tuple(jobs), volunteers=people, batches=batches, travel=Travel(seconds=seconds, metres=metres)
    ), heard


def moment_of(epoch: int) -> int:
    return OPENS + epoch * (CLOSES - OPENS - 7200) // EPOCHS


def lived(whole: Problem, heard: dict[str, int], planner: Planner, budget: float, seed: int) -> dict[str, object]:
    """Live through the day with one planner; judge it in the end."""
    plan = Plan(routes=())
    problem = replace(whole, jobs=())
    for epoch in range(EPOCHS):
        known = replace(whole, jobs=tuple(job for job in whole.jobs if heard[job.id] <= epoch))
        problem = later_that_day(known, plan, moment_of(epoch)) if plan.routes else known
        plan = planner(problem, plan, AfterSeconds(seconds=budget), seed)
        broken = violations(problem, plan)
        if broken:
            raise AssertionError(f"epoch {epoch}: {broken[0]}")
    as_lived = replace(plan, routes=tuple(
        replace(route, steps=tuple(replace(step, frozen=False) for step in route.steps)) for route in plan.routes
    ))  # fmt: skip
    return {"cost": plan_cost(whole, as_lived, params=Params.default()), "undone": len(plan.unplaced)}


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--budget", type=float, default=0.2)
    ask.add_argument("--days", type=int, default=5)
    ask.add_argument("--json")
    options = ask.parse_args()
    warm_up()
    rows: list[dict[str, object]] = []
    for seed in range(options.days):
        whole, heard = day(seed, visits=90, meals=30, volunteers=18)
        for name, planner in PLANNERS.items():
            lived_so = lived(whole, heard, planner, options.budget, seed)
            rows.append({"planner": name, "day": seed, **lived_so})
    best = statistics.mean(float(str(row["cost"])) for row in rows if row["planner"] == "kernel")
    for name in PLANNERS:
        mine = [row for row in rows if row["planner"] == name]
        mean = statistics.mean(float(str(row["cost"])) for row in mine)
        sys.stdout.write(
            f"{name:15s} cost {mean:10.0f}  {100 * (mean / best - 1):+6.1f} % of the kernel's"
            f"  left undone {sum(int(str(row['undone'])) for row in mine)}\n"
        )
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
