"""Breaks as VROOM holds them, in examples that can be checked by hand; VROOM serves every task that is served here."""

import json
from typing import Any

import pytest

from services.matcher.application.solve_door.answering import answer_to
from services.matcher.planning import AfterSeconds, Params, Plan, Problem, carry_over, insert_all
from services.matcher.planning import stop as budgets
from services.matcher.planning.stop import Stop
from services.matcher.planning.travel import travel_between
from tests.unit.services.matcher.application.solve_door.asking import asked, faults
from tests.unit.services.matcher.application.solve_door.questions import a_town
from tests.unit.services.matcher.application.solve_door.referee import broken

Json = dict[str, Any]
FAR = [[0, 1000], [1000, 0]]


def a_question(jobs: list[Json], breaks: list[Json], *, ways: list[list[int]] = FAR, **vehicle: Any) -> Json:
    durations = {"durations": ways, "distances": [[7 * way for way in row] for row in ways]}
    return {
        "jobs": jobs,
        "vehicles": [{"id": 7, "start_index": 0, "time_window": [0, 30_000], "breaks": breaks} | vehicle],
        "matrices": {"car": durations},
    }


def at(place: int, *windows: list[int], service: int = 0) -> Json:
    job: Json = {"id": place, "location_index": place, "service": service}
    return job | ({"time_windows": list(windows)} if windows else {})


def pause(number: int, *windows: list[int], service: int) -> Json:
    return {"id": number, "service": service} | ({"time_windows": list(windows)} if windows else {})


def steps(question: Json) -> list[tuple[str, int, int, int]]:
    """Answer, and give type, arrival, waiting time and way so far of every step; no rule may be broken."""
    answer = asked(question, solutions=0)
    assert broken(question, answer) == []
    assert answer["unassigned"] == []
    (route,) = answer["routes"]
    assert all(step["distance"] == 7 * step["duration"] for step in route["steps"])
    return [(step["type"], step["arrival"], step["waiting_time"], step["duration"]) for step in route["steps"]]


def test_lunch_is_held_early_where_a_visit_is_late() -> None:
    lunch = pause(1, [39_600, 50_400], service=1800)
    question = a_question([at(1, [50_000, 50_700], service=900)], [lunch], time_window=[28_800, 61_200])
    assert ("job", 50_000, 0, 1000) in steps(question)


def test_a_visit_before_a_break_needs_no_room_for_the_longest_way() -> None:
    ways = [[0, 100, 2900], [100, 0, 2900], [2900, 2900, 0]]
    question = a_question([at(1, [500, 1000]), at(2)], [pause(1, [3000, 3000], service=600)], ways=ways)
    assert {kind for kind, *_ in steps(question)} == {"start", "job", "break", "end"}


def test_two_breaks_may_be_closer_together_than_the_way() -> None:
    breaks = [pause(1, [3000, 3000], service=60), pause(2, [4000, 4000], service=60)]
    held = [arrival + waits for kind, arrival, waits, _ in steps(a_question([at(1)], breaks)) if kind == "break"]
    assert held == [3000, 4000]


def test_a_way_may_be_interrupted_by_a_break() -> None:
    question = a_question([at(1, [1100, 1100])], [pause(1, [500, 500], service=100)])
    assert steps(question) == [
        ("start", 0, 0, 0),
        ("break", 500, 0, 500),
        ("job", 1100, 0, 1000),
        ("end", 1100, 0, 1000),
    ]


def test_a_way_takes_no_less_time_for_being_interrupted() -> None:
    answer = asked(a_question([at(1, [1099, 1099])], [pause(1, [500, 500], service=100)]), solutions=0)
    assert [one["id"] for one in answer["unassigned"]] == [1]


@pytest.mark.parametrize(("closes", "unassigned"), [(2100, 0), (2099, 1)])
def test_the_way_home_may_be_interrupted_and_ends_in_time(closes: int, unassigned: int) -> None:
    tea = pause(1, [1500, 1500], service=100)
    question = a_question([at(1, [0, 1000])], [tea], time_window=[0, closes], end_index=0)
    answer = asked(question, solutions=0)
    assert broken(question, answer) == []
    assert answer["summary"]["unassigned"] == unassigned


def test_a_break_without_windows_is_held_at_any_time() -> None:
    assert ("job", 1000, 0, 1000) in steps(a_question([at(1, [1000, 1000])], [pause(1, service=600)]))


def test_a_break_is_held_before_setting_out_if_there_is_time() -> None:
    question = a_question([at(1, [1700, 1700])], [pause(1, [0, 2000], service=600)])
    assert [one[:2] for one in steps(question)] == [("start", 100), ("break", 100), ("job", 1700), ("end", 1700)]


def test_breaks_that_leave_no_moment_for_one_of_them_are_refused() -> None:
    breaks = [pause(1, [0, 20_000], service=60), pause(2, [10, 10], service=60)]
    found = faults(a_question([at(1)], breaks))
    assert "after the breaks that come first" in found["vehicles.0.breaks.1.time_windows"]
    assert faults(a_question([at(1)], [pause(1, [29_990, 40_000], service=60)])) != {}


def test_all_plans_together_keep_the_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, given = 0.0, list[float]()
    monkeypatch.setattr(budgets, "monotonic", lambda: clock)

    def slow(problem: Problem, present: Plan, params: Params, stop: Stop) -> Plan:
        nonlocal clock
        assert isinstance(stop, AfterSeconds)
        given.append(stop.seconds)
        clock += stop.seconds + 0.01  # longer than it may
        carried = carry_over(problem, present, params=params)
        return insert_all(problem, carried, [job.id for job in problem.jobs], params=params)

    text = json.dumps(a_town(1)).encode()
    answer_to(text, stop=AfterSeconds(seconds=0.6), solve=slow, survey=travel_between)
    assert clock <= 0.6
    assert len(given) > 2
