"""A board remembers who did how much in the last seven days, and whoever did less is asked first."""

from services.matcher.application.drawing import draw
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain import commands as ask
from services.matcher.domain.board import Board, OpenNeed, Slot, empty_board
from services.matcher.domain.decision import Decision
from services.matcher.domain.lately import jobs_lately, note_job
from tests.unit.services.matcher.play import BOARDS, Play, a_meal, a_request, a_window, at, cell

WEEK_OLD, LATER = at("10:00", day=8), at("10:00", day=15)


def a_need(number: str = "n1") -> OpenNeed:
    return OpenNeed(id=number, request=a_request(), admitted_at=at("08:00"), slots=(Slot(),))


def after(*jobs: tuple[str, int]) -> Board:
    board = empty_board("511083001")
    for volunteer, day in jobs:
        board = note_job(board, a_need(), Slot(), volunteer, at("10:00", day=day))
    return board


def test_the_jobs_of_seven_days_count() -> None:
    board = after(("wang", 8), ("wang", 9), ("li", 14), ("wang", 15))
    assert jobs_lately(board, "wang", LATER) == 2
    assert jobs_lately(board, "li", LATER) == 1
    assert jobs_lately(board, "zhao", LATER) == 0


def test_what_is_a_week_old_is_forgotten_with_the_next_job() -> None:
    assert set(after(("wang", 8), ("li", 14)).worked) == {"wang", "li"}
    assert set(after(("wang", 8), ("li", 15)).worked) == {"li"}


def test_the_memory_of_one_volunteer_stays_bounded() -> None:
    board = after(*[("wang", 8)] * 20)
    assert jobs_lately(board, "wang", WEEK_OLD) == 12


def test_a_board_that_was_stored_without_this_memory_begins_with_none() -> None:
    stored = BOARDS.dump_python(after(("wang", 8)), mode="json")
    del stored["worked"]
    assert BOARDS.validate_python(stored).worked == {}


def street(day: int) -> Play:
    """Two neighbours; Li, who lives nearer to the tap, has changed it on this day of November."""
    play = Play().clock("08:00", day=day)
    hours = a_window().model_copy(update={"opens": at("08:00", day=day), "closes": at("18:00", day=30)})
    play.post("li", hours, home=cell(500))
    play.post("wang", hours, home=cell(700))
    play.admit("tap", opens=at("08:00", day=day), closes=at("12:00", day=day))
    play.accept("tap")
    play.clock("08:40", day=day).report(ask.Complete, "tap")
    return play


def load_of(play: Play, volunteer: str) -> int:
    drawing = draw(Decision(play.board, rules=play.rules, at=play.now), (), TravelBook())
    return drawing.problem.volunteer_of[volunteer].load_so_far


def test_the_planner_is_told_of_other_days() -> None:
    play = street(day=20)
    assert load_of(play.clock("08:00", day=24), "li") == 1
    assert load_of(play, "wang") == 0
    assert load_of(play.clock("09:00", day=27), "li") == 0


def test_of_two_who_are_equally_near_whoever_did_nothing_this_week_is_asked_first() -> None:
    for day, asked in ((20, "wang"), (16, "li")):  # of equals, the first by name
        play = street(day)
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
    assert play.board.worked == {}
