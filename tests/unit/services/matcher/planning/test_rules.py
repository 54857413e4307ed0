"""Each rule of the routing model: silent where it does not matter, and biting by a hand-checked amount where it does.

The insertion answers the same boards; on boards this small both must find the optimum.
"""

from dataclasses import replace
from typing import Any

import pytest

from services.matcher.planning import (
    Action,
    AfterSolutions,
    Batch,
    Frozen,
    Params,
    Plan,
    Problem,
    carry_over,
    insert_all,
    violations,
)
from services.matcher.planning.draft import Draft
from services.matcher.planning.ortools_routing import improve

from .boards import a_meal, a_problem, a_step, a_visit, a_volunteer

FREE = Params(unfamiliar_s=0, fair_share_jobs=99, crowding_s=0, change_s=0, abandon_s=86_400)
LOST = 36_000  # the priority of one job in boards.py


def by_insertion(problem: Problem, params: Params, present: Plan | None) -> Plan:
    empty = carry_over(problem, None, params=params)
    return insert_all(problem, empty, [job.id for job in problem.jobs], params=params, present=present)


def by_routing(problem: Problem, params: Params, present: Plan | None) -> Plan:
    """Search from the plan in which nothing is placed, so that the model has to find everything by itself."""
    empty = Draft(problem, params=params, present=present)
    start = carry_over(problem, None, params=params)
    return improve(empty, start, stop=AfterSolutions(solutions=60), seed=0).plan(engine="routing")


@pytest.fixture(params=[by_insertion, by_routing])
def cost_of(request: pytest.FixtureRequest) -> Any:
    def cost(*things: Any, params: Params = FREE, present: Plan | None = None, now: int = 0) -> int:
        problem = a_problem(*things, now=now)
        plan: Plan = request.param(problem, params, present)
        assert violations(problem, plan) == ()
        return plan.cost

    return cost


def test_skills(cost_of: Any) -> None:
    visit = a_visit(place=5, skills=frozenset({"driver"}))
    assert cost_of(visit, a_volunteer(skills=frozenset({"driver", "vetted"}))) == 300
    assert cost_of(visit, a_volunteer(skills=frozenset({"vetted"}))) == LOST


def test_windows(cost_of: Any) -> None:
    assert cost_of(a_visit(place=5, windows=((300, 300),)), a_volunteer()) == 300
    assert cost_of(a_visit(place=5, windows=((0, 299),)), a_volunteer()) == LOST


def test_a_later_window_is_used_around_another_visit(cost_of: Any) -> None:
    # Both want the first ten minutes; one of them has a second window.
    fixed = a_visit("fixed", 0, windows=((0, 100),))
    assert cost_of(fixed, a_visit("flexible", 5, windows=((300, 400), (2_000, 2_100))), a_volunteer()) == 300
    assert cost_of(fixed, a_visit("flexible", 5, windows=((300, 400),)), a_volunteer()) == LOST


def test_now(cost_of: Any) -> None:
    visit = a_visit(place=5, windows=((0, 1_000),))
    assert cost_of(visit, a_volunteer(), now=700) == 300
    assert cost_of(visit, a_volunteer(), now=701) == LOST


def test_duty(cost_of: Any) -> None:
    assert cost_of(a_visit(place=5), a_volunteer(duty=((0, 900),))) == 300
    assert cost_of(a_visit(place=5), a_volunteer(duty=((0, 899),))) == LOST


def test_duty_gaps(cost_of: Any) -> None:
    visit = a_visit(place=5, windows=((1_000, 1_500),))
    assert cost_of(visit, a_volunteer(duty=((0, 1_700), (3_000, 4_000)))) == 300
    assert cost_of(visit, a_volunteer(duty=((0, 1_500), (1_550, 4_000)))) == LOST


def test_the_way_home_is_on_duty(cost_of: Any) -> None:
    assert cost_of(a_visit(place=5), a_volunteer(end_place=0, duty=((0, 1_200),))) == 600
    assert cost_of(a_visit(place=5), a_volunteer(end_place=0, duty=((0, 1_199),))) == LOST


