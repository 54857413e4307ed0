from datetime import timedelta

import pytest

from services.matcher.domain import commands as ask
from services.matcher.domain.rules import Rules
from shared.contracts.dispatch import (
    NeedEscalated,
    NeedUnplaced,
    OfferAccepted,
    OfferExpired,
    OfferMade,
    OfferRefused,
    OfferWithdrawn,
)
from shared.contracts.volunteers import DutyWindow
from shared.kernel.refusals import Refusal
from tests.unit.services.matcher.play import Play, a_meal, a_request, a_window, at, cell, kinds, of


@pytest.fixture
def street() -> Play:
    """Wang lives next door to the need, Li at the end of the street."""
    play = Play("08:00")
    play.post("wang", home=cell(600))
    play.post("li", home=cell(2500))
    return play


def test_the_nearest_volunteer_is_asked_and_has_the_promised_time_to_answer(street: Play) -> None:
    (offer,) = of(OfferMade, street.admit("tap", offer_within_s=600))
    assert (offer.volunteer, offer.wave, offer.assigned) == ("wang", 1, False)
    assert offer.expires_at == at("08:10")


def test_a_yes_makes_the_promise_complete(street: Play) -> None:
    street.admit("tap")
    (accepted,) = of(OfferAccepted, street.accept("tap"))
    assert accepted.complete
    assert street.slot("tap").status == "taken"


def test_a_yes_said_twice_changes_nothing(street: Play) -> None:
    street.admit("tap")
    offer = street.offer("tap")
    street.accept("tap")
    assert street.tell(ask.AcceptOffer(at=street.now, offer=offer)) == []


def test_a_no_leads_to_the_next_and_is_remembered(street: Play) -> None:
    street.admit("tap")
    said = street.refuse("tap")
    assert of(OfferRefused, said)[0].volunteer == "wang"
    assert street.asked("tap") == ["wang", "li"]
    street.refuse("tap")
    assert street.asked("tap") == ["wang", "li"], "nobody is asked twice for the same"


def test_after_everybody_said_no_a_person_owns_the_need_with_a_next_action(street: Play) -> None:
    street.admit("tap", offer_within_s=0)
    street.refuse("tap")
    (escalated,) = of(NeedEscalated, street.refuse("tap"))
    assert escalated.owner == "community_worker"
    assert escalated.next_action_at > street.now


def test_an_offer_without_answer_runs_out_and_the_next_is_asked(street: Play) -> None:
    street.admit("tap", offer_within_s=600)
    said = street.until("08:10")
    assert kinds(said)[0] == "OfferExpired"
    assert street.asked("tap") == ["wang", "li"]


def test_nothing_happens_before_an_offer_runs_out(street: Play) -> None:
    street.admit("tap", offer_within_s=600)
    assert street.until("08:09") == []


def test_an_answer_that_comes_too_late_is_told_so(street: Play) -> None:
    street.admit("tap", offer_within_s=600)
    offer = street.offer("tap")
    street.until("08:10")
    with pytest.raises(Refusal, match=r"offer\.expired"):
        street.tell(ask.AcceptOffer(at=street.now, offer=offer))


def test_an_offer_nobody_made_is_unknown(street: Play) -> None:
    with pytest.raises(Refusal, match=r"offer\.unknown"):
        street.tell(ask.AcceptOffer(at=street.now, offer="invented"))


def test_an_offer_that_was_taken_back_is_closed(street: Play) -> None:
    street.admit("tap")
    offer = street.offer("tap")
    street.tell(ask.DropNeed(at=street.now, need="tap", reason="repaired by a neighbour"))
    with pytest.raises(Refusal, match=r"offer\.closed"):
        street.tell(ask.AcceptOffer(at=street.now, offer=offer))


def test_a_change_of_the_need_lets_people_be_asked_again(street: Play) -> None:
    street.admit("tap")
    street.refuse("tap")
    request = a_request(opens=at("14:00"), closes=at("16:00"))
    street.tell(ask.AmendNeed(at=street.now, need="tap", request=request))
    assert street.asked("tap")[-1] == "wang"


def test_nobody_is_asked_more_than_three_times_a_day() -> None:
    play = Play("08:00")
    play.post("wang")
    for number in range(3):
        play.admit(f"n{number}", opens=at("09:00"), closes=at("17:00"))
        play.refuse(f"n{number}")
    said = play.admit("n3", opens=at("09:00"), closes=at("17:00"))
    assert of(OfferMade, said) == []
    assert of(NeedUnplaced, said)[0].rule == "asked_today"
    play.clock("08:00", day=25).post("wang", a_window_on(25))
    assert of(OfferMade, play.admit("tomorrow", opens=at("09:00", day=25), closes=at("17:00", day=25)))


def a_window_on(day: int) -> DutyWindow:
    return a_window().model_copy(update={"opens": at("08:00", day=day), "closes": at("18:00", day=day)})


def test_assignments_on_standing_duty_do_not_count_as_questions_and_are_taken_at_once() -> None:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 20))
    play.post("carrier", a_window("10:15", "13:30", standing=True))
    for number in range(5):
        said = play.admit(f"m{number}", a_meal(cell=cell(300 * number)))
        assert of(OfferMade, said)[0].assigned
        assert of(OfferAccepted, said)[0].complete
    assert play.board.volunteers["carrier"].pushes == ()


