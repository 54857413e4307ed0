"""A solver that may not think at all is refused where it is set, not when the first plan is due."""

import pytest
from pydantic import ValidationError

from services.matcher.settings import MatcherSettings


@pytest.mark.parametrize("text", ["0s", "0.0s", "0.00s", "0 solutions", "s", "2", "-1s"])
def test_no_time_at_all_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="planner_stop"):
        MatcherSettings(planner_stop=text)
    with pytest.raises(ValidationError, match="improve_stop"):
        MatcherSettings(improve_stop=text)


@pytest.mark.parametrize("text", ["", "4s", "0.05s", "0.2s", "10.5s", "2 solutions"])
def test_some_time_is_taken(text: str) -> None:
    assert MatcherSettings(planner_stop=text, improve_stop=text).improve_stop == text


def test_improvement_can_be_switched_off_and_planning_cannot() -> None:
    assert MatcherSettings(improve_stop="off").improve_stop == "off"
    with pytest.raises(ValidationError, match="planner_stop"):
        MatcherSettings(planner_stop="off")