def test_an_idle_volunteer_need_not_get_home(cost_of: Any) -> None:
    stuck = a_volunteer("li", start_place=29, end_place=0, duty=((0, 60),))
    assert cost_of(a_visit(place=5), a_volunteer("wang"), stuck) == 300


def test_capacity(cost_of: Any) -> None:
    meals = [a_meal("one", 5), a_meal("two", 5)]
    assert cost_of(*meals, a_volunteer(capacity=(2, 1_200))) == 300
    assert cost_of(*meals, a_volunteer(capacity=(1, 1_200))) == 900  # out, back, out
    assert cost_of(*meals, a_volunteer(capacity=(2, 1_199))) == 900
    assert cost_of(*meals, a_volunteer(capacity=(0, 9_999))) == 2 * LOST


def test_pickup_before_drop_off_on_one_route(cost_of: Any) -> None:
    # Wang lives at the kitchen and Li at the door, but the same person does both.
    assert cost_of(a_meal(place=9, kitchen=0), a_volunteer("wang"), a_volunteer("li", start_place=9)) == 540


def test_hot_limit(cost_of: Any) -> None:
    # The carrier passes a visit on the way; ten minutes of service there are too long for a hot meal.
    visit = a_visit(place=5, windows=((0, 700),))
    assert cost_of(a_meal(place=10, max_ride_s=1_200), visit, a_volunteer()) == 600
    assert cost_of(a_meal(place=10, max_ride_s=1_199), visit, a_volunteer()) == 300 + 300 + 600


def test_hot_limit_counts_waiting_at_the_door(cost_of: Any) -> None:
    meal = a_meal(place=5, windows=((3_000, 3_100),), max_ride_s=400, kitchen_windows=((0, 2_600),))
    assert cost_of(meal, a_volunteer()) == 300  # leaving at 2630 is early enough
    early = a_meal(place=5, windows=((3_000, 3_100),), max_ride_s=400, kitchen_windows=((0, 2_569),))
    assert cost_of(early, a_volunteer()) == LOST


def test_batch_ready(cost_of: Any) -> None:
    meal = a_meal(place=5, batch="noon", windows=((0, 1_000),))
    assert cost_of(meal, Batch(id="noon", place=0, ready=670, count=1), a_volunteer()) == 300
    assert cost_of(meal, Batch(id="noon", place=0, ready=671, count=1), a_volunteer()) == LOST


def test_batch_count(cost_of: Any) -> None:
    meals = [a_meal("one", 5, batch="noon"), a_meal("two", 5, batch="noon", priority=50_000)]
    assert cost_of(*meals, Batch(id="noon", place=0, ready=0, count=2), a_volunteer()) == 300
    cost = cost_of(meals[1], meals[0], Batch(id="noon", place=0, ready=0, count=1), a_volunteer())
    assert cost == 300 + LOST  # the dear one is fed


def test_refusals_and_wanted_persons(cost_of: Any) -> None:
    people = a_volunteer("li", start_place=5), a_volunteer("wang")
    assert cost_of(a_visit(place=5), *people) == 0
    assert cost_of(a_visit(place=5, not_volunteers=frozenset({"li"})), *people) == 300
    assert cost_of(a_visit(place=5, only_volunteers=frozenset({"wang"})), *people) == 300


def test_stops(cost_of: Any) -> None:
    visits = [a_visit("one", 5), a_visit("two", 5)]
    assert cost_of(*visits, a_volunteer(max_stops=2)) == 300
    assert cost_of(*visits, a_volunteer(max_stops=1)) == 300 + LOST


def test_one_frozen_stop_counts_among_the_stops(cost_of: Any) -> None:
    done = a_step("done", Action.VISIT, 5, 300, 900)
    frozen = Frozen(volunteer="wang", steps=(done,), free_at=900, place=5)
    things = a_visit("done", 5), a_visit("next", 6), frozen
    assert cost_of(*things, a_volunteer(max_stops=2), now=900) == 60
    assert cost_of(*things, a_volunteer(max_stops=1), now=900) == LOST


