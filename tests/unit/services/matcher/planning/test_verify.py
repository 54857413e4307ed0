"""Each rule: a plan that keeps it is silent, and the same plan with one planted mistake is caught by that rule."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.matcher.planning import (
    Batch,
    Frozen,
    Plan,
    Problem,
    Reason,
    Route,
    Step,
    Unplaced,
    carry_over,
    insert_all,
    verify,
    violations,
)
from services.matcher.planning.step import Action

from .boards import a_meal, a_problem, a_step, a_visit, a_volunteer


def a_good_plan() -> tuple[Problem, Plan]:
    """Everything at once: a frozen visit, a meal on board, a meal from a batch, a pair, a visit with skills."""
    steps = (
        a_step("done", Action.VISIT, 2, 200, 500),
        a_step("carried", Action.PICKUP, 0, 800, 830, load_after=(1, 600)),
    )
    problem = a_problem(
        a_visit("done", 2, service_s=300),
        a_meal("carried", 4, max_ride_s=3_600),
        a_meal("meal", 6, batch="noon", max_ride_s=1_800, windows=((2_000, 6_000),)),
        a_meal("late", 6, batch="noon"),
        a_visit("skilled", 8, skills=frozenset({"driver"}), not_volunteers=frozenset({"zhao"})),
        a_visit("one", 10, together="g", windows=((9_000, 9_000),)),
        a_visit("two", 10, together="g", windows=((9_000, 9_000),)),
        Batch(id="noon", place=0, ready=1_500, count=1),
        a_volunteer("li", start_place=9, skills=frozenset({"driver"}), max_stops=3, end_place=9),
        a_volunteer("wang", max_stops=4),
        a_volunteer("zhao", start_place=29, duty=((0, 9_000), (20_000, 30_000))),
        Frozen(volunteer="wang", steps=steps, free_at=830, place=0),
        now=700,
    )
    plan = insert_all(problem, carry_over(problem, None), [job.id for job in problem.jobs])
    return problem, plan


def changed(plan: Plan, job: str, action: Action, changes: dict[str, Any]) -> Plan:
    """Plant a mistake in one step."""

    def change(step: Step) -> Step:
        return replace(step, **changes) if (step.job, step.action) == (job, action) else step

    routes = tuple(replace(route, steps=tuple(map(change, route.steps))) for route in plan.routes)
    return replace(plan, routes=routes)


def rules(problem: Problem, plan: Plan) -> set[str]:
    return {violation.rule for violation in violations(problem, plan)}


def with_job(problem: Problem, job: str, **changes: Any) -> Problem:
    """Make the problem stricter under a plan that was made for the milder one."""
    jobs = tuple(replace(one, **changes) if one.id == job else one for one in problem.jobs)
    return replace(problem, jobs=jobs)


def with_volunteer(problem: Problem, volunteer: str, **changes: Any) -> Problem:
    people = tuple(replace(one, **changes) if one.id == volunteer else one for one in problem.volunteers)
    return replace(problem, volunteers=people)


def test_a_good_plan_is_silent() -> None:
    problem, plan = a_good_plan()
    assert violations(problem, plan) == ()
    assert [(one.job, one.reason) for one in plan.unplaced] == [("late", Reason.BATCH)]
    assert plan.volunteer_of("meal") == "wang"
    assert plan.volunteer_of("skilled") == "li"


@pytest.mark.parametrize(
    ("rule", "stricter"),
    [
        ("skills", lambda p: with_job(p, "skilled", skills=frozenset({"doctor"}))),
        ("refused", lambda p: with_job(p, "skilled", not_volunteers=frozenset({"li"}))),
        ("refused", lambda p: with_job(p, "skilled", only_volunteers=frozenset({"wang"}))),
        ("windows", lambda p: with_job(p, "skilled", windows=((40_000, 41_000),))),
        ("hot_limit", lambda p: with_job(p, "meal", max_ride_s=300)),
        ("hot_limit", lambda p: with_job(p, "carried", max_ride_s=200)),
        ("duty", lambda p: with_volunteer(p, "li", duty=((0, 50), (20_000, 30_000)))),
        ("duty", lambda p: with_volunteer(p, "li", duty=((0, 1_000),))),
        ("capacity", lambda p: with_volunteer(p, "wang", capacity=(0, 10_000))),
        ("capacity", lambda p: with_volunteer(p, "wang", capacity=(10, 500))),
        ("stops", lambda p: with_volunteer(p, "wang", max_stops=2)),
        ("batch_ready", lambda p: replace(p, batches=(Batch(id="noon", place=0, ready=30_000, count=1),))),
        ("batch_count", lambda p: replace(p, batches=(Batch(id="noon", place=0, ready=0, count=0),))),
        ("service", lambda p: with_job(p, "skilled", service_s=5)),
        ("one_place_at_a_time", lambda p: replace(p, now=20_000)),
        ("travel", lambda p: with_volunteer(p, "li", end_place=3)),
        ("actions_suit", lambda p: with_job(p, "skilled", place=3)),
        ("actions_suit", lambda p: with_job(p, "skilled", mode="shift")),
        ("frozen_kept", lambda p: replace(p, frozen=())),
        ("one_route_each", lambda p: replace(p, volunteers=(*p.volunteers, a_volunteer("qian")))),
        ("all_accounted_for", lambda p: replace(p, jobs=(*p.jobs, a_visit("forgotten")))),
    ],
)
def test_a_rule_that_became_stricter_is_caught(rule: str, stricter: Callable[[Problem], Problem]) -> None:
    problem, plan = a_good_plan()
    assert rule in rules(stricter(problem), plan)


@pytest.mark.parametrize(
    ("rule", "job", "action", "mistake"),
    [
        ("one_place_at_a_time", "skilled", Action.VISIT, {"arrival": 0}),
        ("one_place_at_a_time", "meal", Action.PICKUP, {"start": 0}),
        ("service", "skilled", Action.VISIT, {"departure": 90_000}),
        ("travel", "skilled", Action.VISIT, {"travel_s": 1}),
        ("travel", "skilled", Action.VISIT, {"distance_m": 1}),
        ("load", "meal", Action.PICKUP, {"load_after": (0, 0)}),
        ("frozen_kept", "done", Action.VISIT, {"departure": 400}),
        ("frozen_kept", "skilled", Action.VISIT, {"frozen": True}),
        ("together", "two", Action.VISIT, {"start": 9_001}),
        ("known_jobs", "skilled", Action.VISIT, {"job": "unheard of"}),
        ("actions_suit", "skilled", Action.VISIT, {"action": Action.DROPOFF}),
    ],
)
def test_a_mistake_in_one_step_is_caught(rule: str, job: str, action: Action, mistake: dict[str, Any]) -> None:
    problem, plan = a_good_plan()
    assert rule in rules(problem, changed(plan, job, action, mistake))


def test_a_drop_off_before_its_pickup_or_without_it_is_caught() -> None:
    problem, plan = a_good_plan()
    route = next(route for route in plan.routes if route.volunteer == "wang")
    frozen, opened = route.steps[:2], route.steps[2:]
    backwards = replace(route, steps=(*frozen, *reversed(opened)))
    assert "pickup_before_dropoff" in rules(problem, _with(plan, backwards))
    without = replace(
        route, steps=tuple(step for step in route.steps if (step.job, step.action) != ("meal", Action.PICKUP))
    )
    assert "pickup_before_dropoff" in rules(problem, _with(plan, without))
    never = replace(
        route, steps=tuple(step for step in route.steps if (step.job, step.action) != ("meal", Action.DROPOFF))
    )
    assert {"pickup_before_dropoff", "all_accounted_for"} <= rules(problem, _with(plan, never))


def test_a_meal_on_board_cannot_change_hands_or_be_picked_up_again() -> None:
    problem, plan = a_good_plan()
    route = next(route for route in plan.routes if route.volunteer == "wang")
    drop = next(step for step in route.steps if (step.job, step.action) == ("carried", Action.DROPOFF))
    without = replace(route, steps=tuple(step for step in route.steps if step != drop))
    zhao = next(route for route in plan.routes if route.volunteer == "zhao")
    handed = _with(_with(plan, without), replace(zhao, steps=(*zhao.steps, drop)))
    assert "on_board" in rules(problem, handed)
    again = replace(drop, action=Action.PICKUP, place=0)
    assert "pickup_before_dropoff" in rules(problem, _with(plan, replace(route, steps=(*route.steps, again))))


def test_a_job_done_twice_or_placed_and_unplaced_is_caught() -> None:
    problem, plan = a_good_plan()
    route = next(route for route in plan.routes if route.volunteer == "li")
    assert "each_job_once" in rules(problem, _with(plan, replace(route, steps=route.steps * 2)))
    both = replace(plan, unplaced=(*plan.unplaced, Unplaced(job="skilled", reason=Reason.SKILL)))
    assert "all_accounted_for" in rules(problem, both)
    assert "all_accounted_for" in rules(problem, replace(plan, unplaced=()))


def test_a_pair_by_one_person_or_half_a_pair_is_caught() -> None:
    pair = [a_visit(name, 5, together="g", windows=((3_000, 3_000),), service_s=0) for name in ("one", "two")]
    problem = a_problem(*pair, a_volunteer("li"), a_volunteer("wang"))
    plan = insert_all(problem, carry_over(problem, None), ["one"])
    assert violations(problem, plan) == ()
    first, second = plan.routes
    later = replace(second.steps[0], arrival=3_000, travel_s=0, distance_m=0)
    alone = replace(plan, routes=(replace(first, steps=(*first.steps, later)), replace(second, steps=())))
    assert rules(problem, alone) == {"together"}
    half = replace(
        plan,
        routes=(first, replace(second, steps=())),
        unplaced=(Unplaced(job=second.steps[0].job, reason=Reason.PEOPLE),),
    )
    assert rules(problem, half) == {"together"}


def _with(plan: Plan, route: Route) -> Plan:
    routes = tuple(route if route.volunteer == old.volunteer else old for old in plan.routes)
    return replace(plan, routes=routes)


def test_the_verifier_knows_no_engine() -> None:
    source = Path(verify.__file__).read_text(encoding="utf-8")
    for stranger in ("ortools", "insert", "schedule", "draft", "tour", "placement", "cost"):
        assert f"planning.{stranger}" not in source
    assert "import ortools" not in source
