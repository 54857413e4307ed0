"""The stopwatch times what was answered at the same moment of the day, and counts what had to wait."""

from datetime import timedelta
from typing import Any, cast

from linli.rehearsal.stopwatch import Stopwatch
from shared.contracts.dispatch import OfferMade
from shared.contracts.fact import Fact
from shared.contracts.needs import NeedAccepted
from shared.contracts.wire import write_fact
from shared.runtime.log import Outgoing
from tests.builders import a_fact, an_example


class Written:
    """A log that only counts."""

    def __init__(self) -> None:
        self.messages = 0

    async def publish(self, messages: Any) -> None:
        self.messages += len(messages)


def letter(fact: Fact) -> Outgoing:
    return Outgoing(topic="t", key="a", body=write_fact(fact))


def accepted(need: str) -> Fact:
    return a_fact(an_example(NeedAccepted)).model_copy(update={"subject": need})


def offered(need: str, *, after: timedelta = timedelta(0)) -> Fact:
    fact = a_fact(an_example(OfferMade).model_copy(update={"need": need}))
    return fact.model_copy(update={"time": accepted(need).time + after})


async def test_only_the_first_offer_of_the_moment_of_acceptance_is_timed() -> None:
    log = Written()
    watch = Stopwatch(cast("Any", log))
    await watch.publish([letter(accepted("at once")), letter(accepted("at night"))])
    await watch.publish([letter(offered("at once")), letter(offered("at night", after=timedelta(hours=1)))])
    await watch.publish([letter(offered("at once")), letter(offered("never accepted"))])
    waits = watch.waits()
    assert (waits.count, waits.later, log.messages) == (1, 1, 6)
    assert 0 < waits.median_ms == waits.p99_ms


def test_without_offers_nothing_was_waited_for() -> None:
    waits = Stopwatch(cast("Any", Written())).waits()
    assert (waits.count, waits.later, waits.median_ms, waits.p99_ms) == (0, 0, 0.0, 0.0)
