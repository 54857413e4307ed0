"""A board remembers who served whom, and prefers them the next time."""

from typing import Any

from services.matcher.domain.board import Board, OpenNeed, Slot, empty_board
from services.matcher.domain.usual import remember, usual_people
from tests.unit.services.matcher.play import a_request, at


def a_need(number: str, **changes: Any) -> OpenNeed:
    return OpenNeed(id=number, request=a_request(**changes), admitted_at=at("08:00"), slots=(Slot(),))


def after(*visits: tuple[str, str]) -> Board:
    board = empty_board("511083001")
    for need, volunteer in visits:
        board = remember(board, a_need(need), volunteer)
    return board


def test_the_two_who_came_most_often_are_the_usual_ones() -> None:
    board = after(("n1", "wang"), ("n2", "zhao"), ("n3", "wang"), ("n4", "li"))
    assert usual_people(board, a_need("n5")) == {"wang", "li"}


def test_of_equals_the_latest_count() -> None:
    board = after(("n1", "wang"), ("n2", "zhao"), ("n3", "li"))
    assert usual_people(board, a_need("n4")) == {"zhao", "li"}


def test_another_resident_or_service_has_others() -> None:
    board = after(("n1", "wang"))
    assert usual_people(board, a_need("n2", resident="resident-2")) == frozenset()
    assert usual_people(board, a_need("n2", service="repair.lamp")) == frozenset()


def test_a_need_that_was_opened_again_goes_to_somebody_else_first() -> None:
    board = after(("n1", "wang"), ("n2", "zhao"))
    assert usual_people(board, a_need("n2")) == {"wang"}


def test_meals_are_not_remembered() -> None:
    board = empty_board("511083001")
    assert remember(board, a_need("n1", mode="delivery"), "wang") == board


def test_the_memory_stays_bounded() -> None:
    board = empty_board("511083001")
    for number in range(1_010):
        board = remember(board, a_need(f"n{number}", resident=f"r{number}"), "wang")
    assert len(board.served) == 1_000
    assert usual_people(board, a_need("x", resident="r0")) == frozenset()
    assert usual_people(board, a_need("x", resident="r1009")) == {"wang"}


def test_only_the_latest_visits_of_a_door_count() -> None:
    board = after(*((f"n{number}", "wang") for number in range(3)), *((f"m{number}", "li") for number in range(4)))
    assert usual_people(board, a_need("x")) == {"li"}
