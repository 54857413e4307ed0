"""Whatever cannot be answered is refused with the name of its field."""

import json
from typing import Any

import pytest

from services.matcher.application.duty_doors.answering import answer_rota
from services.matcher.application.solve_door.faults import DoesNotFit
from tests.unit.services.matcher.application.duty_doors.asking import (
    a_lending_question,
    a_rota_question,
    faults,
    lending,
    rota,
)

SPAN = {"starts": "2026-11-30T08:00", "ends": "2026-11-30T12:00"}
GATE = {"id": "gate", "team": "east", **SPAN}


def a_shift(**other: Any) -> list[dict[str, Any]]:
    return [{"id": "day", "teams": ["east"], "starts": "08:00", "ends": "16:00"} | other]


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"first_day": "30.11.2026"}, "first_day", "date"),
        ({"first_day": "0001-01-01"}, "first_day", "year 1"),
        ({"days": 0}, "days", "greater than or equal to 1"),
        ({"days": 63}, "days", "less than or equal to 62"),
        ({"timezone": "Middle/Earth"}, "timezone", "IANA"),
        ({"timezone": "../../etc"}, "timezone", "IANA"),
        ({"people": []}, "people", "at least 1"),
        ({"people": [{"id": "Wang"}, {"id": "Wang"}]}, "people.id", "more than once"),
        ({"people": [{"id": "old Wang"}]}, "people.0.id", "single words"),
        ({"people": [{"id": "Wang", "age": 70}]}, "people.0.age", "not a field"),
        ({"people": [{"id": "Wang", "teams": ["west"]}]}, "people.Wang.teams", "has no duty"),
        ({"people": [{"id": "Wang", "minutes_last_weeks": -1}]}, "people.0.minutes_last_weeks", "greater"),
        ({"people": [{"id": "Wang", "held": [SPAN, SPAN]}]}, "people.Wang.held", "must not overlap"),
        ({"duties": []}, "duties", "at least one"),
        ({"duties": [GATE, GATE]}, "duties.id", "more than once"),
        ({"duties": [GATE | {"ends": "2026-11-30T08:00"}]}, "duties.0", "not after it starts"),
        ({"duties": [GATE | {"ends": "2026-11-30T04:00Z"}]}, "duties.0", "both an offset, or neither"),
        ({"duties": [GATE | {"starts": "2026-11-30T08:00:30"}]}, "duties.0.starts", "whole minutes"),
        ({"duties": [GATE | {"starts": "2026-11-29T08:00"}]}, "duties.0.starts", "within the days"),
        ({"duties": [GATE | {"people": 0}]}, "duties.0.people", "greater than or equal to 1"),
        (
            {"duties": [GATE | {"credentials": ["badge"]}], "credentials": ["bage"]},
            "duties.gate.credentials",
            "'badge'",
        ),
        ({"shifts": a_shift(days=["someday"])}, "shifts.0.days.0", "'mon'"),
        ({"shifts": a_shift(starts="25:00")}, "shifts.0.starts", "hour"),
        ({"shifts": a_shift(starts="08:00Z")}, "shifts.0.starts", "local time of day"),
        ({"shifts": a_shift(teams=[])}, "shifts.0.teams", "at least 1"),
        ({"days": 62, "shifts": a_shift(teams=[f"t{n}" for n in range(100)])}, "shifts", "at most"),
        ({"rules": {"rest_min": -1}}, "rules.rest_min", "greater than or equal to 0"),
        ({"rules": {"most_duties_a_day": 0}}, "rules.most_duties_a_day", "greater than or equal to 1"),
        ({"familiar": [["Wang", "Nobody"]]}, "familiar", "'Nobody'"),
        ({"familiar": [["Wang", "Wang"]]}, "familiar", "themselves"),
    ],
)
def test_a_rota_that_cannot_be_made_says_why(changed: dict[str, Any], field: str, said: str) -> None:
    found = faults(rota, a_rota_question(**changed))
    assert list(found) == [field]
    assert said in found[field]


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"areas": []}, "areas", "at least 1"),
        ({"areas": ["East", "West", "West"]}, "areas", "more than once"),
        ({"areas": ["East"]}, "travel_min.East", "'West'"),
        ({"travel_min": {}}, "travel_min.East.West", "is missing"),
        ({"travel_min": {"East": {"West": -1}}}, "travel_min.East.West", "greater than or equal to 0"),
        ({"travel_min": {"East": {"West": 1, "East": 5}}}, "travel_min.East", "not 0"),
        ({"people": []}, "people", "at least 1"),
        ({"people": [{"id": "Wang", "area": "North"}]}, "people.Wang.area", "'North'"),
        ({"duties": []}, "duties", "at least 1"),
        ({"agreements": [{"lender": "East", "borrower": "East"}]}, "agreements.East-East", "itself"),
        ({"agreements": [{"lender": "East", "borrower": "North"}]}, "agreements.borrower", "'North'"),
        ({"agreements": [{"lender": "East", "borrower": "West"}] * 2}, "agreements.East-West.services", "two"),
        ({"agreements": [{"lender": "East", "borrower": "West", "most_people": -1}]}, "agreements.0.most_people", "0"),
        ({"first_day": "2026-12-01"}, "duties.0.starts", "within the days"),
        ({"people": [{"id": f"p{n}", "area": "East"} for n in range(300)], "duties": "many"}, "duties", "at most"),
    ],
)
def test_lending_that_cannot_be_says_why(changed: dict[str, Any], field: str, said: str) -> None:
    question = a_lending_question(**changed)
    if question["duties"] == "many":
        (gate,) = a_lending_question()["duties"]
        question["duties"] = [gate | {"id": f"gate{number}"} for number in range(1000)]
    found = faults(lending, question)
    assert list(found) == [field]
    assert said in found[field]


@pytest.mark.parametrize("text", ["", "[]", "{", '{"first_day": NaN}', "null", json.dumps("x" * 100)])
def test_what_is_no_question_is_refused(text: str) -> None:
    with pytest.raises(DoesNotFit):
        answer_rota(text.encode(), 1.0)
