from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from services.matcher.planning import (
    Batch,
    Job,
    Plan,
    Problem,
    Reason,
    Travel,
    Unplaced,
    carry_over,
    insert,
    insert_all,
)

from .boards import ALL_DAY, a_meal, a_problem, a_random_board, a_visit, a_volunteer, line


def blocked(*things: Any, job: str = "visit", travel: Travel | None = None) -> Unplaced:
    """Insert everything; return why one job is not placed."""
    problem = a_problem(*things, travel=travel)
    plan = insert_all(problem, carry_over(problem, None), [one.id for one in problem.jobs])
    (unplaced,) = [one for one in plan.unplaced if one.job == job]
    assert unplaced.also == ()
    return unplaced


def test_nobody_is_there() -> None:
    assert blocked(a_visit()).reason is Reason.NO_VOLUNTEERS


def test_nobody_has_the_skill_and_the_nearest_lacks_what() -> None:
    able = frozenset({"driver", "electrician"})
    unplaced = blocked(a_visit(skills=able), a_volunteer(skills=frozenset({"driver"})))
    assert unplaced.reason is Reason.SKILL
    assert unplaced.nearest_miss.names == ("electrician",)
    assert unplaced.in_words("en") == "Nobody who could come has all skills: the nearest volunteer lacks electrician."
    assert unplaced.in_words("zh") == "能去的人都不具备全部技能：最近的一位志愿者缺 electrician。"


def test_the_window_is_missed_by_eleven_minutes() -> None:
    # Sixteen minutes on the way, and the window closes after five.
    unplaced = blocked(a_visit(place=16, windows=((0, 300),)), a_volunteer())
    assert unplaced.reason is Reason.WINDOW
    assert (unplaced.nearest_miss.volunteer, unplaced.nearest_miss.amount) == ("wang", 660)
    assert unplaced.in_words("en") == "Outside the time window: the nearest volunteer would miss it by 11 min."
    assert unplaced.in_words("zh") == "不在时间窗内：最近的一位志愿者会差 11 分钟。"


def test_duty_is_too_short_by_ten_minutes() -> None:
    unplaced = blocked(a_visit(place=5, windows=((600, 600),)), a_volunteer(duty=((0, 600),)))
    assert unplaced.reason is Reason.DUTY
    assert unplaced.nearest_miss.amount == 600  # service takes ten minutes


def test_the_box_is_too_small_by_two() -> None:
    unplaced = blocked(a_meal(load=(5, 0)), a_volunteer(capacity=(3, 9_999)), job="meal")
    assert unplaced.reason is Reason.CAPACITY
    assert unplaced.nearest_miss.amount == 2


def test_the_meal_would_be_cold_by_five_minutes() -> None:
    unplaced = blocked(a_meal(place=15, max_ride_s=600), a_volunteer(), job="meal")
    assert unplaced.reason is Reason.HOT_LIMIT
    assert unplaced.nearest_miss.amount == 300


def test_the_batch_is_used_up() -> None:
    meals = [a_meal("first", batch="noon", priority=99_999), a_meal("second", batch="noon")]
    unplaced = blocked(*meals, Batch(id="noon", place=0, ready=0, count=1), a_volunteer(), job="second")
    assert unplaced.reason is Reason.BATCH
    assert unplaced.nearest_miss.amount == 1


def test_the_batch_is_ready_too_late() -> None:
    # Half a minute at the counter, five to the door, which closes at 600: ready by 270 would do.
    meal = a_meal(batch="noon", windows=((0, 600),))
    unplaced = blocked(meal, Batch(id="noon", place=0, ready=1_000, count=9), a_volunteer(), job="meal")
    assert unplaced.reason is Reason.BATCH_READY
    assert unplaced.nearest_miss.amount == 730


def test_those_who_could_refused() -> None:
    unplaced = blocked(a_visit(not_volunteers=frozenset({"wang"})), a_volunteer("wang"))
    assert unplaced.reason is Reason.REFUSED
    assert unplaced.nearest_miss.volunteer == "wang"
    wanted = blocked(a_visit(only_volunteers=frozenset({"li"})), a_volunteer("wang"))
    assert wanted.reason is Reason.REFUSED


def test_everybody_has_done_enough() -> None:
    unplaced = blocked(a_visit("first"), a_visit(), a_volunteer(max_stops=1))
    assert unplaced.reason is Reason.STOPS


def test_a_person_is_missing() -> None:
    pair = [a_visit(name, 5, together="g", windows=((3_000, 3_000),)) for name in ("visit", "other")]
    unplaced = blocked(*pair, a_volunteer())
    assert unplaced.reason is Reason.PEOPLE
    assert "1 more wanted" in unplaced.in_words("en")


