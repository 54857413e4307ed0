import pytest

from services.matcher.domain import commands as ask
from services.matcher.domain.board import Blocked
from shared.contracts.dispatch import (
    NeedAdmitted,
    NeedDropped,
    NeedEscalated,
    NeedGivenUp,
    NeedUnplaced,
    OfferMade,
    OfferWithdrawn,
    RoutePlanned,
)
from shared.contracts.volunteers import Credential
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import Play, a_request, a_window, at, cell, kinds, of


@pytest.fixture
def street() -> Play:
    play = Play("08:00")
    play.post("wang", home=cell(600))
    return play


def test_a_need_is_placed_in_the_same_step(street: Play) -> None:
    assert kinds(street.admit("tap")) == ["NeedAdmitted", "RoutePlanned", "OfferMade"]


def test_a_need_without_anybody_says_why_and_when_it_is_looked_at_again() -> None:
    (why,) = of(NeedUnplaced, Play("08:00").admit("tap", opens=at("14:00"), closes=at("16:00")))
    assert why.rule == "no_volunteers"
    assert why.next_action_at == at("12:00"), "two hours before the window opens it belongs to a person"
    assert why.zh
    assert why.en


def test_the_same_need_is_not_taken_on_twice(street: Play) -> None:
    street.admit("tap")
    with pytest.raises(Refusal, match=r"need\.on_board"):
        street.admit("tap")


def test_a_reopened_need_comes_to_the_board_again(street: Play) -> None:
    street.admit("tap")
    street.accept("tap")
    street.report(ask.Complete, "tap")
    assert of(NeedAdmitted, street.admit("tap"))


def test_who_comes_on_duty_is_asked_for_what_waits() -> None:
    play = Play("08:00")
    play.admit("tap")
    assert of(OfferMade, play.post("wang"))[0].need == "tap"


def test_another_reason_is_told_as_soon_as_another_rule_is_what_blocks() -> None:
    play = Play("08:00")
    play.admit("lamp", skills=frozenset({"electric"}))
    (why,) = of(NeedUnplaced, play.post("wang"))
    assert (why.rule, play.need("lamp").blocked) == ("skill", Blocked(**why.model_dump(exclude={"need"})))
    assert not of(NeedUnplaced, play.post("li")), "the same reason is not told twice"


def test_who_owns_a_need_hears_another_reason_and_keeps_their_time() -> None:
    play = Play("08:00")
    play.admit("lamp", skills=frozenset({"electric"}))
    *_, escalated = of(NeedEscalated, play.until("09:00"))
    (why,) = of(NeedUnplaced, play.post("wang"))
    assert (escalated.rule, why.rule) == ("no_volunteers", "skill")
    assert (why.next_action_at, play.need("lamp").owner) == (escalated.next_action_at, escalated.owner)


def test_when_the_window_closes_without_anybody_the_need_is_given_up_with_a_reason() -> None:
    play = Play("08:00")
    play.admit("tap", opens=at("08:00"), closes=at("09:00"))
    (given_up,) = of(NeedGivenUp, play.until("09:00"))
    assert given_up.rule == "no_volunteers"
    assert "09:00" in given_up.zh
    assert play.board.needs == {}
    assert play.board.given_up == 1


def test_a_need_that_comes_too_late_is_given_up_at_once(street: Play) -> None:
    said = street.clock("13:00").admit("tap", opens=at("09:00"), closes=at("12:00"))
    assert of(NeedGivenUp, said)


def test_a_dropped_need_releases_who_was_to_come(street: Play) -> None:
    street.admit("tap")
    street.accept("tap")
    said = street.tell(ask.DropNeed(at=street.now, need="tap", reason="no longer wanted"))
    assert of(OfferWithdrawn, said)[0].was_accepted
    assert of(NeedDropped, said)[0].reason == "no longer wanted"
    assert street.board.route("wang").stops == ()


def test_dropping_what_is_not_there_is_refused(street: Play) -> None:
    with pytest.raises(Refusal, match=r"need\.unknown"):
        street.tell(ask.DropNeed(at=street.now, need="tap", reason=""))


def test_a_change_of_time_withdraws_and_asks_anew(street: Play) -> None:
    street.admit("tap")
    street.accept("tap")
    request = a_request(opens=at("14:00"), closes=at("16:00"))
    said = street.tell(ask.AmendNeed(at=street.now, need="tap", request=request))
    assert of(OfferWithdrawn, said)[0].reason == "amended"
    assert of(OfferMade, said)[0].starts_at >= at("14:00")


def test_a_change_that_nobody_on_the_way_notices_asks_nobody_anew(street: Play) -> None:
    street.admit("tap")
    street.accept("tap")
    said = street.tell(ask.AmendNeed(at=street.now, need="tap", request=a_request(language="en")))
    assert kinds(said) == ["NeedAdmitted"]
    assert street.slot("tap").status == "taken"


