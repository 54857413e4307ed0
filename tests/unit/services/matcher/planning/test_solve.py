from collections.abc import Callable
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.planning import AfterSeconds, AfterSolutions, Plan, Problem, carry_over, insert_all, violations
from services.matcher.planning import stop as budgets
from services.matcher.planning.draft import Draft
from services.matcher.planning.insert import urgency
from services.matcher.planning.kernel import machine_code
from services.matcher.planning.kernel.warm_up import warm_up
from services.matcher.planning.solve import ENGINES, solve
from services.matcher.planning.stop import Countdown, Stop

from .boards import a_meal, a_problem, a_random_board, a_visit, a_volunteer

BRIEF = AfterSolutions(solutions=5)  # five thousand rounds of the kernel


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    warm_up()


def a_trap() -> Problem:
    """Insertion in order of ids sends everybody the wrong way; the best routes are two straight lines."""
    near_wang = [a_visit(f"a{number}", 10 + number, service_s=60) for number in range(3)]
    near_li = [a_visit(f"b{number}", 20 - number, service_s=60) for number in range(3)]
    return a_problem(*near_wang, *near_li, a_volunteer("wang", start_place=9), a_volunteer("li", start_place=21))


@pytest.mark.parametrize("name", ENGINES)
def test_the_best_routes_of_a_small_board_are_found(name: str) -> None:
    plan = solve(a_trap(), stop=AfterSolutions(solutions=200), engines={name: ENGINES[name]})
    assert plan.unplaced == ()
    # Wang walks three minutes up, Li three down; nobody crosses. Crowding starts with the fifth job.
    assert plan.cost == 3 * 60 + 3 * 60
    assert not plan.degraded


def test_an_empty_board_has_an_empty_plan() -> None:
    assert solve(a_problem(), stop=BRIEF).routes == ()
    assert solve(a_problem(a_volunteer()), stop=BRIEF).cost == 0
    assert [one.job for one in solve(a_problem(a_visit()), stop=BRIEF).unplaced] == ["visit"]


def test_routing_is_never_worse_than_insertion() -> None:
    for seed in range(6):
        problem = a_random_board(seed)
        jobs = [job.id for job in sorted(problem.jobs, key=urgency)]
        inserted = insert_all(problem, carry_over(problem, None), jobs)
        assert solve(problem, stop=BRIEF).cost <= inserted.cost


