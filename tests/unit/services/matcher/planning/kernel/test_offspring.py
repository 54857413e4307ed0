"""A plan made of kept routes keeps every rule, whatever it takes over."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel import combined
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import DEFAULT
from services.matcher.planning.kernel.engine import _prepared
from services.matcher.planning.kernel.offspring import child_of
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from tests.unit.services.matcher.planning.boards import a_random_board

few_examples = settings(max_examples=20, deadline=None, derandomize=True)


def a_pool(seed: int, *, meals: int) -> tuple[Search, combined.Pool, Array]:
    problem = a_random_board(seed, visits=14, meals=meals, pairs=3, volunteers=6)
    made = _prepared(Draft(problem, params=Params.default()), None, seed)
    assert made is not None
    search = made[1]
    for _ in range(3):
        search.cool(150, DEFAULT, start=DEFAULT.start)
    pool = combined.pool_of([search], combined.frame_of(search.board))
    return search, pool, combined.combine([search], pool, search.best_cost + 1, limit=100, promising=4.0)[1]


def jobs_on(search: Search, tours: Array) -> list[int]:
    """Each once for every tour that has a stop of it."""
    job = search.board.nodes["job"]
    return [one for tour in tours for one in set(job[tour[1 : tour[0] + 1]].tolist())]


@few_examples
@given(seed=st.integers(0, 10_000), meals=st.sampled_from([0, 6]))
def test_no_job_is_on_two_tours_and_every_rule_holds(seed: int, meals: int) -> None:
    search, pool, reduced = a_pool(seed, meals=meals)
    for throw in range(4):
        child = child_of([search], pool, reduced, search.memory.best.copy(), np.random.default_rng(throw))
        on = jobs_on(search, child)
        assert len(on) == len(set(on))
        assert on, "something is taken over"
        groups = search.board.jobs["lead"]
        assert all((groups[on] == lead).sum() == search.board.jobs["size"][lead] for lead in set(groups[on].tolist()))
        assert search.begin(child), "it was feasible without anything being inserted"


@few_examples
@given(seed=st.integers(0, 10_000))
def test_no_batch_gives_more_than_it_has(seed: int) -> None:
    search, pool, reduced = a_pool(seed, meals=8)
    search.board.portions[:] = 1
    child = child_of([search], pool, reduced, search.memory.best.copy(), np.random.default_rng(seed))
    batch = search.board.jobs["batch"][jobs_on(search, child)]
    assert (np.bincount(batch[batch >= 0], minlength=len(search.board.portions)) <= 1).all()


def test_the_same_dice_make_the_same_plan() -> None:
    search, pool, reduced = a_pool(5, meals=6)
    best = search.memory.best.copy()
    one, same, other = (child_of([search], pool, reduced, best, np.random.default_rng(seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, same)
    assert (one != other).any()
