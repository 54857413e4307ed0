"""What holds on random boards with every rule in play, in the middle of the day as well."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.planning import AfterSolutions, carry_over, insert_all, violations
from services.matcher.planning.solve import solve

from .boards import a_random_board, later_that_day


@settings(max_examples=30, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), minutes=st.integers(30, 180))
def test_the_middle_of_the_day_breaks_no_rule(seed: int, minutes: int) -> None:
    problem = a_random_board(seed)
    jobs = [job.id for job in problem.jobs]
    morning = insert_all(problem, carry_over(problem, None), jobs[: len(jobs) // 2])
    noon = later_that_day(problem, morning, problem.now + minutes * 60)
    carried = carry_over(noon, morning)
    assert violations(noon, carried) == ()
    # Nothing was late, so whatever was planned is still planned.
    assert carried.placed == morning.placed
    assert violations(noon, insert_all(noon, carried, jobs)) == ()


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seed=st.integers(0, 10_000), minutes=st.integers(30, 180))
def test_solving_in_the_middle_of_the_day_breaks_no_rule(seed: int, minutes: int) -> None:
    problem = a_random_board(seed)
    morning = solve(problem, stop=AfterSolutions(solutions=10))
    noon = later_that_day(problem, morning, problem.now + minutes * 60)
    plan = solve(noon, stop=AfterSolutions(solutions=10), present=morning)
    assert violations(noon, plan) == ()
    assert not plan.degraded, plan.note
