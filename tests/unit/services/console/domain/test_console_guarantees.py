"""Each guarantee stays silent over a good history and is turned red by one seeded bug."""

from collections.abc import Callable

import pytest

from services.console.domain.guarantees import Guarantee, judge_history
from shared.contracts.dispatch import NeedEscalated, NeedUnplaced
from shared.contracts.needs import NeedAccepted, NeedClosed, NeedFollowUpDue, NeedProgressed, NeedReopened
from shared.contracts.notices import NoticeQueued, NoticeSent
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, History, a_request, minutes


def a_good_day() -> History:
    """Give one need of every kind of ending."""
    history = History()
    for need, start in (("confirmed", 0), ("reopened", 30)):
        a_day.accept(history, need, a_day.a_meal(), start)
        a_day.serve(history, need, "v", begins=start + 10, ends=start + 12, kitchen_to_door_s=1200)
        a_day.tell(history, need, "done", start + 12)
    a_day.confirm(history, "confirmed", 20)
    history.say(minutes(50), "reopened", NeedReopened(request=a_day.a_meal(), reason="cold", round=2))
    a_day.serve(history, "reopened", "v", begins=60, ends=62, kitchen_to_door_s=900)
    a_day.confirm(history, "reopened", 70, rounds=2)
    for need, outcome in (("unmet", "unmet"), ("refused", "refused"), ("withdrawn", "withdrawn")):
        a_day.accept(history, need, a_request(), 0)
        a_day.tell(history, need, outcome, 90)
        history.say(minutes(91), need, NeedClosed.model_validate({"outcome": outcome}))
    a_day.accept(history, "escalated", a_request(), 0)
    escalated = NeedEscalated(
        need="escalated", owner="team_lead", next_action_at=minutes(200), rule="skill", zh="缺", en="lacks"
    )
    history.say(minutes(95), AREA, escalated)
    a_day.accept(history, "unanswered", a_request(), 0)
    a_day.serve(history, "unanswered", "w", begins=20, ends=40)
    asked = NeedFollowUpDue(owner="community_worker", next_action_at=minutes(300), resident="resident-1")
    history.say(minutes(99), "unanswered", asked)
    return history


def rule(history: History, name: str, *, final: bool = True) -> Guarantee:
    return next(one for one in judge_history(history.said(), final=final).guarantees if one.name == name)


def test_a_good_day_keeps_every_guarantee() -> None:
    judgement = judge_history(a_good_day().said())
    assert judgement.kept, judgement.guarantees
    assert judgement.endings == {
        "confirmed": 1,
        "open_with_owner": 2,
        "refused_and_told": 1,
        "reopened_then_confirmed": 1,
        "unmet_and_told": 1,
        "withdrawn_and_told": 1,
    }
    assert [one.judged > 0 for one in judgement.guarantees] == [True] * 4


def lose_a_need(history: History) -> None:
    history.say(minutes(10), "lost", NeedAccepted(request=a_request()))


def take_and_forget(history: History) -> None:
    """An escalation is over once somebody takes the need; nobody owns it then."""
    history.say(minutes(120), "escalated", NeedProgressed(status="taken", volunteer="v"))


def close_without_a_word(history: History) -> None:
    a_day.accept(history, "silent", a_request(), 0)
    history.say(minutes(60), "silent", NeedClosed(outcome="unmet"))


def tell_only_before_it_was_opened_again(history: History) -> None:
    history.say(minutes(100), "unmet", NeedReopened(request=a_request(), reason="again", round=2))
    history.say(minutes(120), "unmet", NeedClosed(outcome="unmet", rounds=2))


def speak_of_a_need_that_never_was(history: History) -> None:
    history.say(minutes(10), AREA, NeedUnplaced(need="ghost", rule="skill", zh="缺", en="lacks"))


def be_in_two_places(history: History) -> None:
    a_day.accept(history, "far", a_request(), 0)
    a_day.serve(history, "far", "w", begins=39, ends=45)
    a_day.confirm(history, "far", 50)


def be_somewhere_else_meanwhile(history: History) -> None:
    """A short visit inside a long one, with another in between, is still in two places."""
    for need, begins, ends in (("long", 100, 200), ("short", 110, 120), ("later", 150, 160)):
        a_day.accept(history, need, a_request(), 0)
        a_day.serve(history, need, "x", begins=begins, ends=ends)
        a_day.confirm(history, need, 210)


def send_one_notice_twice(history: History) -> None:
    sent = NoticeSent(
        notice="notice-unmet-unmet",
        attempt="again",
        recipient="resident-1",
        recipient_kind="resident",
        about="unmet",
        template="unmet",
        channel="sms",
    )
    history.say(minutes(92), "talk-unmet", sent)


def ask_twice_for_one_cause(history: History) -> None:
    first = next(
        one for one in history.said() if isinstance(one.data, NoticeQueued) and one.data.notice == "notice-unmet-unmet"
    )
    cause = next(one for one in history.said() if one.id == first.causationid)
    assert isinstance(first.data, NoticeQueued)
    history.say(minutes(92), "talk-unmet", first.data.model_copy(update={"notice": "twin"}), because=cause)
    twin = NoticeSent(
        notice="twin",
        attempt="twin-1",
        recipient="resident-1",
        recipient_kind="resident",
        about="unmet",
        template="unmet",
        channel="sms",
    )
    history.say(minutes(92), "talk-unmet", twin)


def let_a_meal_get_cold(history: History) -> None:
    a_day.accept(history, "cold", a_day.a_meal(), 0)
    a_day.serve(history, "cold", "y", begins=70, ends=72, kitchen_to_door_s=3601)
    a_day.confirm(history, "cold", 80)


@pytest.mark.parametrize(
    ("bug", "name", "times"),
    [
        (lose_a_need, "every_need_ends", 1),
        (take_and_forget, "every_need_ends", 1),
        (close_without_a_word, "every_need_ends", 1),
        (tell_only_before_it_was_opened_again, "every_need_ends", 1),
        (speak_of_a_need_that_never_was, "every_need_ends", 1),
        (be_in_two_places, "nobody_is_in_two_places", 1),
        (be_somewhere_else_meanwhile, "nobody_is_in_two_places", 2),
        (send_one_notice_twice, "nobody_is_told_twice", 1),
        (ask_twice_for_one_cause, "nobody_is_told_twice", 1),
        (let_a_meal_get_cold, "meals_arrive_hot", 1),
    ],
)
def test_a_seeded_bug_turns_its_guarantee_red(bug: Callable[[History], None], name: str, times: int) -> None:
    history = a_good_day()
    bug(history)
    judgement = judge_history(history.said())
    assert not judgement.kept
    assert [one.name for one in judgement.guarantees if not one.kept] == [name]
    assert rule(history, name).broken == times


def test_during_the_day_only_what_has_ended_is_judged() -> None:
    history = a_good_day()
    lose_a_need(history)
    assert rule(history, "every_need_ends", final=False).kept
    close_without_a_word(history)
    assert not rule(history, "every_need_ends", final=False).kept


def test_a_visit_may_begin_when_the_one_before_ends() -> None:
    history = a_good_day()
    a_day.accept(history, "next", a_request(), 0)
    a_day.serve(history, "next", "w", begins=40, ends=50)
    a_day.confirm(history, "next", 60)
    assert judge_history(history.said()).kept


def test_an_owner_who_did_not_act_in_time_is_counted() -> None:
    history = a_good_day()
    assert judge_history(history.said()).overdue_actions == 0
    a_day.on_duty(history, "late")
    a_day.accept(history, "later", a_request(), 250)
    assert judge_history(history.said()).overdue_actions == 1
