"""A question that cannot be: an error that names the field, never a crash."""

import json
from typing import Any

import pytest

from services.matcher.application.solve_door.asked import MOST_TASKS, Question
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.question_text import read_text
from tests.unit.services.matcher.application.solve_door.asking import asked, faults

Json = dict[str, Any]
DURATIONS = [[0, 10], [10, 0]]


def a_question(*, job: Json | None = None, vehicle: Json | None = None, **more: Any) -> Json:
    return {
        "jobs": [{"id": 1, "location_index": 1} | (job or {})],
        "vehicles": [{"id": 1, "start_index": 0} | (vehicle or {})],
        "matrices": {"car": {"durations": DURATIONS}},
    } | more


def test_this_question_itself_has_no_fault() -> None:
    assert asked(a_question())["summary"]["cost"] == 10


@pytest.mark.parametrize(
    ("question", "field", "said"),
    [
        (a_question(job={"time_windows": [[9, 3]]}), "jobs.0", "closes at 3, before it opens at 9"),
        (a_question(job={"time_windows": [[0, 5], [4, 9]]}), "jobs.0", "must not overlap"),
        (a_question(job={"time_windows": []}), "jobs.0", "is empty"),
        (a_question(vehicle={"time_window": [9, 3]}), "vehicles.0", "before it opens"),
        (a_question(job={"delivery": [-1]}), "jobs.0.delivery.0", "greater than or equal to 0"),
        (a_question(job={"delivery": [1]}, vehicle={"capacity": [1, 2]}), "jobs.0.delivery", "others have 2"),
        (a_question(job={"delivery": [1]}), "vehicles.0.capacity", "has 0 numbers"),
        (a_question(job={"delivery": [1], "pickup": [1]}), "jobs.0", "make two jobs"),
        (a_question(job={"service": -5}), "jobs.0.service", "greater than or equal to 0"),
        (a_question(job={"service": 10**30}), "jobs.0.service", "less than or equal"),
        (a_question(job={"service": 1.5}), "jobs.0.service", "valid integer"),
        (a_question(job={"location_index": 2}), "jobs.0.location_index", "only 2 rows"),
        (a_question(job={"priority": 101}), "jobs.0.priority", "less than or equal to 100"),
        (a_question(job={"id": "one"}), "jobs.0.id", "valid integer"),
        (a_question(job={"setup_per_type": {}}), "jobs.0.setup_per_type", "cannot be honoured"),
        (a_question(job={"amount": [1]}), "jobs.0.amount", "say `delivery` or `pickup`"),
        (a_question(vehicle={"max_distance": 5}), "vehicles.0.max_distance", "cannot be honoured"),
        (a_question(vehicle={"costs": {"per_km": 5}}), "vehicles.0.costs.per_km", "should be 0"),
        (a_question(vehicle={"costs": {"fixed": -5}}), "vehicles.0.costs.fixed", "greater than or equal to 0"),
        (a_question(vehicle={"speed_factor": 5e-324}), "vehicles.0.speed_factor", "greater than or equal to 0.001"),
        (a_question(vehicle={"start_index": None}), "vehicles.0.start", "needs at least one"),
        (a_question(vehicle={"profile": "bike"}), "matrices.bike", "is missing"),
        (a_question(vehicle={"steps": [{"type": "job", "id": 5}]}), "vehicles.0.steps.0.id", "no such job"),
        (a_question(vehicle={"steps": [{"type": "job"}]}), "vehicles.0.steps.0", "which job?"),
        (
            a_question(vehicle={"steps": [{"type": "job", "id": 1}, {"type": "job", "id": 1}]}),
            "vehicles.0.steps.1.id",
            "on a route already",
        ),
        (
            a_question(vehicle={"time_window": [0, 9], "breaks": [{"id": 1, "time_windows": [[20, 30]]}]}),
            "vehicles.0.breaks.0.time_windows",
            "no moment",
        ),
        (a_question(matrix=DURATIONS), "matrix", "give `matrices`"),
        (a_question(options={"g": True}), "options", "budget"),
        (a_question(matrices={"car": {"durations": [[0, 1], [1]]}}), "matrices.car.durations.1", "square"),
        (a_question(matrices={"car": {"durations": [[0, 1]]}}), "matrices.car.durations.0", "square"),
        (a_question(matrices={"car": {"durations": [[0, None], [1, 0]]}}), "matrices.car.durations.0.1", "integer"),
        (
            a_question(job={"location_index": 0}, matrices={"car": {"durations": [[4, 1], [1, 0]]}}),
            "matrices.car.durations.0.0",
            "it is 0 from a place to itself",
        ),
        (
            a_question(
                jobs=[{"id": 1, "location_index": 1}, {"id": 2, "location_index": 1}],
                matrices={"car": {"durations": DURATIONS, "distances": [[0, 1], [1, 4]]}},
            ),
            "matrices.car.distances.1.1",
            "it is 0 from a place to itself",
        ),
        (
            a_question(
                vehicles=[{"id": 1, "start_index": 0}, {"id": 2, "start_index": 0, "profile": "bike"}],
                matrices={"car": {"durations": DURATIONS}, "bike": {"durations": [[0]]}},
            ),
            "matrices.bike.durations",
            "one size",
        ),
        (
            a_question(matrices={"car": {"durations": DURATIONS, "costs": [[0, 1], [1, 0]]}}),
            "matrices.car.costs",
            "must equal durations",
        ),
        (a_question(matrices=None), "jobs.0.location_index", "none are given"),
        ({"jobs": [{"id": 1}], "vehicles": []}, "jobs.0.location", "is missing"),
        ({"jobs": [{"id": 1, "location": [1, 2]}] * 2}, "jobs.1.id", "comes twice"),
        ({"jobs": [{"id": 1, "location": [29, 105]}]}, "jobs.0.location.1", "less than or equal to 90"),
        (
            {"vehicles": [{"id": 1, "start": [1, 2], "profile": "drone"}]},
            "vehicles.0.profile",
            "one of bike, car",
        ),
        (
            a_question(job={"time_windows": [[0, 1]]}, vehicle={"time_window": [10**9, 10**9 + 5]}),
            "vehicles.0.time_window",
            "opens 1000000000 s after jobs.0.time_windows.0; at most 268435456 s can be planned",
        ),
    ],
)
def test_a_fault_names_its_field(question: Json, field: str, said: str) -> None:
    found = faults(question)
    assert said in found[field]


