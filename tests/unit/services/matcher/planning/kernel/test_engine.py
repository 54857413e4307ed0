"""The kernel keeps every rule, prices plans as cost.py does, repeats itself, and never gets worse than its start."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.matcher.planning.cost import holders_of
from services.matcher.planning.draft import Draft, draft_of
from services.matcher.planning.insert import carry_over, insert_all, place_all, remove, urgency
from services.matcher.planning.kernel import engine
from services.matcher.planning.kernel.arrays import layout_of
from services.matcher.planning.kernel.cheapest import FEW
from services.matcher.planning.kernel.cooling import DEFAULT
from services.matcher.planning.kernel.engine import solve_by_kernel
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Job, Pickup, Problem
from services.matcher.planning.stop import AfterSeconds, AfterSolutions
from services.matcher.planning.verify import violations
from tests.unit.services.matcher.planning.boards import (
    a_meal,
    a_problem,
    a_random_board,
    a_visit,
    a_volunteer,
    later_that_day,
)

ROUNDS = AfterSolutions(solutions=300)
few_examples = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip


def inserted(problem: Problem) -> Plan:
    return insert_all(problem, carry_over(problem, None), [job.id for job in sorted(problem.jobs, key=urgency)])


def picked_up_elsewhere(job: Job) -> Job:
    """Give a meal a counter of its own, five places further than its door."""
    if job.pickup is None:
        return job
    return replace(job, batch=None, pickup=replace(job.pickup, place=job.place - 5))


def kernel_and_plan_cost(problem: Problem, present: Plan | None, seed: int) -> tuple[int, int]:
    """What the kernel believes its best tours cost, and what cost.py says of the plan made of them."""
    draft = Draft(problem, params=Params.default(), present=present)
    made = engine._prepared(draft, present, seed)
    assert made is not None
    layout, search = made
    search.cool(200, DEFAULT, start=DEFAULT.start)
    for tour, volunteer in enumerate(layout.volunteers):
        draft.adopt(volunteer, engine.doings_of(layout, search.best_tour(tour)))
    return search.best_cost, draft.plan().cost


@few_examples
@given(seed=st.integers(0, 10_000))
def test_a_plan_of_a_random_board_breaks_no_rule(seed: int) -> None:
    problem = a_random_board(seed, visits=9, meals=9, pairs=2, volunteers=4)
    assert violations(problem, solve_by_kernel(problem, stop=ROUNDS, seed=seed)) == ()


@few_examples
@given(seed=st.integers(0, 10_000))
def test_a_plan_later_that_day_keeps_what_is_frozen_and_breaks_no_rule(seed: int) -> None:
    morning = a_random_board(seed, visits=9, meals=9, pairs=2, volunteers=4)
    known = inserted(morning)
    noon = later_that_day(morning, known, 38_000)
    assert violations(noon, solve_by_kernel(noon, stop=ROUNDS, seed=seed, present=known)) == ()


@few_examples
@given(seed=st.integers(0, 10_000))
def test_the_kernel_prices_its_tours_as_the_objective_does(seed: int) -> None:
    problem = a_random_board(seed, visits=9, meals=9, pairs=2, volunteers=4)
    present = inserted(problem) if seed % 2 else None
    believed, actual = kernel_and_plan_cost(problem, present, seed)
    assert believed == actual


def test_a_board_of_more_than_few_tours_is_priced_as_the_objective_does_and_breaks_no_rule() -> None:
    problem = a_random_board(1, visits=120, meals=9, pairs=2, volunteers=FEW + 20)
    believed, actual = kernel_and_plan_cost(problem, None, 1)
    assert believed == actual
    plan = solve_by_kernel(problem, stop=ROUNDS)
    assert violations(problem, plan) == ()
    assert plan.cost <= inserted(problem).cost


@few_examples
@given(seed=st.integers(0, 10_000))
def test_one_job_more_costs_in_the_kernel_what_exact_insertion_asks(seed: int) -> None:
    """Nothing that the kernel leaves out of its pricing would have been cheaper; hot limits are on this board.

    Each meal is picked up elsewhere: among many at one counter the kernel tries the last place only (pairs.py).
    """
    board = a_random_board(seed, visits=6, meals=12, pairs=0, volunteers=6)
    board = replace(board, batches=(), jobs=tuple(map(picked_up_elsewhere, board.jobs)))
    problem = replace(board, jobs=tuple(job for job in board.jobs if job.id in inserted(board).placed))
    known = inserted(problem)
    assert not known.unplaced
    for job in sorted(known.placed)[::3]:
        without = remove(problem, known, job)
        draft = draft_of(problem, without, params=Params.default(), present=without)
        assert place_all(draft, [job]) == []
        layout = layout_of(problem, params=Params.default(), present=without, carry=False)
        assert layout is not None
        search = Search(layout.board, seed)
        assert search.begin(engine.sequences_of(layout, without, search.room))
        assert search.best_cost == draft.plan().cost, job


@few_examples
@given(seed=st.integers(0, 10_000))
def test_a_present_plan_never_gets_worse(seed: int) -> None:
    problem = a_random_board(seed)
    present = inserted(problem)
    assert solve_by_kernel(problem, stop=AfterSolutions(solutions=20), seed=seed, present=present).cost <= present.cost


def test_the_same_seed_and_rounds_give_the_same_plan() -> None:
    problem = a_random_board(5)
    assert solve_by_kernel(problem, stop=ROUNDS, seed=3) == solve_by_kernel(problem, stop=ROUNDS, seed=3)


def test_nothing_to_do_gives_an_empty_plan() -> None:
    plan = solve_by_kernel(a_problem(a_volunteer()), stop=AfterSeconds(seconds=0.05))
    assert plan.placed == frozenset()
    assert plan.cost == 0


def test_one_visit_goes_to_whoever_is_nearer() -> None:
    problem = a_problem(
        a_visit(place=5), a_volunteer("wang", start_place=0), a_volunteer("zhao", start_place=6)
    )  # fmt: skip
    assert solve_by_kernel(problem, stop=ROUNDS).volunteer_of("visit") == "zhao"


@pytest.mark.parametrize("seed", range(4))
def test_one_more_volunteer_never_serves_fewer(seed: int) -> None:
    problem = a_random_board(seed, pairs=0)
    dear = replace(problem, jobs=tuple(replace(job, priority=1_000_000) for job in problem.jobs))
    twin = replace(dear.volunteers[0], id="one-more")
    more = replace(dear, volunteers=(*dear.volunteers, twin))
    present = solve_by_kernel(dear, stop=ROUNDS, seed=seed)
    assert len(solve_by_kernel(more, stop=ROUNDS, seed=seed, present=present).placed) >= len(present.placed)


def test_the_order_of_volunteers_does_not_matter() -> None:
    """Eight visits and three volunteers: small enough that the search ends in the optimum from every order."""
    visits = [a_visit(f"visit-{place}", place=place) for place in range(1, 25, 3)]
    people = [a_volunteer(name, start_place=start) for name, start in (("a", 0), ("b", 12), ("c", 28))]
    costs = {
        solve_by_kernel(a_problem(*visits, *order), stop=AfterSolutions(solutions=2_000)).cost
        for order in (people, people[::-1], [people[1], people[2], people[0]])
    }
    assert len(costs) == 1


def test_deliveries_from_where_all_start_are_carried_from_the_outset() -> None:
    counter = Pickup(place=0)
    meals = [a_meal(f"meal-{place}", place=place, pickup=counter) for place in (3, 6, 9)]
    problem = a_problem(*meals, a_volunteer("wang"), a_volunteer("zhao"))
    draft = Draft(problem, params=Params.default())
    made = engine._prepared(draft, None, 0)
    assert made is not None
    assert made[0].carried == {meal.id for meal in meals}
    plan = solve_by_kernel(problem, stop=ROUNDS)
    assert violations(problem, plan) == ()
    assert len(plan.placed) == 3


def test_somebody_comes_back_for_more_when_not_all_fits_at_once() -> None:
    counter = Pickup(place=0)
    meals = [a_meal(f"meal-{place}", place=place, pickup=counter) for place in (3, 6, 9)]
    problem = a_problem(*meals, a_volunteer("wang", capacity=(1, 10_000)))
    plan = solve_by_kernel(problem, stop=ROUNDS)
    assert violations(problem, plan) == ()
    assert len(plan.placed) == 3


def test_food_on_board_stays_hot_when_a_visit_is_inserted() -> None:
    """The visit lies between kitchen and door, and takes longer than the meal may ride."""
    meal = a_meal(place=10, max_ride_s=900)
    visit = a_visit(place=5, service_s=1_200)
    problem = a_problem(meal, visit, a_volunteer())
    plan = solve_by_kernel(problem, stop=ROUNDS)
    assert violations(problem, plan) == ()
    assert len(plan.placed) == 2


def test_of_what_people_have_only_what_can_move_counts_for_the_limit() -> None:
    board = a_random_board(0)
    plan = insert_all(board, carry_over(board, None), [job.id for job in sorted(board.jobs, key=urgency)])
    later = later_that_day(board, plan, 36_000)
    known = carry_over(later, plan)
    can_move = holders_of(known).keys() - later.on_board.keys()
    assert later.on_board.keys() & holders_of(known).keys()
    for pct, stay in ((100, 0), (0, len(can_move))):
        params = replace(Params.default(), most_moved_pct=pct)
        layout = layout_of(later, params=params, present=known, carry=False)
        assert layout is not None
        assert layout.least_kept == stay
