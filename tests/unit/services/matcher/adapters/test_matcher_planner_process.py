import asyncio
import gc
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from deploy.local.processes import birth_of
from services.matcher.adapters import planner_process
from services.matcher.adapters.planner_process import (
    PlannerProcess,
    Solve,
    Task,
    read_improve_stop,
    read_stop,
    solve_here,
)
from services.matcher.adapters.worker_processes import WorkerProcesses
from services.matcher.application.ports import SolverFailed, SolverMistaken
from services.matcher.planning import Plan, Problem
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop
from services.matcher.planning.travel import travel_between
from tests.unit.services.matcher.planning.boards import a_problem, a_random_board, a_visit, a_volunteer

NOTHING_TO_DO = Problem(now=0, jobs=(), volunteers=(), travel=travel_between([(105.29, 29.34)]))
A_VISIT = a_problem(a_visit("visit"), a_volunteer())
NO_PLAN = Plan(routes=())
ONCE = AfterSolutions(solutions=1)


@pytest.fixture(scope="module")
def workers() -> Iterator[WorkerProcesses]:
    """Share one process among the tests that ask it one after the other: starting one costs a second."""
    shared = WorkerProcesses(processes=1)
    yield shared
    shared.close()


def crash(_task: Task) -> Plan:
    os._exit(1)


def hang(_task: Task) -> Plan:
    time.sleep(600)
    return NO_PLAN


def fail(_task: Task) -> Plan:
    raise ValueError("no such board")


def a_planner(  # noqa: PLR0913 - all but the first have defaults
    solve_one: Solve,
    *,
    timeout_s: float = 60,
    cores: int = 1,
    stop: Stop = ONCE,
    improve_stop: Stop | None = None,
    workers: WorkerProcesses | None = None,
) -> PlannerProcess:
    planner = PlannerProcess(
        stop=stop, improve_stop=improve_stop, cores=cores, timeout_s=timeout_s, solve_one=solve_one
    )
    planner._workers = workers or planner._workers
    return planner


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
        ("", False, AfterSeconds(seconds=0.15)),
        ("", True, None),
        ("off", False, None),
        ("2 solutions", True, AfterSolutions(solutions=2)),
    ],
)
def test_the_stop_of_improvement_is_read_from_the_settings(text: str, rehearsing: bool, stop: Stop | None) -> None:  # noqa: FBT001 - a row
    assert read_improve_stop(text, rehearsing=rehearsing) == stop


async def test_improvement_has_a_stop_of_its_own(monkeypatch: pytest.MonkeyPatch, workers: WorkerProcesses) -> None:
    monkeypatch.setattr(planner_process, "prepare", nothing_to_load)
    planner = a_planner(solve_here, stop=AfterSeconds(seconds=60), improve_stop=ONCE, workers=workers)
    assert (await planner.improve(A_VISIT, NO_PLAN)).placed == {"visit"}


async def test_after_a_crash_the_next_problem_is_solved_by_a_new_process(workers: WorkerProcesses) -> None:
    planner = a_planner(crash, workers=workers)
    with pytest.raises(SolverFailed, match="ended unexpectedly"):
        await planner.solve(NOTHING_TO_DO, NO_PLAN)
    planner._solve_one = same
    assert await planner.solve(NOTHING_TO_DO, NO_PLAN) == NO_PLAN


def same(task: Task) -> Plan:
    return task.present


async def test_a_solver_that_hangs_is_given_up() -> None:
    planner = a_planner(hang, timeout_s=0.01)
    with pytest.raises(SolverFailed, match="did not answer"):
        await planner.solve(NOTHING_TO_DO, NO_PLAN)


def say_who(_task: Task) -> Plan:
    return Plan(routes=(), cost=os.getpid())


async def test_a_solver_s_error_is_told_and_its_process_stays(workers: WorkerProcesses) -> None:
    before = await a_planner(say_who, workers=workers).solve(NOTHING_TO_DO, NO_PLAN)
    with pytest.raises(SolverMistaken, match="no such board"):
        await a_planner(fail, workers=workers).solve(NOTHING_TO_DO, NO_PLAN)
    assert await a_planner(say_who, workers=workers).solve(NOTHING_TO_DO, NO_PLAN) == before


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
    return await planner.solve(NOTHING_TO_DO, NO_PLAN)


