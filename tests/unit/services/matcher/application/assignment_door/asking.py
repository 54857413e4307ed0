"""Asks the door for assignments in this process."""

import json
from typing import Any

import numpy as np

from services.matcher.application.assignment_door.answering import answer_assignment
from services.matcher.application.assignment_door.asked import AskedAssignment

Json = dict[str, Any]
HERE, NEAR, FAR = (121.0, 31.0), (121.0, 31.01), (121.0, 31.1)
PLENTY_S = 60.0  # small questions never use it


def a_task(**other: Any) -> Json:
    return {"id": "lamp", "place": HERE} | other


def a_volunteer(**other: Any) -> Json:
    return {"id": "Wang", "place": NEAR} | other


def a_question(tasks: list[Json] | None = None, volunteers: list[Json] | None = None, **other: Any) -> Json:
    """One lamp, and Wang who lives near it."""
    return {"tasks": tasks or [a_task()], "volunteers": [a_volunteer()] if volunteers is None else volunteers} | other


def answer(question: Json, seconds: float = PLENTY_S) -> Json:
    found: Json = json.loads(answer_assignment(json.dumps(question).encode(), seconds).model_dump_json())
    return found


def a_town(seed: int, *, tasks: int, volunteers: int, capacity: int = 1) -> AskedAssignment:
    """Everything is wanted at one end of the town; every fifth task needs a skill, every third has somebody."""
    chance = np.random.default_rng(seed)

    def place(spread: float) -> list[float]:
        return [121 + float(chance.normal(0, spread)), 31 + float(chance.normal(0, spread))]

    question = a_question(
        [
            a_task(
                id=f"t{number}",
                place=place(0.002),
                skills=["wire"] if number % 5 == 0 else [],
                now_with=f"v{number}" if number % 3 == 0 else None,
                penalty_s=int(chance.integers(500, 3_000)),
            )
            for number in range(tasks)
        ],
        [
            a_volunteer(
                id=f"v{number}",
                place=place(0.02),
                skills=["wire"] if number % 2 else [],
                travel=("walk", "e_bike", "car")[number % 3],
                capacity=capacity,
            )
            for number in range(volunteers)
        ],
        moving_s=200,
    )
    return AskedAssignment.model_validate_json(json.dumps(question))
