"""Chromium, spoken to over two pipes with its DevTools protocol, so that a test needs no driver and no port."""

import asyncio
import base64
import json
import os
import shutil
from asyncio import StreamReader
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
_LONGEST_WAIT_S = 20.0
_PHONE = 600  # narrower than this is a phone


class Tab:
    """One open page."""

    def __init__(self, answers: StreamReader, asks: int) -> None:
        self._answers = answers
        self._asks = asks
        self._asked = 0
        self._session: str | None = None
        self._loaded = False
        self.complaints: list[str] = []

    async def open(self, address: str, *, javascript: bool = True, width: int = 1280, height: int = 900) -> None:
        """Open a page, wait until it is loaded, and listen to what the browser complains about."""
        target = await self._ask("Target.createTarget", url="about:blank")
        session = await self._ask("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        self._session = session["sessionId"]
        for part in ("Page", "Runtime", "Log"):
            await self._ask(f"{part}.enable")
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < _PHONE}
        await self._ask("Emulation.setDeviceMetricsOverride", **screen)
        await self._ask("Emulation.setScriptExecutionDisabled", value=not javascript)
        await self._ask("Page.navigate", url=address)
        while not self._loaded:
            self._listen(await self._next())

    async def text(self) -> str:
        """Give what can be read on the page, whether or not it may run scripts of its own."""
        document = await self._ask("DOM.getDocument", depth=0)
        html = await self._ask("DOM.getOuterHTML", nodeId=document["root"]["nodeId"])
        return str(html["outerHTML"])

    async def shows(self, words: str) -> None:
        """Return once the page contains the words; the browser, not a clock, says when."""
        async with asyncio.timeout(_LONGEST_WAIT_S):
            while words not in await self.text():
                pass

    async def photograph(self) -> bytes:
        """Give a PNG picture of the whole page."""
        shot = await self._ask("Page.captureScreenshot", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])

    async def evaluate(self, expression: str) -> Any:
        """Give the value of an expression on the page."""
        answer = await self._ask("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def press(self, key: str) -> None:
        """Press and let go of a key."""
        for kind in ("keyDown", "keyUp"):
            await self._ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=9)

    async def _ask(self, method: str, **params: Any) -> dict[str, Any]:
        self._asked += 1
        message = {"id": self._asked, "method": method, "params": params}
        if self._session is not None:
            message["sessionId"] = self._session
        os.write(self._asks, json.dumps(message).encode() + b"\0")
        while True:
            answer = await self._next()
            if answer.get("id") == self._asked:
                assert "error" not in answer, answer
                return dict(answer["result"])
            self._listen(answer)

    async def _next(self) -> dict[str, Any]:
        return dict(json.loads((await self._answers.readuntil(b"\0"))[:-1]))

    def _listen(self, event: dict[str, Any]) -> None:
        self._loaded = self._loaded or event.get("method") == "Page.loadEventFired"
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(event["params"]["exceptionDetails"], ensure_ascii=False))
        if event.get("method") == "Log.entryAdded" and event["params"]["entry"]["level"] in {"error", "warning"}:
            self.complaints.append(event["params"]["entry"]["text"])


@asynccontextmanager
async def browser(profile: Path) -> AsyncIterator[Tab]:
    """Run Chromium with a fresh profile for as long as the test needs it."""
    assert CHROMIUM is not None
    asks_out, asks_in = os.pipe()
    answers_out, answers_in = os.pipe()
    command = (CHROMIUM, *_FLAGS, f"--user-data-dir={profile}", "about:blank")
    process = await asyncio.create_subprocess_exec(
        "bash",  # dash knows no descriptors above 9
        "-c",
        f'exec "$@" 3<&{asks_out} 4>&{answers_in}',  # Chromium reads descriptor 3 and writes descriptor 4
        "bash",
        *command,
        pass_fds=(asks_out, answers_in),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    os.close(asks_out)
    os.close(answers_in)
    answers = StreamReader(limit=16 * 1024 * 1024)
    loop = asyncio.get_running_loop()
    transport, _ = await loop.connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(answers), os.fdopen(answers_out, "rb")
    )
    try:
        yield Tab(answers, asks_in)
    finally:
        process.terminate()
        await process.wait()
        transport.close()
        os.close(asks_in)
