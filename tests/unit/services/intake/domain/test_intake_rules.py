"""The rules of a need: each stays silent where it should, and bites where it should."""

from datetime import timedelta

import pytest

from services.intake.domain.commands import Amend, Command, HearTold, Reopen, Review, Tick, Withdraw
from services.intake.domain.need import Need, nothing_yet
from services.intake.domain.patience import TOLD_WITHIN, Patience
from services.intake.domain.rules import decide
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFollowUpDue,
    NeedProgressed,
    NeedReopened,
    NeedWithdrawn,
)
from shared.kernel.refusals import Refusal
from shared.kernel.words import Words
from tests.unit.services.intake.givens import (
    AN_HOUR,
    NOON,
    a_request,
    asked,
    happened,
    on_its_way,
    progress,
    rated,
    statuses,
    told,
)

ENDED = ("refused", "withdrawn", "unmet", "confirmed")


def refused(need: Need, command: Command) -> str:
    with pytest.raises(Refusal) as no:
        decide(need, command)
    assert no.value.zh
    assert no.value.en
    return no.value.code


def ended(how: str) -> Need:
    match how:
        case "refused":
            return told(asked(review=True), Review(accept=False, reason="不属于本社区", at=NOON))
        case "withdrawn":
            return told(asked(), Withdraw(reason="", at=NOON))
        case "unmet":
            return told(asked(), progress("unmet", words=Words(zh="没有人", en="nobody")))
        case _:
            return told(rated(good=True), need=on_its_way("done"))


# --- Taking on --------------------------------------------------------------------------------------------------------


def test_a_need_is_accepted_at_once() -> None:
    facts = decide(nothing_yet("need-1"), asked())
    assert facts == (NeedAccepted(at=NOON, request=a_request()),)


def test_a_need_for_review_waits_with_an_owner_and_a_time() -> None:
    need = told(asked(review=True))
    assert (need.status, need.owner, need.next_action_at) == ("received", "community_worker", NOON + AN_HOUR)


def test_a_need_is_taken_on_once() -> None:
    assert refused(on_its_way("accepted"), asked()) == "need.exists"


def test_nothing_can_be_said_to_a_need_that_nobody_asked_for() -> None:
    assert refused(nothing_yet("need-1"), Withdraw(reason="", at=NOON)) == "need.unknown"


# --- Review -----------------------------------------------------------------------------------------------------------


def test_a_reviewed_need_is_accepted_from_now_on() -> None:
    need = told(asked(review=True), Review(accept=True, reason="", at=NOON + AN_HOUR))
    assert need.status == "accepted"
    assert need.request is not None
    assert (need.request.opens, need.request.closes) == (NOON + AN_HOUR, NOON + 3 * AN_HOUR)
    assert need.due is None


def test_a_review_that_took_too_long_gives_a_window_that_can_be_served() -> None:
    late = NOON + 10 * AN_HOUR
    need = told(asked(review=True), Review(accept=True, reason="", at=late))
    assert need.request is not None
    assert (need.request.opens, need.request.closes) == (late, late + 3 * AN_HOUR)


def test_an_announced_hour_that_has_passed_is_not_moved_by_a_review() -> None:
    need = told(asked(review=True, mode="shift", closes=NOON))
    assert refused(need, Review(accept=True, reason="", at=NOON + AN_HOUR)) == "need.window_past"


def test_a_refused_need_is_open_until_the_resident_knows() -> None:
    need = ended("refused")
    assert (need.status, need.closed, need.reason) == ("refused", False, "不属于本社区")


@pytest.mark.parametrize("status", ["accepted", "done"])
def test_only_what_waits_for_review_is_reviewed(status: str) -> None:
    assert refused(on_its_way(status), Review(accept=True, reason="", at=NOON)) == "need.not_in_review"


# --- Changing and withdrawing -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["accepted", "dispatched", "taken"])
def test_a_need_can_be_changed_until_somebody_begins(status: str) -> None:
    facts = decide(on_its_way(status), Amend(at=NOON, meals=2, closes=NOON + AN_HOUR))
    assert facts == (NeedAmended(at=NOON, request=a_request(meals=2, closes=NOON + AN_HOUR)),)


def test_a_change_that_changes_nothing_says_nothing() -> None:
    assert decide(on_its_way("accepted"), Amend(at=NOON, closes=NOON + 3 * AN_HOUR)) == ()


@pytest.mark.parametrize("status", ["in_service", "done"])
def test_it_is_too_late_to_change_or_withdraw_once_it_has_begun(status: str) -> None:
    need = on_its_way(status)
    assert refused(need, Amend(at=NOON, meals=2)) == "need.too_late"
    assert refused(need, Withdraw(reason="", at=NOON)) == "need.too_late"


@pytest.mark.parametrize("how", ENDED)
def test_what_has_ended_is_not_withdrawn(how: str) -> None:
    assert refused(ended(how), Withdraw(reason="", at=NOON)) == "need.too_late"


