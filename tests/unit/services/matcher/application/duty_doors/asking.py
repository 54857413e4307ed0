"""Asks both doors in this process."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import BaseModel

from services.matcher.application.duty_doors.answering import answer_lending, answer_rota
from services.matcher.application.solve_door.faults import DoesNotFit

Json = dict[str, Any]
MONDAY = "2026-11-30"
PLENTY_S = 20.0  # small questions are proven in hundredths of a second and never use it


def a_rota_question(**other: Any) -> Json:
    """One team, one gate, one morning; Wang could."""
    question: Json = {
        "first_day": MONDAY,
        "people": [{"id": "Wang"}],
        "duties": [
            {"id": "gate", "team": "east", "starts": "2026-11-30T08:00", "ends": "2026-11-30T12:00", "people": 1}
        ],
    }
    return question | other


def a_lending_question(**other: Any) -> Json:
    """East may lend Wang to West for a patrol."""
    question: Json = {
        "first_day": MONDAY,
        "areas": ["East", "West"],
        "travel_min": {"East": {"West": 20}},
        "agreements": [{"lender": "East", "borrower": "West"}],
        "people": [{"id": "Wang", "area": "East"}],
        "duties": [
            {
                "id": "gate",
                "area": "West",
                "service": "patrol",
                "starts": "2026-11-30T08:00",
                "ends": "2026-11-30T12:00",
            }
        ],
    }
    return question | other


def rota(question: Json) -> Json:
    return _said(answer_rota(json.dumps(question).encode(), PLENTY_S))


def lending(question: Json) -> Json:
    return _said(answer_lending(json.dumps(question).encode(), PLENTY_S))


def faults(answer: Callable[[Json], Json], question: Json) -> dict[str, str]:
    """Give the faults of a question, by field."""
    with pytest.raises(DoesNotFit) as refused:
        answer(question)
    return {fault.field: fault.message for fault in refused.value.faults}


def _said(answer: BaseModel) -> Json:
    found: Json = json.loads(answer.model_dump_json())
    return found
