"""Improvement after one event, in a quarter of a second: `python -m tests.benchmarks.engine.events`.

Boards of 60 to 120 stops with skills, windows, kitchens, hot limits and frozen stops are planned; then one thing
happens, and the plan is improved within `--budget` seconds. For each kind of event: wall time (median, longest), how
far the plan is above what 2 s would have found from the same start, with the same limit (mean and worst) and without
it (mean), how many of the others' stops moved at most, and whether anything that had begun was touched.
"""

import argparse
import json
import random
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

from services.matcher.adapters.planner_process import IMPROVE_STOP
from services.matcher.planning import AfterSeconds, Plan, Problem, carry_over, violations
from services.matcher.planning.cost import holders_of, plan_cost
from services.matcher.planning.improve import MOST_MOVED_PCT, improve
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.params import Params
from services.matcher.planning.solve import solve
from tests.unit.services.matcher.planning.boards import a_random_board, later_that_day

NOON = 35_000  # seconds since day start: some stops have begun
PARAMS = Params.default()


@dataclass(frozen=True, slots=True)
class Case:
    """A board after an event, and the plan that people knew before it."""

    event: str
    problem: Problem
    known: Plan


def board(seed: int) -> tuple[Problem, Plan]:
    """Plan a board of 60 to 120 stops, and let half a morning pass."""
    size = 24 + 4 * (seed % 6)
    problem = a_random_board(seed, visits=size, meals=size - 4, pairs=2, volunteers=size)
    plan = solve(problem, stop=AfterSeconds(seconds=1.0), seed=seed)
    return later_that_day(problem, plan, NOON), plan


def new_need(problem: Problem, known: Plan, chance: random.Random) -> Case:
    """One job was not known before: it is taken off the plan, and comes as a need."""
    job = chance.choice(sorted(_open(problem, known)))
    return Case("new need", problem, _without(known, {job}))


def refusal(problem: Problem, known: Plan, chance: random.Random) -> Case:
    """Somebody refuses a job."""
    job, holder = chance.choice(sorted(_open(problem, known).items()))
    return Case("refusal", _changed(problem, job, not_volunteers=problem.job_of[job].not_volunteers | {holder}), known)


def no_show(problem: Problem, known: Plan, chance: random.Random) -> Case:
    """Somebody does not come at all."""
    begun = {frozen.volunteer for frozen in problem.frozen}
    gone = chance.choice(sorted(set(_open(problem, known).values()) - begun))
    return Case("no-show", replace(problem, volunteers=tuple(v for v in problem.volunteers if v.id != gone)), known)


def delay(problem: Problem, known: Plan, chance: random.Random) -> Case:
    """A stop takes forty minutes longer than thought."""
    job = chance.choice(sorted(_open(problem, known)))
    return Case("delay", _changed(problem, job, service_s=problem.job_of[job].service_s + 2400), known)


def kitchen_closed(problem: Problem, known: Plan, chance: random.Random) -> Case:
    """A kitchen closes; its meals come from the other one, as far as that has portions."""
    del chance
    places = sorted({batch.place for batch in problem.batches})
    gone, other = places[0], places[-1]
    begun = {step.job for frozen in problem.frozen for step in frozen.steps} | problem.on_board.keys()
    jobs = tuple(
        replace(job, batch=None, pickup=replace(job.pickup, place=other))
        if job.pickup is not None and job.pickup.place == gone and job.id not in begun
        else job
        for job in problem.jobs
    )
    return Case("kitchen closed", replace(problem, jobs=jobs), known)


EVENTS: tuple[Callable[[Problem, Plan, random.Random], Case], ...] = (new_need, refusal, no_show, delay, kitchen_closed)


def _open(problem: Problem, known: Plan) -> dict[str, str]:
    carried = carry_over(problem, known)
    on_board, alone = problem.on_board, {job.id for job in problem.jobs if job.together is None}
    return {job: who for job, who in holders_of(carried).items() if job not in on_board and job in alone}


def _without(plan: Plan, jobs: set[str]) -> Plan:
    routes = tuple(replace(route, steps=tuple(step for step in route.steps if step.job not in jobs))
                   for route in plan.routes)  # fmt: skip
    return replace(plan, routes=routes)


def _changed(problem: Problem, job: str, **fields: object) -> Problem:
    return replace(problem, jobs=tuple(replace(one, **fields) if one.id == job else one for one in problem.jobs))  # type: ignore[arg-type]


def measured(case: Case, budget: float, seed: int) -> dict[str, object]:
    """Improve one board, and plan it for 2 s with and without the limit, all from the same start."""
    carried = carry_over(case.problem, case.known, present=case.known)
    begun = perf_counter()
    plan = improve(case.problem, case.known, stop=AfterSeconds(seconds=budget), seed=seed)
    wall = perf_counter() - begun
    limited = replace(PARAMS, most_moved_pct=MOST_MOVED_PCT)
    two = AfterSeconds(seconds=2.0)
    cost = {
        name: plan_cost(case.problem, one, params=PARAMS, present=carried)
        for name, one in (
            ("quick", plan),
            ("limited", solve(case.problem, stop=two, seed=seed, present=carried, params=limited)),
            ("free", solve(case.problem, stop=two, seed=seed, present=carried)),
        )
    }
    held, now = holders_of(carried), holders_of(plan)
    movable = [job for job in held if job not in case.problem.on_board]
    return {
        "event": case.event,
        "stops": len(case.problem.jobs),
        "wall": wall,
        "above_limited": 100 * (cost["quick"] / cost["limited"] - 1),
        "above_free": 100 * (cost["quick"] / cost["free"] - 1),
        "moved": sum(now.get(job) != held[job] for job in held) / max(1, len(movable)),
        "broken": len(violations(case.problem, plan)),
        "engine": plan.engine,
    }


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--budget", type=float, default=IMPROVE_STOP.seconds)
    ask.add_argument("--boards", type=int, default=6)
    ask.add_argument("--json")
    options = ask.parse_args()
    warm_up()
    rows = []
    for seed in range(options.boards):
        problem, known = board(seed)
        rows += [measured(event(problem, known, random.Random(seed)), options.budget, seed) for event in EVENTS]
    say("event            n  wall p50 ms  max ms  above 2 s, same limit %  worst  no limit %  moved %  broken")
    for event in dict.fromkeys(str(row["event"]) for row in rows):
        some = [row for row in rows if row["event"] == event]
        column = {name: [float(str(row[name])) for row in some] for name in some[0] if name not in {"event", "engine"}}
        say(
            f"{event:15s} {len(some):2d} {1000 * statistics.median(column['wall']):12.0f}"
            f" {1000 * max(column['wall']):7.0f} {statistics.mean(column['above_limited']):24.2f}"
            f" {max(column['above_limited']):6.2f} {statistics.mean(column['above_free']):11.2f}"
            f" {100 * max(column['moved']):8.1f}"
            f" {sum(column['broken']):7.0f}"
        )
    if options.json:
        Path(options.json).write_text(json.dumps(rows, indent=1), encoding="utf-8")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
