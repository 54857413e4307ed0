import pytest

from services.matcher.domain import commands as ask
from shared.contracts.dispatch import (
    GoodsPickedUp,
    NeedEscalated,
    NeedGivenUp,
    OfferMade,
    OfferWithdrawn,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
    VolunteerMissed,
    VolunteerUnposted,
)
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import Play, a_meal, a_window, at, cell, kinds, of


@pytest.fixture
def street() -> Play:
    play = Play("08:00")
    play.post("wang", home=cell(600))
    play.post("li", home=cell(2500))
    play.admit("tap", opens=at("08:00"), closes=at("12:00"))
    play.accept("tap")
    return play


@pytest.fixture
def lunch() -> Play:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 20))
    play.post("carrier", a_window("10:15", "13:30", standing=True))
    play.admit("meal", a_meal(cell=cell(1000)))
    return play


def test_a_visit_begins_and_ends_and_leaves_the_board(street: Play) -> None:
    assert kinds(street.clock("08:10").report(ask.Start, "tap")) == ["VisitStarted"]
    (done,) = of(VisitCompleted, street.clock("08:40").report(ask.Complete, "tap", evidence=frozenset({"photo"})))
    assert (done.complete, done.kitchen_to_door_s, done.evidence) == (True, None, frozenset({"photo"}))
    assert "tap" not in street.board.needs
    assert street.board.completed == 1


def test_the_way_is_told_for_the_figures(street: Play) -> None:
    stop = street.board.route("wang").stops[0]
    (done,) = of(VisitCompleted, street.clock("08:40").report(ask.Complete, "tap"))
    assert (done.travel_s, done.distance_m) == (stop.travel_s, stop.distance_m)


def test_reports_said_twice_change_nothing(street: Play) -> None:
    street.report(ask.Start, "tap")
    assert street.report(ask.Start, "tap") == []


def test_who_forgot_to_say_that_they_began_may_still_say_that_they_finished(street: Play) -> None:
    assert [type(one) for one in street.report(ask.Complete, "tap")][:2] == [VisitStarted, VisitCompleted]


def test_somebody_else_cannot_report(street: Play) -> None:
    with pytest.raises(Refusal, match=r"slot\.not_yours"):
        street.tell(ask.Start(at=street.now, need="tap", slot=0, volunteer="li"))


def test_a_slot_that_does_not_exist_is_nobody_s(street: Play) -> None:
    with pytest.raises(Refusal, match=r"slot\.not_yours"):
        street.tell(ask.Start(at=street.now, need="tap", slot=7, volunteer="wang"))


def test_a_need_that_is_not_on_the_board_is_unknown(street: Play) -> None:
    with pytest.raises(Refusal, match=r"need\.unknown"):
        street.tell(ask.Start(at=street.now, need="other", slot=0, volunteer="wang"))


def test_a_report_before_a_yes_is_refused() -> None:
    play = Play("08:00")
    play.post("wang")
    play.admit("tap")
    with pytest.raises(Refusal, match=r"offer\.not_accepted"):
        play.report(ask.Start, "tap")


def test_the_way_from_kitchen_to_door_is_measured_not_planned(lunch: Play) -> None:
    lunch.clock("10:50").report(ask.PickUp, "meal")
    lunch.clock("11:07").report(ask.Start, "meal")
    (done,) = of(VisitCompleted, lunch.clock("11:12").report(ask.Complete, "meal"))
    assert done.kitchen_to_door_s == 17 * 60


def test_a_pickup_is_counted_as_handed_out(lunch: Play) -> None:
    lunch.clock("10:50").report(ask.PickUp, "meal")
    assert lunch.board.canteens["k"].used == {"k-10:45": 1}


def test_a_forgotten_pickup_is_said_with_the_start(lunch: Play) -> None:
    said = lunch.clock("11:00").report(ask.Start, "meal")
    assert kinds(said)[:2] == ["GoodsPickedUp", "VisitStarted"]
    assert lunch.board.canteens["k"].used == {"k-10:45": 1}


