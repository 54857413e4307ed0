"""The matcher as others reach it: over HTTP and through facts, with real documents and the embedded log."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio

from services.matcher.app import build_service
from services.matcher.settings import MatcherSettings
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import NeedAccepted, NeedWithdrawn, Request
from shared.contracts.wire import read_fact
from shared.runtime.clock import SimulatedClock
from shared.runtime.environment import open_embedded
from shared.runtime.host import Host
from shared.runtime.log import Log, Outgoing
from tests.unit.services.matcher.play import a_meal, a_request, at, cell

AREA = "511083001"


@dataclass
class Matcher:
    client: httpx.AsyncClient
    host: Host
    log: Log
    clock: SimulatedClock

    async def call(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key} if key else {}
        answer = await self.client.request(method, path, json=body, headers=headers)
        await self.host.settle()
        return answer

    async def volunteer(self, number: str, *, standing: bool = False, east: int = 0, **profile: Any) -> str:
        body = an_enrolment(number, east=east, **profile)
        volunteer = str((await self.call("POST", "/volunteers", body, key=number)).json()["volunteer"])
        window = {"opens": at("08:00").isoformat(), "closes": at("18:00").isoformat(), "standing": standing}
        assert (await self.call("PUT", f"/volunteers/{volunteer}/duty", {"windows": [window]})).status_code == 200
        return volunteer

    async def hear(self, need: str, data: FactData, sequence: int = 1) -> None:
        fact = Fact(
            id=f"{need}-{sequence}",
            type=data.TYPE,
            source="/linli/intake",
            subject=need,
            time=self.clock.now(),
            partitionkey=AREA,
            sequence=sequence,
            correlationid=need,
            data=data,
        )
        await self.log.publish([Outgoing(topic="needs.v1", key=AREA, body=fact.to_json())])
        await self.host.settle()

    async def accepted(self, need: str, request: Request) -> None:
        await self.hear(need, NeedAccepted(request=request))

    async def board(self) -> Any:
        return (await self.call("GET", f"/areas/{AREA}/board")).json()

    async def slot(self, need: str) -> Any:
        return next(one["slots"][0] for one in (await self.board())["needs"] if one["need"] == need)

    async def said(self) -> list[str]:
        return [read_fact(record.body).type for record in await self.log.read("dispatch.v1")]


def an_enrolment(number: str, *, east: int = 0, **profile: Any) -> dict[str, Any]:
    home = {"lon": cell(east).lon, "lat": cell(east).lat}
    return {
        "number": number,
        "area": AREA,
        "name": "王某",
        "phone": "13900000000",
        "profile": {"home": home, "travel": "e_bike", "capacity_meals": 12, **profile},
    }


@asynccontextmanager
async def opened(data_dir: Path, *, improve_stop: str = "") -> AsyncIterator[Matcher]:
    settings = MatcherSettings(
        data_dir=data_dir, simulated_from=at("08:00"), survive="process_crash", improve_stop=improve_stop
    )
    async with open_embedded(settings) as (environment, connect):
        service = build_service(environment, settings)
        host = Host(environment, [service], connect)
        transport = httpx.ASGITransport(app=service.http, raise_app_exceptions=False)
        async with host.run(), httpx.AsyncClient(transport=transport, base_url="http://matcher") as client:
            assert isinstance(environment.clock, SimulatedClock)
            await host.settle()
            yield Matcher(client, host, environment.log, environment.clock)


@pytest.fixture
async def matcher(tmp_path: Path) -> AsyncIterator[Matcher]:
    async with opened(tmp_path) as matcher:
        yield matcher


async def test_a_need_that_is_heard_is_offered_accepted_and_done(matcher: Matcher) -> None:
    volunteer = await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request())
    offer = (await matcher.slot("tap"))["offer"]
    assert (await matcher.call("POST", f"/areas/{AREA}/offers/{offer}/accept")).json()["facts"] == ["OfferAccepted"]
    told = {"volunteer": volunteer, "slot": 0}
    matcher.clock.set(at("09:00"))
    for word, more in (("start", {}), ("complete", {"evidence": ["photo"]})):
        answer = await matcher.call("POST", f"/areas/{AREA}/needs/tap/{word}", told | more)
        assert answer.status_code == 200, answer.text
    board = await matcher.board()
    assert (board["needs"], board["completed"]) == ([], 1)
    assert board["volunteers"][0]["tasks_today"] == 1


async def test_a_fact_that_comes_twice_is_heard_once(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request())
    before = await matcher.said()
    await matcher.accepted("tap", a_request())
    assert await matcher.said() == before


async def test_a_withdrawn_need_leaves_the_board(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request())
    await matcher.hear("tap", NeedWithdrawn(reason="done", resident="r"), sequence=2)
    assert (await matcher.board())["needs"] == []


async def test_the_board_says_why_a_need_waits_and_who_acts_next(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("lamp", a_request(skills=frozenset({"electric"}), opens=at("08:00"), offer_within_s=0))
    (need,) = (await matcher.board())["needs"]
    assert (need["waiting"]["rule"], need["owner"]) == ("skill", "community_worker")
    assert need["waiting"]["zh"]
    assert need["waiting"]["next_action_at"] > (await matcher.board())["now"]


async def test_time_wakes_the_board(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.volunteer("V-2", east=900)
    await matcher.accepted("tap", a_request(offer_within_s=300))
    first = (await matcher.slot("tap"))["volunteer"]
    matcher.clock.set(at("08:05"))
    await matcher.host.settle()
    assert (await matcher.slot("tap"))["volunteer"] != first
    assert "linli.dispatch.offer_expired.v1" in await matcher.said()


async def test_a_refusal_over_http_asks_the_next(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.volunteer("V-2", east=900)
    await matcher.accepted("tap", a_request())
    slot = await matcher.slot("tap")
    answer = await matcher.call("POST", f"/areas/{AREA}/offers/{slot['offer']}/refuse", {"reason": "今天不方便"})
    assert answer.status_code == 200
    assert (await matcher.slot("tap"))["volunteer"] not in (None, slot["volunteer"])


async def test_a_canteen_opens_closes_and_shows_what_is_left(matcher: Matcher) -> None:
    await matcher.volunteer("V-1", standing=True)
    batch = {"id": "b1", "ready_at": at("10:45").isoformat(), "count": 5, "diets": []}
    place = {"lon": cell().lon, "lat": cell().lat}
    body = {"name_zh": "爱心食堂", "name_en": "canteen", "place": place, "batches": [batch]}
    assert (await matcher.call("PUT", f"/areas/{AREA}/canteens/k1", body)).status_code == 200
    await matcher.accepted("meal", a_meal())
    assert (await matcher.board())["canteens"][0]["batches"][0]["left"] == 4
    closing = {"closed_from": at("10:30").isoformat(), "reason": "停气"}
    answer = await matcher.call("POST", f"/areas/{AREA}/canteens/k1/close", closing)
    assert answer.json()["facts"][:2] == ["CanteenClosed", "BatchChosen"]


async def test_the_same_key_gives_the_same_person_and_other_words_are_refused(matcher: Matcher) -> None:
    first = await matcher.call("POST", "/volunteers", an_enrolment("V-1"), key="k")
    again = await matcher.call("POST", "/volunteers", an_enrolment("V-1"), key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    other = await matcher.call("POST", "/volunteers", an_enrolment("V-2"), key="k")
    assert (other.status_code, code(other)) == (422, "idempotency.other_body")


async def test_without_a_key_everybody_is_somebody_new(matcher: Matcher) -> None:
    ids = {(await matcher.call("POST", "/volunteers", an_enrolment("V-1"))).json()["volunteer"] for _ in range(2)}
    assert len(ids) == 2


async def test_names_and_phones_are_told_to_who_asks_and_to_no_fact(matcher: Matcher) -> None:
    volunteer = await matcher.volunteer("V-1")
    contact = (await matcher.call("GET", f"/volunteers/{volunteer}/contact")).json()
    assert (contact["name"], contact["phone"]) == ("王某", "13900000000")
    for topic in ("volunteers.v1", "dispatch.v1"):
        for record in await matcher.log.read(topic):
            assert "王某" not in record.body.decode()
            assert "13900000000" not in record.body.decode()


async def test_off_duty_takes_somebody_off_the_board(matcher: Matcher) -> None:
    volunteer = await matcher.volunteer("V-1")
    answer = await matcher.call("POST", f"/volunteers/{volunteer}/off-duty", {"reason": "ill"})
    assert answer.json()["on_duty"] is False
    assert (await matcher.board())["volunteers"] == []


def code(answer: httpx.Response) -> str:
    return str(answer.json()["type"]).removeprefix("urn:linli:problem:")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def refusing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Matcher]:
    """Share a matcher with one need among requests that are all refused: nothing of it changes."""
    async with opened(tmp_path_factory.mktemp("refusing")) as matcher:
        await matcher.accepted("tap", a_request())
        yield matcher


ONE = {"volunteer": "nobody", "slot": 0}
WINDOW = {"opens": "2026-11-24T09:00:00+08:00", "closes": "2026-11-24T12:00:00+08:00"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "problem"),
    [
        ("GET", "/areas/none/board", None, 404, "area.unknown"),
        ("POST", "/areas/none/plan", None, 404, "area.unknown"),
        ("GET", "/volunteers/none", None, 404, "volunteer.unknown"),
        ("GET", "/volunteers/none/contact", None, 404, "volunteer.unknown"),
        ("PUT", "/volunteers/none/duty", {"windows": [WINDOW]}, 404, "volunteer.unknown"),
        ("POST", "/volunteers/none/off-duty", {}, 404, "volunteer.unknown"),
        ("POST", f"/areas/{AREA}/offers/none/accept", None, 404, "offer.unknown"),
        ("POST", f"/areas/{AREA}/offers/none/refuse", {"reason": "x"}, 404, "offer.unknown"),
        ("POST", f"/areas/{AREA}/needs/none/start", ONE, 404, "need.unknown"),
        ("POST", f"/areas/{AREA}/needs/none/claim", {"volunteer": "x"}, 404, "need.unknown"),
        ("POST", f"/areas/{AREA}/needs/none/assign", {"volunteer": "x", "by": "y"}, 404, "need.unknown"),
        ("POST", f"/areas/{AREA}/needs/none/give-up", {"reason": "x", "by": "y"}, 404, "need.unknown"),
        ("POST", f"/areas/{AREA}/needs/tap/claim", {"volunteer": "x"}, 404, "volunteer.not_on_board"),
        ("POST", f"/areas/{AREA}/needs/tap/start", ONE, 409, "slot.not_yours"),
        (
            "POST",
            f"/areas/{AREA}/canteens/none/close",
            {"closed_from": WINDOW["opens"], "reason": "x"},
            404,
            "canteen.unknown",
        ),
        ("POST", f"/areas/{AREA}/needs/tap/fail", {**ONE, "reason": "bored"}, 422, "request.does_not_fit"),
        ("POST", f"/areas/{AREA}/needs/tap/start", {**ONE, "more": 1}, 422, "request.does_not_fit"),
        ("POST", "/volunteers", {"area": AREA}, 422, "request.does_not_fit"),
        (
            "POST",
            f"/areas/{AREA}/canteens/k/close",
            {"closed_from": "0001-01-01T00:00:00Z", "reason": "x"},
            422,
            "request.does_not_fit",
        ),
    ],
)
@pytest.mark.asyncio(loop_scope="module")
async def test_every_no_has_its_status_and_code(  # noqa: PLR0913, PLR0917 - a row of the table above
    refusing: Matcher, method: str, path: str, body: Any, status: int, problem: str
) -> None:
    answer = await refusing.call(method, path, body)
    assert (answer.status_code, code(answer)) == (status, problem)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_late_answer_is_a_conflict(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request(offer_within_s=300))
    offer = (await matcher.slot("tap"))["offer"]
    matcher.clock.set(at("08:06"))
    await matcher.host.settle()
    answer = await matcher.call("POST", f"/areas/{AREA}/offers/{offer}/accept")
    assert (answer.status_code, code(answer)) == (409, "offer.expired")


async def test_a_dispatcher_can_ask_for_a_plan_and_the_service_goes_on_meanwhile(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request())
    assert (await matcher.call("POST", f"/areas/{AREA}/plan")).status_code == 202
    metrics = (await matcher.call("GET", "/metrics")).text
    assert "matcher_plan_seconds_count 1.0" in metrics
    assert 'matcher_plans_total{outcome="failed"}' not in metrics


async def improvements(matcher: Matcher) -> float:
    """How often the solver has been asked after events, whatever became of its plans."""
    lines = (await matcher.call("GET", "/metrics")).text.splitlines()
    counted = [line.split() for line in lines if line.startswith("matcher_plans_total")]
    assert not any('outcome="failed"' in name for name, _ in counted)
    return sum(float(number) for name, number in counted if "improved" in name)


async def test_events_that_come_together_are_improved_upon_once(tmp_path: Path) -> None:
    async with opened(tmp_path, improve_stop="1 solutions") as matcher:
        await matcher.volunteer("V-1")
        await matcher.accepted("tap", a_request())
        before = await improvements(matcher)
        for number in range(3):
            await matcher.accepted(f"lamp-{number}", a_request(number=f"GH-1{number}"))
        assert await improvements(matcher) == before  # it has just been done: the next one waits a little
        matcher.clock.set(at("08:01"))
        await matcher.host.settle()
        assert await improvements(matcher) == before + 1


async def test_what_happens_while_the_solver_works_is_improved_upon_after_the_pause(tmp_path: Path) -> None:
    """Nothing is forgotten because a plan of our own is being adopted, and no pause is cut short."""
    async with opened(tmp_path, improve_stop="1 solutions") as matcher:
        await matcher.volunteer("V-1")
        matcher.clock.set(at("08:01"))
        await matcher.host.settle()
        before = await improvements(matcher)
        answers = await asyncio.gather(*(matcher.call("POST", f"/areas/{AREA}/plan") for _ in range(2)))
        assert [answer.status_code for answer in answers] == [202, 202]
        await asyncio.gather(*(matcher.accepted(f"lamp-{number}", a_request(number=f"GH-2{number}"))
                               for number in range(3)))  # fmt: skip
        assert await improvements(matcher) <= before + 1
        matcher.clock.set(at("08:02"))
        await matcher.host.settle()
        assert before + 1 <= await improvements(matcher) <= before + 2
        said = await matcher.said()
        matcher.clock.set(at("08:03"))
        await matcher.host.settle()
        assert await matcher.said() == said  # its own plans give no reason to plan again


async def test_a_rehearsal_does_not_improve_after_events_unless_asked(matcher: Matcher) -> None:
    await matcher.volunteer("V-1")
    await matcher.accepted("tap", a_request())
    matcher.clock.set(at("08:01"))
    await matcher.host.settle()
    assert await improvements(matcher) == 0


async def test_after_a_restart_the_board_stands_as_it_stood(tmp_path: Path) -> None:
    async with opened(tmp_path) as matcher:
        await matcher.volunteer("V-1")
        await matcher.accepted("tap", a_request())
        before = (await matcher.board())["needs"]
    async with opened(tmp_path) as matcher:
        assert (await matcher.board())["needs"] == before