def test_a_place_beyond_every_duty_is_out_of_reach_and_no_rule_is_blamed() -> None:
    far = line(3, step_s=1_000_000)
    unplaced = blocked(a_meal(place=2), a_volunteer(end_place=0), travel=far, job="meal")
    assert unplaced.reason is Reason.OUT_OF_REACH
    # There and back, five minutes' service (with set-up); duty lasts 50,000 s.
    assert unplaced.nearest_miss.volunteer == "wang"
    assert unplaced.nearest_miss.amount == 4_000_000 + 30 + 120 + 120 - 50_000
    assert "out of reach" in unplaced.in_words("en").lower()
    assert "至少要比值班时间多 65838 分钟" in unplaced.in_words("zh")


def test_a_service_longer_than_any_day_is_out_of_reach() -> None:
    unplaced = blocked(a_meal(service_s=10_000_000), a_volunteer(), a_volunteer("li", duty=((0, 40_000),)), job="meal")
    assert unplaced.reason is Reason.OUT_OF_REACH
    assert unplaced.nearest_miss.volunteer == "wang"  # on duty for longer than the other


def test_a_window_days_after_duty_is_missed_by_the_window_alone() -> None:
    opens = 50_000 + 80 * 3600
    unplaced = blocked(a_meal(windows=((opens, opens + 3600),)), a_volunteer(), job="meal")
    assert unplaced.reason is Reason.WINDOW
    assert unplaced.nearest_miss.amount == 80 * 3600 + 120  # at the door at the last moment of duty


def test_a_window_after_duty_is_missed_by_no_more_than_it_must() -> None:
    unplaced = blocked(a_visit(windows=((20_900, 21_000),)), a_volunteer(duty=((0, 20_000),)))
    assert unplaced.reason is Reason.WINDOW
    assert unplaced.nearest_miss.amount == 1_500  # the last start is ten minutes before duty ends


def test_duty_is_too_short_by_what_is_missing_at_one_end() -> None:
    unplaced = blocked(a_visit(place=0, service_s=18_000), a_volunteer(duty=((30_000, 33_200),)))
    assert (unplaced.reason, unplaced.nearest_miss.amount) == (Reason.DUTY, 14_800)


def test_longer_duty_lets_the_other_stops_move_too() -> None:
    # The early one has to come first, and the other would then end after duty.
    other = a_visit("other", 5, windows=((0, 5_000),), priority=99_999)
    early = a_visit(place=5, windows=((300, 400),))
    unplaced = blocked(other, early, a_volunteer(duty=((0, 1_000),)))
    assert unplaced.reason is Reason.DUTY
    assert unplaced.nearest_miss.amount == 300 + 2 * 600 - 1_000


def test_a_batch_that_is_used_up_and_late_is_both() -> None:
    first, second = (a_meal(name, batch="noon", windows=((0, 600),)) for name in ("first", "second"))
    problem = a_problem(first, second, Batch(id="noon", place=0, ready=1_000, count=0), a_volunteer())
    plan = insert_all(problem, carry_over(problem, None), ["first", "second"])
    for unplaced in plan.unplaced:
        assert (unplaced.reason, unplaced.also) == (Reason.BATCH, (Reason.BATCH_READY,))


def test_two_rules_are_named_together_when_neither_suffices_alone() -> None:
    problem = a_problem(a_visit(skills=frozenset({"doctor"}), place=16, windows=((0, 300),)), a_volunteer())
    (unplaced,) = insert(problem, carry_over(problem, None), "visit").unplaced
    assert {unplaced.reason, *unplaced.also} == {Reason.SKILL, Reason.WINDOW}
    assert "window, skill" in unplaced.in_words("en")
    assert "时间窗、技能资质" in unplaced.in_words("zh")


def test_every_reason_has_words_in_both_languages() -> None:
    for reason in Reason:
        for language in ("en", "zh"):
            assert Unplaced(job="x", reason=reason).in_words(language)
    with pytest.raises(ValueError, match="fr"):
        Unplaced(job="x", reason=Reason.SKILL).in_words("fr")


RELAXABLE = frozenset(Reason) - {Reason.NO_VOLUNTEERS, Reason.OUT_OF_REACH, Reason.FULL, Reason.NOT_TRIED}