def test_there_is_nothing_to_pick_up_for_a_visit(street: Play) -> None:
    with pytest.raises(Refusal, match=r"need\.no_goods"):
        street.report(ask.PickUp, "tap")


def test_a_closed_door_goes_to_a_person(street: Play) -> None:
    said = street.report(ask.Fail, "tap", reason="nobody_home")
    assert of(VisitFailed, said)
    (escalated,) = of(NeedEscalated, said)
    assert (escalated.owner, escalated.rule) == ("community_worker", "nobody_home")
    assert of(OfferMade, said) == []


def test_somebody_else_tries_what_failed_for_another_reason(street: Play) -> None:
    said = street.report(ask.Fail, "tap", reason="other")
    assert of(OfferMade, said)[0].volunteer == "li"


def test_what_is_no_longer_wanted_is_given_up(street: Play) -> None:
    said = street.report(ask.Fail, "tap", reason="not_wanted")
    assert of(NeedGivenUp, said)[0].rule == "not_wanted"
    assert "tap" not in street.board.needs


def test_who_said_yes_and_does_not_come_has_missed_it_and_another_is_asked(street: Play) -> None:
    planned = street.slot("tap").starts_at
    assert planned is not None
    assert street.until("08:14") == []
    said = street.until("08:30")
    assert of(VolunteerMissed, said)[0].volunteer == "wang"
    assert of(VolunteerUnposted, said)[0].reason == "missed"
    assert of(OfferMade, said)[0].volunteer == "li"


def test_who_has_begun_is_not_late_for_the_next_stop(street: Play) -> None:
    street.admit("second", opens=at("08:40"), closes=at("09:00"), cell=cell(600))
    if street.slot("second").status == "asked":
        street.accept("second")
    street.clock("08:05").report(ask.Start, "tap")
    assert of(VolunteerMissed, street.until("08:50")) == []


def test_somebody_who_began_and_is_not_heard_of_is_looked_after_by_a_person(street: Play) -> None:
    street.clock("08:10").report(ask.Start, "tap")
    said = street.until("09:40")
    assert of(NeedEscalated, said)[0].rule == "no_report"


def test_all_open_stops_of_a_carrier_who_does_not_come_go_to_others() -> None:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 40))
    play.post("gone", a_window("10:15", "13:30", standing=True))
    for number in range(6):
        play.admit(f"m{number}", a_meal(cell=cell(200 + 150 * number)))
    play.post("there", a_window("10:15", "13:30", standing=True), home=cell(3000))
    play.clock("10:46")
    play.report(ask.PickUp, "m0")
    play.report(ask.PickUp, "m1")
    said = play.until("11:30")
    assert of(VolunteerMissed, said)[0].volunteer == "gone"
    assert {play.slot(f"m{number}").volunteer for number in range(6)} == {"there"}
    assert len(of(OfferWithdrawn, said)) == 5, "all but the one that counts as missed"


def test_a_meal_that_was_lost_with_its_carrier_is_taken_from_the_kitchen_again() -> None:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 2))
    play.post("gone", a_window("10:15", "13:30", standing=True))
    play.admit("meal", a_meal(cell=cell(500)))
    play.post("there", a_window("10:15", "13:30", standing=True), home=cell(3000))
    play.clock("10:46").report(ask.PickUp, "meal")
    play.until("11:20")
    assert play.slot("meal").volunteer == "there"
    play.report(ask.PickUp, "meal")
    assert play.board.canteens["k"].used == {"k-10:45": 2}


def test_a_late_end_moves_the_next_stop_and_says_so(lunch: Play) -> None:
    lunch.admit("second", a_meal(cell=cell(1600)))
    lunch.clock("10:46").report(ask.PickUp, "meal")
    lunch.report(ask.PickUp, "second")
    first = next(stop.need for stop in lunch.board.route("carrier").stops)
    lunch.clock("10:52").report(ask.Start, first)
    other = "second" if first == "meal" else "meal"
    lunch.clock("11:20").report(ask.Complete, first)
    (stop,) = lunch.board.route("carrier").stops
    assert stop.need == other
    assert stop.starts_at > at("11:20")
    assert of(GoodsPickedUp, lunch.history)[0].at == at("10:46")
