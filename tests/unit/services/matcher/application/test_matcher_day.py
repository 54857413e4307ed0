"""Days and rounds as people live them; what holds at every moment is checked at every moment."""

from dataclasses import replace
from typing import Any

import pytest

from services.matcher.application import improving
from services.matcher.application.adopting import reasons_of
from services.matcher.application.improving import AdoptSolved, draw_whole
from services.matcher.application.jobs import job_id
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain import commands as ask
from services.matcher.domain.board import empty_board
from services.matcher.domain.decision import Decision
from services.matcher.domain.evolve import evolve
from services.matcher.domain.invariants import broken, of_history
from services.matcher.planning.insert import carry_over
from services.matcher.planning.plan import Plan, Unplaced
from services.matcher.planning.reason import Reason
from services.matcher.planning.solve import solve
from services.matcher.planning.stop import AfterSolutions
from services.matcher.planning.verify import violations
from shared.contracts.dispatch import BatchChosen, GoodsPickedUp, OfferMade, RoutePlanned, VisitCompleted
from shared.contracts.fact import FactData
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import BOARDS, Play, a_meal, a_window, at, cell, of
from tests.unit.services.matcher.street_day import StreetDay


def a_lunch_round() -> Play:
    """Three kitchens, five carriers, twenty meals."""
    play = Play("08:00")
    for kitchen in range(3):
        play.canteen(f"k{kitchen}", cell(2000 * kitchen), ("10:45", 10), ("11:15", 10))
    for carrier in range(5):
        play.post(f"c{carrier}", a_window("10:15", "13:30", standing=True), home=cell(900 * carrier))
    for number in range(20):
        play.admit(f"m{number}", a_meal(number=f"M{number}", cell=cell(200 * number, number * 7 % 5 * 100)))
    return play


def test_a_lunch_round_is_planned_within_every_limit() -> None:
    play = a_lunch_round()
    drawing = draw_whole(play.board, play.rules, ask.Tick(at=play.now), TravelBook())
    assert violations(drawing.problem, carry_over(drawing.problem, drawing.present)) == ()
    assert all(play.slot(f"m{number}").status == "taken" for number in range(20))


def test_when_a_kitchen_closes_every_meal_still_comes_to_its_door_from_another() -> None:
    play = a_lunch_round()
    play.clock("10:40")
    said = play.tell(ask.CloseCanteen(at=play.now, canteen="k1", closed_from=play.now, reason="gas"))
    moved = of(BatchChosen, said)
    assert moved
    assert all(one.canteen in {"k0", "k2"} for one in moved)
    for number in range(20):
        assert play.need(f"m{number}").canteen != "k1"
        assert play.slot(f"m{number}").volunteer is not None
    assert broken(play.board) == ()


def test_a_round_is_brought_to_its_end_hot() -> None:
    play = a_lunch_round()
    while play.board.needs and play.now < at("13:30"):
        play.until(f"{play.now.hour:02d}:{play.now.minute:02d}")
        for volunteer, route in list(play.board.routes.items()):
            for stop in route.stops[:1]:
                if stop.starts_at <= play.now:
                    told: dict[str, Any] = {
                        "at": play.now,
                        "need": stop.need,
                        "slot": stop.slot,
                        "volunteer": volunteer,
                    }
                    play.tell(ask.PickUp(**told) if stop.action == "pickup" else ask.Complete(**told))
        play.now = play.now.replace(second=0) + (at("08:01") - at("08:00"))
    assert play.board.needs == {}
    hot = [one.kitchen_to_door_s for one in of(VisitCompleted, play.history)]
    assert len(hot) == 20
    assert max(one or 0 for one in hot) <= 3600
    assert len(of(GoodsPickedUp, play.history)) == 20


def test_the_order_of_events_decides_and_not_how_they_are_bundled() -> None:
    assert a_lunch_round().history == a_lunch_round().history


@pytest.mark.parametrize("seed", range(4))
def test_on_a_day_full_of_trouble_every_promise_holds_at_every_moment(seed: int) -> None:
    play = StreetDay(seed).run()
    assert list(of_history(play.history)) == []
    assert play.board.completed > 25
    assert all(need.blocked is not None for need in play.board.needs.values())


@pytest.mark.parametrize("seed", [0, 1])
def test_replaying_the_facts_gives_the_same_bytes(seed: int) -> None:
    play = StreetDay(seed).run()
    board = empty_board(play.board.id)
    for data in play.history:
        board = evolve(board, read_back(data))
    assert BOARDS.dump_json(board) == BOARDS.dump_json(play.board)
    assert BOARDS.dump_json(BOARDS.validate_json(BOARDS.dump_json(board))) == BOARDS.dump_json(board)