def test_somebody_on_standing_duty_may_still_refuse() -> None:
    play = Play("08:00")
    play.canteen("k", cell(), ("10:45", 20))
    play.post("one", a_window("10:15", "13:30", standing=True))
    play.post("two", a_window("10:15", "13:30", standing=True), home=cell(900))
    play.admit("meal", a_meal())
    first = play.slot("meal").volunteer
    play.refuse("meal")
    assert {first, play.slot("meal").volunteer} == {"one", "two"}


def test_nobody_is_asked_at_night_and_the_need_waits_for_the_morning() -> None:
    play = Play("22:00")
    play.post("wang", a_window_on(25))
    said = play.admit("tap", opens=at("09:00", day=25), closes=at("12:00", day=25))
    (why,) = of(NeedUnplaced, said)
    assert (why.rule, why.next_action_at) == ("quiet_hours", at("07:00", day=25))
    assert of(OfferMade, play.until("06:59", day=25)) == []
    assert of(OfferMade, play.until("07:00", day=25))[0].volunteer == "wang"


def test_the_most_urgent_needs_ask_at_night() -> None:
    play = Play("22:00")
    play.post("wang", a_window("20:00", "23:59"))
    said = play.admit("leak", priority=5, opens=at("22:00"), closes=at("23:00"))
    assert of(OfferMade, said)[0].volunteer == "wang"


def test_after_enough_questions_a_person_takes_over() -> None:
    play = Play("08:00", rules=Rules(waves=2))
    for number in range(4):
        play.post(f"v{number}", home=cell(100 * number))
    play.admit("tap", offer_within_s=3600)
    play.refuse("tap")
    said = play.refuse("tap")
    assert len(play.asked("tap")) == 2
    assert of(NeedEscalated, said)[0].rule == "asked_enough"


def test_an_owner_who_does_not_act_loses_the_need_to_the_street(street: Play) -> None:
    street.admit("tap", offer_within_s=0)
    street.refuse("tap")
    street.refuse("tap")
    owners = [one.owner for one in of(NeedEscalated, street.until("10:00"))]
    assert owners[0] == "street"


def test_the_first_claim_wins_and_the_second_is_told(street: Play) -> None:
    street.admit("wish", mode="claim", opens=at("09:00"), closes=at("17:00"))
    assert street.asked("wish") == []
    street.tell(ask.Claim(at=street.now, need="wish", volunteer="li"))
    assert (street.slot("wish").volunteer, street.slot("wish").status) == ("li", "taken")
    with pytest.raises(Refusal, match=r"need\.taken"):
        street.tell(ask.Claim(at=street.now, need="wish", volunteer="wang"))


def test_a_claim_said_twice_changes_nothing(street: Play) -> None:
    street.admit("wish", mode="claim")
    street.tell(ask.Claim(at=street.now, need="wish", volunteer="li"))
    assert street.tell(ask.Claim(at=street.now, need="wish", volunteer="li")) == []


def test_a_claim_goes_before_a_question_that_was_not_answered(street: Play) -> None:
    street.admit("tap")
    said = street.tell(ask.Claim(at=street.now, need="tap", volunteer="li"))
    (withdrawn,) = of(OfferWithdrawn, said)
    assert (withdrawn.volunteer, withdrawn.was_accepted) == ("wang", False)
    assert street.slot("tap").volunteer == "li"


def test_who_lacks_a_skill_cannot_claim(street: Play) -> None:
    street.admit("lamp", mode="claim", skills=frozenset({"electric"}))
    with pytest.raises(Refusal, match=r"volunteer\.not_qualified"):
        street.tell(ask.Claim(at=street.now, need="lamp", volunteer="li"))


def test_who_has_no_time_cannot_claim(street: Play) -> None:
    street.admit("late", mode="claim", opens=at("19:00"), closes=at("20:00"))
    with pytest.raises(Refusal, match=r"claim\.does_not_fit"):
        street.tell(ask.Claim(at=street.now, need="late", volunteer="li"))


def test_a_wish_nobody_claims_is_dispatched_after_two_days(street: Play) -> None:
    street.post("zhao", a_window_on(26))
    street.admit("wish", mode="claim", opens=at("09:00"), closes=at("17:00", day=26))
    assert street.until("07:59", day=26) == [] or street.asked("wish") == []
    street.until("08:00", day=26)
    assert street.asked("wish") == ["zhao"]


def test_a_worker_assigns_somebody_they_have_spoken_to(street: Play) -> None:
    street.admit("tap", offer_within_s=0)
    street.refuse("tap")
    street.refuse("tap")
    said = street.tell(ask.Assign(at=street.now, need="tap", volunteer="li", by="office"))
    assert of(OfferMade, said)[0].assigned
    assert street.slot("tap").status == "taken"
    assert street.need("tap").owner is None


def test_two_people_who_are_wanted_are_two_different_people(street: Play) -> None:
    street.admit("move", people=2, opens=at("10:00"), closes=at("10:00"))
    assert sorted(street.asked("move")) == ["li", "wang"]
    assert not of(OfferAccepted, street.accept("move", 0))[0].complete
    assert of(OfferAccepted, street.accept("move", 1))[0].complete
    assert street.slot("move", 0).starts_at == street.slot("move", 1).starts_at == at("10:00")


def test_an_offer_expires_before_the_last_possible_start(street: Play) -> None:
    (offer,) = of(OfferMade, street.admit("soon", offer_within_s=7200, opens=at("08:30"), closes=at("09:00")))
    assert offer.expires_at == at("09:00")
    assert offer.expires_at - street.now > timedelta(minutes=2)
    assert of(OfferExpired, street.until("08:59")) == []
