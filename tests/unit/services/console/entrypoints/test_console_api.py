"""Programs get the same picture as people, every fact, and clear answers to wrong questions."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.console.entrypoints.drawing import lasted, percent
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, a_request
from tests.unit.services.console.running import Running, running_console


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_console(tmp_path) as running:
        await running.hear(a_day.lunch_time().facts)
        yield running


async def test_facts_are_read_to_the_end_and_on_from_there(console: Running) -> None:
    first = (await console.http.get("/facts", params={"limit": 20})).json()
    rest = (await console.http.get("/facts", params={"after": first["next"]})).json()
    end = (await console.http.get("/facts", params={"after": rest["next"]})).json()
    ids = [fact["id"] for fact in first["facts"] + rest["facts"]]
    assert sorted(ids) == sorted(fact.id for fact in a_day.lunch_time().said())
    assert (end["facts"], end["next"]) == ([], rest["next"])

    news = a_day.lunch_time()
    a_day.accept(news, "news", a_request(), 46)
    await console.hear(news.facts[-2:])
    later = (await console.http.get("/facts", params={"after": end["next"]})).json()
    assert [fact["subject"] for fact in later["facts"]] == ["news", AREA]


async def test_facts_of_one_subject_come_in_their_sequence(console: Running) -> None:
    facts = (await console.http.get("/facts", params={"subject": AREA})).json()["facts"]
    assert [int(fact["sequence"]) for fact in facts] == list(range(1, len(facts) + 1))
    assert {fact["subject"] for fact in facts} == {AREA}


@pytest.mark.parametrize("cursor", ["x", "!!!!", "W10x", "bnVsbA", "W1sieCIsMCwxXV0", "é"])
async def test_a_cursor_that_was_never_given_out_is_refused(console: Running, cursor: str) -> None:
    answer = await console.http.get("/facts", params={"after": cursor})
    assert answer.status_code == 422
    assert answer.json()["type"] == "urn:linli:problem:cursor.unknown"


async def test_the_overview_counts_every_area(console: Running) -> None:
    city = (await console.http.get("/api/areas")).json()
    expected = {"open": 4, "too_long": 3, "stuck": 1, "on_duty": 3, "done_today": 1}
    assert city["counts"] == expected
    assert [(card["name"], card["counts"]) for card in city["areas"]] == [({"zh": "古湖街道", "en": "Guhu"}, expected)]


async def test_an_area_lists_who_waits_by_urgency(console: Running) -> None:
    view = (await console.http.get(f"/api/areas/{AREA}")).json()
    assert [row["id"] for row in view["waiting"]] == ["lamp", "private", "bulb"]
    assert [row["id"] for row in view["in_hand"]] == ["meal-2"]
    carrier = next(row for row in view["helpers"] if row["stops"])
    assert [stop["action"]["en"] for stop in carrier["stops"]] == ["pick up", "hand over"]


async def test_a_need_tells_its_state_and_its_story(console: Running) -> None:
    story = (await console.http.get("/api/needs/lamp")).json()
    assert (story["status"], story["owner"]) == ("escalated", "community_worker")
    assert story["chapters"][0]["en"] == "The need was accepted"


async def test_what_is_unknown_has_its_own_code(console: Running) -> None:
    for path, code in (("/api/areas/nowhere", "area.unknown"), ("/api/needs/nothing", "need.unknown")):
        answer = await console.http.get(path)
        assert (answer.status_code, answer.json()["type"]) == (404, f"urn:linli:problem:{code}")


async def test_figures_and_guarantees_are_counted_from_the_archive(console: Running) -> None:
    figures = (await console.http.get("/api/figures")).json()
    assert (figures["needs"], figures["outcomes"]["confirmed"]) == (5, 1)
    assert (await console.http.get("/api/figures", params={"area": "nowhere"})).json()["needs"] == 0
    final = (await console.http.get("/api/guarantees")).json()
    assert not final["kept"]  # at 12:45 much is still open
    assert (await console.http.get("/api/guarantees", params={"final": False})).json()["kept"]


async def test_a_restarted_console_shows_the_same(tmp_path: Path) -> None:
    async with running_console(tmp_path) as running:
        await running.hear(a_day.lunch_time().facts)
        before = (await running.http.get(f"/api/areas/{AREA}")).json()
    async with running_console(tmp_path) as running:
        assert (await running.http.get(f"/api/areas/{AREA}")).json() == before


async def test_metrics_tell_how_many_facts_are_kept(console: Running) -> None:
    text = (await console.http.get("/metrics")).text
    assert f"console_archived_facts_total {len(a_day.lunch_time().facts):.1f}" in text
    assert 'console_unshown_facts_total{reader="areas"}' not in text


def test_shares_and_durations_are_written_as_people_say_them() -> None:
    assert (percent(None), percent(1.0), percent(0.9999), percent(0.5)) == ("—", "100%", "99.9%", "50.0%")
    assert (lasted(59, "zh"), lasted(200, "zh"), lasted(3600, "en"), lasted(None, "en")) == (
        "59 秒",
        "3 分 20 秒",
        "1 h",
        "—",
    )
