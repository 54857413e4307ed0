"""What there is no time for is not begun: looks are counted, and a model that takes too long is never written."""

from math import inf
from typing import Any

import pytest

from services.matcher.planning.patience import Patience
from services.matcher.planning.rota import RotaQuestion, Rules, greedy, parts, solve, verify_rota
from services.matcher.planning.rota.explain import gaps_of
from services.matcher.planning.rota.model import PartModel, reading_s
from tests.unit.services.matcher.planning.rota.weeks import WEEK, a_duty, a_person, a_question

FEW_LOOKS = 150


def many(people: int = 30, duties: int = 30) -> RotaQuestion:
    return a_question(
        [a_person(f"p{number}") for number in range(people)],
        [a_duty(f"d{number}", "8-16", number % 7, needed=people) for number in range(duties)],
    )


def counted(monkeypatch: pytest.MonkeyPatch, where: object, name: str) -> list[object]:
    calls, real = list[object](), getattr(where, name)

    def look(*given: Any) -> Any:
        calls.append(given)
        return real(*given)

    monkeypatch.setattr(where, name, look)
    return calls


def test_looking_who_could_stand_where_ends_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    looks = counted(monkeypatch, parts, "fits_alone")
    found = parts.parts_of(many(), Patience(0.0))
    assert 0 < len(looks) < FEW_LOOKS
    assert sum(part.size for part in found) == len(looks)
    assert sum(len(part.duties) for part in found) == 30


def test_filling_slots_ends_with_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    question = many()
    (part,) = parts.parts_of(question, Patience(inf))
    looks = counted(monkeypatch, greedy, "broken_by_more")
    assert greedy.fill(question, part, Patience(0.0))
    assert 0 < len(looks) < FEW_LOOKS


def test_reasons_are_looked_for_until_patience_is_over() -> None:
    at_once = [a_duty(f"d{number}", "8-16", needed=30) for number in range(10)]
    question = a_question(list(many().people), at_once)
    all_on_the_first = tuple((0, person) for person in range(30))
    unhurried, late = (gaps_of(question, all_on_the_first, Patience(ends)) for ends in (inf, 0.0))
    assert [(gap.duty, gap.missing) for gap in late] == [(gap.duty, gap.missing) for gap in unhurried]
    assert all(gap.misses for gap in unhurried)
    assert late[0].misses == unhurried[0].misses
    assert not late[-1].misses


def test_a_slot_that_somebody_could_fill_names_nobody_who_could_not() -> None:
    question = a_question([a_person("Wang"), a_person("Li", windows=((0, 1),))], [a_duty("gate", "8-16")])
    assert [(gap.missing, gap.misses) for gap in gaps_of(question, (), Patience(inf))] == [(1, ())]


def test_what_was_not_looked_through_is_not_called_proven() -> None:
    question = many()
    found = solve.solve_rota(question, seconds=0.0)
    assert verify_rota(question, found) == ()
    assert found.assigned
    assert (found.cover_proven, found.wishes_proven) == (False, False)


def test_a_model_that_takes_longer_than_there_is_time_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few pairs, but hundreds of duties of one person that can all be in one stretch."""
    duties = [a_duty(f"d{number}", "0-1", start=number * 8, end=number * 8 + 8) for number in range(400)]
    rules = Rules(rest_min=0, longest_stretch_min=2_400)
    question = a_question([a_person("Wang", windows=WEEK)], duties, rules=rules)
    (part,) = parts.parts_of(question, Patience(inf))
    assert reading_s(question, part) > 0.3
    monkeypatch.setattr(PartModel, "__init__", lambda *_: pytest.fail("there is no time for a model"))
    found = solve.solve_rota(question, seconds=0.3)
    assert verify_rota(question, found) == ()
    assert not found.wishes_proven


def test_familiar_people_make_a_model_larger() -> None:
    question = many()
    (part,) = parts.parts_of(question, Patience(inf))
    pairs = tuple((f"p{one}", f"p{other}") for one in range(30) for other in range(one))
    together = a_question(list(question.people), list(question.duties), familiar=pairs)
    assert reading_s(together, part) > 5 * reading_s(question, part)
