"""Rotas are as full and as fair as any that there is, and say what stands in the way of the rest."""

import pickle
from collections import Counter
from dataclasses import replace
from functools import cache
from math import inf

import pytest

from services.matcher.planning.fairness import unfairness_min
from services.matcher.planning.patience import Patience
from services.matcher.planning.rota import Credential, Gap, Miss, Rota, RotaQuestion, RotaRule, Rules
from services.matcher.planning.rota.model import part_step
from services.matcher.planning.rota.parts import parts_of
from services.matcher.planning.rota.question import load_before
from services.matcher.planning.rota.solve import solve_rota
from services.matcher.planning.rota.verify import verify_rota
from tests.unit.services.matcher.planning.rota.weeks import (
    DAY,
    HOUR,
    a_duty,
    a_person,
    a_question,
    a_random_week,
    a_rota,
    every_rota,
    hours,
)

SEEDS = range(30)
PLENTY_S = 20.0  # small questions are proven in hundredths of a second and never use it


@cache
def solved(seed: int) -> tuple[RotaQuestion, Rota]:
    question = a_random_week(seed)
    return question, solve_rota(question, seconds=PLENTY_S)


def wishes_min(question: RotaQuestion, rota: Rota) -> int:
    """Count again what the wishes are worth: fairness within each part, and familiar pairs."""
    stands = set(rota.assigned)
    minutes = Counter(
        {name: sum(duty.minutes for duty in question.duties if (duty.id, name) in stands) for _, name in stands}
    )
    together = sum(
        all((duty.id, name) in stands for name in pair) for pair in question.familiar for duty in question.duties
    )
    unfair = sum(
        unfairness_min(load_before(person) + minutes[person.id], part_step(question, part))
        for part in parts_of(question, Patience(inf))
        for person in (question.people[at] for at in part.people)
    )
    return unfair - question.familiar_min * together


@pytest.mark.parametrize("seed", SEEDS)
def test_no_rota_fills_more_slots_and_none_as_full_is_fairer(seed: int) -> None:
    question, found = solved(seed)
    kept = [rota for rota in every_rota(question) if not verify_rota(question, rota)]
    fewest = min(rota.empty_slots for rota in kept)
    assert (found.empty_slots, found.cover_proven, found.wishes_proven) == (fewest, True, True)
    best = min(wishes_min(question, rota) for rota in kept if rota.empty_slots == fewest)
    assert wishes_min(question, found) == best


@pytest.mark.parametrize("seed", SEEDS)
def test_relaxing_exactly_the_named_rule_fills_the_slot(seed: int) -> None:
    """The referee names the rules that one more person would break: just those that the miss names."""
    question, found = solved(seed)
    for gap in found.gaps:
        assert gap.misses
        for miss in gap.misses:
            if miss.rules != (RotaRule.HEADCOUNT,):
                one_more = a_rota(question, *found.assigned, (gap.duty, miss.person))
                assert {broken.rule for broken in verify_rota(question, one_more)} == set(miss.rules)


def test_the_same_question_and_seed_have_the_same_rota_also_after_a_journey() -> None:
    question = a_random_week(3)
    copy = pickle.loads(pickle.dumps(question))  # noqa: S301 - our own bytes
    assert solve_rota(question, seconds=PLENTY_S, seed=5) == solve_rota(copy, seconds=PLENTY_S, seed=5)


def test_no_time_at_all_still_gives_a_rota_that_keeps_every_rule() -> None:
    question = a_question(
        [a_person(name) for name in ("Wang", "Li", "Zhao")],
        [a_duty(f"day {day}", "8-16", day, needed=2) for day in range(7)],
    )
    found = solve_rota(question, seconds=0.0)
    assert verify_rota(question, found) == ()
    assert found.empty_slots == 0
    assert not found.wishes_proven


def test_who_stood_much_in_the_last_weeks_stands_less_in_this() -> None:
    question = a_question(
        [a_person("Wang", last_weeks_min=24 * HOUR), a_person("Li")],
        [a_duty(f"day {day}", "8-16", day) for day in range(3)],
    )
    found = solve_rota(question, seconds=PLENTY_S)
    assert {person for _, person in found.assigned} == {"Li"}


def test_familiar_people_stand_together_where_it_costs_no_fairness() -> None:
    people = [a_person(name) for name in ("Wang", "Li", "Zhao", "Chen")]
    duties = [a_duty(f"day {day}", "8-16", day, needed=2) for day in range(4)]
    question = a_question(people, duties, familiar=(("Wang", "Zhao"),))
    found = solve_rota(question, seconds=PLENTY_S)
    assert found.together == 2
    assert set(Counter(person for _, person in found.assigned).values()) == {2}


def test_teams_that_share_nobody_are_parts_and_one_shared_person_joins_them() -> None:
    duties = [a_duty("gate", "8-12", team="a"), a_duty("yard", "8-12", team="b")]
    people = [a_person("Wang", teams=("a",)), a_person("Li", teams=("b",))]
    assert len(parts_of(a_question(people, duties), Patience(inf))) == 2
    assert len(parts_of(a_question([*people, a_person("Zhao")], duties), Patience(inf))) == 1