@pytest.mark.parametrize("text", ["", "{", "[]", "NaN", '{"jobs": 5}', "[" * 100_000, '{"jobs": [{"id": 1e400}]}'])
def test_what_is_no_question_is_told(text: str) -> None:
    assert faults(text)


def test_not_a_number_is_told() -> None:
    assert "finite" in faults('{"jobs": [{"id": 1, "location": [NaN, 1]}]}')["jobs.0.location.0"]


def test_a_limit_of_tasks_cannot_be_counted_over_both_kinds() -> None:
    question = a_question(vehicle={"max_tasks": 4})
    question["shipments"] = [
        {"pickup": {"id": 1, "location_index": 0}, "delivery": {"id": 2, "location_index": 1}},
    ]
    assert "counts once" in faults(question)["vehicles.0.max_tasks"]


PICKUP, DELIVERY = {"type": "pickup", "id": 7}, {"type": "delivery", "id": 7}


@pytest.mark.parametrize(
    ("routes", "field", "said"),
    [
        ([[DELIVERY, PICKUP]], "vehicles.0.steps.0", "is delivery 7, whose pickup is not before it"),
        ([[{"type": "start"}, PICKUP]], "vehicles.0.steps.1", "is pickup 7, whose delivery is not after it"),
        ([[], [DELIVERY]], "vehicles.1.steps.0", "is delivery 7"),
        ([[PICKUP], [DELIVERY]], "vehicles.0.steps.0", "is pickup 7"),
        ([[PICKUP, DELIVERY, PICKUP]], "vehicles.0.steps.2.id", "on a route already"),
        ([[{"type": "job", "id": 1}], [{"type": "job", "id": 1}]], "vehicles.1.steps.0.id", "on a route already"),
        ([[{"type": "pickup", "id": 1}]], "vehicles.0.steps.0.id", "no such pickup"),
        (
            [[{"type": "start", "service_at": 5}]],
            "vehicles.0.steps.0",
            "service_at cannot be honoured: times are found",
        ),
        ([[{"type": "break", "id": 4}]], "vehicles.0.steps.0.id", "no such break"),
    ],
)
def test_a_present_route_that_no_moment_makes_possible_is_refused(routes: list[Json], field: str, said: str) -> None:
    stops = {"pickup": {"id": 7, "location_index": 0}, "delivery": {"id": 7, "location_index": 1}}
    vehicles = [{"id": number, "start_index": 0, "steps": steps} for number, steps in enumerate(routes)]
    assert said in faults(a_question(shipments=[stops], vehicles=vehicles))[field]