def test_what_is_on_board_is_brought_by_its_carrier(cost_of: Any) -> None:
    pickup = a_step("meal", Action.PICKUP, 0, 0, 30, load_after=(1, 600))
    frozen = Frozen(volunteer="wang", steps=(pickup,), free_at=30, place=0)
    people = a_volunteer("li", start_place=5), a_volunteer("wang", capacity=(1, 9_999))
    assert cost_of(a_meal(place=5), *people, frozen, now=30) == 300
    assert cost_of(a_meal(place=5, max_ride_s=299), *people, frozen, now=30) == LOST + FREE.abandon_s
    # The box is full until the first meal is delivered: out, back to the kitchen, out again.
    assert cost_of(a_meal(place=5), a_meal("other", 5), people[1], frozen, now=30) == 900


def test_together(cost_of: Any) -> None:
    pair = [a_visit(name, 5, together="g", windows=((3_000, 3_000),), service_s=0) for name in ("one", "two")]
    assert cost_of(*pair, a_volunteer("wang")) == 2 * LOST


def test_familiar(cost_of: Any) -> None:
    params = Params(unfamiliar_s=500, fair_share_jobs=99, crowding_s=0, change_s=0, abandon_s=0)
    people = a_volunteer("li", start_place=5), a_volunteer("wang")
    assert cost_of(a_visit(place=5, familiar=frozenset({"wang"})), *people, params=params) == 300
    assert cost_of(a_visit(place=10, familiar=frozenset({"zhao"})), *people, params=params) == 300 + 500


def test_fair_share(cost_of: Any) -> None:
    params = Params(unfamiliar_s=0, fair_share_jobs=1, crowding_s=100, change_s=0, abandon_s=0)
    visits = [a_visit("one", 5), a_visit("two", 5)]
    assert cost_of(*visits, a_volunteer("wang"), params=params) == 300 + 100
    assert cost_of(*visits, a_volunteer("wang"), a_volunteer("li", start_place=4), params=params) == 60 + 100
    assert cost_of(*visits, a_volunteer("wang", expected_jobs=7), params=params) == 300 + 100


def test_going_out(cost_of: Any) -> None:
    visits = [a_visit("one", 5, service_s=60), a_visit("two", 10, service_s=60)]
    wang, li = a_volunteer("wang", start_place=5), a_volunteer("li", start_place=10)
    assert cost_of(*visits, wang, li, params=FREE) == 0
    dear, dearer = replace(wang, going_out_s=301), replace(li, going_out_s=400)
    assert cost_of(*visits, dear, dearer, params=FREE) == 301 + 300
    assert cost_of(*visits, dear, li, params=FREE) == 300
    assert cost_of(*visits, replace(dear, going_out_s=200), replace(li, going_out_s=90), params=FREE) == 200 + 90


def test_who_is_out_already_goes_out_no_more(cost_of: Any) -> None:
    done = a_step("done", Action.VISIT, 5, 300, 900)
    frozen = Frozen(volunteer="wang", steps=(done,), free_at=900, place=5)
    things = a_visit("done", 5), a_visit("next", 6), frozen
    assert cost_of(*things, a_volunteer("wang", going_out_s=1_000), now=900, params=FREE) == 60


def test_rested(cost_of: Any) -> None:
    params = replace(FREE, busy_s=100)
    visits = [a_visit("one", 5), a_visit("two", 5)]
    busy, idle = a_volunteer("wang", expected_jobs=12 / 7), a_volunteer("li", start_place=0, expected_jobs=10 / 7)
    assert cost_of(*visits, busy, params=params) == 300 + 2 * 171
    assert cost_of(*visits, busy, idle, params=params) == 300 + 2 * 143


def test_change(cost_of: Any) -> None:
    params = Params(unfamiliar_s=0, fair_share_jobs=99, crowding_s=0, change_s=400, abandon_s=0)
    wang, li = a_volunteer("wang"), a_volunteer("li", start_place=4)
    visit = a_visit(place=5)
    alone = a_problem(visit, wang)
    present = insert_all(alone, carry_over(alone, None), ["visit"])
    assert cost_of(visit, wang, li, params=params, present=present) == 300
    assert cost_of(visit, wang, li, params=FREE, present=present) == 60
