"""Reasons for a crowd: cheap ones for all, dear ones while there is time, and a true sentence for the rest."""

from collections import Counter
from dataclasses import replace

from services.matcher.planning import AfterSeconds, Batch, Job, Params, Problem, Reason, Volunteer
from services.matcher.planning.draft import Draft
from services.matcher.planning.empty_day import EmptyDay
from services.matcher.planning.explain_in_time import explain_in_time
from services.matcher.planning.stop import Countdown

from .boards import a_meal, a_problem, a_visit, a_volunteer

NO_TIME = 1e-9  # seconds


def told(problem: Problem, *, placed: tuple[str, ...] = (), seconds: float = 60.0) -> Counter[Reason]:
    """Place some jobs, explain the others, and count the reasons."""
    draft = Draft(problem, params=Params.default())
    assert all(draft.place(job) for job in placed)
    empty_day = EmptyDay(problem, params=Params.default())
    explain_in_time(draft, empty_day, Countdown(AfterSeconds(seconds=seconds)), margin_s=0)
    return Counter(one.reason for one in draft.unplaced.values())


def full_board(*more: Job | Volunteer | Batch) -> Problem:
    """Somebody who has time for one of five visits."""
    return a_problem(*(a_visit(f"visit{number}") for number in range(5)), a_volunteer(duty=((0, 1_000),)), *more)


def test_two_thousand_jobs_without_the_skill_all_say_so_within_seconds() -> None:
    jobs = [a_visit(f"visit{number}", number % 30, skills=frozenset({"99"})) for number in range(2_000)]
    people = [a_volunteer(f"v{number:02}") for number in range(30)]
    assert told(a_problem(*jobs, *people), seconds=5.0) == {Reason.SKILL: 2_000}


def test_without_time_a_job_that_would_fit_alone_says_that_people_are_full() -> None:
    assert told(full_board(), placed=("visit0",), seconds=NO_TIME) == {Reason.FULL: 4}


def test_with_time_the_rule_that_would_have_to_give_way_is_found() -> None:
    assert told(full_board(), placed=("visit0",)) == {Reason.DUTY: 4}


def test_without_time_nobody_is_called_full_where_the_batch_is_used_up() -> None:
    meals = [a_meal(f"meal{number}", batch="noon") for number in range(3)]
    problem = a_problem(*meals, Batch(id="noon", place=0, ready=0, count=1), a_volunteer())
    assert told(problem, placed=("meal0",), seconds=NO_TIME) == {Reason.BATCH: 2}


def test_without_time_what_fits_on_nobodys_day_is_not_called_full() -> None:
    late = a_visit("late", windows=((90_000, 90_000),))
    assert told(full_board(late), placed=("visit0",), seconds=NO_TIME) == {Reason.FULL: 4, Reason.NOT_TRIED: 1}


def test_a_job_that_fits_is_placed_instead_of_explained() -> None:
    problem = full_board()
    assert told(problem) == {Reason.DUTY: 4}  # the engine left out what somebody idle could do
    two = replace(problem, volunteers=(*problem.volunteers, a_volunteer("li", duty=((0, 1_000),))))
    assert told(two, placed=("visit0",), seconds=NO_TIME) == {Reason.FULL: 3}