def test_too_many_tasks_are_refused_with_the_bound() -> None:
    jobs = [{"id": number, "location": [105, 29]} for number in range(MOST_TASKS + 1)]
    assert f"at most {MOST_TASKS}" in faults({"jobs": jobs})[""]


def test_faults_are_told_all_at_once_up_to_twenty() -> None:
    jobs = [{"id": -number - 1, "location": [0, 0]} for number in range(50)]
    assert len(faults({"jobs": jobs})) == 20


def test_a_long_name_is_shown_short() -> None:
    field = next(iter(faults(json.dumps({"邻" * 500: 1}))))
    assert len(field) <= 80
    assert field.isascii()


@pytest.mark.parametrize(
    "question",
    [
        json.dumps({"\u001b[31mRED": 1}),
        json.dumps({"vehicles": [], "matrices": {"\x7f\x9b2J": {"durations": [[0, 1]]}}}),
        json.dumps(a_question(vehicle={"profile": "\u001b[31m"})),
    ],
)
def test_nothing_of_a_question_reaches_the_terminal_as_a_command(question: str) -> None:
    for field, message in faults(question).items():
        assert (field + message).isprintable()


def test_a_byte_order_mark_is_no_part_of_a_question() -> None:
    assert asked("\ufeff" + json.dumps(a_question()))["summary"]["cost"] == 10


@pytest.mark.parametrize(
    ("encoding", "said"),
    [("utf-16", "is in UTF-16. Save it as UTF-8"), ("utf-16-le", "is in UTF-16"), ("gbk", "is not in UTF-8: byte 18")],
)
def test_another_encoding_is_named(encoding: str, said: str) -> None:
    text = '{"description": "\u90bb\u91cc"}'.encode(encoding)
    with pytest.raises(DoesNotFit, match=said):
        read_text(text, Question)


@pytest.mark.parametrize(
    ("question", "field", "said"),
    [
        ("", "", "not valid JSON: EOF while parsing a value at line 1 column 0. Send one JSON object in UTF-8."),
        (a_question(matrices={}), "matrices", "has 0 entries: give at least 1"),
        (a_question(job={"delivery": [1] * 11}), "jobs.0.delivery", "has too many entries: give at most 10"),
        (a_question(job={"description": "x" * 1001}), "jobs.0.description", "give at most 1000 characters"),
        (a_question(matrices={"": {"durations": [[0]]}}), "matrices..[key]", "give at least 1 characters"),
        ({"jobs": [{}]}, "jobs.0.id", "is missing"),
    ],
)
def test_what_is_wrong_is_said_in_plain_words(question: Json | str, field: str, said: str) -> None:
    assert said in faults(question)[field]
