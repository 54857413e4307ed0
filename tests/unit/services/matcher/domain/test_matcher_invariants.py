"""Each sentence about a board has a seeded bug here that turns it red."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from services.matcher.domain.board import Board, Slot
from services.matcher.domain.invariants import broken, of_history
from shared.contracts.dispatch import NeedAdmitted, OfferExpired, OfferMade, OfferRefused
from shared.contracts.fact import FactData
from tests.unit.services.matcher.play import Play, a_meal, a_request, a_window, at, cell


def a_busy_board() -> Board:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 2))
    play.post("carrier", a_window("10:15", "13:30", standing=True))
    play.post("wang", skills=frozenset({"electric"}))
    play.admit("m1", a_meal(cell=cell(300)))
    play.admit("m2", a_meal(cell=cell(900)))
    play.admit("lamp", skills=frozenset({"electric"}))
    play.accept("lamp")
    return play.board


def in_two_places(board: Board) -> Board:
    route = board.route("carrier")
    first, second, *rest = route.stops
    early = second.model_copy(update={"starts_at": first.leaves_at - timedelta(minutes=1)})
    return board.with_route("carrier", replace(route, stops=(first, early, *rest)))


def forgotten(board: Board) -> Board:
    return board.with_need(board.needs["lamp"].with_slot(0, Slot())).with_route(
        "wang", replace(board.route("wang"), stops=())
    )


def promised_to_nobody_s_route(board: Board) -> Board:
    return board.with_route("wang", replace(board.route("wang"), stops=()))


def one_person_twice(board: Board) -> Board:
    lamp = board.needs["lamp"]
    return board.with_need(replace(lamp, slots=(lamp.slots[0], lamp.slots[0])))


def without_the_skill(board: Board) -> Board:
    wang = board.volunteers["wang"]
    return board.having(
        volunteers={
            **board.volunteers,
            "wang": replace(wang, profile=wang.profile.model_copy(update={"skills": frozenset()})),
        }
    )


def too_many_meals(board: Board) -> Board:
    kitchen = board.canteens["k"]
    return board.having(canteens={"k": replace(kitchen, used={"k-10:45": 1})})


def test_a_healthy_board_breaks_nothing() -> None:
    assert broken(a_busy_board()) == ()


@pytest.mark.parametrize(
    ("bug", "invariant"),
    [
        (in_two_places, "nobody_is_in_two_places"),
        (forgotten, "every_open_need_has_a_next_action"),
        (promised_to_nobody_s_route, "every_promise_is_on_a_route"),
        (one_person_twice, "nobody_has_two_slots_of_a_need"),
        (without_the_skill, "nobody_without_ability_is_sent"),
        (too_many_meals, "no_batch_is_overdrawn"),
    ],
)
def test_a_seeded_bug_turns_its_invariant_red(bug: Callable[[Board], Board], invariant: str) -> None:
    assert invariant in {one.invariant for one in broken(bug(a_busy_board()))}


def an_offer(offer: str, volunteer: str, *, assigned: bool = False) -> OfferMade:
    return OfferMade(
        offer=offer,
        need="tap",
        slot=0,
        volunteer=volunteer,
        wave=1,
        assigned=assigned,
        starts_at=at("09:00"),
        expires_at=at("08:15"),
        service="repair.tap",
        number="GH-0001",
    )


def a_no(volunteer: str) -> OfferRefused:
    return OfferRefused(offer="o1", need="tap", slot=0, volunteer=volunteer, reason="")


@pytest.mark.parametrize(
    ("history", "invariants"),
    [
        ([an_offer("o1", "wang"), a_no("wang"), an_offer("o2", "li")], []),
        ([an_offer("o1", "wang"), a_no("wang"), an_offer("o2", "wang")], ["a_no_is_remembered"]),
        ([an_offer("o1", "wang"), an_offer("o2", "li")], ["one_person_per_slot"]),
        (
            [
                an_offer("o1", "wang"),
                OfferExpired(offer="o1", need="tap", slot=0, volunteer="wang"),
                NeedAdmitted(need="tap", request=a_request(), at=at("09:00")),
                an_offer("o2", "wang"),
            ],
            [],
        ),
    ],
)
def test_a_history_shows_who_was_asked_again_or_in_vain(history: list[FactData], invariants: list[str]) -> None:
    assert [one.invariant for one in of_history(history)] == invariants
