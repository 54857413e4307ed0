"""Whatever cannot be asked is refused with the name of its field."""

import json

import pytest

from services.matcher.application.assignment_door.answering import answer_assignment
from services.matcher.application.solve_door.faults import DoesNotFit
from tests.unit.services.matcher.application.assignment_door.asking import (
    PLENTY_S,
    Json,
    a_question,
    a_task,
    a_volunteer,
    answer,
)

WANG = {"volunteer": "Wang", "cost_s": 1}


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"tasks": []}, "tasks", "at least 1"),
        ({"tasks": [a_task(), a_task()]}, "tasks", "'lamp' more than once"),
        ({"tasks": [{"id": "lamp"}]}, "tasks.0", "either `place` or `candidates`"),
        ({"tasks": [a_task(candidates=[WANG])]}, "tasks.0", "either `place` or `candidates`"),
        ({"tasks": [{"id": "lamp", "candidates": [WANG, WANG]}]}, "tasks.0.candidates", "'Wang' more than once"),
        (
            {"tasks": [{"id": "lamp", "candidates": [{"volunteer": "Li", "cost_s": 1}]}]},
            "tasks.0.candidates.0.volunteer",
            "'Li' is not among",
        ),
        ({"tasks": [a_task(place=[31, 121])]}, "tasks.0.place.1", "less than or equal to 90"),
        ({"tasks": [a_task(penalty_s=-1)]}, "tasks.0.penalty_s", "greater than or equal to 0"),
        ({"tasks": [a_task(people=2)]}, "tasks.0.people", "not a field"),
        ({"volunteers": [a_volunteer(), a_volunteer()]}, "volunteers", "'Wang' more than once"),
        ({"volunteers": [a_volunteer(id="old Wang")]}, "volunteers.0.id", "single words"),
        ({"volunteers": [a_volunteer(travel="boat")]}, "volunteers.0.travel", "'walk'"),
        ({"volunteers": [a_volunteer(capacity=1.5)]}, "volunteers.0.capacity", "integer"),
        ({"moving_s": -1}, "moving_s", "greater than or equal to 0"),
    ],
)
def test_an_assignment_that_cannot_be_says_why(changed: Json, field: str, said: str) -> None:
    with pytest.raises(DoesNotFit) as refused:
        answer(a_question() | changed)
    assert [fault.field for fault in refused.value.faults] == [field]
    assert said in refused.value.faults[0].message


def test_more_pairs_than_can_be_looked_at_are_refused_before_any_is() -> None:
    question = {
        "tasks": [a_task(id=f"t{number}") for number in range(6_000)],
        "volunteers": [a_volunteer(id=f"v{number}") for number in range(17_000)],
    }
    with pytest.raises(DoesNotFit, match="at most 100000000"):
        answer(question)


@pytest.mark.parametrize("text", ["", "[]", "{", "null", json.dumps("x" * 100)])
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(DoesNotFit):
        answer_assignment(text.encode(), PLENTY_S)
