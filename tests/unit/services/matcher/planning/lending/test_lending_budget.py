"""What there is no time for is not begun: looks are counted, and a model that takes too long is never written."""

from math import inf

import pytest

from services.matcher.planning.lending import Agreement, LendingQuestion, WhyEmpty, solve, standing, verify_lending
from services.matcher.planning.lending.explain import gaps_of
from services.matcher.planning.lending.model import LendingModel, reading_s
from services.matcher.planning.lending.standing import Standing, fill, possible
from services.matcher.planning.patience import Patience
from tests.unit.services.matcher.planning.lending.areas import a_duty, a_person, a_question

FEW_LOOKS = 150


def many(people: int, duties: int, *, every_min: int = 30, needed: int = 1) -> LendingQuestion:
    """Everybody of East; a duty of West's after the other."""
    windows = ((0, (duties + 10) * every_min),)
    return a_question(
        [a_person(f"p{number}", "East", windows=windows) for number in range(people)],
        [
            a_duty(f"d{number}", "West", start=60 + number * every_min, end=70 + number * every_min, needed=needed)
            for number in range(duties)
        ],
        (Agreement(lender="East", borrower="West", most_people=people),),
    )


def test_only_duties_near_each_other_are_held_against_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    question = many(1, 200)
    could = possible(question, Patience(inf), at_home=False)
    assert len(could) == 200
    ways, travel = list[tuple[str, str]](), LendingQuestion.travel

    def counted(self: LendingQuestion, here: str, there: str) -> int:
        ways.append((here, there))
        return travel(self, here, there)

    monkeypatch.setattr(LendingQuestion, "travel", counted)
    LendingModel(question, could, {})
    assert len(ways) < 5 * len(could)  # 60 min is the longest way, and every 30 min a duty begins


def test_looking_and_filling_end_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    question = many(30, 30, needed=30)
    assert 0 < len(possible(question, Patience(0.0), at_home=False)) < FEW_LOOKS
    looks, is_free = list[int](), Standing.is_free

    def counted(self: Standing, duty: int, person: int) -> bool:
        looks.append(duty)
        return is_free(self, duty, person)

    monkeypatch.setattr(standing.Standing, "is_free", counted)
    assert fill(question, possible(question, Patience(inf), at_home=False), Patience(0.0))
    assert 0 < len(looks) < FEW_LOOKS


def test_a_gap_whose_reason_was_not_found_in_time_says_so() -> None:
    gaps = gaps_of(many(30, 30), (), Patience(0.0))
    assert {gap.why for gap in gaps[10:]} == {WhyEmpty.OUT_OF_TIME}
    assert gaps[0].why is not WhyEmpty.OUT_OF_TIME
    assert gaps[-1].in_words("en") != gaps[-1].in_words("zh")


def test_what_was_not_looked_through_is_not_called_proven() -> None:
    question = many(30, 30, needed=30)
    found = solve.solve_lending(question, seconds=0.0)
    assert verify_lending(question, found) == ()
    assert (found.cover_proven, found.wishes_proven) == (False, False)


def test_a_model_that_takes_longer_than_there_is_time_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    question = many(1, 400, every_min=1, needed=2)
    could = possible(question, Patience(inf), at_home=False)
    assert reading_s(question, could) > 0.1
    monkeypatch.setattr(solve, "LendingModel", lambda *_: pytest.fail("there is no time for a model"))
    found = solve.solve_lending(question, seconds=0.1)
    assert verify_lending(question, found) == ()
    assert (found.cover_proven, found.wishes_proven) == (False, False)