def crashes(empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
    raise MemoryError("no room")


def breaks_a_rule(empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
    """Forget a job: neither placed nor unplaced."""
    empty.unplaced.clear()
    return empty


def does_nothing(empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
    return empty


def test_a_crash_leaves_the_insertion_plan_marked_degraded() -> None:
    plan = solve(a_trap(), stop=BRIEF, engines={"broken": crashes})
    assert (plan.engine, plan.degraded, plan.note) == ("insertion", True, "broken: no room")
    assert violations(a_trap(), plan) == ()


def test_a_plan_that_breaks_a_rule_is_not_used() -> None:
    plan = solve(a_trap(), stop=BRIEF, engines={"broken": breaks_a_rule})
    assert plan.degraded
    assert "all_accounted_for" in plan.note
    assert plan.unplaced == ()


def test_where_the_kernel_is_not_compiled_or_tools_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "state", lambda: "not compiled")
    covered = solve(a_trap(), stop=BRIEF)
    assert (covered.degraded, covered.unplaced) == (False, ())
    assert "not compiled" in covered.note
    alone = solve(a_trap(), stop=BRIEF, engines={"kernel": ENGINES["kernel"]})
    assert (alone.engine, alone.degraded) == ("insertion", True)
    assert "not compiled" in alone.note


def test_an_engine_that_delivers_is_the_last_one_asked() -> None:
    assert not solve(a_trap(), stop=BRIEF, engines={"lazy": does_nothing, "broken": crashes}).degraded


def test_a_second_engine_covers_for_the_first() -> None:
    plan = solve(a_trap(), stop=BRIEF, engines={"broken": crashes, "lazy": does_nothing})
    assert not plan.degraded
    assert plan.unplaced == ()


class Noting:
    """An engine that notes what it begins with, and fails."""

    def __init__(self) -> None:
        self.begun_with: set[str] = set()

    def __call__(self, empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
        del empty, stop, seed
        self.begun_with = set(start.placed)
        raise MemoryError("no room")


def test_engines_begin_with_everything_where_there_is_time_and_insertion_covers_for_their_failure() -> None:
    kernel, other = Noting(), Noting()
    plan = solve(a_trap(), stop=BRIEF, engines={"kernel": kernel, "other": other})
    assert (len(kernel.begun_with), len(other.begun_with)) == (6, 6)
    assert (plan.degraded, plan.unplaced) == (True, ())


def test_in_a_hurry_who_inserts_by_itself_begins_at_once() -> None:
    kernel = Noting()
    plan = solve(a_trap(), stop=BRIEF, engines={"kernel": kernel}, hurried=True)
    assert (len(kernel.begun_with), plan.degraded, plan.unplaced) == (0, True, ())


def test_insertion_leaves_time_for_engines_and_goes_on_only_if_they_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    readings = count()
    monkeypatch.setattr(budgets, "monotonic", lambda: next(readings) / 100)  # between two of them lie ten milliseconds
    problem = a_problem(*(a_visit(f"v{number:03}", service_s=60) for number in range(100)), a_volunteer())
    kernel, other = Noting(), Noting()
    plan = solve(problem, stop=AfterSeconds(seconds=1), engines={"kernel": kernel, "other": other})
    assert 0 < len(kernel.begun_with) < len(other.begun_with) < 100
    assert (plan.engine, plan.note, len(plan.placed)) == ("insertion", "kernel: no room; other: no room", 100)


def test_without_time_there_is_still_a_plan() -> None:
    plan = solve(a_trap(), stop=AfterSeconds(seconds=1e-9))
    assert plan.degraded
    assert "time" in plan.note
    assert len(plan.placed) == 6


def test_seconds_count_down_and_solutions_do_not() -> None:
    assert Countdown(BRIEF).left() == BRIEF
    left = Countdown(AfterSeconds(seconds=100)).left(margin_s=50)
    assert isinstance(left, AfterSeconds)
    assert left.seconds <= 50
    assert Countdown(AfterSeconds(seconds=1)).left(margin_s=2) is None


@pytest.mark.parametrize("make", [lambda: AfterSeconds(seconds=0), lambda: AfterSolutions(solutions=0)])
def test_a_stop_that_never_starts_is_refused(make: Callable[[], Stop]) -> None:
    with pytest.raises(ValueError, match="must be"):
        make()


def test_a_change_must_pay_for_the_people_it_moves() -> None:
    problem = a_problem(a_visit(place=10), a_volunteer("wang"), a_volunteer("li", start_place=8))
    alone = replace(problem, volunteers=problem.volunteers[:1])
    present = insert_all(alone, carry_over(alone, None), ["visit"])
    # Li is 480 s nearer; moving the visit costs 300 s. From 6 minutes nearer on it would not pay.
    assert solve(problem, stop=BRIEF, present=present).volunteer_of("visit") == "li"
    nearer = replace(problem, volunteers=(problem.volunteers[0], a_volunteer("li", start_place=4)))
    assert solve(nearer, stop=BRIEF, present=present).volunteer_of("visit") == "wang"


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_the_same_input_gives_the_same_plan_and_breaks_no_rule(seed: int) -> None:
    problem = a_random_board(seed)
    plan = solve(problem, stop=BRIEF, seed=7)
    assert violations(problem, plan) == ()
    assert not plan.degraded
    assert solve(problem, stop=BRIEF, seed=7) == plan


def a_uniform_board(seed: int) -> Problem:
    """A random board on which every job is worth the same, so that serving more is always cheaper."""
    problem = a_random_board(seed, visits=5, meals=3, pairs=1, volunteers=4)
    return replace(problem, jobs=tuple(replace(job, priority=36_000) for job in problem.jobs))


@settings(max_examples=6, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_a_volunteer_who_joins_never_makes_the_plan_serve_fewer(seed: int) -> None:
    problem = a_uniform_board(seed)
    few = solve(replace(problem, volunteers=problem.volunteers[:3]), stop=BRIEF)
    more = solve(problem, stop=BRIEF, present=few)
    assert len(more.placed) >= len(few.placed)
    assert more.cost <= few.cost


def test_from_scratch_one_more_volunteer_hardly_ever_serves_fewer() -> None:
    # No heuristic can promise it without the plan of the fewer to start from: of 120 boards of 18 jobs, 3 lost one.
    lost = []
    for seed in range(12):
        problem = a_uniform_board(seed)
        fewer = replace(problem, volunteers=problem.volunteers[:3])
        few, more = (len(solve(one, stop=AfterSolutions(solutions=5)).placed) for one in (fewer, problem))
        lost.append(max(0, few - more))
    assert sum(lost) <= 1


def test_rounds_of_several_trips_are_planned() -> None:
    meals = [a_meal(f"meal{number}", 3 + number % 2, max_ride_s=1_800) for number in range(6)]
    problem = a_problem(*meals, a_volunteer(capacity=(2, 10_000), end_place=0))
    plan = solve(problem, stop=BRIEF)
    assert plan.unplaced == ()
    # Two meals a trip: three trips, each to place 4 and back at the furthest, one of them only to place 3.
    assert plan.routes[0].travel_s == (8 + 8 + 6) * 60
