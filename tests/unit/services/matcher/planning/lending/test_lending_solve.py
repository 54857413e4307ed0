"""Nobody lends what they need themselves; within that, no lending covers more, travels less, or shares more evenly."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cache

import pytest

from services.matcher.planning.fairness import unfairness_min
from services.matcher.planning.lending import (
    Agreement,
    Lending,
    LendingQuestion,
    LendingRule,
    WhyEmpty,
    verify_lending,
)
from services.matcher.planning.lending.model import burden_step
from services.matcher.planning.lending.solve import solve_lending
from services.matcher.planning.rota import Credential
from tests.unit.services.matcher.planning.lending.areas import (
    HOUR,
    a_duty,
    a_lending,
    a_person,
    a_question,
    a_random_neighbourhood,
    every_choice,
)

SEEDS = range(20)
PLENTY_S = 20.0  # small questions are proven in hundredths of a second and never use it
Choice = tuple[tuple[str, str], ...]


@cache
def solved(seed: int) -> tuple[LendingQuestion, Lending]:
    question = a_random_neighbourhood(seed)
    return question, solve_lending(question, seconds=PLENTY_S)


def filled(question: LendingQuestion, choice: Choice) -> Mapping[str, int]:
    area = {duty.id: duty.area for duty in question.duties}
    return Counter(area[duty] for duty, _ in choice)


def travel_and_burden(question: LendingQuestion, choice: Choice) -> tuple[int, int]:
    duties, people = {one.id: one for one in question.duties}, {one.id: one for one in question.people}
    travel, lent = 0, defaultdict[str, int](int)
    for duty, person in choice:
        home, there = people[person].area, duties[duty].area
        travel += question.travel(home, there)
        lent[home] += duties[duty].minutes * (home != there)
    step = burden_step(question)
    return travel, sum(unfairness_min(minutes, step) for minutes in lent.values())


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_worse_off_and_no_lending_is_better(seed: int) -> None:
    question, found = solved(seed)
    assert (found.cover_proven, found.wishes_proven) == (True, True)

    kept = [one for one in every_choice(question) if not verify_lending(question, a_lending(question, one))]
    home = {person.id: person.area for person in question.people}
    area = {duty.id: duty.area for duty in question.duties}
    at_home = [one for one in kept if all(home[person] == area[duty] for duty, person in one)]
    own = {name: max(filled(question, one)[name] for one in at_home) for name in question.areas}
    assert filled(question, found.alone) == {name: most for name, most in own.items() if most}

    allowed = [one for one in kept if all(filled(question, one)[name] >= most for name, most in own.items())]
    fullest = max(map(len, allowed))
    best = min(travel_and_burden(question, one) for one in allowed if len(one) == fullest)
    assert len(found.assigned) == fullest
    assert (found.travel_min, found.unfairness_min) == travel_and_burden(question, found.assigned) == best


GIVES_WAY = {
    WhyEmpty.AGREEMENT_USED_UP: {LendingRule.PEOPLE_AT_A_TIME, LendingRule.MINUTES_LENT},
    WhyEmpty.NO_AGREEMENT: {LendingRule.AGREEMENT},
}


@pytest.mark.parametrize("seed", SEEDS)
def test_relaxing_the_named_agreement_fills_the_slot_and_nobody_else_could(seed: int) -> None:
    question, found = solved(seed)
    for gap in found.gaps:
        broken = {
            person.id: {
                one.rule
                for one in verify_lending(
                    question, a_lending(question, (*found.assigned, (gap.duty, person.id)), found.alone)
                )
            }
            for person in question.people
            if (gap.duty, person.id) not in found.assigned
        }
        if gap.person:
            assert broken[gap.person] <= GIVES_WAY[gap.why]
        elif gap.why is WhyEmpty.NOBODY_QUALIFIED:
            assert all(rules & {LendingRule.CREDENTIAL, LendingRule.AGREEMENT} for rules in broken.values())
        else:
            busy = {LendingRule.TRAVEL, LendingRule.AVAILABILITY, LendingRule.PERSON_MINUTES}
            assert any(rules & busy for rules in broken.values())
            assert all(rules & (busy | {LendingRule.CREDENTIAL}) for rules in broken.values())


def test_a_lender_s_own_duty_comes_first() -> None:
    people = [a_person("Wang", "East")]
    duties = [a_duty("ours", "East"), a_duty("theirs", "West", needed=2)]
    agreement = Agreement(lender="East", borrower="West")
    found = solve_lending(a_question(people, duties, (agreement,)), seconds=PLENTY_S)
    assert found.assigned == (("ours", "Wang"),)
    assert [(gap.duty, gap.missing, gap.why) for gap in found.gaps] == [("theirs", 2, WhyEmpty.NOBODY_FREE)]


def test_the_nearer_neighbour_comes_and_the_burden_is_shared_where_ways_are_equal() -> None:
    equal = ((0, 20, 20), (20, 0, 20), (20, 20, 0))
    people = [a_person(f"e{number}", "East") for number in range(2)]
    people += [a_person(f"s{number}", "South") for number in range(2)]
    duties = [a_duty("theirs", "West", needed=2)]
    agreements = (Agreement(lender="East", borrower="West"), Agreement(lender="South", borrower="West"))
    question = a_question(people, duties, agreements)
    assert {person for _, person in solve_lending(question, seconds=PLENTY_S).assigned} == {"e0", "e1"}
    even = solve_lending(a_question(people, duties, agreements, travel_min=equal), seconds=PLENTY_S)
    assert sorted(person[0] for _, person in even.assigned) == ["e", "s"]


@pytest.mark.parametrize(
    ("agreement", "person", "why", "area"),
    [
        (None, {}, WhyEmpty.NO_AGREEMENT, "East"),
        ({"services": ("canteen",)}, {}, WhyEmpty.NO_AGREEMENT, "East"),
        ({"windows": ((0, 11 * HOUR),)}, {}, WhyEmpty.NO_AGREEMENT, "East"),
        ({"most_people": 0}, {}, WhyEmpty.AGREEMENT_USED_UP, "East"),
        ({"most_min": 4 * HOUR - 1}, {}, WhyEmpty.AGREEMENT_USED_UP, "East"),
        ({}, {"windows": ((8 * HOUR, 12 * HOUR),)}, WhyEmpty.NOBODY_FREE, ""),  # no time for the way
        ({}, {"most_min": 4 * HOUR - 1}, WhyEmpty.NOBODY_FREE, ""),
        ({}, {"credentials": ()}, WhyEmpty.NOBODY_QUALIFIED, ""),
        ({}, {"credentials": (Credential(name="badge", expires=11 * HOUR),)}, WhyEmpty.NOBODY_QUALIFIED, ""),
    ],
)
def test_an_empty_slot_says_what_is_in_the_way(
    agreement: dict[str, object] | None, person: dict[str, object], why: WhyEmpty, area: str
) -> None:
    badge: dict[str, object] = {"credentials": (Credential(name="badge"),)}
    agreements = () if agreement is None else (Agreement(lender="East", borrower="West", **agreement),)  # type: ignore[arg-type]
    question = a_question(
        [a_person("Wang", "East", **(badge | person))],
        [a_duty("gate", "West", credentials=("badge",))],
        agreements,
    )
    (gap,) = solve_lending(question, seconds=PLENTY_S).gaps
    assert (gap.why, gap.area) == (why, area)
    assert "{" not in gap.in_words("zh") + gap.in_words("en")


def test_an_agreement_for_saturdays_lends_on_saturday_and_not_on_sunday() -> None:
    saturday, sunday = "8-12", "32-36"
    question = a_question(
        [a_person(f"p{number}", "East", windows=((0, 48 * HOUR),)) for number in range(3)],
        [a_duty("sat", "West", saturday, needed=3), a_duty("sun", "West", sunday, needed=3)],
        (Agreement(lender="East", borrower="West", most_people=2, windows=((0, 24 * HOUR),)),),
    )
    found = solve_lending(question, seconds=PLENTY_S)
    assert Counter(duty for duty, _ in found.assigned) == {"sat": 2}
    assert [gap.why for gap in found.gaps] == [WhyEmpty.AGREEMENT_USED_UP, WhyEmpty.NO_AGREEMENT]


def test_no_time_at_all_still_gives_a_lending_that_keeps_every_rule() -> None:
    question = a_random_neighbourhood(1)
    found = solve_lending(question, seconds=0.0)
    assert verify_lending(question, found) == ()
    assert not found.wishes_proven


def test_the_same_question_and_seed_have_the_same_lending() -> None:
    question = a_random_neighbourhood(4)
    assert solve_lending(question, seconds=PLENTY_S, seed=2) == solve_lending(question, seconds=PLENTY_S, seed=2)


def test_a_lending_that_breaks_a_rule_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    question = a_question([a_person("Wang", "East")], [a_duty("gate", "West")])
    broken = verify_lending(question, a_lending(question, [("gate", "Wang")]))
    assert broken
    monkeypatch.setattr("services.matcher.planning.lending.solve.verify_lending", lambda *_: broken)
    with pytest.raises(AssertionError, match="breaks rules"):
        solve_lending(question, seconds=PLENTY_S)
