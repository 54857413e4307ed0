"""How often a board cools down depends on its size and on the rounds there are."""

from hypothesis import given
from hypothesis import strategies as st

from services.matcher.planning.kernel.cooling import DEFAULT
from services.matcher.planning.kernel.together import coolings_of


def test_a_community_cools_down_as_often_as_may_be_and_a_large_board_twice() -> None:
    assert coolings_of(9_000, 60, DEFAULT) == DEFAULT.coolings
    assert coolings_of(150_000, 480, DEFAULT) == 2


@given(rounds=st.integers(0, 10**7), jobs=st.integers(0, 2_000))
def test_more_rounds_never_cool_less_often_and_more_jobs_never_more_often(rounds: int, jobs: int) -> None:
    assert 1 <= coolings_of(rounds, jobs, DEFAULT) <= coolings_of(2 * rounds, jobs, DEFAULT) <= DEFAULT.coolings
    assert coolings_of(rounds, jobs + 1, DEFAULT) <= coolings_of(rounds, jobs, DEFAULT)
