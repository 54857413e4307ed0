"""A question that cannot be is refused with the name of its field."""

from collections.abc import Callable
from typing import Any

import pytest

from services.matcher.planning.rota import Credential, Rules
from tests.unit.services.matcher.planning.rota.weeks import HOUR, a_duty, a_person, a_question


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: a_duty("gate", "12-8"), r"duties\.gate\.end is 480, not after its start at 720"),
        (lambda: a_duty("gate", "8-8"), r"duties\.gate\.end"),
        (lambda: a_duty("gate", "8-12", start=-1), r"duties\.gate\.start is -1"),
        (lambda: a_duty("gate", "8-12", needed=0), r"duties\.gate\.needed is 0"),
        (lambda: a_duty("", "8-12"), r"duties\.id is empty"),
        (lambda: a_person(""), r"people\.id is empty"),
        (lambda: a_person("Wang", windows=((9, 5),)), r"people\.Wang\.windows closes at 5"),
        (lambda: a_person("Wang", windows=((0, 5), (5, 9))), r"people\.Wang\.windows must be ascending"),
        (lambda: a_person("Wang", held=((5, 9), (0, 5))), r"people\.Wang\.held must be ascending"),
        (lambda: a_person("Wang", last_weeks_min=-5), r"people\.Wang\.last_weeks_min is -5"),
        (lambda: a_person("Wang", most_week_min=-5), r"people\.Wang\.most_week_min is -5"),
        (lambda: a_person("Wang", credentials=(Credential(name="a"),) * 2), r"people\.Wang\.credentials has .* twice"),
        (lambda: Rules(rest_min=-1), r"rules\.rest_min is -1"),
        (lambda: Rules(grid_min=0), r"rules\.grid_min is 0"),
        (lambda: Rules(most_duties_a_day=0), r"rules\.most_duties_a_day is 0"),
        (lambda: the_question(people=()), r"people is empty"),
        (lambda: the_question(duties=()), r"duties is empty"),
        (lambda: the_question(people=(a_person("Wang"),) * 2), r"people\.id has"),
        (lambda: the_question(duties=(a_duty("gate", "8-12"),) * 2), r"duties\.id has"),
        (lambda: the_question(duties=(a_duty("g", "8-12", credentials=("x",)),)), r"duties\.g\.credentials names 'x'"),
        (lambda: the_question(people=(a_person("W", teams=("z",)),)), r"people\.W\.teams names 'z'"),
        (lambda: the_question(familiar=(("Wang", "Nobody"),)), r"familiar names 'Nobody'"),
        (lambda: the_question(familiar=(("Wang", "Wang"),)), r"familiar pairs 'Wang'"),
        (lambda: the_question(familiar=(("Wang", "Li"), ("Li", "Wang"))), r"more than once: \['Li and Wang'\]"),
        (lambda: the_question(familiar_min=-1), r"question\.familiar_min is -1"),
        (lambda: the_question(day_starts=(5, 9)), r"day_starts begins at 5"),
        (lambda: the_question(day_starts=(0, 9, 9)), r"day_starts is not ascending"),
    ],
)
def test_what_cannot_be_is_refused_by_name(make: Callable[[], object], said: str) -> None:
    with pytest.raises(ValueError, match=said.replace(" twice", "")):
        make()


def the_question(**other: Any) -> object:
    return a_question(
        list(other.pop("people", (a_person("Wang"),))),
        list(other.pop("duties", (a_duty("gate", "8-12"),))),
        **({"credentials": ()} | other),
    )


def test_days_and_weeks_are_numbered_from_the_first_also_backwards() -> None:
    question = a_question([a_person("Wang")], [a_duty("gate", "8-12")], day_starts=(0, 23 * HOUR, 47 * HOUR))
    assert [question.day_of(hour * HOUR) for hour in (-1, 0, 22, 23, 46, 47, 70, 71)] == [-1, 0, 0, 1, 1, 2, 2, 3]
    assert [question.week_of(day * 24 * HOUR) for day in (-1, 0, 6, 7, 13, 14)] == [-1, 0, 0, 1, 1, 2]
