"""Questions in dates and times of day: what is meant, and what is answered."""

import pytest

from services.matcher.application.duty_doors.asked import Available, Days, Hours
from services.matcher.application.duty_doors.calendar import Calendar, merged
from tests.unit.services.matcher.application.duty_doors.asking import (
    Json,
    a_lending_question,
    a_rota_question,
    lending,
    rota,
)


def empty(answer: Json) -> int:
    found: int = answer["summary"]["empty"]
    return found


def test_a_rota_is_answered_in_local_moments() -> None:
    answer = rota(a_rota_question())
    assert answer["duties"] == [
        {
            "id": "gate",
            "team": "east",
            "starts": "2026-11-30T08:00:00+08:00",
            "ends": "2026-11-30T12:00:00+08:00",
            "people": ["Wang"],
            "empty": 0,
        }
    ]
    assert answer["people"] == [{"id": "Wang", "minutes": 240, "minutes_last_weeks": 0, "duties": ["gate"]}]
    assert (answer["gaps"], answer["summary"]["proven"]) == ([], True)


def test_moments_with_an_offset_and_local_ones_mean_the_same() -> None:
    one = {"id": "gate", "team": "east", "starts": "2026-11-30T00:00Z", "ends": "2026-11-30T04:00Z"}
    assert rota(a_rota_question(duties=[one]))["duties"] == rota(a_rota_question())["duties"]


def test_a_shift_becomes_a_duty_of_each_team_on_each_weekday_also_over_midnight() -> None:
    shift = {"id": "night", "teams": ["east", "west"], "days": ["sat", "sun"], "starts": "22:00", "ends": "06:00"}
    answer = rota(a_rota_question(duties=[], shifts=[shift], people=[{"id": name} for name in "abcd"]))
    assert [duty["id"] for duty in answer["duties"]] == [
        f"{team}/2026-12-0{day}/night" for team in ("east", "west") for day in (5, 6)
    ]
    assert answer["duties"][1]["ends"] == "2026-12-07T06:00:00+08:00"
    assert empty(answer) == 0


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ({"weekly": [{"days": ["mon"], "starts": "08:00", "ends": "12:00"}]}, 0),
        ({"weekly": [{"days": ["tue"], "starts": "08:00", "ends": "12:00"}]}, 1),
        ({"weekly": [{"days": ["sun"], "starts": "12:00", "ends": "12:00"}]}, 0),  # the Sunday before, into Monday
        ({"available": [{"starts": "2026-11-30T08:00", "ends": "2026-11-30T11:59"}]}, 1),
        (
            {
                "available": [{"starts": "2026-11-30T08:00", "ends": "2026-11-30T10:00"}],
                "weekly": [{"starts": "10:00", "ends": "12:00"}],
            },
            0,
        ),
        ({"held": [{"starts": "2026-11-29T20:00", "ends": "2026-11-30T00:00"}]}, 1),  # 8 h of rest
        ({"most_minutes_a_week": 239}, 1),
        ({"teams": ["east"]}, 0),
    ],
)
def test_when_somebody_can_come(person: Json, expected: int) -> None:
    assert empty(rota(a_rota_question(people=[{"id": "Wang"} | person]))) == expected


@pytest.mark.parametrize(("until", "expected"), [(None, 0), ("2026-11-30", 0), ("2026-11-29", 1)])
def test_a_credential_is_valid_to_the_end_of_its_last_day(until: str | None, expected: int) -> None:
    question = a_rota_question(people=[{"id": "Wang", "credentials": [{"name": "badge", "until": until}]}])
    question["duties"][0]["credentials"] = ["badge"]
    assert empty(rota(question)) == expected


def test_a_gap_names_a_way_out_in_both_languages() -> None:
    (gap,) = rota(a_rota_question(people=[{"id": "Wang", "most_minutes_a_week": 200}]))["gaps"]
    (way,) = gap["ways_out"]
    assert (gap["duty"], gap["empty"], way["rules"], way["person"], way["amount"]) == (
        "gate",
        1,
        ["week_minutes"],
        "Wang",
        40,
    )
    assert "Wang" in way["zh"]
    assert "40 min" in way["en"]


def test_lending_says_who_is_lent_from_where_and_what_it_costs_each_area() -> None:
    answer = lending(a_lending_question())
    assert answer["duties"][0]["people"] == [{"id": "Wang", "area": "East", "lent": True, "travel_min": 20}]
    assert [
        (one["id"], one["empty"], one["empty_alone"], one["lends_min"], one["borrows_min"]) for one in answer["areas"]
    ] == [
        ("East", 0, 0, 240, 0),
        ("West", 0, 1, 0, 240),
    ]
    assert answer["summary"]["empty_alone"] == 1


@pytest.mark.parametrize(
    ("agreement", "why"),
    [
        ({"until": "2026-11-30"}, None),
        ({"until": "2026-11-29"}, "no_agreement"),
        ({"weekly": [{"days": ["mon"], "starts": "00:00", "ends": "00:00"}]}, None),
        ({"weekly": [{"days": ["sat"], "starts": "00:00", "ends": "00:00"}]}, "no_agreement"),
        ({"services": ["canteen"]}, "no_agreement"),
        ({"most_people": 0}, "agreement_used_up"),
        ({"most_minutes": 239}, "agreement_used_up"),
    ],
)
def test_an_agreement_is_kept(agreement: Json, why: str | None) -> None:
    agreements = [{"lender": "East", "borrower": "West"} | agreement]
    gaps = lending(a_lending_question(agreements=agreements))["gaps"]
    assert [gap["why"] for gap in gaps] == ([] if why is None else [why])


def test_days_follow_the_clocks_when_they_are_changed() -> None:
    """In Berlin the last Sunday of March has 23 hours and the last of October 25."""
    spring = Calendar(Days.model_validate_json('{"first_day": "2026-03-29", "days": 2, "timezone": "Europe/Berlin"}'))
    autumn = Calendar(Days.model_validate_json('{"first_day": "2026-10-25", "days": 2, "timezone": "Europe/Berlin"}'))
    assert (spring.day_starts, autumn.day_starts) == ((0, 23 * 60), (0, 25 * 60))
    assert (spring.ends, autumn.ends) == (47 * 60, 49 * 60)
    hours = Hours.model_validate_json('{"starts": "08:00", "ends": "16:00"}')
    assert spring.hours_on(hours, spring.dates[0]) == (7 * 60, 15 * 60)
    gone = Hours.model_validate_json('{"starts": "02:10", "ends": "03:10"}')
    assert spring.hours_on(gone, spring.dates[0]) in (None, (2 * 60 + 10, 2 * 60 + 10))


def test_windows_that_touch_become_one() -> None:
    assert merged([(5, 9), (0, 5), (20, 30), (8, 10)]) == ((0, 10), (20, 30))
    calendar = Calendar(Days.model_validate_json('{"first_day": "2026-11-30", "days": 1}'))
    always = Available.model_validate_json('{"weekly": [{"starts": "00:00", "ends": "00:00"}]}')
    assert len(calendar.windows(always)) == 1
