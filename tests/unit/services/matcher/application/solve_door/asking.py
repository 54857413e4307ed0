"""Asks the door in this process, with a budget that repeats."""

import json
from typing import Any

import pytest

from services.matcher.application.solve_door.answering import answer_to
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.planning import AfterSolutions, Params, Plan, Problem
from services.matcher.planning.solve import ENGINES, solve
from services.matcher.planning.stop import Stop
from services.matcher.planning.travel import travel_between

Json = dict[str, Any]


def asked(question: Json | str, *, solutions: int = 1) -> Json:
    """Give the answer to a question; with no solutions, insertion alone plans, which is enough for what is tiny."""

    def within(problem: Problem, present: Plan, params: Params, stop: Stop) -> Plan:
        engines = ENGINES if solutions else {}
        return solve(problem, stop=stop, params=params, present=present, engines=engines)

    text = question if isinstance(question, str) else json.dumps(question)
    stop = AfterSolutions(solutions=max(1, solutions))
    answer: Json = json.loads(answer_to(text.encode(), stop=stop, solve=within, survey=travel_between))
    return answer


def faults(question: Json | str) -> dict[str, str]:
    """Give the faults of a question, by field."""
    with pytest.raises(DoesNotFit) as refused:
        asked(question)
    return {fault.field: fault.message for fault in refused.value.faults}
