"""The cheapest place is found among those who may do more, and passed over as often as it should be."""

import statistics
from dataclasses import replace

import pytest

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel import engine
from services.matcher.planning.kernel.board import NOBODY
from services.matcher.planning.kernel.cooling import DEFAULT
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from services.matcher.planning.problem import Job, Pickup
from tests.unit.services.matcher.planning.boards import a_meal, a_problem, a_visit, a_volunteer

HOT = 1e6  # mean arcs: every plan is accepted
STRINGS = replace(DEFAULT, swaps=0, handed=0.0, start=HOT, end=HOT)
VISIT = a_visit("job", 2)
FETCHED = replace(a_meal("job", 2), batch=None, pickup=Pickup(place=1))  # a pickup with its drop-off


def search_of(*what: object, seed: int = 1) -> Search:
    made = engine._prepared(Draft(a_problem(*what), params=Params.default()), None, seed)  # type: ignore[arg-type]
    assert made is not None
    return made[1]


def start_of_whoever_has_it(job: Job, blink: float) -> int:
    """Where whoever has the only job starts, after one round between somebody near and somebody far."""
    search = search_of(job, a_volunteer("li"), a_volunteer("wang", start_place=20))
    search.cool(1, replace(STRINGS, blink=blink), start=HOT)
    tour = int(search.board.jobs[0]["tour"])
    return NOBODY if tour == NOBODY else int(search.board.people[tour]["start"])


@pytest.mark.parametrize(
    ("job", "passed_over"),
    [
        pytest.param(VISIT, 20, id="a visit: the best place of all"),
        pytest.param(FETCHED, NOBODY, id="a pickup and its drop-off: the best place of each tour"),
    ],
)
def test_with_open_eyes_whoever_is_nearest_has_the_job_again_and_with_a_blink_not(job: Job, passed_over: int) -> None:
    assert start_of_whoever_has_it(job, blink=0.0) == 0
    assert start_of_whoever_has_it(job, blink=1.0) == passed_over


def test_a_blink_comes_as_often_as_it_should() -> None:
    taken = []
    for seed in range(200):
        search = search_of(VISIT, a_volunteer(), seed=seed)
        search.cool(1, replace(STRINGS, blink=0.01), start=HOT)
        taken.append(int(search.memory.now[0]["unblinking"]))
    assert 80 < statistics.mean(taken) < 120, "one in a hundred is passed over"


def test_whoever_may_do_no_more_is_left_out_though_they_are_nearest() -> None:
    near, far = a_volunteer("li", max_stops=1), a_volunteer("wang", start_place=20)
    search = search_of(a_visit("one", 1), a_visit("two", 2), near, far)
    assert search.memory.best[:, 0].tolist() == [1, 1]
