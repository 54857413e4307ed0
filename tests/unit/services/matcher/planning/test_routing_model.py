"""The model says the same as the plan: it accepts every feasible plan as a start, and prices it the same."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.constraint_solver import pywrapcp

from services.matcher.planning import AfterSolutions, Params, Plan, Problem, Reason, carry_over, insert_all
from services.matcher.planning.draft import Draft
from services.matcher.planning.ortools_routing import _warm_routes, improve
from services.matcher.planning.routing_model import _least_toll, build, layout_of
from services.matcher.planning.solve import solve

from .boards import a_meal, a_problem, a_random_board, a_visit, a_volunteer, later_that_day

PLAIN = Params(unfamiliar_s=0, fair_share_jobs=2, crowding_s=100, change_s=0, abandon_s=86_400, busy_s=30)


def price(problem: Problem, plan: Plan, params: Params) -> int:
    """What the model thinks a plan costs; it must accept the plan."""
    layout = layout_of(Draft(problem, params=params))
    assert layout is not None
    model = build(layout)
    model.routing.CloseModelWithParameters(pywrapcp.DefaultRoutingSearchParameters())
    assignment = model.routing.ReadAssignmentFromRoutes(_warm_routes(layout, plan), True)
    assert assignment is not None
    left_out = {job.id for job in problem.jobs} - {task.job for task in layout.tasks} - problem.finished
    on_board = [job for job in left_out if job in problem.on_board]
    outside = sum(problem.job_of[job].priority for job in left_out) + len(on_board) * params.abandon_s
    # The model counts tolls from the least one, and takes that off the penalty of leaving a job out.
    least = sum(_least_toll(layout, problem.job_of[task.job]) for task in layout.tasks if task.action.finishes)
    return int(assignment.ObjectiveValue()) + outside + least


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000))
def test_the_model_prices_a_plan_as_cost_does(seed: int) -> None:
    problem = a_random_board(seed)
    empty = carry_over(problem, None, params=PLAIN)
    plan = insert_all(problem, empty, [job.id for job in problem.jobs], params=PLAIN)
    assert price(problem, plan, PLAIN) == plan.cost
    assert price(problem, empty, PLAIN) == empty.cost


@settings(max_examples=10, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), minutes=st.integers(30, 120))
def test_the_model_prices_the_rest_of_a_day_as_cost_does(seed: int, minutes: int) -> None:
    problem = a_random_board(seed)
    morning = insert_all(problem, carry_over(problem, None), [job.id for job in problem.jobs])
    noon = later_that_day(problem, morning, problem.now + 60 * minutes)
    plan = carry_over(noon, morning, params=PLAIN)
    if layout_of(Draft(noon, params=PLAIN)) is not None:
        assert price(noon, plan, PLAIN) == plan.cost


def test_a_delivery_that_nobody_can_do_does_not_spoil_the_model() -> None:
    # The kitchen opens after the door has closed: the two rules between its nodes can never hold.
    hopeless = a_meal("hopeless", 5, windows=((0, 1_000),), kitchen_windows=((2_000, 3_000),))
    plan = solve(a_problem(hopeless, a_visit(), a_volunteer()), stop=AfterSolutions(solutions=5))
    assert not plan.degraded
    assert plan.placed == {"visit"}
    assert [one.reason for one in plan.unplaced] == [Reason.WINDOW]


def test_a_job_with_a_toll_on_every_vehicle_may_stay_unserved() -> None:
    # Only Wang may, Wang is a stranger, and others have tolls that differ; leaving it out must still be possible.
    params = replace(PLAIN, unfamiliar_s=900)
    driver = frozenset({"driver"})
    job = a_visit(place=5, skills=driver, familiar=frozenset({"zhao"}))
    other = a_visit("other", 6, familiar=frozenset({"li"}))
    problem = a_problem(job, other, a_volunteer("wang", skills=driver), a_volunteer("li"), a_volunteer("zhao"))
    empty = Draft(problem, params=params)
    found = improve(empty, carry_over(problem, None), stop=AfterSolutions(solutions=20), seed=0).plan()
    assert found.cost == 300 + 900 + 360


def test_a_group_that_lacks_somebody_stays_out_whole() -> None:
    able = frozenset({"doctor"})
    pair = [
        a_visit("one", 5, together="g", windows=((3_000, 3_000),)),
        a_visit("two", 5, together="g", windows=((3_000, 3_000),), skills=able),
    ]
    layout = layout_of(Draft(a_problem(*pair, a_visit(), a_volunteer()), params=PLAIN))
    assert layout is not None
    assert {task.job for task in layout.tasks} == {"visit"}
