"""The referee of rotas: every rule is silent where it is kept to the minute, and bites one minute beyond."""

import pytest

from services.matcher.planning.rota import Credential, Gap, Person, Rota, RotaRule, Rules, verify_rota
from tests.unit.services.matcher.planning.rota.weeks import DAY, HOUR, a_duty, a_person, a_question, a_rota, hours

HALF = {"longest_stretch_min": 4 * HOUR}


@pytest.mark.parametrize(
    ("rule", "person", "second", "rules"),
    [
        (None, {}, (20, 24), {}),  # eleven hours between 5-9 and 20-24
        (RotaRule.REST, {}, (19, 23), {}),
        (None, {}, (9, 12), {}),  # joined: one stretch of 7 h
        (RotaRule.STRETCH, {}, (9, 14), {}),  # joined: one stretch of 9 h
        (RotaRule.STRETCH, {}, (10, 14), {"rest_min": 60, "longest_stretch_min": 7 * HOUR, "grid_min": 2 * HOUR}),
        (None, {}, (11, 14), {"rest_min": 60, "longest_stretch_min": 7 * HOUR, "grid_min": 2 * HOUR}),
        (RotaRule.OVERLAP, {}, (8, 12), {}),
        (RotaRule.DAY_DUTIES, {}, (20, 24), {"most_duties_a_day": 1}),
        (None, {}, (24, 28), {"most_duties_a_day": 1}),
        (RotaRule.WEEK_DUTIES, {}, (48, 52), {"most_duties_a_week": 1}),
        (None, {}, (7 * 24, 7 * 24 + 4), {"most_duties_a_week": 1}),
        (RotaRule.WEEK_MINUTES, {"most_week_min": 8 * HOUR - 1}, (48, 52), {}),
        (None, {"most_week_min": 8 * HOUR}, (48, 52), {}),
        (None, {"windows": (hours("5-9"), hours("20-24"))}, (20, 24), {}),
        (RotaRule.AVAILABILITY, {"windows": (hours("5-9"), hours("21-24"))}, (20, 24), {}),
        (None, {"credentials": (Credential(name="badge", expires=24 * HOUR),)}, (20, 24), {}),
        (RotaRule.CREDENTIAL, {"credentials": (Credential(name="badge", expires=24 * HOUR - 1),)}, (20, 24), {}),
        (RotaRule.CREDENTIAL, {"credentials": ()}, (20, 24), {}),
        (None, {"teams": ("a", "b")}, (20, 24), {}),
        (RotaRule.TEAM, {"teams": ("a",)}, (20, 24), {}),
        (RotaRule.REST, {"held": ((-4 * HOUR, -HOUR),)}, (20, 24), {}),  # 1 h before midnight to 5 h after it
        (None, {"held": ((-8 * HOUR, -6 * HOUR),)}, (20, 24), {}),
        (RotaRule.STRETCH, {"held": ((0, 5 * HOUR),)}, (20, 24), {}),
    ],
)
def test_a_second_duty_is_judged(
    rule: RotaRule | None, person: dict[str, object], second: tuple[int, int], rules: dict[str, int]
) -> None:
    """Wang stands from 5 to 9 and once more."""
    badge = {"credentials": (Credential(name="badge"),), "windows": ((-DAY, 14 * DAY),)}
    start, end = second
    question = a_question(
        [a_person("Wang", **(badge | person))],
        [
            a_duty("first", "5-9", team="a"),
            a_duty("second", f"{start}-{end}", team="b", credentials=("badge",)),
        ],
        rules=Rules(**rules),
    )
    found = {broken.rule for broken in verify_rota(question, a_rota(question, ("first", "Wang"), ("second", "Wang")))}
    assert found == (set() if rule is None else {rule})


def test_a_stretch_counts_across_midnight() -> None:
    question = a_question(
        [a_person("Wang")],
        [a_duty("late", "20-24"), a_duty("early", "0-5", 1)],
        rules=Rules(most_duties_a_day=1),
    )
    (broken,) = {one.rule for one in verify_rota(question, a_rota(question, ("late", "Wang"), ("early", "Wang")))}
    assert broken is RotaRule.STRETCH


def test_what_was_held_before_is_not_held_against_the_rota() -> None:
    overworked = a_person("Wang", held=(hours("0-20", 1), hours("21-24", 1)), most_week_min=HOUR)
    question = a_question([overworked, a_person("Li")], [a_duty("gate", "8-12", 4)])
    assert verify_rota(question, a_rota(question, ("gate", "Li"))) == ()


@pytest.mark.parametrize(
    "rota",
    [
        Rota(assigned=(("gate", "Wang"), ("gate", "Li"))),  # one too many
        Rota(assigned=()),  # empty, and it does not say so
        Rota(assigned=(("gate", "Wang"),), gaps=(Gap(duty="gate", missing=1, misses=()),)),  # full, and it says empty
        Rota(assigned=(("gate", "Wang"),), gaps=(Gap(duty="moon", missing=1, misses=()),)),
        Rota(assigned=(("gate", "Wang"), ("gate", "Wang"))),
        Rota(assigned=(("moon", "Wang"),)),
        Rota(assigned=(("gate", "Chang'e"),)),
    ],
)
def test_a_rota_that_does_not_belong_or_does_not_count_right_is_refused(rota: Rota) -> None:
    question = a_question([a_person("Wang"), a_person("Li")], [a_duty("gate", "8-12")])
    assert verify_rota(question, rota) != ()


def test_a_full_rota_is_passed() -> None:
    question = a_question([a_person("Wang"), a_person("Li")], [a_duty("gate", "8-12", needed=2)])
    assert verify_rota(question, a_rota(question, ("gate", "Wang"), ("gate", "Li"))) == ()


def test_days_may_be_longer_when_the_clocks_are_changed() -> None:
    """With a first day of 25 hours, midnight plus 24 hours still belongs to it."""
    people: list[Person] = [a_person("Wang", windows=((0, 3 * DAY),))]
    duties = [a_duty("early", "0-4"), a_duty("late", "24-25")]
    for starts, expected in (((), set()), ((0, 25 * HOUR), {RotaRule.DAY_DUTIES})):
        question = a_question(people, duties, rules=Rules(most_duties_a_day=1), day_starts=starts)
        found = verify_rota(question, a_rota(question, ("early", "Wang"), ("late", "Wang")))
        assert {broken.rule for broken in found} == expected
