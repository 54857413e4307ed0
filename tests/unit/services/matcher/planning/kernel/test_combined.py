"""Routes of several plans are put together into the cheapest plan that they allow."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel import combined, engine, machine_code, together
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import DEFAULT
from services.matcher.planning.kernel.cover import cover
from services.matcher.planning.kernel.engine import solve_by_kernel
from services.matcher.planning.kernel.multipliers import improve_worth
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from services.matcher.planning.problem import Problem
from services.matcher.planning.solve import engines_on, solve
from services.matcher.planning.stop import AfterSolutions
from services.matcher.planning.verify import violations
from tests.unit.services.matcher.planning.boards import a_random_board

JOBS = 6
few_examples = settings(max_examples=15, deadline=None, derandomize=True)


def random_columns(seed: int) -> tuple[list[frozenset[int]], Array, Array]:
    """Draw sets of jobs with a price and a person each, and each job alone, dear and nobody's."""
    chance = np.random.default_rng(seed)
    sets = [frozenset(chance.choice(JOBS, chance.integers(1, 4), replace=False).tolist()) for _ in range(14)]
    price = np.concatenate([chance.integers(10, 40, len(sets)), np.full(JOBS, 60)]).astype(np.float64)
    person = np.concatenate([chance.integers(0, 2, len(sets)), np.full(JOBS, 2)])
    return [*sets, *(frozenset([job]) for job in range(JOBS))], price, person


def cheapest(sets: list[frozenset[int]], price: Array, person: Array, room: list[int]) -> float:
    """Try everything."""
    best = np.inf
    for size in range(1, JOBS + 1):
        for some in combinations(range(len(sets)), size):
            covers = (
                sum(len(sets[one]) for one in some) == JOBS == len(frozenset[int]().union(*(sets[one] for one in some)))
            )
            if covers and all((person[list(some)] == one).sum() <= most for one, most in enumerate(room)):
                best = min(best, price[list(some)].sum())
    return float(best)


@few_examples
@given(seed=st.integers(0, 10_000))
def test_the_cheapest_cover_is_found_and_the_bound_is_below_it(seed: int) -> None:
    sets, price, person = random_columns(seed)
    room = [1, 2, JOBS]
    expected = cheapest(sets, price, person, room)
    rows = [[*sorted(jobs), JOBS + int(one)] for jobs, one in zip(sets, person, strict=True)]
    first, flat = np.concatenate([[0], np.cumsum([len(some) for some in rows])]), np.concatenate(rows)
    worth, most = np.full(JOBS + 3, 60.0) * (np.arange(JOBS + 3) < JOBS), 60.0 * JOBS + 1
    bound = improve_worth(price, first, flat, JOBS, np.array([1] * JOBS + room), worth, most, 100)
    assert bound <= expected + 1e-6

    order = np.argsort(price, kind="stable")
    masks = np.array([[sum(1 << job for job in sets[one])] for one in order], np.uint64)
    by_job = [[place for place, one in enumerate(order) if job in sets[one]] for job in range(JOBS)]
    ahead = np.concatenate([[0], np.cumsum([len(some) for some in by_job])])
    uses = (person[order][:, None] == np.arange(3)).astype(np.int64)
    flat, jobs = np.concatenate(by_job), np.arange(JOBS)
    chosen = cover(masks, price[order], price[order], uses, np.array(room), ahead, flat, jobs, most, 0.0, 1 << 30)
    assert price[order][chosen].sum() == expected


def searches_of(problem: Problem, cores: int) -> list[Search]:
    made = engine._prepared(Draft(problem, params=Params.default()), None, 0)
    assert made is not None
    return [made[1], *(made[1].twin(seed) for seed in range(1, cores))]


def combination(searches: list[Search], cost: int, promising: float = 0.0) -> Array | None:
    pool = combined.pool_of(searches, combined.frame_of(searches[0].board))
    return combined.combine(searches, pool, cost, limit=10_000, promising=promising)[0]


@few_examples
@example(seed=99)  # two routes of this one, and of the next, had one key
@example(seed=141)
@given(seed=st.integers(0, 10_000))
def test_a_combined_plan_costs_what_its_routes_cost(seed: int) -> None:
    searches = searches_of(a_random_board(seed, visits=12, meals=6, pairs=2, volunteers=5), 2)
    for one in searches:
        one.cool(300, DEFAULT, start=DEFAULT.start)
    best = min(searches, key=lambda one: one.best_cost)
    cost = best.best_cost
    assert best.begin(best.memory.best.copy())  # later routes may have taken the places of its own
    again = combination(searches, cost + 1)
    assert again is not None, "the best plan itself is made of routes that were kept"
    assert searches[0].begin(again)
    assert searches[0].best_cost <= cost


