"""Given what was said, when somebody is to be told, then these facts follow."""

from datetime import timedelta

import pytest

from services.notifier.domain.conversation import OVERTAKEN, Conversation, due
from services.notifier.domain.decide import BACK_OFF, Clear, decide
from shared.contracts.notices import (
    NoticeAttempted,
    NoticeCleared,
    NoticeDelayed,
    NoticeFailed,
    NoticeQueued,
    NoticeSent,
    NoticeUnknown,
)
from shared.kernel.refusals import Refusal
from tests.unit.services.notifier.conversations import (
    KNOWN,
    MORNING,
    NIGHT,
    NOON,
    RESIDENTS,
    VOLUNTEERS,
    a_report,
    a_tell,
    after,
    an_attempt,
    an_offer_tell,
    attempted,
    fold,
    queued,
    then,
)


def kinds(said: object) -> list[str]:
    return [type(data).__name__ for data in said]  # type: ignore[attr-defined]


def test_a_fact_leads_to_one_notice_even_if_it_is_told_again() -> None:
    tell = a_tell()
    assert kinds(decide(Conversation(id=RESIDENTS), tell)) == ["NoticeQueued"]
    assert decide(after(tell), tell) == ()


def test_later_facts_are_told_with_what_was_known_from_the_first() -> None:
    state = after(a_tell("accepted"))
    said = queued(decide(state, a_tell("taken", 2, recipient=None, language=None, params={})))
    assert (said.recipient, said.params) == ("resident-1", KNOWN)


def test_english_stays_english_through_the_conversation() -> None:
    state = after(a_tell("accepted", language="en"))
    assert queued(decide(state, a_tell("taken", 2, recipient=None, language=None, params={}))).language == "en"


def test_nobody_is_told_about_a_need_of_which_nothing_is_known() -> None:
    with pytest.raises(Refusal) as refusal:
        decide(Conversation(id=RESIDENTS), a_tell("taken", recipient=None, params={}))
    assert refusal.value.code == "notice.nothing_known"


def test_an_update_at_night_waits_until_morning() -> None:
    assert queued(decide(after(a_tell(at=NIGHT)), a_tell("taken", 2, at=NIGHT))).due_at == MORNING


@pytest.mark.parametrize("template", ["received", "accepted", "done", "withdrawn", "reopened"])
def test_an_answer_comes_at_night_too(template: str) -> None:
    assert queued(decide(Conversation(id=RESIDENTS), a_tell(template, at=NIGHT))).due_at == NIGHT


def test_an_answer_that_is_long_overdue_does_not_ring_at_night() -> None:
    late = a_tell("accepted", at=NIGHT, happened_at=NIGHT - timedelta(minutes=11))
    assert queued(decide(Conversation(id=RESIDENTS), late)).due_at == MORNING


def test_the_most_urgent_needs_are_told_at_night() -> None:
    urgent = a_tell("taken", at=NIGHT, params=KNOWN | {"priority": "5"})
    assert queued(decide(Conversation(id=RESIDENTS), urgent)).due_at == NIGHT


def test_a_newer_update_replaces_the_same_one_that_was_not_sent() -> None:
    first, second = a_tell("taken", 1), a_tell("taken", 2)
    said = decide(after(first), second)
    assert isinstance(said[0], NoticeCleared)
    assert (said[0].notice, said[0].by) == (first.notice, OVERTAKEN)
    assert queued(said).notice == second.notice


def test_what_was_held_over_night_is_replaced_by_news_of_any_kind() -> None:
    state = after(a_tell("accepted", 1, at=NIGHT), a_tell("taken", 2, at=NIGHT))
    said = decide(state, a_tell("escalated", 3, at=NIGHT))
    assert [data.template for data in said if isinstance(data, NoticeCleared)] == ["taken"]


def test_what_is_due_now_goes_out_before_other_news() -> None:
    assert kinds(decide(after(a_tell("accepted", 1)), a_tell("taken", 2))) == ["NoticeQueued"]


@pytest.mark.parametrize("template", ["unmet", "refused", "withdrawn"])
def test_the_message_that_closes_the_loop_is_never_replaced(template: str) -> None:
    params = KNOWN | {"reason": "没有人手"}
    state = after(a_tell(template, 1, at=NIGHT, params=params, happened_at=NIGHT - timedelta(hours=1)))
    assert kinds(decide(state, a_tell("reopened", 2, at=NIGHT))) == ["NoticeQueued"]


