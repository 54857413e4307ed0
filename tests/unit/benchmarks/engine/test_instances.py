"""A plan is priced and refused by the statement alone; narrower windows never let a meal get cold."""

from dataclasses import replace

import numpy as np
import pytest

from tests.benchmarks.engine.generated import hot_city
from tests.benchmarks.engine.instances import LEFT_OUT, Instance, never_cold, price, worth


def a_street() -> Instance:
    """A depot at 0, a kitchen at 100, two doors at 200 and 300; ten seconds at each, one hot meal to the last door."""
    at = np.array([0, 100, 200, 300])
    return Instance(
        name="street", depots=1, seconds=np.abs(at[:, None] - at[None]), service=np.array([0, 10, 10, 10]),
        opens=np.array([0, 0, 0, 0]), closes=np.array([2000, 1000, 1000, 1000]), demand=np.array([0, 1, 2, 1]),
        home=np.array([0, 0]), capacity=2, needs=np.array([-1, -1, 0, -1]), skills=np.array([[True], [False]]),
        pairs=((1, 3),), hot=250, optional=True, fixed=5000,
    )  # fmt: skip


def test_a_plan_costs_its_travel_its_vehicles_and_what_it_leaves_out() -> None:
    cost = price(a_street(), [[], [1, 3]])
    assert (cost.travel, cost.vehicles, cost.left_out, cost.total) == (600, 1, 1, 600 + 5000 + LEFT_OUT)


@pytest.mark.parametrize(
    ("routes", "said"),
    [
        ([[3, 1], []], "torn apart"),
        ([[1], [3]], "torn apart"),
        ([[2, 2], []], "twice"),
        ([[2], [2]], "twice"),
        ([[], [2]], "lacks the skill"),
        ([[1, 2, 3], []], "too full"),
    ],
)
def test_a_plan_that_breaks_a_rule_has_no_price(routes: list[list[int]], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        price(a_street(), routes)
    assert worth(a_street(), routes) == float("inf")


def test_what_single_stops_want_is_on_board_until_they_have_it() -> None:
    assert price(a_street(), [[2, 1, 3], []]).left_out == 0


def test_every_job_must_be_done_where_none_may_be_left_out() -> None:
    with pytest.raises(ValueError, match="1 jobs are not done"):
        price(replace(a_street(), optional=False), [[2], []])


def test_a_pickup_waits_so_that_a_late_door_gets_it_hot() -> None:
    late_door = replace(a_street(), opens=np.array([0, 0, 0, 900]))
    assert price(late_door, [[], [1, 3]]).vehicles == 1
    early_kitchen = replace(late_door, closes=np.array([2000, 600, 1000, 1000]))
    with pytest.raises(ValueError, match="late"):
        price(early_kitchen, [[], [1, 3]])


def test_what_is_feasible_in_narrower_windows_is_hot() -> None:
    one = hot_city(3)
    narrow, tried = never_cold(one), 0
    assert narrow.hot is None
    for vehicle in range(one.vehicles):
        for pair in one.pairs:
            routes = [list(pair) if number == vehicle else [] for number in range(one.vehicles)]
            tried += worth(narrow, routes) < float("inf")
            assert worth(one, routes) <= worth(narrow, routes)
    assert tried