def relaxed(problem: Problem, plan: Plan, job: str, rules: Sequence[Reason]) -> Problem:
    """Relax the named rules and nothing else; written from the meaning of the rules, not from explain.py."""
    problem = _another_batch(problem, plan, job, rules)
    old = problem.job_of[job]
    wide = old.pickup and replace(old.pickup, windows=ALL_DAY)
    of_the_job: dict[Reason, dict[str, Any]] = {
        Reason.SKILL: {"skills": frozenset()},
        Reason.REFUSED: {"not_volunteers": frozenset(), "only_volunteers": None},
        Reason.CAPACITY: {"load": (0,) * len(old.load)},
        Reason.HOT_LIMIT: {"max_ride_s": None},
        Reason.PEOPLE: {"together": None},
        Reason.WINDOW: {"windows": ALL_DAY, "pickup": wide, "together": None},
    }
    of_the_people: dict[Reason, dict[str, Any]] = {Reason.DUTY: {"duty": ALL_DAY}, Reason.STOPS: {"max_stops": None}}
    for rule in rules:
        jobs = tuple(_relaxed_job(one, old, of_the_job.get(rule, {})) for one in problem.jobs)
        people = tuple(replace(one, **of_the_people.get(rule, {})) for one in problem.volunteers)
        problem = replace(problem, jobs=jobs, volunteers=people)
    return problem


def _another_batch(problem: Problem, plan: Plan, job: str, rules: Sequence[Reason]) -> Problem:
    """Give this job a batch of its own, with a portion if one is left or need not be, and ready if it need not be."""
    old = problem.job_of[job]
    if old.batch is None or not {Reason.BATCH, Reason.BATCH_READY}.intersection(rules):
        return problem
    batch = problem.batch_of[old.batch]
    ready = 0 if Reason.BATCH_READY in rules else batch.ready
    fed = sum(problem.job_of[placed].batch == batch.id for placed in plan.placed)
    own = Batch(id="own", place=batch.place, ready=ready, count=int(Reason.BATCH in rules or fed < batch.count))
    jobs = tuple(_relaxed_job(one, old, {"batch": "own"}) for one in problem.jobs)
    return replace(problem, jobs=jobs, batches=(*problem.batches, own))


def _relaxed_job(job: Job, target: Job, changes: dict[str, Any]) -> Job:
    return replace(job, **changes) if job.id == target.id else job


def test_relaxing_exactly_the_named_rule_makes_a_job_placeable() -> None:
    tried, placeable, named = 0, 0, Counter[Reason]()
    for seed in range(100, 200):
        problem = a_random_board(seed)
        plan = insert_all(problem, carry_over(problem, None), [job.id for job in problem.jobs])
        for unplaced in plan.unplaced:
            tried += 1
            named[unplaced.reason] += 1
            placeable += _fits_when_relaxed(problem, plan, unplaced)
    assert tried >= 200
    assert len(named) >= 7  # the boards bring most rules into play
    assert placeable >= 0.95 * tried, f"{placeable} of {tried}"


def _fits_when_relaxed(problem: Problem, plan: Plan, unplaced: Unplaced) -> bool:
    easier = relaxed(problem, plan, unplaced.job, (unplaced.reason, *unplaced.also))
    retried = insert(easier, carry_over(easier, plan), unplaced.job)
    return unplaced.job in retried.placed


def test_of_rules_that_are_named_together_none_can_be_spared() -> None:
    tried = 0
    for seed in range(300, 330):
        problem = a_random_board(seed, visits=6, meals=5, volunteers=2)
        plan = insert_all(problem, carry_over(problem, None), [job.id for job in problem.jobs])
        for unplaced in plan.unplaced:
            named = (unplaced.reason, *unplaced.also)
            for spared in named if unplaced.also else ():
                tried += 1
                fewer = relaxed(problem, plan, unplaced.job, [rule for rule in named if rule is not spared])
                retried = insert(fewer, carry_over(fewer, plan), unplaced.job)
                assert unplaced.job not in retried.placed, (seed, unplaced, spared)
    assert tried >= 100


def test_what_is_out_of_reach_stays_so_without_any_rule() -> None:
    tried = 0
    for seed in range(20):
        board = a_random_board(seed)
        slow = tuple(matrix * np.int32(400) for matrix in board.travel.seconds)
        problem = replace(board, travel=Travel(seconds=slow, metres=board.travel.metres))
        plan = insert_all(problem, carry_over(problem, None), [job.id for job in problem.jobs])
        for unplaced in plan.unplaced:
            if unplaced.reason is Reason.OUT_OF_REACH:
                tried += 1
                free = relaxed(problem, plan, unplaced.job, tuple(RELAXABLE))
                assert unplaced.job not in insert(free, carry_over(free, plan), unplaced.job).placed
    assert tried >= 50
