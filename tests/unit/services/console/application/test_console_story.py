"""A story is told in the order in which one thing led to the other, even if all happened at one moment."""

import itertools

from services.console.application.names import Names
from services.console.application.story import in_order, tell
from shared.contracts.dispatch import NeedAdmitted, NeedUnplaced
from shared.contracts.needs import NeedAccepted, NeedProgressed
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, NOON, History, a_request, minutes


def test_causes_come_before_effects_whatever_order_the_archive_gives() -> None:
    history = History()
    accepted = history.say(NOON, "n", NeedAccepted(request=a_request()))
    admitted = history.say(NOON, AREA, NeedAdmitted(need="n", request=a_request()), because=accepted)
    unplaced = history.say(NOON, AREA, NeedUnplaced(need="n", rule="x", zh="缺", en="lacks"), because=accepted)
    progressed = history.say(NOON, "n", NeedProgressed(status="escalated"), because=unplaced)
    for order in itertools.permutations([accepted, admitted, unplaced, progressed]):
        assert in_order(order) == [accepted, admitted, unplaced, progressed]


def test_a_fact_that_was_archived_twice_is_told_once() -> None:
    history = History()
    a_day.accept(history, "n", a_request())
    assert in_order(history.said() + history.said()) == history.said()


def test_a_sensitive_needs_story_names_neither_service_nor_reason() -> None:
    history = History()
    a_day.accept(history, "n", a_day.a_private_request())
    history.say(minutes(1), AREA, NeedUnplaced(need="n", rule="x", zh="没有心理咨询师", en="no counsellor"))
    story = tell("n", Names(), history.said())
    assert story is not None
    told = f"{story}"
    for secret in ("心理", "counsel", "511083001009"):
        assert secret not in told


def test_a_need_that_was_never_asked_for_has_no_story() -> None:
    assert tell("n", Names(), []) is None
