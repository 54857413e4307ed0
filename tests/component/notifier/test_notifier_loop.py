"""One notifier over a real store and log: what is heard becomes one letter each, at the right time."""

from datetime import timedelta
from pathlib import Path

import httpx
from prometheus_client import CollectorRegistry

from shared.contracts.dispatch import OfferWithdrawn
from shared.contracts.needs import NeedProgressed
from shared.contracts.notices import NoticeCleared, NoticeQueued, NoticeSent
from shared.contracts.places import Cell
from shared.contracts.topics import NEEDS, NOTICES, VOLUNTEERS
from shared.contracts.volunteers import Profile, VolunteerEnrolled
from shared.contracts.wire import read_fact
from shared.runtime.log import Outgoing
from tests.component.notifier.world import AREA, LATE, NOON, a_fact, a_town, an_offer, of


async def test_the_resident_is_told_the_whole_story_in_order(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept()
        for status in ("dispatched", "taken", "in_service", "done"):
            await town.settle()
            await town.progress(status)
        await town.settle()
        sent = [data.template for data in await town.said() if isinstance(data, NoticeSent)]
        assert sent == ["accepted", "taken", "done"]
        assert len(await town.letters()) == 3


async def test_the_same_facts_twice_are_one_letter_each(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept()
        await town.say(an_offer())
        await town.settle()
        for topic in (NEEDS.name, "dispatch.v1"):
            again = await town.environment.log.read(topic)
            await town.environment.log.publish(
                [Outgoing(topic=topic, key=AREA, body=record.body) for record in again * 2]
            )
        await town.settle()
        assert len(await town.letters()) == 2
        assert len(of(await town.said(), NoticeQueued)) == 2


async def test_a_letter_says_nothing_that_the_facts_did_not(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept(sensitive=True, priority=5)
        await town.say(an_offer(sensitive=True))
        await town.settle()
        offer = next(letter for letter in await town.letters() if "您能去吗" in letter)
        assert "一项上门服务" in offer
        assert "午餐" not in offer


async def test_an_update_of_the_night_is_told_in_the_morning_and_only_the_last(tmp_path: Path) -> None:
    async with a_town(tmp_path, at=LATE) as town:
        await town.accept()
        await town.settle()
        await town.progress("taken")
        await town.progress("escalated")
        await town.settle()
        assert len(await town.letters()) == 1
        await town.move(LATE + timedelta(hours=8))
        assert [letter for letter in await town.letters() if "已有志愿者接单" in letter] == []
        assert len(await town.letters()) == 1
        await town.move(LATE + timedelta(hours=8, minutes=30))
        assert len([letter for letter in await town.letters() if "工作人员跟进" in letter]) == 1
        assert [data.by for data in await town.said() if isinstance(data, NoticeCleared)] == ["notifier:overtaken"]


async def test_an_offer_at_night_goes_out_only_for_the_most_urgent_needs(tmp_path: Path) -> None:
    async with a_town(tmp_path, at=LATE) as town:
        await town.accept(need="need-1", priority=3)
        await town.accept(need="need-2", priority=5)
        for need in ("need-1", "need-2"):
            times = {"starts_at": LATE + timedelta(minutes=30), "expires_at": LATE + timedelta(minutes=5)}
            await town.say(an_offer(need=need, volunteer=f"volunteer-of-{need}", **times))
        await town.settle()
        told = [data.recipient for data in await town.said() if isinstance(data, NoticeSent)]
        assert "volunteer-of-need-2" in told
        assert "volunteer-of-need-1" not in told
        await town.move(LATE + timedelta(hours=9))
        told = [data.recipient for data in await town.said() if isinstance(data, NoticeSent)]
        assert "volunteer-of-need-1" not in told, "the offer had expired by the morning"


async def test_a_volunteer_who_only_reads_english_gets_english(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        profile = Profile(home=Cell(lon=105.288, lat=29.339), languages=frozenset({"en"}))
        enrolled = a_fact(VolunteerEnrolled(profile=profile), subject="volunteer-1")
        await town.environment.log.publish([Outgoing(topic=VOLUNTEERS.name, key=AREA, body=enrolled.to_json())])
        await town.say(an_offer())
        await town.settle()
        assert (await town.letters())[0].startswith("Linli: hot lunch to the door (GH-0042), 12 May 13:00.")


async def test_a_withdrawn_offer_is_told_to_the_one_who_was_asked(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.say(an_offer())
        await town.settle()
        withdrawn = OfferWithdrawn(
            offer="offer-1", need="need-1", slot=0, volunteer="volunteer-1", reason="replanned", was_accepted=False
        )
        await town.say(withdrawn)
        await town.settle()
        sent = [data.template for data in await town.said() if isinstance(data, NoticeSent)]
        assert sent == ["offer", "offer_withdrawn"]


async def test_facts_are_keyed_by_area_and_follow_their_cause(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        cause = await town.say(NeedProgressed(status="taken"))
        await town.accept()
        await town.settle()
        facts = [read_fact(record.body) for record in await town.environment.log.read(NOTICES.name)]
        assert {fact.partitionkey for fact in facts} == {AREA}
        assert {fact.subject for fact in facts} == {f"{AREA}:need-1:resident"}
        assert [fact.sequence for fact in facts] == [1, 2, 3]
        assert cause.id not in {fact.causationid for fact in facts}, "nobody can be told before the need is known"


async def test_no_contact_is_asked_for_where_no_address_is_needed(tmp_path: Path) -> None:
    def peers(service: str) -> httpx.AsyncClient:
        raise AssertionError(f"{service} was asked")

    async with a_town(tmp_path, peers=peers) as town:
        await town.accept()
        await town.settle()
        assert len(await town.letters()) == 1


async def test_the_metrics_tell_what_was_sent(tmp_path: Path) -> None:
    async with a_town(tmp_path) as town:
        await town.accept()
        await town.settle()
        registry: CollectorRegistry = town.environment.registry
        labels = {"template": "accepted", "channel": "console"}
        assert registry.get_sample_value("notifier_sent_notices_total", labels) == 1
        assert registry.get_sample_value("notifier_fact_to_sent_seconds_count") == 1


async def test_many_conversations_are_served_and_none_is_forgotten(tmp_path: Path) -> None:
    async with a_town(tmp_path, notices_at_once=3) as town:
        for number in range(40):
            await town.accept(need=f"need-{number}")
        await town.settle()
        assert len(await town.letters()) == 40
        assert town.now == NOON
