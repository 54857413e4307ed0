"""What intake hears moves needs, whatever the batches look like and however often a fact comes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest

from shared.contracts.dispatch import (
    CanteenClosed,
    GoodsPickedUp,
    NeedEscalated,
    NeedGivenUp,
    OfferAccepted,
    OfferMade,
    OfferRefused,
    OfferWithdrawn,
    VisitCompleted,
    VisitFailed,
    VisitStarted,
    VolunteerMissed,
)
from shared.contracts.fact import Fact, FactData
from shared.contracts.notices import NoticeCleared, NoticeFailed, NoticeSent
from tests.unit.services.intake.counter import MORNING, Counter, a_fact, kinds

LATER = MORNING + timedelta(hours=1)


def offered(need: str, volunteer: str = "v1", *, assigned: bool = False) -> OfferMade:
    return OfferMade(
        offer=f"offer-{volunteer}",
        need=need,
        slot=0,
        volunteer=volunteer,
        wave=1,
        assigned=assigned,
        starts_at=LATER,
        expires_at=LATER,
        service="repair.light",
        number="GH-1",
    )


def accepted(need: str, volunteer: str = "v1", *, complete: bool = True) -> OfferAccepted:
    return OfferAccepted(
        offer=f"offer-{volunteer}", need=need, slot=0, volunteer=volunteer, complete=complete, starts_at=LATER
    )


def on_the_board(need: str, **more: Any) -> dict[str, Any]:
    return {"need": need, "slot": 0, "volunteer": "v1", **more}


def sent(need: str, template: str, **changes: Any) -> NoticeSent:
    fields = {"notice": "n", "attempt": "a", "recipient": "r", "recipient_kind": "resident", "channel": "console"}
    return NoticeSent(**(fields | {"about": need, "template": template} | changes))


def facts_of(*said: FactData, subject: str = "511083001") -> list[Fact]:
    return [a_fact(data, place, subject=subject) for place, data in enumerate(said, 1)]


def a_day(need: str) -> list[Fact]:
    """Give everything that the board says of an ordinary need."""
    return facts_of(
        offered(need),
        OfferRefused(offer="offer-v1", need=need, slot=0, volunteer="v1", reason="busy"),
        offered(need, "v2"),
        accepted(need, "v2"),
        CanteenClosed(canteen="c", closed_from=LATER, reason="gas"),
        VisitStarted(need=need, slot=0, volunteer="v2"),
        VisitCompleted(need=need, slot=0, volunteer="v2", complete=True),
    )


ORDINARY = ["accepted", "dispatched", "taken", "in_service", "done"]


async def test_an_ordinary_day_moves_the_need_to_the_question(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*a_day(need))
    assert kinds(await counter.said()) == ORDINARY
    shown = await counter.see(need)
    assert (shown["status"], shown["volunteer"], shown["owner"]) == ("done", "v2", "community_worker")


@pytest.mark.parametrize("cuts", [[], [1], [3], [1, 2, 3, 4, 5, 6], [2, 6]])
async def test_batches_do_not_matter(counter: Counter, cuts: Sequence[int]) -> None:
    need = (await counter.ask())["id"]
    facts = a_day(need)
    for start, end in zip([0, *cuts], [*cuts, len(facts)], strict=True):
        await counter.hear(*facts[start:end])
    assert kinds(await counter.said()) == ORDINARY


async def test_facts_that_come_again_change_nothing(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    facts = a_day(need)
    await counter.hear(*facts[:4], *facts[:4])
    await counter.hear(*facts)
    await counter.hear(*reversed(facts))
    assert kinds(await counter.said()) == ORDINARY


async def test_facts_that_are_older_than_what_was_heard_are_ignored(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    facts = a_day(need)
    await counter.hear(facts[-1], *facts[:-1])
    assert kinds(await counter.said()) == ["accepted", "done"]


async def test_one_batch_moves_many_needs_each_in_its_order(counter: Counter) -> None:
    needs = [(await counter.ask(f"key-{place}"))["id"] for place in range(3)]
    said = [data for need in needs for data in (offered(need), accepted(need))]
    await counter.hear(*facts_of(*said))
    assert [(await counter.see(need))["status"] for need in needs] == ["taken"] * 3


async def test_it_is_taken_when_everybody_who_is_wanted_has_agreed(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*facts_of(offered(need), accepted(need, complete=False)))
    assert (await counter.see(need))["status"] == "dispatched"


@pytest.mark.parametrize(
    "lost",
    [
        lambda need: VolunteerMissed(offer="o", **on_the_board(need)),
        lambda need: OfferWithdrawn(offer="o", reason="moved", was_accepted=True, **on_the_board(need)),
        lambda need: OfferRefused(offer="o", reason="ill", **on_the_board(need)),
        lambda need: VisitFailed(reason="nobody_home", **on_the_board(need)),
    ],
)
async def test_a_lost_volunteer_is_shown_and_the_next_may_take_it(counter: Counter, lost: Any) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*facts_of(offered(need), accepted(need), lost(need), offered(need, "v2"), accepted(need, "v2")))
    assert kinds(await counter.said()) == ["accepted", "dispatched", "taken", "dispatched", "taken"]
    lines = (await counter.see(need))["timeline"]
    assert lines[3]["note"]
    assert (await counter.see(need))["volunteer"] == "v2"


async def test_an_offer_taken_back_before_anybody_agreed_is_nobody_s_news(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    withdrawn = OfferWithdrawn(offer="o", reason="moved", was_accepted=False, **on_the_board(need))
    await counter.hear(*facts_of(offered(need), withdrawn))
    assert kinds(await counter.said()) == ["accepted", "dispatched"]


async def test_leaving_the_kitchen_is_being_served(counter: Counter) -> None:
    need = (await counter.ask(service="meal.lunch"))["id"]
    picked_up = GoodsPickedUp(**on_the_board(need))
    await counter.hear(*facts_of(offered(need, assigned=True), accepted(need), picked_up))
    assert (await counter.see(need))["status"] == "in_service"


async def test_an_escalated_need_names_its_owner(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    escalated = NeedEscalated(
        need=need, owner="team_lead", next_action_at=LATER, rule="skill", zh="没人会", en="nobody"
    )
    await counter.hear(*facts_of(escalated))
    shown = await counter.see(need)
    assert (shown["status"], shown["owner"], shown["next_action_at"]) == (
        "escalated",
        "team_lead",
        "2026-05-12T02:00:00Z",
    )


async def test_an_unmet_need_closes_once_the_resident_was_told(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*facts_of(NeedGivenUp(need=need, rule="late", zh="太晚了", en="too late")))
    await counter.hear(*facts_of(sent(need, "accepted"), sent(need, "unmet", recipient_kind="volunteer"), subject="c"))
    assert not (await counter.see(need))["closed"]
    await counter.hear(a_fact(sent(need, "unmet"), 3, subject="c"), a_fact(sent(need, "unmet"), 4, subject="c"))
    shown = await counter.see(need)
    assert (shown["status"], shown["closed"], shown["reason"]) == ("unmet", True, "太晚了")
    assert kinds(await counter.said()) == ["accepted", "unmet", "closed"]


async def test_being_told_in_person_closes_as_well(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.http.post(f"/needs/{need}/withdraw", json={"reason": ""})
    about: dict[str, Any] = {"notice": "n", "recipient": "r", "recipient_kind": "resident", "about": need}
    failed = NoticeFailed(template="withdrawn", reason="no phone", **about)
    cleared = NoticeCleared(template="withdrawn", by="window", **about)
    await counter.hear(a_fact(failed, 1, subject="c"))
    assert not (await counter.see(need))["closed"]
    await counter.hear(a_fact(cleared, 2, subject="c"))
    assert (await counter.see(need))["closed"]


async def test_what_is_said_of_a_need_that_intake_does_not_know_harms_nobody(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*facts_of(offered("ghost"), offered(need)))
    assert (await counter.http.get("/needs/ghost")).status_code == 404
    listed = (await counter.http.get("/needs")).json()["needs"]
    assert [one["status"] for one in listed] == ["dispatched"]


async def test_a_review_that_nobody_does_is_reminded_of_and_counted(counter: Counter) -> None:
    await counter.ask(service="errand.bill", window={"opens": "2026-05-12T14:00:00+08:00"})
    count = counter.environment.registry.get_sample_value
    assert count("intake_needs_total", {"status": "received", "channel": "window"}) == 1
    assert count("intake_follow_ups_total") == 0
    (timers,) = counter.service.timers
    counter.clock.set(MORNING + timedelta(hours=1))
    assert await timers.sweep() == 1
    assert count("intake_needs_total", {"status": "received", "channel": "window"}) == 1
    assert count("intake_follow_ups_total") == 1


async def test_the_timer_reminds_and_comes_to_rest(counter: Counter) -> None:
    need = (await counter.ask())["id"]
    await counter.hear(*a_day(need))
    (timers,) = counter.service.timers
    assert await timers.sweep() == 0
    counter.clock.set(MORNING + timedelta(hours=2))
    assert await timers.sweep() == 1
    assert await timers.idle()
    counter.clock.set(MORNING + timedelta(hours=6))
    assert await timers.sweep() == 1
    assert kinds(await counter.said()) == [*ORDINARY, "follow_up_due", "follow_up_due"]
    assert counter.environment.registry.get_sample_value("intake_follow_ups_total") == 2
