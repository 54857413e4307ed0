"""Pages can be read by anybody, in two languages, and show nothing that must not be shown."""

from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shared.contracts.dispatch import Batch, CanteenOpened, NeedEscalated, NeedUnplaced
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, NOON, History, a_request, minutes
from tests.unit.services.console.running import Running, running_console

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
async def console(tmp_path: Path) -> AsyncIterator[Running]:
    async with running_console(tmp_path) as running:
        await running.hear(a_day.lunch_time().facts)
        yield running


class Tags(HTMLParser):
    """What a browser would make of a page: its tags with their attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


async def test_the_stuck_come_first_with_reason_owner_and_time(console: Running) -> None:
    page = (await console.http.get(f"/areas/{AREA}")).text
    assert page.index("修楼道灯") < page.index("换灯泡")
    assert "没有持电工证的志愿者在岗" in page
    assert "社区工作者" in page
    assert "13:15" in page  # 75 minutes after noon


async def test_pages_are_chinese_unless_english_is_asked_for(console: Running) -> None:
    chinese = await console.http.get(f"/areas/{AREA}")
    english = await console.http.get(f"/areas/{AREA}?lang=en")
    unknown = await console.http.get(f"/areas/{AREA}?lang=xx")
    assert Tags(chinese.text).named("html") == [{"lang": "zh-CN"}] == Tags(unknown.text).named("html")
    assert Tags(english.text).named("html") == [{"lang": "en"}]
    assert "no electrician is on duty" in english.text
    assert "stairwell lamp" in english.text
    assert "Guhu" in english.text
    assert "Beimen" in english.text
    assert "古湖街道" in chinese.text


async def test_a_sensitive_need_is_shown_without_name_place_or_community(console: Running) -> None:
    paths = ("/", f"/areas/{AREA}", f"/areas/{AREA}?lang=en", f"/api/areas/{AREA}", "/api/areas", "/api/needs/private")
    for path in (*paths, "/needs/private", "/api/figures"):
        shown = (await console.http.get(path)).text
        for secret in (
            "心理疏导",
            "counselling",
            "care.counsel",
            "秘密社区",
            "Mimi",
            "511083001009",
            "105.301",
            "29.351",
        ):
            assert secret not in shown, (path, secret)
    assert "一项服务" in (await console.http.get(f"/areas/{AREA}")).text


async def test_hostile_text_stays_text(console: Running) -> None:
    history = History(area="hostile", partition=0)
    request = a_request(number=HOSTILE[:40], service_zh=HOSTILE, service_en=HOSTILE, community=HOSTILE)
    a_day.accept(history, 'need"><script>', request)
    a_day.on_duty(history, "<script>")
    opened = CanteenOpened(
        canteen="c",
        name_zh=HOSTILE,
        name_en=HOSTILE,
        cell=a_day.HOME,
        batches=(Batch(id="b", ready_at=NOON, count=1),),
    )
    history.say(minutes(1), "hostile", opened)
    stuck = NeedEscalated(
        need='need"><script>', owner="street", next_action_at=minutes(9), rule="x", zh=HOSTILE, en=HOSTILE
    )
    history.say(minutes(2), "hostile", stuck)
    a_day.tell(history, 'need"><script>', HOSTILE, 3)
    await console.hear(history.facts)
    for path in (
        "/",
        "/areas/hostile",
        "/areas/hostile?lang=en",
        "/needs/need%22%3E%3Cscript%3E",
        "/areas/%3Cscript%3E",
    ):
        answer = await console.http.get(path)
        tags = Tags(answer.text)
        assert "text/html" in answer.headers["content-type"], path
        assert [one.get("src") for one in tags.named("script")] == ["/assets/app.js"], path
        assert tags.named("img") == [], path
        assert not [name for _, attributes in tags.tags for name in attributes if name.startswith("on")], path


async def test_no_page_needs_inline_code_or_styles(console: Running) -> None:
    for path in ("/", f"/areas/{AREA}", "/needs/lamp", "/areas/nowhere"):
        answer = await console.http.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        tags = Tags(answer.text)
        assert tags.named("style") == []
        assert not [tag for tag, attributes in tags.tags if "style" in attributes]


async def test_everything_a_page_loads_is_served(console: Running) -> None:
    tags = Tags((await console.http.get(f"/areas/{AREA}")).text)
    loaded = [one["href"] for one in tags.named("link")] + [one["src"] for one in tags.named("script")]
    for path in [*loaded, "/assets/components/live-sections.js"]:
        assert path is not None
        assert (await console.http.get(path)).status_code == 200
    assert (await console.http.get("/assets/../templates/area.html")).status_code == 404


async def test_what_was_never_heard_of_is_answered_with_a_page_and_404(console: Running) -> None:
    for path in ("/areas/nowhere", "/needs/nothing", "/needs/nothing?lang=en"):
        answer = await console.http.get(path)
        assert answer.status_code == 404
        assert "<h1>" in answer.text


async def test_the_story_of_a_need_is_told_in_order(console: Running) -> None:
    page = (await console.http.get("/needs/meal-1?lang=en")).text
    told = [
        "The need was accepted",
        "Assigned to volunteer",
        "will come",
        "picked up",
        "began",
        "finished",
        "it was good",
    ]
    places = [page.index(words) for words in told]
    assert places == sorted(places)


async def test_headings_do_not_skip_and_sections_are_labelled(console: Running) -> None:
    tags = Tags((await console.http.get(f"/areas/{AREA}")).text)
    assert len(tags.named("h1")) == 1
    ids = {attributes.get("id") for _, attributes in tags.tags}
    for section in tags.named("section"):
        assert section["aria-labelledby"] in ids


async def test_an_empty_city_says_what_will_happen(tmp_path: Path) -> None:
    async with running_console(tmp_path) as running:
        answer = await running.http.get("/")
        assert answer.status_code == 200
        assert "第一个需求" in answer.text


async def test_a_need_that_only_waits_for_somebody_is_not_called_stuck(console: Running) -> None:
    history = History(area="wall")
    a_day.accept(history, "wish", a_request(mode="claim"))
    on_the_wall = NeedUnplaced(need="wish", rule="claim", zh="心愿在墙上，等待认领。", en="on the wall")
    history.say(minutes(1), "wall", on_the_wall)
    await console.hear(history.facts)
    view = (await console.http.get("/api/areas/wall")).json()
    assert view["counts"]["stuck"] == 0
    assert [(row["stuck"], row["why"]["en"]) for row in view["waiting"]] == [(False, "on the wall")]


async def test_a_city_without_a_register_shows_codes(tmp_path: Path) -> None:
    async with running_console(tmp_path, city=None) as running:
        await running.hear(a_day.lunch_time().facts)
        page = (await running.http.get(f"/areas/{AREA}")).text
    assert f"<h1>{AREA}</h1>" in page
    assert "511083001001" in page
