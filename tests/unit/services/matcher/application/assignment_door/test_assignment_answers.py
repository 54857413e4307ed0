"""An assignment is the best of all pairs, keeps every rule, and says why something is left out."""

import json
from typing import Any

import numpy as np
import pytest

from services.matcher.application.assignment_door.asked import AskedAssignment
from services.matcher.application.assignment_door.checking import broken_rules
from services.matcher.application.assignment_door.drawing import NEAREST, best_of_all
from services.matcher.application.assignment_door.pairs import Pairs
from services.matcher.planning.assignment import AssignmentProblem, assign
from services.matcher.planning.travel import travel_between
from tests.unit.services.matcher.application.assignment_door.asking import (
    FAR,
    HERE,
    NEAR,
    PLENTY_S,
    Json,
    a_question,
    a_task,
    a_town,
    a_volunteer,
    answer,
)


@pytest.mark.parametrize("capacity", [1, 2])
@pytest.mark.parametrize(("tasks", "volunteers"), [(70, 150), (90, 90), (120, 60), (20, 20)])
def test_nothing_is_cheaper_among_all_pairs(tasks: int, volunteers: int, capacity: int) -> None:
    asked = a_town(tasks, tasks=tasks, volunteers=volunteers, capacity=capacity)
    pairs = Pairs(asked)
    costs = pairs.costs(np.arange(tasks))
    task, volunteer = np.nonzero(np.isfinite(costs))
    whole = AssignmentProblem(
        tasks=tuple(one.id for one in asked.tasks),
        volunteers=tuple(one.id for one in asked.volunteers),
        penalty=np.array([one.penalty_s for one in asked.tasks]),
        capacity=np.array([one.capacity for one in asked.volunteers]),
        task=task,
        volunteer=volunteer,
        cost=costs[task, volunteer].astype(np.int64),
    )
    found = best_of_all(asked, pairs, seconds=PLENTY_S)
    assert found.proven
    assert found.assignment.cost == assign(whole).cost
    assert broken_rules(asked, found.assignment.pairs(found.problem)) == []


def test_a_budget_that_is_over_gives_the_best_of_the_nearest() -> None:
    """More want the same nearest people than these can serve, so that others would have to be looked at."""
    asked = a_town(1, tasks=2 * NEAREST, volunteers=5 * NEAREST)
    found = best_of_all(asked, Pairs(asked), seconds=0.0)
    assert not found.proven
    assert found.assignment.cost >= best_of_all(asked, Pairs(asked), seconds=PLENTY_S).assignment.cost


@pytest.mark.parametrize(("travel", "mode"), [("walk", 0), ("e_bike", 1), ("car", 2)])
def test_a_way_is_as_long_as_for_routes(travel: str, mode: int) -> None:
    question = a_question([a_task(penalty_s=50_000)], [a_volunteer(place=FAR, travel=travel)])
    (found,) = answer(question)["assigned"]
    assert found["cost_s"] == travel_between([FAR, HERE]).seconds[mode][0, 1]


@pytest.mark.parametrize(
    ("task", "volunteer", "done"),
    [
        ({"skills": ["wire"]}, {"skills": ["wire", "pipe"]}, True),
        ({"skills": ["wire", "pipe"]}, {"skills": ["wire"]}, False),
        ({"not_by": ["Li"]}, {}, True),
        ({"not_by": ["Wang"]}, {}, False),
        ({}, {"capacity": 0}, False),
        ({}, {"place": None}, False),
        ({"place": None, "candidates": [{"volunteer": "Wang", "cost_s": 5}]}, {"place": None}, True),
        ({"place": None, "candidates": []}, {}, False),
        ({"penalty_s": 10}, {}, False),
    ],
)
def test_who_may_do_it_does_it_if_it_is_worth_it(task: Json, volunteer: Json, done: bool) -> None:  # noqa: FBT001
    found = answer(a_question([a_task(**task)], [a_volunteer(**volunteer)]))
    assert found["summary"]["assigned"] == done
    assert len(found["left_out"]) == (not done)


@pytest.mark.parametrize(("moving_s", "moved"), [(10_000, False), (10, True)])
def test_a_task_changes_hands_only_if_that_saves_more_than_moving_it_costs(moving_s: int, moved: bool) -> None:  # noqa: FBT001
    people = [a_volunteer(), a_volunteer(id="Li", place=FAR)]
    found = answer(a_question([a_task(now_with="Li")], people, moving_s=moving_s))
    assert found["assigned"][0]["volunteer"] == ("Wang" if moved else "Li")
    assert found["summary"]["moved"] == moved


def test_who_had_a_task_and_has_gone_home_is_replaced() -> None:
    assert answer(a_question([a_task(now_with="Zhao")]))["assigned"][0] == {
        "task": "lamp",
        "volunteer": "Wang",
        "cost_s": 600 + int(travel_between([NEAR, HERE]).seconds[1][0, 1]),
        "moved": True,
    }


@pytest.mark.parametrize(
    ("tasks", "volunteers", "why"),
    [
        ([a_task(skills=["wire"])], [a_volunteer()], "nobody_qualified"),
        ([a_task()], [], "nobody_here"),
        ([a_task(not_by=["Wang"])], [a_volunteer()], "nobody_qualified"),
        ([a_task()], [a_volunteer(capacity=0)], "no_candidate"),
        ([a_task(penalty_s=10)], [a_volunteer()], "too_dear"),
        ([a_task(penalty_s=1_000), a_task(id="tap")], [a_volunteer()], "outbid"),
    ],
)
def test_what_is_left_out_says_why(tasks: list[Json], volunteers: list[Json], why: str) -> None:
    (found,) = answer(a_question(tasks, volunteers))["left_out"]
    assert (found["task"], found["why"]) == ("lamp", why)
    assert found["zh"] != found["en"]
    assert (found["volunteer"], found["short_of_s"] is None) == (
        ("Wang", False) if why in {"too_dear", "outbid"} else (None, True)
    )


def test_a_penalty_raised_by_more_than_what_is_missing_gets_the_task_done() -> None:
    question = a_question([a_task(penalty_s=10)])
    (why,) = answer(question)["left_out"]
    again = a_question([a_task(penalty_s=10 + why["short_of_s"] + 1)])
    assert answer(again)["left_out"] == []


@pytest.mark.parametrize(
    ("assigned", "said"),
    [
        ([("lamp", "Wang")], None),
        ([("lamp", "Wang"), ("lamp", "Li")], "lamp is assigned 2 times"),
        ([("lamp", "Wang"), ("tap", "Wang")], "Wang has 2 tasks"),
        ([("tap", "Li")], "Li must not do tap"),
    ],
)
def test_the_check_sees_every_broken_rule(assigned: list[tuple[str, str]], said: str | None) -> None:
    question: dict[str, Any] = a_question(
        [a_task(), a_task(id="tap", skills=["pipe"])], [a_volunteer(skills=["pipe"]), a_volunteer(id="Li")]
    )
    asked = AskedAssignment.model_validate_json(json.dumps(question))
    assert broken_rules(asked, assigned) == ([] if said is None else [said])