def test_a_message_that_is_being_sent_is_not_replaced() -> None:
    state, _ = attempted(a_tell("taken", 1))
    assert kinds(decide(state, a_tell("taken", 2))) == ["NoticeQueued"]


def test_updates_beyond_the_budget_wait_an_hour() -> None:
    state = Conversation(id=RESIDENTS)
    for number in range(1, 7):
        tell = a_tell("taken", number)
        state = then(state, tell)
        state = fold(state, decide(state, an_attempt(tell.notice)))
        attempt = state.notices[-1].attempt or ""
        state = then(state, a_report(tell.notice, attempt, "sent"))
    assert queued(decide(state, a_tell("taken", 7))).due_at == NOON + timedelta(hours=1)
    assert queued(decide(state, a_tell("done", 7))).due_at == NOON
    next_day = NOON + timedelta(days=1, seconds=1)
    assert queued(decide(state, a_tell("taken", 7, at=next_day))).due_at == next_day


def test_a_withdrawn_offer_that_was_never_sent_is_dropped_without_a_word() -> None:
    state = after(an_offer_tell(), conversation=VOLUNTEERS)
    assert kinds(decide(state, an_offer_tell("offer_withdrawn", 2))) == ["NoticeCleared"]


def test_a_withdrawn_offer_that_may_have_been_read_is_told() -> None:
    state, attempt = attempted(an_offer_tell(), conversation=VOLUNTEERS)
    assert kinds(decide(state, an_offer_tell("offer_withdrawn", 2))) == ["NoticeQueued"]
    sent = then(state, a_report(state.notices[0].id, attempt, "sent"))
    assert kinds(decide(sent, an_offer_tell("offer_withdrawn", 2))) == ["NoticeQueued"]


def test_an_offer_that_has_expired_is_not_sent_any_more() -> None:
    offer = an_offer_tell()
    state = after(offer, conversation=VOLUNTEERS)
    (said,) = decide(state, an_attempt(offer.notice, at=NOON + timedelta(minutes=15)))
    assert isinstance(said, NoticeCleared)
    assert due(fold(state, [said])) is None


def test_an_attempt_is_written_before_the_call_with_its_id_and_its_end() -> None:
    tell = a_tell()
    (said,) = decide(after(tell), an_attempt(tell.notice))
    assert isinstance(said, NoticeAttempted)
    assert said.answer_by == NOON + timedelta(minutes=2)
    assert due(fold(after(tell), [said])) == said.answer_by


def test_a_notice_is_attempted_by_one_hand_only() -> None:
    state, _ = attempted(a_tell())
    with pytest.raises(Refusal) as refusal:
        decide(state, an_attempt(state.notices[0].id))
    assert refusal.value.code == "notice.not_due"


def test_a_notice_whose_sending_was_late_waits_for_the_morning() -> None:
    tell = a_tell("taken")
    (said,) = decide(after(tell), an_attempt(tell.notice, at=NIGHT))
    assert isinstance(said, NoticeDelayed)
    held = fold(after(tell), [said]).notices[0]
    assert (held.due, held.tries) == (MORNING, 0)


def test_what_the_channel_took_is_sent() -> None:
    state, attempt = attempted(a_tell())
    (said,) = decide(state, a_report(state.notices[0].id, attempt, "sent"))
    assert isinstance(said, NoticeSent)
    assert (said.about, said.recipient, said.template, said.attempt) == ("need-1", "resident-1", "accepted", attempt)
    assert due(fold(state, [said])) is None


def test_back_off_grows_with_jitter_from_the_id_and_ends_with_a_person() -> None:
    state, _ = attempted(a_tell())
    at = NOON
    for wait in BACK_OFF:
        notice = state.notices[0]
        (said,) = decide(state, a_report(notice.id, notice.attempt or "", "delayed", at=at, reason="smtp_451"))
        assert isinstance(said, NoticeDelayed)
        assert wait <= said.retry_at - at <= wait * 1.2 + timedelta(seconds=1)
        assert said.retry_at.microsecond == 0
        at = said.retry_at
        state = then(fold(state, [said]), an_attempt(notice.id, at=at))
    last = state.notices[0]
    (failed,) = decide(state, a_report(last.id, last.attempt or "", "delayed", at=at, reason="smtp_451"))
    assert isinstance(failed, NoticeFailed)
    assert (failed.owner, failed.reason) == ("community_worker", "smtp_451")
    assert failed.next_action_at is not None
    assert failed.next_action_at > at