@few_examples
@given(seed=st.integers(0, 10_000))
def test_searches_side_by_side_repeat_themselves_and_keep_every_rule(seed: int) -> None:
    problem = a_random_board(seed, visits=9, meals=9, pairs=2, volunteers=4)
    costs = []
    for _ in range(2):
        searches = searches_of(problem, 2)
        together.for_rounds(searches, 600, DEFAULT)
        costs.append([one.best_cost for one in searches])
    assert costs[0] == costs[1]
    plan = solve_by_kernel(problem, stop=AfterSolutions(solutions=600))
    assert violations(problem, plan) == ()


def test_no_kitchen_is_asked_for_more_than_it_has() -> None:
    searches = searches_of(a_random_board(3, visits=4, meals=8, pairs=0, volunteers=4), 1)
    searches[0].cool(300, DEFAULT, start=DEFAULT.start)
    cost = searches[0].best_cost
    assert combination(searches, cost + 1) is not None
    searches[0].board.portions[:] = 0
    assert combination(searches, cost + 1) is None


def test_where_nobody_may_do_anything_there_is_nothing_to_combine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "combine", pytest.fail)
    searches = searches_of(a_random_board(3, visits=4, meals=0, pairs=0, volunteers=2), 1)
    searches[0].board.jobs["hopeless"] = 1
    together.for_rounds(searches, 60, DEFAULT)


def test_only_promising_routes_are_kept_on_the_way_besides_those_of_the_best_plan() -> None:
    kept = []
    for promising in (0.0, 60.0, 1e9):
        (search,) = searches_of(a_random_board(5, visits=12, meals=6, pairs=2, volunteers=5), 1)
        search.memory.worth[: len(search.board.jobs)] = 300.0
        search.memory.now["promising"] = promising
        search.cool(300, DEFAULT, start=DEFAULT.start)
        kept.append(int((search.memory.routes["length"] > 0).sum()))
    assert kept[0] < kept[1] < kept[2]


def test_searches_are_told_what_each_job_is_worth() -> None:
    searches = searches_of(a_random_board(5, visits=12, meals=6, pairs=2, volunteers=5), 2)
    for one in searches:
        one.cool(300, DEFAULT, start=DEFAULT.start)
    cost, memories = min(one.best_cost for one in searches), [one.memory for one in searches]
    combination(searches, cost, promising=1.0)
    for memory in memories:
        assert (memory.worth != 0).any()
        assert 0 < memory.now[0]["promising"] < cost
        np.testing.assert_array_equal(memory.worth, memories[0].worth)
        assert (memory.worth[len(searches[0].board.jobs) :] <= 0).all(), "nobody need be used"


def test_the_search_goes_on_with_a_better_plan_that_was_put_together(monkeypatch: pytest.MonkeyPatch) -> None:
    problem = a_random_board(7, visits=12, meals=6, pairs=2, volunteers=5)
    (longer,), (shorter,) = searches_of(problem, 1), searches_of(problem, 1)
    longer.cool(5_000, DEFAULT, start=DEFAULT.start)
    assert longer.best_cost < shorter.best_cost
    monkeypatch.setattr(together, "combine", lambda *_, **__: (longer.memory.best.copy(), np.zeros(0)))
    together.for_rounds([shorter], 2, DEFAULT)
    assert shorter.best_cost <= longer.best_cost


def test_nothing_is_put_together_where_few_may_be_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(together, "combine", pytest.fail)
    searches = searches_of(a_random_board(7, visits=4, meals=2, pairs=0, volunteers=2), 1)
    searches[0].memory.now["least_kept"] = 1
    together.for_rounds(searches, 60, DEFAULT)


def test_the_kernel_searches_on_as_many_cores_as_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    side_by_side = []
    monkeypatch.setattr(machine_code, "state", lambda: "ready")
    monkeypatch.setattr(together, "for_rounds", lambda searches, *_: side_by_side.append(len(searches)))
    problem = a_random_board(7, visits=4, meals=2, pairs=0, volunteers=2)
    solve(problem, stop=AfterSolutions(solutions=1), engines=engines_on(2, ("kernel",)))
    assert side_by_side == [2]
