"""The HTTP door: the same answer for the same request, clear answers to bad input, and nobody's name in a fact."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from shared.contracts.dispatch import NeedGivenUp, VisitCompleted, VisitStarted
from shared.contracts.needs import NeedAccepted
from shared.kernel.ids import derived_id
from tests.unit.services.intake.counter import MORNING, Counter, a_body, a_fact, kinds, open_counter


def code(answer: httpx.Response) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    return str(answer.json()["type"]).removeprefix("urn:linli:problem:")


async def served(counter: Counter, need: str, sequence: int = 1) -> None:
    await counter.hear(
        a_fact(VisitStarted(need=need, slot=0, volunteer="v1"), sequence),
        a_fact(VisitCompleted(need=need, slot=0, volunteer="v1", complete=True), sequence + 1),
    )


async def test_a_need_is_taken_and_can_be_followed(counter: Counter) -> None:
    answer = await counter.http.post("/needs", json=a_body(), headers={"Idempotency-Key": "window-3-0042"})
    receipt = answer.json()
    assert answer.status_code == 201
    assert receipt["id"] == derived_id("need", "window-3-0042")
    assert answer.headers["location"] == f"/needs/{receipt['id']}"
    assert receipt["status"] == "accepted"
    assert receipt["number"].startswith("GH-")
    need = await counter.see(receipt["id"])
    assert [line["what"] for line in need["timeline"]] == ["accepted"]
    assert need["timeline"][0]["label"] == {"zh": "已受理", "en": "accepted"}
    assert need["timeline"][0]["at"] == "2026-05-12T01:00:00Z"


async def test_the_catalogue_row_is_in_the_fact(counter: Counter) -> None:
    await counter.ask(service="爱心午餐送餐", portions=2, diets=["软食", "普通"])
    (fact,) = await counter.said()
    assert isinstance(fact.data, NeedAccepted)
    request = fact.data.request
    assert (request.service, request.mode, request.meals, request.grams) == ("meal.lunch", "delivery", 2, 1600)
    assert (request.standing, request.hot_limit_s, request.diet) == (True, 3600, frozenset({"软食"}))
    assert (request.opens.hour, request.closes.hour, request.closes.minute) == (3, 4, 57)  # eleven to one, in UTC
    assert fact.partitionkey == request.area == "511083001"


async def test_facts_carry_no_personal_data(counter: Counter) -> None:
    need = await counter.ask(note="打电话 199 0000 0001")
    await counter.http.post(f"/needs/{need['id']}/withdraw", json={"reason": "请打 199 0000 0001"})
    written = b"".join([record.body for record in await counter.environment.log.read("needs.v1")]).decode()
    for private in ("王秀英", "0000 0001", "19900000001", "锦绣花园", "501室", "打电话"):
        assert private not in written


async def test_a_resident_can_be_reached_by_the_notifier(counter: Counter) -> None:
    need = await counter.ask()
    contact = (await counter.http.get(f"/residents/{need['resident']}/contact")).json()
    assert (contact["name"], contact["phone"], contact["language"]) == ("王秀英", "199 0000 0001", "zh")
    assert contact["address"] == {"compound": "锦绣花园", "building": "", "unit": "", "door": "501室"}
    particulars = (await counter.http.get(f"/needs/{need['id']}/particulars")).json()
    assert particulars["note"] == "灯泡已买"


async def test_one_phone_is_one_resident_however_it_is_written(counter: Counter) -> None:
    one = await counter.ask("a")
    other = await counter.ask("b", resident={"name": "王 秀英", "phone": "+86-19900000001"})
    assert one["resident"] == other["resident"]


async def test_without_a_phone_a_name_behind_a_door_is_a_resident(counter: Counter) -> None:
    at_home = {"name": "李秀兰", "address": {"compound": "锦绣花园", "door": "502"}}
    one = await counter.ask("a", resident=at_home)
    same = await counter.ask("b", resident=at_home)
    next_door = await counter.ask("c", resident=at_home | {"address": {"compound": "锦绣花园", "door": "503"}})
    assert one["resident"] == same["resident"] != next_door["resident"]


# --- The same request ---------------------------------------------------------------------------------------------


async def test_the_same_key_and_body_get_the_same_answer_whatever_happened_since(counter: Counter) -> None:
    first = await counter.http.post("/needs", json=a_body(), headers={"Idempotency-Key": "k"})
    counter.clock.set(MORNING + timedelta(hours=9))  # its window has long passed
    await served(counter, first.json()["id"])
    again = await counter.http.post("/needs", json=a_body(), headers={"Idempotency-Key": "k"})
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert kinds(await counter.said()) == ["accepted", "in_service", "done"]


async def test_another_body_under_the_same_key_is_refused(counter: Counter) -> None:
    await counter.ask("k")
    other = await counter.http.post("/needs", json=a_body(note="另一个"), headers={"Idempotency-Key": "k"})
    assert (other.status_code, code(other)) == (422, "idempotency.other_body")
    assert len(await counter.said()) == 1


async def test_a_crash_between_file_and_fact_is_healed_by_the_same_request(counter: Counter, tmp_path: Path) -> None:
    """The file was written, the need was not: what was promised then is what is said now."""
    await counter.ask("k")
    file = await counter.environment.documents.load("intake.particulars", derived_id("need", "k"))
    assert file is not None
    (tmp_path / "other").mkdir()
    async with open_counter(tmp_path / "other") as reborn:
        await reborn.environment.documents.add("intake.particulars", [file])
        reborn.clock.set(MORNING + timedelta(minutes=5))
        answer = await reborn.ask("k")
        (fact,) = await reborn.said()
        assert isinstance(fact.data, NeedAccepted)
        assert answer["received_at"] == "2026-05-12T01:00:00Z"
        assert fact.data.at == fact.data.request.opens == MORNING


async def test_without_a_key_every_request_is_a_need(counter: Counter) -> None:
    ids = {(await counter.http.post("/needs", json=a_body())).json()["id"] for _ in range(2)}
    assert len(ids) == 2


@pytest.mark.parametrize("key", ["k" * 256, "schlüssel".encode(), b"tab\tinside"])
async def test_a_key_that_is_no_key_is_refused(counter: Counter, key: Any) -> None:
    answer = await counter.http.post("/needs", json=a_body(), headers={"Idempotency-Key": key})
    assert answer.status_code == 422


# --- Bad input ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"community": "511083009001"}, "community.unknown"),
        ({"community": "向阳社区"}, "community.unknown"),  # two areas have one
        ({"community": "511083002003", "area": "511083001"}, "community.unknown"),
        ({"area": "511083999"}, "area.unknown"),
        ({"service": "repair.lihgt"}, "service.unknown"),
        ({"window": {"opens": "2026-05-11T09:00:00+08:00", "closes": "2026-05-11T12:00:00+08:00"}}, "need.window_past"),
        ({"window": {"opens": "2026-05-12T12:00:00Z", "closes": "2026-05-12T11:00:00Z"}}, "need.window_backwards"),
        ({"window": {"opens": "2026-05-13T00:00:00Z", "closes": "2026-06-13T00:00:00Z"}}, "need.window_too_long"),
        ({"window": {"opens": "9999-12-31T23:59:59Z"}}, "need.window_too_far"),
        ({"window": {"opens": "0001-01-01T00:00:00+14:00"}}, "need.window_past"),
        ({"service": "care.haircut"}, "need.window_missing"),
        ({"service": "law.rights", "channel": "wish_wall"}, "need.sensitive_on_wall"),
    ],
)
async def test_what_cannot_be_kept_is_refused_with_a_reason(
    counter: Counter, changes: dict[str, Any], refusal: str
) -> None:
    answer = await counter.http.post("/needs", json=a_body(**changes))
    assert (answer.status_code, code(answer)) == (422, refusal)
    assert answer.json()["detail_zh"]
    assert await counter.said() == []


async def test_a_near_miss_is_named(counter: Counter) -> None:
    answer = await counter.http.post("/needs", json=a_body(community="观胡社区"))
    assert "511083001011 观湖社区" in answer.json()["detail"]


@pytest.mark.parametrize(
    "changes",
    [
        {"community": 511083001011},
        {"community": None},
        {"resident": "王"},
        {"resident": {"name": ""}},
        {"resident": {"name": "王\x00"}},
        {"resident": {"name": "王", "phone": "call me"}},
        {"resident": {"name": "王" * 61}},
        {"resident": {"name": "王", "place": {"lon": 200, "lat": 29}}},
        {"resident": {"name": "王", "place": {"lon": "NaN", "lat": 29}}},
        {"window": {"opens": "2026-05-12T12:00:00"}},
        {"window": {"opens": "tomorrow"}},
        {"portions": 0},
        {"portions": 1.5},
        {"portions": "2"},
        {"portions": True},
        {"portions": 10**30},
        {"diets": ["a"] * 9},
        {"channel": "import"},
        {"number": "GH 42"},
        {"surprise": 1},
    ],
    ids=lambda changes: json.dumps(changes, ensure_ascii=True)[:40],
)
async def test_a_body_that_does_not_fit_is_refused(counter: Counter, changes: dict[str, Any]) -> None:
    answer = await counter.http.post("/needs", json=a_body(**changes))
    assert (answer.status_code, code(answer)) == (422, "request.does_not_fit")
    assert await counter.said() == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"note": "\\ud800"}',
        b'{"portions": NaN}',
        b'{"portions": Infinity}',
        b"[" * 100_000,
        b'{"a":' * 5_000,
    ],
    ids=["empty", "half", "no utf-8", "lone surrogate", "NaN", "infinity", "deep list", "deep object"],
)
async def test_what_is_no_json_is_refused(counter: Counter, body: bytes) -> None:
    answer = await counter.http.post("/needs", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in {400, 422}


async def test_a_body_that_is_too_large_is_refused(counter: Counter) -> None:
    answer = await counter.http.post("/needs", json=a_body(note="x" * 1_100_000))
    assert (answer.status_code, code(answer)) == (413, "body.too_large")


@pytest.mark.parametrize("path", ["/needs/none", "/needs/%00", "/needs/a.b", "/needs/" + "a" * 500])
async def test_an_unknown_need_is_not_found(counter: Counter, path: str) -> None:
    for answer in (
        await counter.http.get(path),
        await counter.http.get(f"{path}/particulars"),
        await counter.http.patch(path, json={"portions": 2}),
        await counter.http.post(f"{path}/withdraw", json={}),
        await counter.http.post(f"{path}/review", json={"decision": "accept", "by": "w"}),
        await counter.http.post(f"{path}/rating", json={"good": True}),
        await counter.http.post(f"{path}/reopen", json={"reason": "x"}),
    ):
        assert (answer.status_code, code(answer)) == (404, "need.unknown")


async def test_an_unknown_resident_is_not_found(counter: Counter) -> None:
    answer = await counter.http.get("/residents/none/contact")
    assert (answer.status_code, code(answer)) == (404, "resident.unknown")


async def test_without_a_register_no_need_is_taken_and_the_operator_is_told_what_to_do(tmp_path: Path) -> None:
    async with open_counter(tmp_path, with_city=False) as counter:
        answer = await counter.http.post("/needs", json=a_body())
        assert (answer.status_code, code(answer)) == (422, "city.not_set")
        assert "LINLI_CITY" in answer.json()["detail"]


# --- Changing, rating, opening again ------------------------------------------------------------------------------


async def test_a_need_can_be_changed(counter: Counter) -> None:
    need = await counter.ask(service="meal.lunch")
    window = {"opens": "2026-05-12T12:00:00+08:00", "closes": "2026-05-12T12:30:00+08:00"}
    answer = await counter.http.patch(
        f"/needs/{need['id']}", json={"portions": 3, "window": window, "diets": ["清真"], "note": "放门口"}
    )
    assert answer.status_code == 200
    assert (answer.json()["meals"], answer.json()["finish_by"]) == (3, "2026-05-12T04:30:00Z")
    assert (await counter.http.get(f"/needs/{need['id']}/particulars")).json()["note"] == "放门口"
    assert kinds(await counter.said()) == ["accepted", "amended"]


@pytest.mark.parametrize("body", [{}, {"service": "meal.dinner"}, {"portions": 0}, {"window": {"opens": "soon"}}])
async def test_a_change_that_does_not_fit_is_refused(counter: Counter, body: dict[str, Any]) -> None:
    need = await counter.ask()
    answer = await counter.http.patch(f"/needs/{need['id']}", json=body)
    assert (answer.status_code, code(answer)) == (422, "request.does_not_fit")


async def test_a_change_to_a_past_window_is_refused(counter: Counter) -> None:
    need = await counter.ask()
    window = {"opens": "2026-05-12T07:00:00+08:00", "closes": "2026-05-12T08:00:00+08:00"}
    answer = await counter.http.patch(f"/needs/{need['id']}", json={"window": window})
    assert (answer.status_code, code(answer)) == (422, "need.window_past")


async def test_it_is_too_late_to_change_or_withdraw_what_has_begun(counter: Counter) -> None:
    need = await counter.ask()
    await counter.hear(a_fact(VisitStarted(need=need["id"], slot=0, volunteer="v1"), 1))
    changed = await counter.http.patch(f"/needs/{need['id']}", json={"portions": 2, "note": "too late"})
    withdrawn = await counter.http.post(f"/needs/{need['id']}/withdraw", json={"reason": "x"})
    for answer in (withdrawn,):
        assert (answer.status_code, code(answer)) == (409, "need.too_late")
    assert changed.status_code == 409
    particulars = (await counter.http.get(f"/needs/{need['id']}/particulars")).json()
    assert (particulars["note"], particulars["remarks"]) == ("灯泡已买", [])


async def test_a_good_answer_closes_and_a_bad_one_opens_again_and_words_stay_here(counter: Counter) -> None:
    need = await counter.ask()
    await served(counter, need["id"])
    bad = await counter.http.post(f"/needs/{need['id']}/rating", json={"good": False, "comment": "又不亮了"})
    assert (bad.json()["status"], bad.json()["round"]) == ("accepted", 2)
    await served(counter, need["id"], sequence=3)
    good = await counter.http.post(f"/needs/{need['id']}/rating", json={"good": True, "by": "community_worker"})
    assert (good.json()["status"], good.json()["closed"]) == ("confirmed", True)
    again = await counter.http.post(f"/needs/{need['id']}/rating", json={"good": True})
    assert (again.status_code, code(again)) == (409, "need.not_done")
    remarks = (await counter.http.get(f"/needs/{need['id']}/particulars")).json()["remarks"]
    assert [remark["text"] for remark in remarks] == ["又不亮了"]


@pytest.mark.parametrize("body", [{}, {"good": "yes"}, {"good": 1}, {"good": True, "by": "mayor"}, {"good": None}])
async def test_an_answer_is_yes_or_no(counter: Counter, body: dict[str, Any]) -> None:
    need = await counter.ask()
    answer = await counter.http.post(f"/needs/{need['id']}/rating", json=body)
    assert (answer.status_code, code(answer)) == (422, "request.does_not_fit")


async def test_what_could_not_be_met_can_be_opened_again(counter: Counter) -> None:
    need = await counter.ask()
    await counter.hear(a_fact(NeedGivenUp(need=need["id"], rule="skill", zh="没有电工", en="no electrician"), 1))
    assert (await counter.see(need["id"]))["reason"] == "没有电工"
    answer = await counter.http.post(f"/needs/{need['id']}/reopen", json={"reason": "灯还是不亮"})
    assert (answer.status_code, answer.json()["status"], answer.json()["round"]) == (200, "accepted", 2)


async def test_a_review_accepts_or_refuses_with_a_reason(counter: Counter) -> None:
    ask = {"service": "errand.bill", "window": {"opens": "2026-05-12T14:00:00+08:00"}}
    one, other = await counter.ask("a", **ask), await counter.ask("b", **ask)
    assert one["status"] == "received"
    accepted = await counter.http.post(f"/needs/{one['id']}/review", json={"decision": "accept", "by": "w"})
    assert accepted.json()["status"] == "accepted"
    silent = await counter.http.post(f"/needs/{other['id']}/review", json={"decision": "refuse", "by": "w"})
    assert silent.status_code == 422
    refuse = {"decision": "refuse", "reason": "请到供电所", "by": "w"}
    refused = await counter.http.post(f"/needs/{other['id']}/review", json=refuse)
    assert (refused.json()["status"], refused.json()["reason"]) == ("refused", "请到供电所")
    again = await counter.http.post(f"/needs/{other['id']}/review", json=refuse)
    assert (again.status_code, code(again)) == (409, "need.not_in_review")


# --- Looking ------------------------------------------------------------------------------------------------------


async def test_needs_are_listed_by_area_status_and_number_a_page_at_a_time(counter: Counter) -> None:
    for place in range(5):
        await counter.ask(f"key-{place}", number=f"GH-{place}")
    await counter.ask("elsewhere", community="511083002003")
    pages, after = [], ""
    while True:
        page = (
            await counter.http.get("/needs", params={"area": "511083001", "after": after or "0", "limit": 2})
        ).json()
        pages.append([need["id"] for need in page["needs"]])
        if page.get("next") is None:
            break
        after = page["next"]
    assert [len(page) for page in pages] == [2, 2, 1]
    ids = [need for page in pages for need in page]
    assert sorted(ids) == ids
    numbered = (await counter.http.get("/needs", params={"number": "GH-3"})).json()["needs"]
    assert [need["number"] for need in numbered] == ["GH-3"]
    assert (await counter.http.get("/needs", params={"status": "done"})).json() == {"needs": []}


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "status=new", "area=%00", "after=%ff", "number=''"]
)
async def test_a_question_that_does_not_fit_is_refused(counter: Counter, query: str) -> None:
    assert (await counter.http.get(f"/needs?{query}")).status_code == 422


@pytest.mark.parametrize(
    ("accepted", "label"),
    [
        ("zh-CN,zh;q=0.9", {"zh": "已受理"}),
        ("en-GB,en;q=0.8,zh;q=0.5", {"en": "accepted"}),
        ("de", {"zh": "已受理", "en": "accepted"}),
    ],
)
async def test_labels_are_in_the_reader_s_language(counter: Counter, accepted: str, label: dict[str, str]) -> None:
    need = await counter.ask()
    answer = await counter.http.get(f"/needs/{need['id']}", headers={"Accept-Language": accepted})
    assert answer.json()["label"] == label


async def test_the_numbers_count_what_happened(counter: Counter) -> None:
    need = await counter.ask()
    await served(counter, need["id"])
    counter.clock.set(MORNING + timedelta(hours=1))
    await counter.http.post(f"/needs/{need['id']}/rating", json={"good": True})
    count = counter.environment.registry.get_sample_value
    assert count("intake_needs_total", {"status": "accepted", "channel": "window"}) == 1
    assert count("intake_needs_total", {"status": "closed_confirmed", "channel": "window"}) == 1
    assert count("intake_close_seconds_sum", {"outcome": "confirmed"}) == 3600
    assert count("intake_ratings_total", {"answer": "good", "by": "resident"}) == 1
