import asyncio
import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import pytest

from deploy.local.processes import birth_of
from services.matcher.adapters.planner_process import PlannerProcess, Solve, read_stop
from services.matcher.application.ports import SolverFailed
from services.matcher.planning import Plan, Problem
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop
from services.matcher.planning.travel import travel_between

NOTHING_TO_DO = Problem(now=0, jobs=(), volunteers=(), travel=travel_between([(105.29, 29.34)]))
NO_PLAN = Plan(routes=())


def crash(_problem: Problem, _present: Plan, _stop: Stop) -> Plan:
    os._exit(1)


def hang(_problem: Problem, _present: Plan, _stop: Stop) -> Plan:
    time.sleep(600)
    return NO_PLAN


def fail(_problem: Problem, _present: Plan, _stop: Stop) -> Plan:
    raise ValueError("no such board")


def a_planner(solve_one: Solve, timeout_s: float = 60) -> PlannerProcess:
    return PlannerProcess(stop=AfterSolutions(solutions=1), processes=1, timeout_s=timeout_s, solve_one=solve_one)


@pytest.mark.parametrize(
    ("text", "rehearsing", "stop"),
    [
        ("", False, AfterSeconds(seconds=4)),
        ("", True, AfterSolutions(solutions=10)),
        ("2.5s", True, AfterSeconds(seconds=2.5)),
        ("7 solutions", False, AfterSolutions(solutions=7)),
    ],
)
def test_the_stop_is_read_from_the_settings(text: str, rehearsing: bool, stop: Stop) -> None:  # noqa: FBT001 - a row
    assert read_stop(text, rehearsing=rehearsing) == stop


async def test_after_a_crash_the_next_problem_is_solved_by_a_new_process() -> None:
    planner = a_planner(crash)
    try:
        with pytest.raises(SolverFailed, match="ended unexpectedly"):
            await planner.solve(NOTHING_TO_DO, NO_PLAN)
        planner._solve_one = same
        assert await planner.solve(NOTHING_TO_DO, NO_PLAN) == NO_PLAN
    finally:
        planner.close()


def same(_problem: Problem, present: Plan, _stop: Stop) -> Plan:
    return present


async def test_a_solver_that_hangs_is_given_up() -> None:
    planner = a_planner(hang, timeout_s=0.01)
    with pytest.raises(SolverFailed, match="did not answer"):
        await planner.solve(NOTHING_TO_DO, NO_PLAN)


async def test_a_solver_s_error_is_told_and_its_process_stays() -> None:
    planner = a_planner(fail)
    try:
        with pytest.raises(SolverFailed, match="no such board"):
            await planner.solve(NOTHING_TO_DO, NO_PLAN)
    finally:
        planner.close()


def tell_and_hang(told: Path, _problem: Problem, _present: Plan, _stop: Stop) -> Plan:
    (told / "draft").write_text(str(os.getpid()))
    (told / "draft").rename(told / "pid")
    time.sleep(600)
    return NO_PLAN


def be_a_matcher(told: Path) -> None:
    asyncio.run(a_planner(partial(tell_and_hang, told)).solve(NOTHING_TO_DO, NO_PLAN))


def test_a_solver_ends_when_its_matcher_is_killed(tmp_path: Path) -> None:
    matcher = multiprocessing.get_context("spawn").Process(target=be_a_matcher, args=(tmp_path,))
    matcher.start()
    try:
        while not (tmp_path / "pid").exists():
            assert matcher.is_alive()
            time.sleep(0.05)
    finally:
        matcher.kill()
        matcher.join()
    solver = int((tmp_path / "pid").read_text())
    while birth_of(solver) is not None:  # the test's own time limit is the claim's
        time.sleep(0.05)
