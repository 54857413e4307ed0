"""A job is inserted only where every hot limit holds: mostly one look at the slack says so, and it must be right."""

import numpy as np

from services.matcher.planning.draft import Draft
from services.matcher.planning.kernel.editing import rebuild
from services.matcher.planning.kernel.engine import _prepared
from services.matcher.planning.params import Params
from services.matcher.planning.problem import Job
from tests.unit.services.matcher.planning.boards import a_meal, a_problem, a_visit, a_volunteer

MEAL = a_meal("meal", place=4, kitchen=1, max_ride_s=300)  # picked up at 180, on its way from 210 to 450


def put_in(new: Job, on_the_way: Job) -> tuple[list[str], bool]:
    """Who is visited in which order, with a job more for somebody who pays a visit between kitchen and door."""
    problem = a_problem(MEAL, on_the_way, new, a_volunteer())
    made = _prepared(Draft(problem, params=Params.default()), None, 1)
    assert made is not None
    layout, search = made
    jobs, rows = [job for job, _ in layout.doings], np.zeros_like(search.memory.best)
    pickup = jobs.index("meal")
    rows[0, :4] = 3, pickup, jobs.index(on_the_way.id), pickup + 1
    assert search.begin(rows)
    return [jobs[node] for node in search.best_tour(0)], bool(rebuild(search.desk, search.memory.best))


def test_a_short_visit_fits_in_while_the_meal_stays_hot() -> None:
    order, fine = put_in(a_visit("new", place=2, service_s=40), a_visit("old", place=3, service_s=60))
    assert order == ["meal", "new", "old", "meal"]
    assert fine


def test_a_longer_visit_does_not() -> None:
    order, fine = put_in(a_visit("new", place=2, service_s=80), a_visit("old", place=3, service_s=60))
    assert order == ["new", "meal", "old", "meal"]
    assert fine


def test_a_small_delay_that_becomes_a_long_one_is_looked_at_closely() -> None:
    """The visit on the way would wait for its second window, the meal for the visit, and the new one would be over."""
    old = a_visit("old", place=3, service_s=60, windows=((0, 350), (3_000, 3_600)))
    order, fine = put_in(a_visit("new", place=2, service_s=40, windows=((0, 600),)), old)
    assert order == ["new", "meal", "old", "meal"]
    assert fine
