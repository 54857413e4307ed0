import pickle
from collections.abc import Callable

import numpy as np
import pytest

from services.matcher.planning import Action, Batch, Frozen, Job, Pickup, Problem, Travel, Volunteer

from .boards import a_meal, a_problem, a_random_board, a_step, a_visit, a_volunteer, line


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: a_visit(windows=((200, 100),)), r"windows closes at 100, before it opens at 200"),
        (lambda: a_visit(windows=()), r"windows is empty"),
        (lambda: a_visit(windows=((0, 100), (50, 200))), r"windows must be ascending"),
        (lambda: a_visit(priority=-1), r"priority is -1"),
        (lambda: a_visit(service_s=-5), r"service_s is -5"),
        (lambda: a_meal(load=(-1, 0)), r"load is \(-1, 0\)"),
        (lambda: a_visit(load=(1, 0)), r"load is \(1, 0\), but only a delivery"),
        (lambda: a_visit(max_ride_s=60), r"max_ride_s is given"),
        (lambda: a_visit(batch="b"), r"batch is given"),
        (lambda: a_visit(pickup=Pickup(place=0)), r"pickup is given"),
        (lambda: a_meal(pickup=None), r"pickup is missing"),
        (lambda: a_meal(max_ride_s=-1), r"max_ride_s is -1"),
        (lambda: a_visit(together="g"), r"one fixed moment"),
        (lambda: a_volunteer(duty=((100, 50),)), r"duty closes at 50"),
        (lambda: a_volunteer(capacity=(-1,)), r"capacity is \(-1,\)"),
        (lambda: a_volunteer(max_stops=-1), r"max_stops is -1"),
        (lambda: Batch(id="b", place=0, ready=0, count=-1), r"count is -1"),
        (lambda: Pickup(place=0, setup_s=-1), r"setup_s is -1"),
    ],
)
def test_a_wrong_field_is_named(make: Callable[[], object], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        make()


@pytest.mark.parametrize(
    ("things", "says"),
    [
        ([a_visit(), a_visit()], r"Problem\.jobs has these ids more than once: \['visit'\]"),
        ([a_volunteer(), a_volunteer()], r"Problem\.volunteers has these ids"),
        ([a_visit(place=99)], r"place is 99, but there are only 30"),
        ([a_volunteer(start_place=99)], r"start_place is 99"),
        ([a_volunteer(travel_mode=1)], r"travel_mode is 1"),
        ([a_visit(), a_volunteer(capacity=(1,))], r"same dimensions"),
        ([a_meal(batch="b")], r"batch is 'b', which is no batch"),
        ([a_meal(batch="b"), Batch(id="b", place=3, ready=0, count=1)], r"not the place of its batch"),
        (
            [a_visit("a", together="g", windows=((5, 5),)), a_visit("b", together="g", windows=((6, 6),))],
            r"windows differ",
        ),
        ([Frozen(volunteer="nobody", steps=(), free_at=0, place=0)], r"nobody of that id"),
        (
            [a_volunteer(), Frozen(volunteer="wang", steps=(a_step("x", Action.VISIT, 0, 0, 9),), free_at=9, place=0)],
            r"'x' is not among Problem\.jobs",
        ),
        (
            [
                a_volunteer(),
                a_meal(),
                Frozen(volunteer="wang", steps=(a_step("meal", Action.DROPOFF, 5, 0, 9),), free_at=9, place=5),
            ],
            r"dropped off before it is picked up",
        ),
    ],
)
def test_things_that_do_not_fit_together_are_named(things: list[Job | Volunteer], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        a_problem(*things)


def test_a_frozen_part_is_in_the_order_of_time() -> None:
    first, second = a_step("a", Action.VISIT, 0, 0, 100), a_step("b", Action.VISIT, 0, 50, 150)
    with pytest.raises(ValueError, match="not in the order"):
        Frozen(volunteer="wang", steps=(first, second), free_at=150, place=0)
    with pytest.raises(ValueError, match="free_at is 90"):
        Frozen(volunteer="wang", steps=(first,), free_at=90, place=0)


def test_a_matrix_is_square_and_without_holes() -> None:
    good = line(3)
    with pytest.raises(ValueError, match="must be square"):
        Travel(seconds=(good.seconds[0][:2],), metres=good.metres)
    with pytest.raises(ValueError, match="has a hole"):
        Travel(seconds=(good.seconds[0] - 1,), metres=good.metres)
    with pytest.raises(ValueError, match="zero diagonal"):
        Travel(seconds=(good.seconds[0] + 1,), metres=good.metres)
    with pytest.raises(ValueError, match="whole numbers"):
        Travel(seconds=(good.seconds[0].astype(np.float64),), metres=good.metres)


def test_a_problem_survives_the_way_to_another_process() -> None:
    problem = a_random_board(1)
    copy: Problem = pickle.loads(pickle.dumps(problem))  # noqa: S301 - our own bytes
    assert copy == problem
    assert copy.job_of == problem.job_of


def test_what_is_on_board_is_what_was_picked_up_and_not_dropped_off() -> None:
    steps = (
        a_step("one", Action.PICKUP, 0, 10, 40),
        a_step("two", Action.PICKUP, 0, 40, 70),
        a_step("one", Action.DROPOFF, 5, 400, 500),
    )
    frozen = Frozen(volunteer="wang", steps=steps, free_at=500, place=5)
    assert frozen.on_board == {"two": 70}
    problem = a_problem(a_meal("one"), a_meal("two"), a_volunteer(), frozen)
    assert problem.on_board == {"two": "wang"}
    assert problem.finished == {"one"}
