"""What fits on nobody's empty day, and why: asked for many jobs at once, checked by insertion."""

from dataclasses import replace
from random import Random

from services.matcher.planning import Job, Params, Problem, Reason, Volunteer, carry_over, insert
from services.matcher.planning.empty_day import EmptyDay

from .boards import a_meal, a_problem, a_random_board, a_visit, a_volunteer


def crowded(seed: int) -> Problem:
    """A random board on which every job is asked for at other places too, and volunteers have doubles."""
    board, chance = a_random_board(seed, pairs=1, volunteers=3), Random(seed)
    jobs = [*board.jobs]
    for job in board.jobs:
        if job.together is None:
            jobs += [
                replace(job, id=f"{job.id} {copy}", place=chance.randrange(2, board.travel.places)) for copy in "ab"
            ]
    people = [*board.volunteers, *(replace(one, id=f"{one.id} too") for one in board.volunteers)]
    return replace(board, jobs=tuple(jobs), volunteers=tuple(people))


def test_what_fits_is_what_can_be_inserted_into_nothing() -> None:
    answers = set()
    for seed in range(12):
        problem = crowded(seed)
        nothing, empty_day = carry_over(problem, None), EmptyDay(problem, params=Params.default())
        for job in problem.jobs:
            fits = job.id in insert(problem, nothing, job.id).placed
            assert empty_day.fits(job.id) is fits
            answers.add(fits)
    assert answers == {True, False}


def test_the_reason_is_one_that_insertion_would_have_named() -> None:
    for seed in range(12):
        problem = crowded(seed)
        nothing, empty_day = carry_over(problem, None), EmptyDay(problem, params=Params.default())
        for job in problem.jobs:
            if not empty_day.fits(job.id):
                (found,) = [one for one in insert(problem, nothing, job.id).unplaced if one.job == job.id]
                why = empty_day.why_not(job.id)
                assert (why.job, why.reason, why.also) == (job.id, found.reason, found.also)


def asked(jobs: list[Job], *people: Volunteer) -> EmptyDay:
    return EmptyDay(a_problem(*jobs, *people), params=Params.default())


def test_what_is_known_of_one_job_holds_for_its_kind_only_where_the_place_does_not_matter() -> None:
    heavy = [a_meal(name, place, load=(11, 0)) for name, place in (("near", 1), ("far", 20))]
    day = asked(heavy, a_volunteer())
    assert day.known("far") is None
    assert day.why_not("near").reason is Reason.CAPACITY
    known = day.known("far")
    assert known is not None
    assert (known.job, known.reason, known.nearest_miss.amount) == ("far", Reason.CAPACITY, 1)
    late = [a_visit(name, place, windows=((90_000, 90_000),)) for name, place in (("near", 1), ("far", 20))]
    day = asked(late, a_volunteer())
    assert day.why_not("near").reason is Reason.WINDOW
    assert day.known("far") is None


def test_each_job_of_a_kind_gets_its_own_miss() -> None:
    early = [a_visit(name, place, windows=((0, 0),)) for name, place in (("near", 1), ("far", 20))]
    day = asked(early, a_volunteer(duty=((600, 9_000),)))
    assert [day.why_not(job).nearest_miss.amount for job in ("near", "far")] == [660, 1_800]


def test_an_empty_board_has_nobody() -> None:
    assert asked([a_visit()]).why_not("visit").reason is Reason.NO_VOLUNTEERS
