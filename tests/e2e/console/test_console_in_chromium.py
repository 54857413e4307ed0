"""The live page in a real browser: it can be read at once, becomes live without an error, and follows the day."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import socket

import pytest
import uvicorn

from tests.e2e.console.browser import CHROMIUM, browser
from tests.unit.services.console import a_day
from tests.unit.services.console.history import AREA, a_request
from tests.unit.services.console.running import Running, running_console

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (on Debian: apt-get install chromium)"),
]


class Server(uvicorn.Server):
    """A server that says when it has started."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


@asynccontextmanager
async def served_console(data_dir: Path) -> AsyncIterator[tuple[str, Running]]:
    """Serve a console at lunch time; give the address of its area's page."""
    async with running_console(data_dir) as running:
        await running.hear(a_day.lunch_time().facts)
        app = running.service.http
        server = Server(
            uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
        )
        serving = asyncio.create_task(server.serve())
        await server.ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/areas/{AREA}", running
        server.should_exit = True
        await serving


def keep_picture(file: Path, picture: bytes) -> None:
    """Keep a picture for people to look at; pytest throws it away with the folder."""
    file.write_bytes(picture)


@pytest.mark.parametrize("width", [1280, 390])
async def test_the_area_page_becomes_live_and_shows_a_new_need_by_itself(tmp_path: Path, width: int) -> None:
    async with (
        served_console(tmp_path / "data") as (address, running),
        browser(tmp_path / "profile") as tab,
    ):
        await tab.open(address, width=width)
        await tab.shows('class="live live-on"')

        news = a_day.lunch_time()
        a_day.accept(news, "pipe", a_request(service_zh="修水管", number="GH-0077"), 44)
        await running.hear(news.facts[-2:])

        await tab.shows("修水管")
        too_wide = await tab.evaluate("document.documentElement.scrollWidth > window.innerWidth")
        assert too_wide is False
        keep_picture(tmp_path / f"area-{width}.png", await tab.photograph())
        assert tab.complaints == []  # no script error, nothing refused by the content security policy


async def test_the_page_can_be_read_without_javascript(tmp_path: Path) -> None:
    async with served_console(tmp_path / "data") as (address, _), browser(tmp_path / "profile") as tab:
        await tab.open(address, javascript=False)
        for words in ("修楼道灯", "没有持电工证的志愿者在岗", "社区工作者", "古湖爱心食堂"):
            await tab.shows(words)
        assert "live-on" not in await tab.text()


async def test_the_keyboard_reaches_the_content_first(tmp_path: Path) -> None:
    async with served_console(tmp_path / "data") as (address, _), browser(tmp_path / "profile") as tab:
        await tab.open(f"{address}?lang=en")
        await tab.shows("live-on")
        await tab.press("Tab")
        assert await tab.evaluate("document.activeElement.className") == "skip"
        await tab.press("Tab")
        assert await tab.evaluate("document.activeElement.className") == "brand"
