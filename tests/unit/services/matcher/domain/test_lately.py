"""A board remembers who did how much in four weeks, and whoever will have done less this week is asked first."""

from datetime import datetime, timedelta

import pytest

from services.matcher.application.drawing import draw
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain import commands as ask
from services.matcher.domain.board import Board, OpenNeed, Slot, empty_board
from services.matcher.domain.decision import Decision
from services.matcher.domain.lately import Week, note_job
from services.matcher.domain.rules import Rules
from tests.unit.services.matcher.play import BOARDS, Play, a_meal, a_request, a_window, at, cell

# In November 2026 the 16th, the 23rd and the 30th are Mondays.
TUESDAY = at("10:00", day=24)
LATELY = at("00:00", day=24) - timedelta(days=28)


def a_need(number: str = "n1") -> OpenNeed:
    return OpenNeed(id=number, request=a_request(), admitted_at=at("08:00"), slots=(Slot(),))


def after(*jobs: tuple[str, datetime]) -> Board:
    board = empty_board("511083001")
    for volunteer, moment in jobs:
        board = note_job(board, a_need(), Slot(), volunteer, moment)
    return board


def expected(board: Board, volunteer: str, moment: datetime = TUESDAY) -> float:
    return Week.around(moment, board, Rules()).expected_jobs(volunteer)


def test_jobs_since_monday_count_whole() -> None:
    board = after(("li", at("00:00", day=23)), ("wang", at("00:00", day=24)), ("wang", at("09:00", day=24)))
    assert expected(board, "wang") == 2
    assert expected(board, "li") == 1 + 6 / 7  # yesterday also tells what comes on each of six days
    assert expected(board, "zhao") == 0


def test_each_day_that_is_left_brings_as_much_as_a_day_of_those_that_the_board_knows() -> None:
    board = after(("zhao", at("00:00", day=2)), ("wang", at("09:00", day=3)), ("wang", at("23:59", day=22)))
    assert expected(board, "wang", at("06:00", day=23)) == 2 / 21 * 7
    assert expected(board, "wang", TUESDAY) == 2 / 22 * 6
    assert expected(board, "wang", at("23:00", day=29)) == 2 / 27 * 1
    assert expected(board, "wang", at("23:00", day=30)) == 2 / 28 * 7


def test_what_lies_four_weeks_back_no_longer_counts() -> None:
    assert expected(after(("wang", LATELY)), "wang") == 1 / 28 * 6
    assert expected(after(("wang", LATELY - timedelta(minutes=1))), "wang") == 0


def test_a_board_that_is_days_old_does_not_take_one_busy_day_for_a_busy_week() -> None:
    board = after(*[("wang", at("09:00", day=22))] * 3)
    assert expected(board, "wang", at("06:00", day=23)) == 3


@pytest.mark.parametrize(("zone", "jobs"), [("Asia/Shanghai", 1 + 6 / 7), ("Asia/Kathmandu", 6 / 7), ("UTC", 6 / 7)])
def test_days_are_those_of_the_people_here(zone: str, jobs: float) -> None:
    """A quarter past midnight in Shanghai is ten at night of the day before in Kathmandu, and still Sunday in UTC."""
    board = after(("wang", at("00:15", day=23)))
    assert Week.around(TUESDAY, board, Rules(zone=zone)).expected_jobs("wang") == jobs


def test_what_is_too_old_is_forgotten_with_the_next_job() -> None:
    begins = at("10:00", day=1)
    kept, forgotten = begins + timedelta(days=28, hours=23), begins + timedelta(days=29)
    assert set(after(("wang", begins), ("li", kept)).finished_min) == {"wang", "li"}
    assert set(after(("wang", begins), ("li", forgotten)).finished_min) == {"li"}


def test_the_memory_of_one_volunteer_stays_bounded() -> None:
    board = after(*[("wang", at("09:00", day=24))] * 70)
    assert expected(board, "wang") == 60


def test_a_board_that_was_stored_without_this_memory_begins_with_none() -> None:
    stored = BOARDS.dump_python(after(("wang", TUESDAY)), mode="json")
    del stored["finished_min"]
    assert BOARDS.validate_python(stored).finished_min == {}


def test_a_board_that_was_stored_with_moments_of_seven_days_begins_with_none() -> None:
    stored = BOARDS.dump_python(after(("wang", TUESDAY)), mode="json")
    del stored["finished_min"]
    stored["worked"] = {"wang": ["2026-11-24T10:00:00+08:00"]}
    assert BOARDS.validate_python(stored).finished_min == {}


def test_the_memory_is_stored_and_read_again() -> None:
    board = after(("wang", TUESDAY), ("wang", TUESDAY + timedelta(minutes=5)))
    assert BOARDS.validate_json(BOARDS.dump_json(board)) == board
    assert board.finished_min["wang"][1] - board.finished_min["wang"][0] == 5


def street(day: int, **profile: int) -> Play:
    """Two neighbours; Li, who lives nearer to the tap, has changed it on this day of November."""
    play = Play().clock("08:00", day=day)
    hours = a_window().model_copy(update={"opens": at("08:00", day=day), "closes": at("18:00", day=30)})
    play.post("li", hours, home=cell(500), **profile)
    play.post("wang", hours, home=cell(700))
    play.admit("tap", opens=at("08:00", day=day), closes=at("12:00", day=day))
    play.accept("tap")
    play.clock("08:40", day=day).report(ask.Complete, "tap")
    return play


def expected_of(play: Play, volunteer: str) -> float:
    drawing = draw(Decision(play.board, rules=play.rules, at=play.now), (), TravelBook())
    return drawing.problem.volunteer_of[volunteer].expected_jobs


def test_the_planner_is_told_of_other_days() -> None:
    play = street(day=20)  # a Friday
    assert expected_of(play.clock("08:00", day=21), "li") == 1 + 2 / 7
    assert expected_of(play.clock("08:00", day=24), "li") == 6 / 7
    assert expected_of(play, "wang") == 0


def test_whoever_was_asked_today_counts_as_having_done_it() -> None:
    play = street(day=24)
    assert expected_of(play, "li") == 1  # asked, and done
    play.admit("lamp")
    assert play.slot("lamp").volunteer == "li"
    assert expected_of(play, "li") == 2  # only asked


@pytest.mark.parametrize(("day", "most_a_week", "asked"), [(23, 1, "wang"), (23, 2, "li"), (20, 1, "li")])
def test_a_limit_by_the_week_counts_what_was_done_since_monday(day: int, most_a_week: int, asked: str) -> None:
    play = street(day=day, max_tasks_a_week=most_a_week)  # done on this Monday, or the Friday before
    play.clock("08:00", day=24).admit("lamp")
    assert play.slot("lamp").volunteer == asked


def test_of_two_who_are_equally_near_whoever_will_have_done_less_this_week_is_asked_first() -> None:
    for forget, asked in ((False, "wang"), (True, "li")):  # of equals, the first by name
        play = street(day=20)
        if forget:
            play.board = play.board.having(finished_min={})
        play.clock("08:00", day=24).admit("lamp", resident="resident-2", cell=cell(600))
        assert play.slot("lamp").volunteer == asked


def test_a_standing_duty_is_left_to_the_rota() -> None:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 20))
    play.post("carrier", a_window("10:15", "13:30", standing=True))
    play.admit("meal", a_meal(cell=cell(1000)))
    play.clock("10:50").report(ask.PickUp, "meal")
    play.clock("11:00").report(ask.Complete, "meal")
    assert play.board.completed == 1
    assert play.board.finished_min == {}