def test_what_has_begun_cannot_be_changed(street: Play) -> None:
    street.admit("tap", opens=at("08:00"))
    street.accept("tap")
    street.report(ask.Start, "tap")
    with pytest.raises(Refusal, match=r"need\.under_way"):
        street.tell(ask.AmendNeed(at=street.now, need="tap", request=a_request(people=2)))


def test_a_worker_gives_up_in_their_own_words(street: Play) -> None:
    street.admit("tap")
    said = street.tell(ask.GiveUp(at=street.now, need="tap", reason="请找物业", by="office"))
    assert of(NeedGivenUp, said)[0].zh == "请找物业"


def test_what_somebody_is_doing_cannot_be_given_up(street: Play) -> None:
    street.admit("tap", opens=at("08:00"))
    street.accept("tap")
    street.report(ask.Start, "tap")
    with pytest.raises(Refusal, match=r"need\.under_way"):
        street.tell(ask.GiveUp(at=street.now, need="tap", reason="x", by="office"))


def test_with_minors_there_are_always_two_adults_and_only_vetted_ones() -> None:
    play = Play("08:00")
    play.post("one", vetted=True)
    play.post("two", vetted=True)
    play.post("stranger")
    said = play.admit("club", credentials=frozenset({"vetted"}), people=1, opens=at("10:00"), closes=at("10:00"))
    assert of(NeedAdmitted, said)[0].request.people == 2
    assert sorted(play.asked("club")) == ["one", "two"]


def test_one_vetted_adult_alone_is_never_sent_to_minors() -> None:
    play = Play("08:00")
    play.post("one", vetted=True)
    play.post("stranger")
    said = play.admit("club", credentials=frozenset({"vetted"}), people=2, opens=at("10:00"), closes=at("10:00"))
    assert of(OfferMade, said) == []


@pytest.mark.parametrize(("valid_until", "asked"), [("07:59", []), ("12:00", []), ("18:00", ["wang"])])
def test_a_credential_counts_only_if_it_is_valid_until_the_work_ends(valid_until: str, asked: list[str]) -> None:
    play = Play("08:00")
    play.post("wang", credentials=(Credential(code="电工证", valid_until=at(valid_until)),))
    play.admit("lamp", credentials=frozenset({"电工证"}), opens=at("09:00"), closes=at("12:00"))
    assert play.asked("lamp") == asked


def test_who_leaves_gives_back_what_they_had() -> None:
    play = Play("08:00")
    play.post("wang", home=cell(600))
    play.post("li", home=cell(2500))
    play.admit("tap")
    play.accept("tap")
    said = play.tell(ask.UnpostVolunteer(at=play.now, volunteer="wang", reason="ill"))
    assert of(OfferWithdrawn, said)[0].volunteer == "wang"
    assert of(OfferMade, said)[0].volunteer == "li"


def test_who_is_at_the_door_finishes_before_they_leave(street: Play) -> None:
    street.admit("tap", opens=at("08:00"))
    street.accept("tap")
    street.report(ask.Start, "tap")
    street.tell(ask.UnpostVolunteer(at=street.now, volunteer="wang", reason="ill"))
    assert street.slot("tap").status == "begun"
    street.report(ask.Complete, "tap")
    assert street.board.completed == 1


def test_leaving_twice_is_refused(street: Play) -> None:
    street.tell(ask.UnpostVolunteer(at=street.now, volunteer="wang", reason=""))
    with pytest.raises(Refusal, match=r"volunteer\.not_on_board"):
        street.tell(ask.UnpostVolunteer(at=street.now, volunteer="wang", reason=""))


def test_past_duty_is_refused(street: Play) -> None:
    with pytest.raises(Refusal, match=r"duty\.over"):
        street.clock("19:00").post("wang", a_window("08:00", "12:00"))


def test_new_windows_of_a_day_replace_the_old_ones_of_that_day(street: Play) -> None:
    street.post("wang", a_window("14:00", "18:00"))
    assert [window.opens for window in street.board.volunteers["wang"].windows] == [at("14:00")]


def test_after_their_duty_people_leave_the_board_by_themselves(street: Play) -> None:
    street.until("18:14")
    assert street.board.volunteers["wang"].on_duty
    street.until("18:15")
    assert "wang" not in street.board.volunteers


def test_an_untouched_route_is_not_told_again(street: Play) -> None:
    street.post("li", home=cell(2500))
    street.admit("tap")
    said = street.admit("far", cell=cell(2600))
    assert [route.volunteer for route in of(RoutePlanned, said)] == ["li"]


def test_a_skill_nobody_has_is_named(street: Play) -> None:
    said = street.admit("lamp", skills=frozenset({"电工"}), opens=at("08:00"), offer_within_s=0)
    (why,) = of(NeedEscalated, said)
    assert why.rule == "skill"
    assert "电工" in why.zh
