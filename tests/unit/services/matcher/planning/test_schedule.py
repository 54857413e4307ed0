from services.matcher.planning import Job, Problem, Step, Volunteer
from services.matcher.planning.schedule import is_feasible, outset_of, tasks_of, timed
from services.matcher.planning.step import Action

from .boards import a_meal, a_problem, a_visit, a_volunteer


def steps_of(problem: Problem, volunteer: Volunteer, order: list[tuple[Job, Action]]) -> tuple[Step, ...] | None:
    """Time an order of steps that is written down by hand."""
    tasks = [task for job, action in order for task in tasks_of(problem, volunteer, job) or () if task.action is action]
    if len(tasks) < len(order):
        return None
    outset = outset_of(problem, volunteer)
    steps = timed(outset, tasks)
    assert (steps is not None) == is_feasible(outset, tasks) or steps is not None
    return steps


def test_a_volunteer_travels_waits_serves_and_leaves() -> None:
    visit, wang = a_visit(place=5, windows=((1_000, 2_000),), service_s=600), a_volunteer()
    steps = steps_of(a_problem(visit, wang), wang, [(visit, Action.VISIT)])
    assert steps is not None
    # Five minutes on the way from moment 0, at the door at 300, and the window opens at 1000.
    assert (steps[0].arrival, steps[0].start, steps[0].departure) == (300, 1_000, 1_600)
    assert (steps[0].travel_s, steps[0].distance_m) == (300, 500)


def test_the_second_window_is_used_when_the_first_is_missed() -> None:
    visit, wang = a_visit(place=5, windows=((0, 100), (900, 950))), a_volunteer()
    steps = steps_of(a_problem(visit, wang), wang, [(visit, Action.VISIT)])
    assert steps is not None
    assert steps[0].start == 900


def test_a_stop_lies_within_one_duty_window() -> None:
    visit = a_visit(place=5, service_s=600)
    wang = a_volunteer(duty=((0, 800), (2_000, 9_000)))
    steps = steps_of(a_problem(visit, wang), wang, [(visit, Action.VISIT)])
    assert steps is not None
    # Arriving at 300, six hundred seconds do not fit before 800; the gap is spent waiting.
    assert steps[0].start == 2_000


def test_travel_may_run_in_a_duty_gap() -> None:
    first, second = a_visit("first", 0, service_s=600), a_visit("second", 20, service_s=60)
    wang = a_volunteer(duty=((0, 600), (1_800, 9_000)))
    steps = steps_of(a_problem(first, second, wang), wang, [(first, Action.VISIT), (second, Action.VISIT)])
    assert steps is not None
    assert [step.start for step in steps] == [0, 1_800]


def test_waiting_happens_before_food_is_on_board() -> None:
    meal, wang = a_meal(place=5, windows=((4_000, 5_000),), max_ride_s=900), a_volunteer(start_place=3)
    steps = steps_of(a_problem(meal, wang), wang, [(meal, Action.PICKUP), (meal, Action.DROPOFF)])
    assert steps is not None
    pickup, dropoff = steps
    # At the kitchen at 180, set up until 300; but leaving at 3700 is early enough for the door at 4000.
    assert (pickup.arrival, pickup.start, pickup.departure) == (180, 3_670, 3_700)
    assert (dropoff.arrival, dropoff.start) == (4_000, 4_000)


def test_set_up_is_spent_once_for_pickups_at_one_counter() -> None:
    one, two, wang = a_meal("one"), a_meal("two"), a_volunteer(start_place=1)
    order = [(one, Action.PICKUP), (two, Action.PICKUP), (one, Action.DROPOFF), (two, Action.DROPOFF)]
    steps = steps_of(a_problem(one, two, wang), wang, order)
    assert steps is not None
    # 60 travel + 120 set-up, then 30 s of handing over each.
    assert [step.start for step in steps[:2]] == [180, 210]


def test_a_hot_limit_sends_the_carrier_later_past_a_visit_with_a_window() -> None:
    meal = a_meal(place=5, max_ride_s=1_500)
    visit, wang = a_visit(place=3, windows=((3_000, 3_600),), service_s=600), a_volunteer()
    order = [(meal, Action.PICKUP), (visit, Action.VISIT), (meal, Action.DROPOFF)]
    steps = steps_of(a_problem(meal, visit, wang), wang, order)
    assert steps is not None
    assert [step.start for step in steps] == [2_790, 3_000, 3_720]
    assert steps[2].start - steps[0].departure <= 1_500


def test_a_ride_that_is_too_long_without_waiting_is_infeasible() -> None:
    meal, wang = a_meal(place=5, max_ride_s=299), a_volunteer()
    order = [(meal, Action.PICKUP), (meal, Action.DROPOFF)]
    assert steps_of(a_problem(meal, wang), wang, order) is None
    warm = a_meal(place=5, max_ride_s=300)
    assert steps_of(a_problem(warm, wang), wang, [(warm, Action.PICKUP), (warm, Action.DROPOFF)]) is not None


def test_two_meals_with_distant_windows_cannot_ride_together() -> None:
    early = a_meal("early", 5, windows=((1_000, 1_100),), max_ride_s=600)
    late = a_meal("late", 6, windows=((9_000, 9_100),), max_ride_s=600)
    wang = a_volunteer()
    together = [(early, Action.PICKUP), (late, Action.PICKUP), (early, Action.DROPOFF), (late, Action.DROPOFF)]
    twice = [(early, Action.PICKUP), (early, Action.DROPOFF), (late, Action.PICKUP), (late, Action.DROPOFF)]
    problem = a_problem(early, late, wang)
    assert steps_of(problem, wang, together) is None
    assert steps_of(problem, wang, twice) is not None


def test_load_counts_what_is_on_board() -> None:
    one, two, wang = a_meal("one"), a_meal("two"), a_volunteer(capacity=(1, 10_000))
    problem = a_problem(one, two, wang)
    outset = outset_of(problem, wang)
    (pick_one, drop_one), (pick_two, drop_two) = (tasks_of(problem, wang, job) or () for job in (one, two))
    assert not is_feasible(outset, [pick_one, pick_two, drop_one, drop_two])
    assert is_feasible(outset, [pick_one, drop_one, pick_two, drop_two])


def test_the_end_place_is_reached_on_duty() -> None:
    visit = a_visit(place=5, service_s=600)
    for ends, feasible in ((1_199, False), (1_200, True)):  # 300 there, 600 of service, 300 back
        wang = a_volunteer(end_place=0, duty=((0, ends),))
        assert (steps_of(a_problem(visit, wang), wang, [(visit, Action.VISIT)]) is not None) is feasible
