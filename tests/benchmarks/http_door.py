"""`POST /needs` at 200 requests a second against `linli up`, beside a FastAPI that validates the same body only."""

import asyncio
import json
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import httpx

from deploy.local.probes import free_port
from tests.benchmarks.figures import Figure, Measured, percentile

A_SECOND: Final = 200
SECONDS: Final = 10
WARM_UP: Final = 200
CONNECTIONS: Final = 50
_CITY: Final = tomllib.loads((files("linli.rehearsal") / "data" / "longchang.toml").read_text(encoding="utf-8"))
COMMUNITIES: Final = tuple(area["communities"][0][0] for area in _CITY["area"])
_PATIENCE_S: Final = 60
_ROOT: Final = Path(__file__).resolve().parents[2]
HOW: Final = (
    f"{A_SECOND} requests a second for {SECONDS} s, sent when their time has come whether earlier ones were answered"
    " or not; the server is a process of its own and shares the machine with the client."
)


def measure() -> Measured:
    """Ask the yardstick, then Linli with both promises about what a write survives."""
    figures: list[Figure] = []
    missing: list[str] = []
    yardstick = 0.0
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        for name, command, path, environment in _servers(Path(folder)):
            port = free_port()
            with _serving([*command, str(port)], environment, port):
                try:
                    waits, refused = asyncio.run(asyncio.wait_for(_ask(port, path), _PATIENCE_S))
                except (TimeoutError, OSError, EOFError) as error:
                    missing.append(f"{name} did not keep the pace and was given up ({error!r})")
                    continue
            yardstick = yardstick or percentile(waits, 0.95)
            figures += _figures(name, waits, refused, yardstick)
    return Measured(part="http", how=HOW, figures=tuple(figures), missing=tuple(missing))


def _servers(folder: Path) -> Iterator[tuple[str, list[str], str, dict[str, str]]]:
    yield "bare FastAPI", [sys.executable, "-m", "tests.benchmarks.bare"], "/needs", {}
    for survive in ("power_loss", "process_crash"):
        command = [sys.executable, "-m", "linli.cli", "up", "--data", str(folder / survive), "--port"]
        yield f"linli up, {survive}", command, "/intake/needs", {"LINLI_SURVIVE": survive, "LINLI_LOG_LEVEL": "ERROR"}


def _figures(name: str, waits: list[float], refused: int, yardstick: float) -> Iterator[Figure]:
    for share, label in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
        is_ours = share == 0.95 and name != "bare FastAPI"
        yield Figure(
            what=f"{name}, {label}",
            value=percentile(waits, share),
            unit="ms",
            ratio=percentile(waits, share) / yardstick if share == 0.95 else None,
            target="≤ 50 ms" if is_ours else "",
            note=f"{len(waits):,} answers, {refused} other than 201" if share == 0.95 else "",
        )


@contextmanager
def _serving(command: list[str], environment: Mapping[str, str], port: int) -> Iterator[None]:
    """Run the server until it has been asked; it is ended by its own pid."""
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command, env={**os.environ, **environment}, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(port, process)
        yield
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)


def _wait_until_ready(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/internal/ready").is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise RuntimeError(f"The server on port {port} did not become ready; run its command by hand to see why.")


async def _ask(port: int, path: str) -> tuple[list[float], int]:
    async with _Lines(port) as lines:
        for number in range(WARM_UP):
            await lines.post(path, a_need(number), key=f"warm-{number}")
        answers = await _at_a_pace(lines, path, A_SECOND * SECONDS)
    return [wait for wait, _ in answers], sum(status != HTTPStatus.CREATED for _, status in answers)


async def _at_a_pace(lines: "_Lines", path: str, count: int) -> list[tuple[float, int]]:
    """Open loop: a slow answer does not slow the questions, and its wait counts from when its time had come."""
    began = time.perf_counter()

    async def ask(number: int) -> tuple[float, int]:
        due = began + number / A_SECOND
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        status = await lines.post(path, a_need(number), key=f"bench-{number}")
        return (time.perf_counter() - due) * 1000, status

    return list(await asyncio.gather(*(ask(number) for number in range(count))))


class _Lines:
    """A few kept-alive connections; httpx takes longer to ask than Linli to answer, and so would measure itself."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.LifoQueue()

    async def __aenter__(self) -> Self:
        for _ in range(CONNECTIONS):
            self._free.put_nowait(await asyncio.open_connection("127.0.0.1", self._port))
        return self

    async def __aexit__(self, *_: object) -> None:
        while not self._free.empty():
            self._free.get_nowait()[1].close()

    async def post(self, path: str, need: Mapping[str, Any], *, key: str) -> int:
        """Ask, and give the status of the answer."""
        body = json.dumps(need).encode()
        head = (
            f"POST {path} HTTP/1.1\r\nHost: linli\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\nIdempotency-Key: {key}\r\n\r\n"
        )
        reader, writer = line = await self._free.get()
        writer.write(head.encode() + body)
        said = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        await reader.readexactly(int(said.partition("content-length: ")[2].partition("\r\n")[0]))
        self._free.put_nowait(line)
        return int(said.split(" ", 2)[1])


def a_need(number: int) -> dict[str, Any]:
    """Give a body as a service window sends it; the windows of all areas take turns."""
    return {
        "community": COMMUNITIES[number % len(COMMUNITIES)],
        "service": "repair.light",
        "channel": "window",
        "resident": {"name": "王秀英", "phone": "199 0000 0001", "address": {"compound": "锦绣花园", "door": "501室"}},
        "note": "灯泡已买",
    }
