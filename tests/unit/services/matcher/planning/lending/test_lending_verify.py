"""The referee of lending: every rule is silent where it is kept to the minute, and bites one beyond."""

from typing import Any

import pytest

from services.matcher.planning.lending import (
    Agreement,
    Lending,
    LendingGap,
    LendingRule,
    WhyEmpty,
    verify_lending,
)
from services.matcher.planning.rota import Credential
from tests.unit.services.matcher.planning.lending.areas import HOUR, a_duty, a_lending, a_person, a_question


@pytest.mark.parametrize(
    ("rule", "person", "duty", "agreement"),
    [
        (None, {}, {}, {}),
        (LendingRule.AGREEMENT, {}, {}, None),
        (None, {}, {}, {"services": ("patrol", "canteen")}),
        (LendingRule.AGREEMENT, {}, {}, {"services": ("canteen",)}),
        (None, {}, {}, {"windows": ((8 * HOUR, 12 * HOUR),)}),
        (LendingRule.AGREEMENT, {}, {}, {"windows": ((8 * HOUR, 12 * HOUR - 1),)}),
        (None, {}, {}, {"most_people": 1, "most_min": 4 * HOUR}),
        (LendingRule.PEOPLE_AT_A_TIME, {}, {}, {"most_people": 0}),
        (LendingRule.MINUTES_LENT, {}, {}, {"most_min": 4 * HOUR - 1}),
        (None, {"windows": ((8 * HOUR - 20, 12 * HOUR + 20),)}, {}, {}),
        (LendingRule.AVAILABILITY, {"windows": ((8 * HOUR - 19, 12 * HOUR + 20),)}, {}, {}),
        (LendingRule.AVAILABILITY, {"windows": ((8 * HOUR - 20, 12 * HOUR + 19),)}, {}, {}),
        (None, {"credentials": (Credential(name="badge", expires=12 * HOUR),)}, {"credentials": ("badge",)}, {}),
        (
            LendingRule.CREDENTIAL,
            {"credentials": (Credential(name="badge", expires=12 * HOUR - 1),)},
            {"credentials": ("badge",)},
            {},
        ),
        (None, {"most_min": 4 * HOUR}, {}, {}),
        (LendingRule.PERSON_MINUTES, {"most_min": 4 * HOUR - 1}, {}, {}),
    ],
)
def test_one_lent_person_is_judged(
    rule: LendingRule | None, person: dict[str, Any], duty: dict[str, Any], agreement: dict[str, Any] | None
) -> None:
    agreements = () if agreement is None else (Agreement(lender="East", borrower="West", **agreement),)
    question = a_question([a_person("Wang", "East", **person)], [a_duty("gate", "West", **duty)], agreements)
    found = {one.rule for one in verify_lending(question, a_lending(question, [("gate", "Wang")]))}
    assert found == (set() if rule is None else {rule})


@pytest.mark.parametrize(("starts", "kept"), [(12 * HOUR + 20, True), (12 * HOUR + 19, False), (10 * HOUR, False)])
def test_the_way_between_two_duties_is_time_too(starts: int, *, kept: bool) -> None:
    question = a_question(
        [a_person("Wang", "East")],
        [a_duty("ours", "East"), a_duty("theirs", "West", start=starts, end=starts + HOUR)],
        (Agreement(lender="East", borrower="West"),),
    )
    found = verify_lending(question, a_lending(question, [("ours", "Wang"), ("theirs", "Wang")]))
    assert {one.rule for one in found} == (set() if kept else {LendingRule.TRAVEL})


def test_people_lent_at_the_same_time_are_counted_over_all_duties() -> None:
    people = [a_person("Wang", "East"), a_person("Li", "East")]
    agreements = (Agreement(lender="East", borrower="West", most_people=1),)
    for second, expected in (("11-14", {LendingRule.PEOPLE_AT_A_TIME}), ("12-14", set())):
        question = a_question(people, [a_duty("one", "West"), a_duty("two", "West", second)], agreements)
        found = verify_lending(question, a_lending(question, [("one", "Wang"), ("two", "Li")]))
        assert {one.rule for one in found} == expected


def test_who_fills_less_than_alone_is_worse_off() -> None:
    question = a_question(
        [a_person("Wang", "East")],
        [a_duty("ours", "East"), a_duty("theirs", "West")],
        (Agreement(lender="East", borrower="West"),),
    )
    alone = [("ours", "Wang")]
    assert verify_lending(question, a_lending(question, alone, alone)) == ()
    found = verify_lending(question, a_lending(question, [("theirs", "Wang")], alone))
    assert {one.rule for one in found} == {LendingRule.WORSE_OFF}


def test_alone_means_alone() -> None:
    question = a_question(
        [a_person("Wang", "East")], [a_duty("theirs", "West")], (Agreement(lender="East", borrower="West"),)
    )
    found = verify_lending(question, a_lending(question, [("theirs", "Wang")], [("theirs", "Wang")]))
    assert {one.rule for one in found} == {LendingRule.AGREEMENT}


@pytest.mark.parametrize(
    "lending",
    [
        Lending(assigned=(("gate", "Wang"), ("gate", "Li")), alone=()),  # one too many
        Lending(assigned=(), alone=()),  # empty, and it does not say so
        Lending(assigned=(("gate", "Wang"), ("gate", "Wang")), alone=()),
        Lending(assigned=(("moon", "Wang"),), alone=()),
        Lending(assigned=(("gate", "Chang'e"),), alone=()),
        Lending(assigned=(("gate", "Wang"),), alone=(("moon", "Wang"),)),
        Lending(
            assigned=(("gate", "Wang"),),
            alone=(),
            gaps=(LendingGap(duty="moon", missing=1, why=WhyEmpty.NOBODY_FREE),),
        ),
    ],
)
def test_what_does_not_belong_or_does_not_count_right_is_refused(lending: Lending) -> None:
    question = a_question([a_person("Wang", "East"), a_person("Li", "East")], [a_duty("gate", "East")])
    assert {one.rule for one in verify_lending(question, lending)} == {LendingRule.BELONGS}