@pytest.mark.parametrize("status", ["accepted", "dispatched", "taken"])
def test_a_need_can_be_withdrawn_until_somebody_begins(status: str) -> None:
    facts = decide(on_its_way(status), Withdraw(reason="孩子回来了", at=NOON))
    assert facts == (NeedWithdrawn(at=NOON, reason="孩子回来了", resident="resident-1"),)


# --- On the board -----------------------------------------------------------------------------------------------------


def test_the_ordinary_way_ends_with_a_question() -> None:
    need = on_its_way("done")
    assert [entry.what for entry in need.timeline] == ["accepted", "dispatched", "taken", "in_service", "done"]
    assert need.due == NOON + timedelta(minutes=10) + Patience().follow_up_after


@pytest.mark.parametrize(("at", "back_to"), [("taken", "dispatched"), ("in_service", "taken"), ("done", "in_service")])
def test_progress_never_goes_backwards(at: str, back_to: str) -> None:
    need = on_its_way(at)
    if at == "done":
        assert refused(need, progress(back_to)) == "need.not_on_the_board"
    else:
        assert decide(need, progress(back_to)) == ()


def test_the_same_step_is_said_once() -> None:
    assert decide(on_its_way("taken"), progress("taken", volunteer="volunteer-2")) == ()


@pytest.mark.parametrize("at", ["taken", "in_service"])
def test_a_volunteer_who_is_lost_is_shown(at: str) -> None:
    facts = decide(on_its_way(at), progress("dispatched", lost=True, words=Words(zh="来不了", en="cannot come")))
    assert statuses(facts) == ["dispatched"]
    need = happened(*facts, need=on_its_way(at))
    assert (need.status, need.volunteer, need.timeline[-1].note) == ("dispatched", None, "来不了")


def test_the_no_of_somebody_else_changes_nothing_for_who_agreed() -> None:
    assert decide(on_its_way("taken"), progress("dispatched", volunteer="volunteer-2", lost=True)) == ()


def test_of_several_people_any_may_be_the_one_who_is_lost() -> None:
    facts = decide(on_its_way("taken", people=2), progress("dispatched", volunteer="volunteer-2", lost=True))
    assert statuses(facts) == ["dispatched"]


def test_nobody_is_lost_before_somebody_agreed() -> None:
    assert decide(on_its_way("dispatched"), progress("dispatched", lost=True)) == ()


def test_an_escalated_need_carries_its_owner_and_is_not_intake_s_to_remind_of() -> None:
    escalated = progress("escalated", volunteer=None, owner="team_lead", next_action_at=NOON + AN_HOUR)
    need = told(escalated, need=on_its_way("dispatched"))
    assert (need.status, need.owner, need.next_action_at, need.due) == ("escalated", "team_lead", NOON + AN_HOUR, None)
    assert decide(need, escalated) == ()
    again = progress("escalated", volunteer=None, owner="street", next_action_at=NOON + AN_HOUR)
    assert statuses(decide(need, again)) == ["escalated"]


@pytest.mark.parametrize("to", ["dispatched", "taken", "in_service", "done"])
def test_from_an_escalation_a_need_goes_on_anywhere(to: str) -> None:
    escalated = progress("escalated", volunteer=None, owner="team_lead", next_action_at=NOON + AN_HOUR)
    assert statuses(decide(told(escalated, need=on_its_way("taken")), progress(to))) == [to]


@pytest.mark.parametrize("how", ENDED)
def test_what_has_ended_does_not_move_on_the_board(how: str) -> None:
    assert refused(ended(how), progress("taken")) == "need.not_on_the_board"


def test_a_reason_is_in_the_resident_s_language() -> None:
    words = Words(zh="没有人", en="nobody is free")
    (chinese,) = decide(on_its_way("accepted"), progress("unmet", words=words))
    (english,) = decide(on_its_way("accepted", language="en"), progress("unmet", words=words))
    assert isinstance(chinese, NeedProgressed)
    assert isinstance(english, NeedProgressed)
    assert (chinese.note, english.note) == ("没有人", "nobody is free")


# --- The question -----------------------------------------------------------------------------------------------------


def test_a_good_answer_closes_the_loop() -> None:
    need = told(rated(good=True), need=on_its_way("done"))
    assert (need.status, need.closed, need.due, need.rated) == ("confirmed", True, None, True)


def test_a_bad_answer_opens_the_need_again_in_a_window_that_can_be_served() -> None:
    need = told(rated(good=False, hours=5), need=on_its_way("done"))
    assert (need.status, need.round, need.closed, need.due) == ("accepted", 2, False, None)
    assert need.request is not None
    assert need.request.opens == NOON + 5 * AN_HOUR
    assert need.request.closes >= need.request.opens + 2 * AN_HOUR


@pytest.mark.parametrize("status", ["accepted", "taken", "in_service"])
def test_what_is_not_done_is_not_rated(status: str) -> None:
    assert refused(on_its_way(status), rated(good=True)) == "need.not_done"


@pytest.mark.parametrize("how", ENDED)
def test_a_need_closes_once(how: str) -> None:
    assert refused(ended(how), rated(good=True)) == "need.not_done"


