"""Given facts, the picture of an area."""

from zoneinfo import ZoneInfo

import pytest

from services.console.domain.area import MOST_CLOSED, MOST_DAYS, MOST_NOTICES, Area
from services.console.domain.take_in import HEARD, take_in
from shared.contracts.dispatch import (
    CanteenClosed,
    NeedAdmitted,
    NeedUnplaced,
    OfferRefused,
    RoutePlanned,
    VisitFailed,
    VolunteerMissed,
)
from shared.contracts.fact import FactData
from shared.contracts.needs import (
    NeedAccepted,
    NeedClosed,
    NeedFollowUpDue,
    NeedReceived,
    NeedReopened,
    NeedWithdrawn,
)
from shared.contracts.notices import NoticeCleared, NoticeFailed, NoticeQueued
from shared.contracts.volunteers import VolunteerOffDuty
from shared.contracts.wire import FACT_TYPES
from shared.kernel.words import Words
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, History, a_request, minutes

ZONE = ZoneInfo("Asia/Shanghai")
TODAY = "2026-05-12"


def picture(history: History) -> Area:
    area = Area(id=history.area)
    for fact in history.said():
        take_in(area, fact, ZONE)
    return area


def test_a_need_that_nobody_can_do_says_why_and_who_acts_when() -> None:
    stuck = picture(a_day.lunch_time()).needs["lamp"].stuck
    assert stuck is not None
    assert (stuck.why.zh, stuck.owner, stuck.next_action_at) == (
        "没有持电工证的志愿者在岗",
        "community_worker",
        minutes(75),
    )
    assert stuck.since == minutes(6)


def test_a_closed_need_leaves_the_list_and_stays_in_the_days_numbers() -> None:
    area = picture(a_day.lunch_time())
    assert "meal-1" not in area.needs
    assert area.days[TODAY].outcomes == {"meal.lunch": {"confirmed": 1}}
    assert area.days[TODAY].asked == 5


def test_the_loop_is_timed_from_acceptance_to_offer_and_to_the_resident_knowing() -> None:
    day = picture(a_day.lunch_time()).days[TODAY]
    assert day.offer_s == [60, 60]
    assert day.answer_s == [120]
    assert day.result_s == [30]


def test_a_meal_is_on_time_only_inside_its_window_and_hot() -> None:
    history = History()
    for need, ends, kitchen_s in (("hot", 30, 1200), ("cold", 31, 3601), ("late", 121, 600)):
        a_day.accept(history, need, a_day.a_meal())
        a_day.serve(history, need, "carrier", begins=ends - 1, ends=ends, kitchen_to_door_s=kitchen_s)
    day = picture(history).days[TODAY]
    assert (day.meals, day.meals_on_time, day.longest_kitchen_s) == (3, 1, 3601)


def test_nothing_of_a_sensitive_need_is_stored() -> None:
    area = picture(a_day.lunch_time())
    need = area.needs["private"]
    assert (need.service, need.name, need.community, need.cell) == (
        "private",
        Words(zh="一项服务", en="a service"),
        "",
        None,
    )


def test_the_reason_of_a_sensitive_need_is_not_shown_either() -> None:
    history = History()
    a_day.accept(history, "private", a_day.a_private_request())
    unplaced = NeedUnplaced(need="private", rule="skill", zh="没有心理咨询师", en="no counsellor")
    history.say(minutes(1), AREA, unplaced)
    stuck = picture(history).needs["private"].stuck
    assert stuck is not None
    assert "心理" not in stuck.why.zh


def test_a_stop_has_no_place_if_its_need_is_sensitive_or_unknown() -> None:
    history = History()
    a_day.on_duty(history, "v")
    a_day.accept(history, "private", a_day.a_private_request())
    a_day.accept(history, "plain", a_request())
    stops = tuple(a_day._stop(need, "visit", a_day.PRIVATE_CELL, 10) for need in ("private", "unknown", "plain"))
    history.say(minutes(1), AREA, RoutePlanned(volunteer="v", stops=stops, engine="insert"))
    assert [stop.cell for stop in picture(history).helpers["v"].stops] == [None, None, (105.301, 29.351)]


def test_a_need_that_was_reviewed_is_counted_once() -> None:
    history = History()
    history.say(minutes(0), "n", NeedReceived(request=a_request()))
    history.say(minutes(5), "n", NeedAccepted(request=a_request()))
    area = picture(history)
    assert area.days[TODAY].asked == 1
    assert area.needs["n"].status == "accepted"
    assert area.needs["n"].since == minutes(0)


