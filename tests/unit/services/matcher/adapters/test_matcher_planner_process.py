import asyncio
import multiprocessing
import os
import time
from functools import partial
from pathlib import Path

import pytest

from deploy.local.processes import birth_of
from services.matcher.adapters import planner_process
from services.matcher.adapters.planner_process import PlannerProcess, Solve, Task, read_improve_stop, read_stop
from services.matcher.application.ports import SolverFailed
from services.matcher.planning import Plan, Problem
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop
from services.matcher.planning.travel import travel_between
from tests.unit.services.matcher.planning.boards import a_problem, a_visit, a_volunteer

NOTHING_TO_DO = Problem(now=0, jobs=(), volunteers=(), travel=travel_between([(105.29, 29.34)]))
A_VISIT = a_problem(a_visit("visit"), a_volunteer())
NO_PLAN = Plan(routes=())
ONCE = AfterSolutions(solutions=1)


def crash(_task: Task) -> Plan:
    os._exit(1)


def hang(_task: Task) -> Plan:
    time.sleep(600)
    return NO_PLAN


def fail(_task: Task) -> Plan:
    raise ValueError("no such board")


def a_planner(solve_one: Solve, timeout_s: float = 60, cores: int = 1, stop: Stop = ONCE) -> PlannerProcess:
    return PlannerProcess(stop=stop, cores=cores, timeout_s=timeout_s, solve_one=solve_one)


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


@pytest.mark.parametrize(
    ("text", "rehearsing", "stop"),
    [
        ("", False, AfterSeconds(seconds=0.2)),
        ("", True, None),
        ("off", False, None),
        ("2 solutions", True, AfterSolutions(solutions=2)),
    ],
)
def test_the_stop_of_improvement_is_read_from_the_settings(text: str, rehearsing: bool, stop: Stop | None) -> None:  # noqa: FBT001 - a row
    assert read_improve_stop(text, rehearsing=rehearsing) == stop


async def test_improvement_has_a_stop_of_its_own() -> None:
    planner = PlannerProcess(stop=AfterSeconds(seconds=60), improve_stop=ONCE, cores=1, timeout_s=60)
    try:
        plan = await planner.improve(A_VISIT, NO_PLAN)
    finally:
        planner.close()
    assert plan.placed == {"visit"}


async def test_after_a_crash_the_next_problem_is_solved_by_a_new_process() -> None:
    planner = a_planner(crash)
    try:
        with pytest.raises(SolverFailed, match="ended unexpectedly"):
            await planner.solve(NOTHING_TO_DO, NO_PLAN)
        planner._solve_one = same
        assert await planner.solve(NOTHING_TO_DO, NO_PLAN) == NO_PLAN
    finally:
        planner.close()


def same(task: Task) -> Plan:
    return task.present


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


def tell_and_hang(told: Path, _task: Task) -> Plan:
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


def dearer_with_each_core(task: Task) -> Plan:
    return Plan(routes=(), cost=task.cores, engine="+".join(task.engines))


async def with_kernel(monkeypatch: pytest.MonkeyPatch, state: machine_code.State, planner: PlannerProcess) -> Plan:
    """Solve something while the machine code is in this state."""
    monkeypatch.setattr(machine_code, "state", lambda: state)
    try:
        return await planner.solve(NOTHING_TO_DO, NO_PLAN)
    finally:
        planner.close()


async def test_the_kernel_is_asked_first_and_told_how_many_cores_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = await with_kernel(monkeypatch, "ready", a_planner(dearer_with_each_core, cores=2))
    assert (plan.cost, plan.engine) == (2, "kernel+routing")


async def test_without_compiled_kernel_or_tools_plans(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    planner = a_planner(dearer_with_each_core, cores=2)
    plan = await with_kernel(monkeypatch, "not installed", planner)
    assert plan.engine == "routing"
    assert "matcher.routing_kernel" in caplog.messages


async def test_plans_that_must_repeat_never_change_their_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    planner = a_planner(dearer_with_each_core)
    for state in ("not compiled", "ready"):
        assert (await with_kernel(monkeypatch, state, planner)).engine == "routing"
    assert planner._compiler is None


async def test_a_missing_kernel_is_compiled_beside_the_planning_and_used_when_it_is_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(planner_process, "_compile_kernel", os.getpid)  # anything that ends
    planner = a_planner(dearer_with_each_core, stop=AfterSeconds(seconds=1))
    assert (await with_kernel(monkeypatch, "not compiled", planner)).engine == "routing"
    assert planner._compiler is not None
    assert (await with_kernel(monkeypatch, "ready", planner)).engine == "kernel+routing"