def read_back(data: FactData) -> FactData:
    """Send a fact through the wire."""
    return type(data).model_validate_json(data.model_dump_json())


def test_two_days_of_one_seed_are_the_same_day() -> None:
    assert StreetDay(5).run().history == StreetDay(5).run().history


def test_a_board_forgets_what_is_finished() -> None:
    play = StreetDay(0).run()
    play.until("08:00", day=26)
    play.clock("08:00", day=26).admit("fresh", opens=at("09:00", day=26), closes=at("12:00", day=26))
    assert set(play.board.needs) == {"fresh"}
    assert play.board.routes == {}
    assert play.board.volunteers == {}


def a_bad_plan() -> Play:
    """Two carriers who each go past the other's doors, because of the order in which they came on duty."""
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 40))
    play.post("east", a_window("10:15", "13:30", standing=True), home=cell(4000))
    for number in range(8):
        play.admit(f"m{number}", a_meal(cell=cell(4000 if number % 2 else -4000, 100 * number)))
    play.post("west", a_window("10:15", "13:30", standing=True), home=cell(-4000))
    return play


def test_a_clearly_better_plan_of_the_whole_board_is_adopted() -> None:
    play = a_bad_plan()
    drawing = draw_whole(play.board, play.rules, ask.Tick(at=play.now), TravelBook())
    plan = solve(drawing.problem, stop=AfterSolutions(solutions=5), present=drawing.present)
    said = play.tell(AdoptSolved(at=play.now, plan=plan))
    assert {route.volunteer for route in of(RoutePlanned, said)} == {"east", "west"}
    assert of(OfferMade, said)
    assert broken(play.board) == ()


@pytest.mark.parametrize(("least_less", "adopted"), [(0, False), (1, True)])
def test_a_plan_must_gain_what_new_routes_are_worth(
    least_less: int,
    adopted: bool,  # noqa: FBT001 - a row of the table
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    play = a_bad_plan()
    drawing = draw_whole(play.board, play.rules, ask.Tick(at=play.now), TravelBook())
    plan = solve(drawing.problem, stop=AfterSolutions(solutions=5), present=drawing.present)
    gain = carry_over(drawing.problem, drawing.present).cost - plan.cost
    assert gain > improving.LEAST_GAIN_S
    monkeypatch.setattr(improving, "LEAST_GAIN_S", gain - least_less)
    assert bool(play.tell(AdoptSolved(at=play.now, plan=plan))) == adopted


def test_that_others_are_full_says_no_more_than_what_is_known() -> None:
    play = Play("08:00")
    play.admit("known")  # there is nobody, and that is told
    play.board = play.board.having(needs={**play.board.needs, "new": replace(play.board.needs["known"], blocked=None)})
    plan = Plan(
        routes=(), unplaced=tuple(Unplaced(job=job_id(need, 0), reason=Reason.FULL) for need in play.board.needs)
    )
    told = reasons_of(Decision(play.board, rules=play.rules, at=play.now), plan)
    assert [(why.need, why.rule) for why in told] == [("new", "full")]


def test_a_plan_that_is_no_better_changes_nothing() -> None:
    play = a_lunch_round()
    drawing = draw_whole(play.board, play.rules, ask.Tick(at=play.now), TravelBook())
    assert play.tell(AdoptSolved(at=play.now, plan=carry_over(drawing.problem, drawing.present))) == []


def test_a_plan_of_a_board_that_has_changed_since_moves_nothing_that_has_begun() -> None:
    play = a_bad_plan()
    drawing = draw_whole(play.board, play.rules, ask.Tick(at=play.now), TravelBook())
    plan = solve(drawing.problem, stop=AfterSolutions(solutions=5), present=drawing.present)
    play.tell(ask.DropNeed(at=play.now, need="m7", reason=""))
    play.clock("10:46")
    for number in range(4):
        play.report(ask.PickUp, f"m{number}")
    play.tell(AdoptSolved(at=play.now, plan=plan))
    assert {play.slot(f"m{number}").volunteer for number in range(4)} == {"east"}
    assert broken(play.board) == ()


def test_of_two_claims_at_one_moment_one_wins_and_one_is_told() -> None:
    play = Play("08:00")
    for volunteer in ("one", "two"):
        play.post(volunteer)
    play.admit("wish", mode="claim")
    answers = []
    for volunteer in ("two", "one"):
        try:
            play.tell(ask.Claim(at=play.now, need="wish", volunteer=volunteer))
            answers.append("yours")
        except Refusal as refusal:
            answers.append(refusal.code)
    assert answers == ["yours", "need.taken"]