async def test_the_kernel_is_asked_first_and_told_how_many_cores_it_has(
    monkeypatch: pytest.MonkeyPatch, workers: WorkerProcesses
) -> None:
    plan = await with_kernel(monkeypatch, "ready", a_planner(dearer_with_each_core, cores=2, workers=workers))
    assert (plan.cost, plan.engine) == (2, "kernel+routing")


async def test_without_compiled_kernel_or_tools_plans(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, workers: WorkerProcesses
) -> None:
    planner = a_planner(dearer_with_each_core, cores=2, workers=workers)
    plan = await with_kernel(monkeypatch, "not installed", planner)
    assert plan.engine == "routing"
    assert "matcher.routing_kernel" in caplog.messages


async def test_plans_that_must_repeat_never_change_their_engine(
    monkeypatch: pytest.MonkeyPatch, workers: WorkerProcesses
) -> None:
    planner = a_planner(dearer_with_each_core, workers=workers)
    for state in ("not compiled", "ready"):
        assert (await with_kernel(monkeypatch, state, planner)).engine == "routing"
    assert planner._compiler is None


def nothing_to_load(*_names: str, cores: int) -> None:
    """Stand for what takes two seconds."""
    del cores


async def test_a_missing_kernel_is_compiled_beside_the_planning_and_used_when_it_is_there(
    monkeypatch: pytest.MonkeyPatch, workers: WorkerProcesses
) -> None:
    monkeypatch.setattr(planner_process, "_compile_kernel", os.getpid)  # anything that ends
    monkeypatch.setattr(planner_process, "prepare", nothing_to_load)
    planner = a_planner(dearer_with_each_core, stop=AfterSeconds(seconds=1), workers=workers)
    assert (await with_kernel(monkeypatch, "not compiled", planner)).engine == "routing"
    assert planner._compiler is not None
    before = workers._pool
    assert (await with_kernel(monkeypatch, "ready", planner)).engine == "kernel+routing"
    assert workers._pool is not before  # a new process loads the kernel before its first task


def machine_code_in_use() -> int:
    from numba.core.dispatcher import Dispatcher  # noqa: PLC0415 - in the solver's process only

    return sum(len(one.overloads) for one in gc.get_objects() if isinstance(one, Dispatcher))


def what_is_loaded(task: Task) -> Plan:
    """Solve, and say what had to be loaded for it."""
    modules, functions = set(sys.modules), machine_code_in_use()
    plan = solve_here(task)
    news = sorted(set(sys.modules) - modules)
    return Plan(routes=(), engine=plan.engine, cost=machine_code_in_use() - functions, note=" ".join(news))


@pytest.mark.skipif(machine_code.state() != "ready", reason="the kernel is not compiled (make kernel)")
async def test_a_new_process_has_loaded_everything_before_its_first_task() -> None:
    planner = a_planner(what_is_loaded, stop=AfterSeconds(seconds=0.2))
    board = a_random_board(1)
    try:
        await planner.start()
        for ask in (planner.solve, planner.improve):
            plan = await ask(board, NO_PLAN)
            assert (plan.engine, plan.cost, plan.note) == ("kernel", 0, "")
    finally:
        planner.close()


@pytest.mark.parametrize(("stop", "ahead"), [(AfterSeconds(seconds=1), True), (ONCE, False)])
async def test_a_process_is_started_ahead_where_seconds_count(
    monkeypatch: pytest.MonkeyPatch,
    stop: Stop,
    ahead: bool,  # noqa: FBT001 - a row
) -> None:
    monkeypatch.setattr(planner_process, "prepare", nothing_to_load)
    planner = a_planner(same, stop=stop)
    running = asyncio.ensure_future(planner.run())
    try:
        await asyncio.sleep(0)  # its first turn
        assert planner._workers.are_started == ahead
        assert await planner.idle()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        planner.close()