@pytest.mark.parametrize(
    "over",
    [
        OfferRefused(offer="o", need="n", slot=0, volunteer="v", reason="busy"),
        VolunteerMissed(offer="o", need="n", slot=0, volunteer="v"),
        VisitFailed(need="n", slot=0, volunteer="v", reason="nobody_home"),
    ],
)
def test_a_volunteer_who_will_not_do_it_leaves_the_need(over: FactData) -> None:
    history = History()
    a_day.accept(history, "n", a_request())
    a_day.offer(history, "n", "v", 1)
    history.say(minutes(2), AREA, over)
    assert picture(history).needs["n"].places == {}


def test_an_older_volunteers_refusal_does_not_remove_the_new_one() -> None:
    history = History()
    a_day.accept(history, "n", a_request())
    a_day.offer(history, "n", "second", 1)
    history.say(minutes(2), AREA, OfferRefused(offer="o", need="n", slot=0, volunteer="first", reason="busy"))
    assert picture(history).needs["n"].places["0"].volunteer == "second"


def test_a_need_opened_again_starts_from_the_beginning() -> None:
    history = a_day.lunch_time()
    history.say(minutes(50), "meal-1", NeedReopened(request=a_day.a_meal(), reason="cold", round=2))
    need = picture(history).needs["meal-1"]
    assert (need.round, need.status, need.places, need.first_offer_at) == (2, "accepted", {}, None)


def test_what_the_board_says_late_does_not_bring_a_closed_need_back() -> None:
    """Topics are not ordered among each other: the board's fact may be read after the need's last one."""
    history = History()
    history.say(minutes(0), "n", NeedAccepted(request=a_request()))
    history.say(minutes(1), "n", NeedWithdrawn(reason="", resident="r"))
    history.say(minutes(2), "n", NeedClosed(outcome="withdrawn"))
    history.say(minutes(0), AREA, NeedAdmitted(need="n", request=a_request()))
    assert picture(history).needs == {}


def test_a_missing_answer_has_an_owner() -> None:
    history = History()
    a_day.accept(history, "n", a_request())
    history.say(minutes(90), "n", NeedFollowUpDue(owner="community_worker", next_action_at=minutes(120), resident="r"))
    stuck = picture(history).needs["n"].stuck
    assert stuck is not None
    assert stuck.owner == "community_worker"


def test_a_volunteer_off_duty_is_not_shown() -> None:
    history = a_day.lunch_time()
    history.say(minutes(44), "handy-1", VolunteerOffDuty())
    assert sorted(picture(history).helpers) == ["carrier-1", "carrier-2"]


def test_a_kitchen_that_closes_says_so() -> None:
    history = a_day.lunch_time()
    closed = CanteenClosed(canteen="canteen-1", closed_from=minutes(10), reason="停电")
    history.say(minutes(9), AREA, closed)
    assert picture(history).kitchens["canteen-1"].closed_why == "停电"


def test_a_failed_message_stays_marked_until_a_person_dealt_with_it() -> None:
    history = a_day.lunch_time()
    assert picture(history).notices["notice-lamp"].status == "failed"
    cleared = NoticeCleared(
        notice="notice-lamp",
        recipient="resident-2",
        recipient_kind="resident",
        about="lamp",
        template="escalated",
        by="worker",
    )
    history.say(minutes(30), "talk-lamp", cleared)
    assert picture(history).notices["notice-lamp"].status == "cleared"


def test_the_picture_stays_bounded_and_keeps_the_messages_that_wait_for_a_person() -> None:
    history = a_day.lunch_time()
    for number in range(MOST_NOTICES + 50):
        a_day.tell(history, "bulb", "accepted", 40, notice=f"n-{number}")
    for number in range(MOST_CLOSED + 50):
        history.say(minutes(41), f"c-{number}", NeedClosed(outcome="withdrawn"))
    for day in range(MOST_DAYS + 5):
        history.say(minutes(day * 24 * 60), f"d-{day}", NeedReceived(request=a_request()))
    area = picture(history)
    assert len(area.notices) == MOST_NOTICES
    assert "notice-lamp" in area.notices
    assert len(area.closed) == MOST_CLOSED
    assert len(area.days) == MOST_DAYS
    assert area.helpers == {}  # their duty ended days ago


def test_a_message_waits_with_its_channel() -> None:
    history = History()
    queued = NoticeQueued(
        notice="m",
        recipient="r",
        recipient_kind="resident",
        about="n",
        template="taken",
        language="zh",
        channel="voice",
        due_at=minutes(1),
    )
    history.say(minutes(0), "talk", queued)
    failed = NoticeFailed(notice="m", recipient="r", recipient_kind="resident", about="n", template="taken", reason="x")
    history.say(minutes(1), "talk", failed)
    line = picture(history).notices["m"]
    assert (line.channel, line.status, line.at) == ("voice", "failed", minutes(1))


def test_every_kind_of_fact_that_is_heard_exists() -> None:
    assert set(HEARD) <= set(FACT_TYPES)
