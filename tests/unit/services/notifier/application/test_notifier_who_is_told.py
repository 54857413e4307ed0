"""The table of telling, line by line."""

from datetime import timedelta

import pytest

from services.notifier.application.who_is_told import (
    DISCREET,
    Message,
    language_of,
    telling_resident,
    telling_volunteer,
    to_resident,
    to_volunteer,
)
from services.notifier.domain.templates import TEMPLATES
from shared.contracts.dispatch import DISPATCH_FACTS, OfferMade, OfferWithdrawn
from shared.contracts.fact import FactData
from shared.contracts.needs import (
    NeedAccepted,
    NeedAmended,
    NeedClosed,
    NeedFollowUpDue,
    NeedProgressed,
    NeedRated,
    NeedReceived,
    NeedRefused,
    NeedReopened,
    NeedWithdrawn,
)
from shared.contracts.places import Cell
from shared.contracts.volunteers import Profile
from shared.kernel.words import Words
from tests.component.notifier.world import NOON, a_fact, a_request, an_offer
from tests.unit.services.notifier.conversations import MANNERS

LUNCH = Words(zh="爱心午餐送餐", en="hot lunch to the door")


def names(_code: str) -> Words:
    return LUNCH


@pytest.mark.parametrize(
    ("data", "template"),
    [
        (NeedReceived(request=a_request()), "received"),
        (NeedAccepted(request=a_request()), "accepted"),
        (NeedReopened(request=a_request(), reason="不满意", round=2), "reopened"),
        (NeedProgressed(status="taken", volunteer="volunteer-1"), "taken"),
        (NeedProgressed(status="escalated", owner="street"), "escalated"),
        (NeedProgressed(status="done"), "done"),
        (NeedProgressed(status="unmet", note="没有人手"), "unmet"),
        (NeedRefused(reason="不在服务范围", resident="resident-1"), "refused"),
        (NeedWithdrawn(reason="不需要了", resident="resident-1"), "withdrawn"),
    ],
)
def test_the_resident_is_told(data: FactData, template: str) -> None:
    message = to_resident(data)
    assert message is not None
    assert message.template == template


@pytest.mark.parametrize(
    "data",
    [
        NeedAmended(request=a_request()),
        NeedProgressed(status="dispatched"),
        NeedProgressed(status="in_service"),
        NeedRated(good=True),
        NeedFollowUpDue(owner="community_worker", next_action_at=NOON, resident="resident-1"),
        NeedClosed(outcome="confirmed"),
    ],
)
def test_nobody_is_told_what_is_no_news(data: FactData) -> None:
    assert to_resident(data) is None


@pytest.mark.parametrize(
    ("data", "template"),
    [
        (an_offer(), "offer"),
        (an_offer(assigned=True), "assignment"),
        (
            OfferWithdrawn(
                offer="offer-1", need="need-1", slot=0, volunteer="volunteer-1", reason="replanned", was_accepted=True
            ),
            "offer_withdrawn",
        ),
    ],
)
def test_the_volunteer_is_told(data: FactData, template: str) -> None:
    message = to_volunteer(data, names)
    assert message is not None
    assert (message.template, message.recipient) == (template, "volunteer-1")


def test_of_all_dispatch_facts_only_offers_are_told_to_volunteers() -> None:
    others: list[type[FactData]] = [kind for kind in DISPATCH_FACTS if kind not in {OfferMade, OfferWithdrawn}]
    assert len(others) == len(DISPATCH_FACTS) - 2
    assert [kind for kind in others if to_volunteer(kind.model_construct(), names) is not None] == []


@pytest.mark.parametrize("assigned", [True, False])
def test_a_sensitive_need_is_not_named_to_volunteers(assigned: bool) -> None:  # noqa: FBT001
    message = to_volunteer(an_offer(sensitive=True, assigned=assigned), names)
    assert message is not None
    assert (message.params["service_zh"], message.params["service_en"]) == (DISCREET.zh, DISCREET.en)
    assert LUNCH.zh not in str(message)


def test_every_message_brings_what_its_template_needs() -> None:
    for data in (NeedAccepted(request=a_request()), an_offer(), an_offer(assigned=True)):
        message = to_resident(data) or to_volunteer(data, names)
        assert isinstance(message, Message)
        assert TEMPLATES[message.template].params <= message.params.keys()


def test_a_reason_becomes_one_short_line() -> None:
    message = to_resident(NeedProgressed(status="unmet", note="第一行\n第二行\x07 " + "长" * 500))
    assert message is not None
    reason = message.params["reason"]
    assert reason.startswith("第一行 第二行 长")
    assert len(reason) == 120


def test_the_same_fact_always_names_the_same_notice_and_another_fact_another() -> None:
    first = a_fact(NeedAccepted(request=a_request()))
    again = a_fact(NeedAccepted(request=a_request()), at=NOON + timedelta(hours=1))
    other = a_fact(NeedAccepted(request=a_request()), sequence=2)
    ids = [
        telling[1].notice
        for fact in (first, again, other)
        if (telling := telling_resident(fact, channel="console", at=NOON, manners=MANNERS)) is not None
    ]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 2


def test_an_offer_is_as_urgent_as_its_need_and_in_the_volunteers_language() -> None:
    fact = a_fact(an_offer(), subject="511083001")
    telling = telling_volunteer(
        fact, names=names, language="en", priority="5", channel="console", at=NOON, manners=MANNERS
    )
    assert telling is not None
    conversation, tell = telling
    assert conversation == "511083001:need-1:volunteer-1"
    assert (tell.params["priority"], tell.language) == ("5", "en")


@pytest.mark.parametrize(
    ("languages", "language"), [({"zh"}, "zh"), ({"zh", "en"}, "zh"), ({"en"}, "en"), ({"yi"}, "zh"), (set(), "zh")]
)
def test_volunteers_read_chinese_unless_they_only_know_english(languages: set[str], language: str) -> None:
    profile = Profile(home=Cell(lon=105.288, lat=29.339), languages=frozenset(languages))
    assert language_of(profile) == language
