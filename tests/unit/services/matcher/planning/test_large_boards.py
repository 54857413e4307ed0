"""Boards on which insertion alone would use up the time: the kernel answers, or a bound is told where there is none."""

import json
from random import Random
from typing import Any

import pytest

from services.matcher.adapters.vroom_solver import answer_here
from services.matcher.planning.kernel import machine_code

compiled = pytest.mark.skipif(machine_code.state() != "ready", reason="the kernel is not compiled (make kernel)")


def many(jobs: int, vehicles: int) -> bytes:
    dice = Random(1)

    def place() -> list[float]:
        return [105.29 + dice.uniform(-0.03, 0.03), 29.34 + dice.uniform(-0.03, 0.03)]

    question: dict[str, Any] = {
        "jobs": [{"id": number, "location": place(), "service": 300, "delivery": [1]} for number in range(jobs)],
        "vehicles": [
            {"id": number, "start": [105.29, 29.34], "capacity": [60], "time_window": [0, 28_800]}
            for number in range(vehicles)
        ],
    }
    return json.dumps(question).encode()


@compiled
def test_two_thousand_stops_get_a_plan_and_reasons() -> None:
    found = answer_here(many(2000, 30), 1.0)
    assert isinstance(found, str)
    answer = json.loads(found)
    done = sum(step["type"] == "job" for route in answer["routes"] for step in route["steps"])
    assert done + len(answer["unassigned"]) == 2000
    assert done > 1000
    assert {one["reason"]["rule"] for one in answer["unassigned"]} <= {"full", "capacity", "duty"}


@compiled
def test_what_nobody_can_do_takes_no_time_from_the_reasons() -> None:
    question = json.loads(many(2000, 30))
    for job in question["jobs"]:
        job["skills"] = [99]
    found = answer_here(json.dumps(question).encode(), 3.0)
    assert isinstance(found, str)
    answer = json.loads(found)
    assert [one["reason"]["rule"] for one in answer["unassigned"]] == ["skill"] * 2000


@compiled
def test_a_budget_that_insertion_would_use_up_is_the_kernel_s() -> None:
    found = answer_here(many(180, 30), 1.0)
    assert isinstance(found, str)
    summary = json.loads(found)["summary"]
    assert (summary["engine"], summary["degraded"], summary["unassigned"]) == ("kernel", False, 0)


def test_without_the_kernel_the_bound_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "state", lambda: "not compiled")
    faults = answer_here(many(600, 1), 1.0)
    assert isinstance(faults, tuple)
    assert "at most 500" in faults[0].message  # insertion alone takes 5 s for so many