def test_a_change_of_mind_within_days_opens_a_closed_need() -> None:
    assert statuses(decide(ended("confirmed"), rated(good=False, hours=24))) == ["rated", "reopened"]


def test_a_change_of_mind_after_the_days_comes_too_late() -> None:
    assert refused(ended("confirmed"), rated(good=False, hours=24 * 8)) == "need.not_done"


def test_a_second_round_counts_its_rounds_at_the_end() -> None:
    again = [progress(status, minutes=90) for status in ("dispatched", "taken", "in_service", "done")]
    facts = decide(told(rated(good=False), *again, need=on_its_way("done")), rated(good=True, hours=3))
    assert facts[-1] == NeedClosed(at=NOON + 3 * AN_HOUR, outcome="confirmed", rounds=2)


# --- Opening again ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("need", [ended("unmet"), ended("confirmed"), on_its_way("done")])
def test_what_was_done_or_unmet_can_be_opened_again(need: Need) -> None:
    (fact,) = decide(need, Reopen(reason="灯又不亮了", at=NOON + AN_HOUR))
    assert isinstance(fact, NeedReopened)
    assert (fact.round, fact.reason, fact.request.opens) == (2, "灯又不亮了", NOON + AN_HOUR)


@pytest.mark.parametrize("need", [ended("refused"), ended("withdrawn"), on_its_way("taken")])
def test_what_was_withdrawn_or_is_under_way_is_not_opened_again(need: Need) -> None:
    assert refused(need, Reopen(reason="x", at=NOON)) == "need.cannot_reopen"


def test_what_ended_long_ago_is_asked_for_anew() -> None:
    late = NOON + timedelta(days=8)
    assert refused(ended("unmet"), Reopen(reason="x", at=late)) == "need.cannot_reopen"


# --- Told -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["refused", "withdrawn", "unmet"])
def test_what_ended_undone_closes_when_the_resident_knows(how: str) -> None:
    need = ended(how)
    (fact,) = decide(need, HearTold(template=how, at=NOON + AN_HOUR))
    assert isinstance(fact, NeedClosed)
    assert (fact.outcome, fact.reason, fact.rounds) == (how, need.reason, 1)
    closed = happened(fact, need=need)
    assert (closed.closed, closed.due, closed.owner, closed.status) == (True, None, None, how)
    assert decide(closed, HearTold(template=how, at=NOON + AN_HOUR)) == ()


@pytest.mark.parametrize("template", ["accepted", "done", "withdrawn", "refused"])
def test_being_told_something_else_closes_nothing(template: str) -> None:
    assert decide(ended("unmet"), HearTold(template=template, at=NOON)) == ()


def test_being_told_that_it_is_done_does_not_close() -> None:
    assert decide(on_its_way("done"), HearTold(template="done", at=NOON)) == ()


# --- Time -------------------------------------------------------------------------------------------------------------


def test_who_does_not_answer_is_asked_again_and_again() -> None:
    need = on_its_way("done")
    for _ in range(5):
        assert need.due is not None
        (fact,) = decide(need, Tick(at=need.due))
        assert isinstance(fact, NeedFollowUpDue)
        assert fact.next_action_at == need.due + Patience().follow_up_every
        need = happened(fact, need=need)
    assert [entry.what for entry in need.timeline].count("follow_up") == 1


def test_a_timer_is_silent_before_its_time() -> None:
    need = on_its_way("done")
    assert need.due is not None
    assert decide(need, Tick(at=need.due - timedelta(seconds=1))) == ()


def test_a_review_that_nobody_does_is_reminded_of() -> None:
    need = told(asked(review=True))
    assert need.due is not None
    (fact,) = decide(need, Tick(at=need.due))
    assert isinstance(fact, NeedProgressed)
    assert (fact.status, fact.owner, fact.next_action_at) == ("received", "community_worker", need.due + AN_HOUR)


@pytest.mark.parametrize("how", ["refused", "withdrawn", "unmet"])
def test_a_resident_whom_no_notice_reaches_is_told_by_a_person(how: str) -> None:
    need = ended(how)
    assert need.due is not None
    assert need.due <= NOON + timedelta(minutes=10) + TOLD_WITHIN
    assert statuses(decide(need, Tick(at=need.due))) == ["follow_up_due"]


@pytest.mark.parametrize(
    "need",
    [told(asked(review=True)), on_its_way("done"), ended("refused"), ended("withdrawn"), ended("unmet")],
    ids=lambda need: need.status,
)
def test_a_tick_always_moves_what_is_due(need: Need) -> None:
    """A simulated clock stands still: a timer that finds the same moment twice would never come to rest."""
    assert need.due is not None
    late = need.due + timedelta(days=3, microseconds=7)
    after = told(Tick(at=late), need=need)
    assert after.due is not None
    assert after.due > late


def test_a_closed_need_wants_nothing_more() -> None:
    assert ended("confirmed").due is None
    assert decide(ended("confirmed"), Tick(at=NOON + timedelta(days=9))) == ()