def test_each_attempt_has_its_own_id() -> None:
    state, first = attempted(a_tell())
    state = then(state, a_report(state.notices[0].id, first, "delayed"))
    second = then(state, an_attempt(state.notices[0].id, at=NOON + timedelta(minutes=1))).notices[0].attempt
    assert second is not None
    assert second != first


def test_what_is_surely_not_sent_is_tried_again_at_once() -> None:
    state, attempt = attempted(a_tell())
    state = then(state, a_report(state.notices[0].id, attempt, "not_sent"))
    assert due(state) == NOON


def test_what_nobody_knows_goes_to_a_person_and_is_never_attempted_again() -> None:
    state, attempt = attempted(a_tell())
    (said,) = decide(state, a_report(state.notices[0].id, attempt, "unknown"))
    assert isinstance(said, NoticeUnknown)
    assert (said.owner, said.next_action_at) == ("community_worker", NOON + timedelta(minutes=30))
    unknown = fold(state, [said])
    assert due(unknown) is None
    with pytest.raises(Refusal):
        decide(unknown, an_attempt(unknown.notices[0].id, at=NOON + timedelta(days=1)))


def test_an_answer_that_comes_after_all_is_believed() -> None:
    state, attempt = attempted(a_tell())
    state = then(state, a_report(state.notices[0].id, attempt, "unknown"))
    assert kinds(decide(state, a_report(state.notices[0].id, attempt, "sent"))) == ["NoticeSent"]


def test_a_result_of_another_attempt_is_ignored() -> None:
    state, _ = attempted(a_tell())
    with pytest.raises(Refusal) as refusal:
        decide(state, a_report(state.notices[0].id, "another", "sent"))
    assert refusal.value.code == "notice.stale_result"


def test_a_person_at_night_is_asked_to_act_in_the_morning() -> None:
    state, attempt = attempted(a_tell("accepted", at=NIGHT))
    (said,) = decide(state, a_report(state.notices[0].id, attempt, "failed", at=NIGHT))
    assert isinstance(said, NoticeFailed)
    assert said.next_action_at == MORNING


def test_a_volunteer_who_cannot_be_reached_is_the_team_leads_to_tell() -> None:
    state, attempt = attempted(an_offer_tell("assignment"), conversation=VOLUNTEERS)
    (said,) = decide(state, a_report(state.notices[0].id, attempt, "failed"))
    assert isinstance(said, NoticeFailed)
    assert said.owner == "team_lead"


@pytest.mark.parametrize("result", ["failed", "unknown"])
def test_a_person_clears_what_waits_for_them_once(result: str) -> None:
    state, attempt = attempted(a_tell())
    notice = state.notices[0].id
    state = then(state, a_report(notice, attempt, result))
    (said,) = decide(state, Clear(notice=notice, by="community_worker"))
    assert isinstance(said, NoticeCleared)
    assert (said.by, said.template) == ("community_worker", "accepted")
    assert decide(fold(state, [said]), Clear(notice=notice, by="community_worker")) == ()


def test_what_needs_nobody_is_not_cleared() -> None:
    tell = a_tell()
    with pytest.raises(Refusal) as refusal:
        decide(after(tell), Clear(notice=tell.notice, by="community_worker"))
    assert refusal.value.code == "notice.needs_nobody"


def test_the_document_stays_small_and_keeps_what_waits_for_a_person() -> None:
    state, attempt = attempted(a_tell("accepted", 1))
    state = then(state, a_report(state.notices[0].id, attempt, "failed"))
    for number in range(2, 200):
        state = then(state, a_tell("taken", number))  # each replaces the one before
    assert len(state.notices) <= 23
    assert state.notices[0].status == "failed"
    assert isinstance(decide(state, a_tell("done", 200))[-1], NoticeQueued)