def test_many_small_parts_are_all_solved_whoever_takes_the_last() -> None:
    """Two threads take parts from one heap: neither may find it empty in the middle of taking."""
    people = [a_person(f"p{number}", teams=(f"t{number}",)) for number in range(50)]
    duties = [a_duty(f"d{number}", "8-12", team=f"t{number}") for number in range(400)]
    found = solve_rota(a_question(people, duties), seconds=PLENTY_S)
    assert (len(found.assigned), found.empty_slots) == (50, 350)
    assert (found.cover_proven, found.wishes_proven) == (True, True)


def test_where_people_are_too_few_the_smallest_set_of_slots_is_named() -> None:
    """Each of two people can stand one night of three: two slots short, whichever way one turns it."""
    question = a_question(
        [a_person(name, most_week_min=8 * HOUR) for name in ("Wang", "Li")],
        [a_duty(f"night {day}", "0-8", day, needed=1 + (day == 0)) for day in range(3)],
    )
    found = solve_rota(question, seconds=PLENTY_S)
    assert (found.empty_slots, found.cover_proven) == (2, True)
    assert {miss.rules for gap in found.gaps for miss in gap.misses} == {(RotaRule.WEEK_MINUTES,)}


@pytest.mark.parametrize(
    ("person", "rules", "rule", "amount"),
    [
        ({"credentials": (Credential(name="badge", expires=hours("0-11")[1]),)}, {}, RotaRule.CREDENTIAL, 1),
        ({"windows": (hours("8-11"),)}, {}, RotaRule.AVAILABILITY, HOUR),
        ({"held": (hours("11-13"),)}, {"rest_min": 0}, RotaRule.OVERLAP, HOUR),
        ({"held": (hours("0-6"),)}, {}, RotaRule.REST, 9 * HOUR),
        ({}, {"longest_stretch_min": 3 * HOUR}, RotaRule.STRETCH, 10),
        ({"held": (hours("14-16"),)}, {"rest_min": 0, "most_duties_a_day": 1}, RotaRule.DAY_DUTIES, 1),
        ({"held": (hours("8-12", 3),)}, {"most_duties_a_week": 1}, RotaRule.WEEK_DUTIES, 1),
        ({"most_week_min": 3 * HOUR}, {}, RotaRule.WEEK_MINUTES, HOUR),
        ({"teams": ("other",)}, {}, RotaRule.TEAM, 0),
    ],
)
def test_an_empty_slot_says_which_rule_keeps_who_is_nearest_from_it(
    person: dict[str, object], rules: dict[str, int], rule: RotaRule, amount: int
) -> None:
    badge = {"credentials": (Credential(name="badge"),)}
    question = a_question(
        [a_person("Wang", **(badge | person)), a_person("Li", teams=("other",), windows=((-DAY, 0),))],
        [a_duty("gate", "8-12", credentials=("badge",)), a_duty("far", "8-12", 6, team="other")],
        rules=Rules(**rules),
    )
    gap = next(gap for gap in solve_rota(question, seconds=PLENTY_S).gaps if gap.duty == "gate")
    assert (gap.missing, gap.misses[0].rules, gap.misses[0].person, gap.misses[0].amount) == (
        1,
        (rule,),
        "Wang",
        amount,
    )


def test_a_duty_that_needs_more_people_than_there_are_says_how_many() -> None:
    question = a_question([a_person("Wang")], [a_duty("gate", "8-12", needed=3)])
    assert solve_rota(question, seconds=PLENTY_S).gaps == (
        Gap(duty="gate", missing=2, misses=(Miss(rules=(RotaRule.HEADCOUNT,), amount=2),)),
    )


def test_where_no_single_rule_is_to_blame_the_fewest_are_named_together() -> None:
    question = a_question(
        [
            a_person("Wang", windows=(hours("8-11"),), most_week_min=HOUR),
            a_person("Li", teams=("b",), windows=((0, 9),)),
        ],
        [a_duty("gate", "8-12"), a_duty("b", "8-12", team="b")],
    )
    (miss,) = solve_rota(question, seconds=PLENTY_S).gaps[0].misses
    assert (miss.person, miss.rules) == ("Wang", (RotaRule.WEEK_MINUTES, RotaRule.AVAILABILITY))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_rule_is_said_in_words(language: str) -> None:
    said = {Miss(rules=(rule,), person="W1", amount=7, names=("badge",)).in_words(language) for rule in RotaRule}
    said.add(Miss(rules=(RotaRule.REST, RotaRule.TEAM), person="W1").in_words(language))
    assert len(said) == len(RotaRule) + 1
    assert all("{" not in text for text in said)


def test_a_rota_that_breaks_a_rule_is_never_given(monkeypatch: pytest.MonkeyPatch) -> None:
    question = a_question([a_person("Wang")], [a_duty("gate", "8-12")])
    broken = verify_rota(question, replace(a_rota(question), gaps=()))
    assert broken
    monkeypatch.setattr("services.matcher.planning.rota.solve.verify_rota", lambda *_: broken)
    with pytest.raises(AssertionError, match="breaks rules"):
        solve_rota(question, seconds=PLENTY_S)
