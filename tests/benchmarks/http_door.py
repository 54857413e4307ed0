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
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Self

import httpx
import psutil

from deploy.local.probes import free_port
from tests.benchmarks.figures import Figure, Measured, percentile

A_SECOND: Final = 200
SECONDS: Final = 10
WARM_UP: Final = 200
JUDGED: Final = 0.95
BARE: Final = "bare FastAPI"
CONNECTIONS: Final = 50
_ROOT: Final = Path(__file__).resolve().parents[2]
CITY: Final = _ROOT / "linli" / "rehearsal" / "data" / "longchang.toml"
COMMUNITIES: Final = tuple(area["communities"][0][0] for area in tomllib.loads(CITY.read_text("utf-8"))["area"])
_PATIENCE_S: Final = 60
HOW: Final = (
    f"{A_SECOND} requests a second for {SECONDS} s, sent when their time has come whether earlier ones were answered"
    " or not; the server is a process of its own and shares the machine with the client."
)

_Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    waits_ms: list[float]
    refused: int
    processor_ms: float  # of the server, a request


def measure() -> Measured:
    """Ask the yardstick, then Linli with both promises about what a write survives."""
    asked: dict[str, _Asked] = {}
    missing: list[str] = []
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        for name, command, path, environment in _servers(Path(folder)):
            try:
                asked[name] = _asked(command, path, environment)
            except (TimeoutError, OSError, EOFError) as error:
                missing.append(f"{name} did not keep the pace and was given up ({error!r})")
    figures = [figure for name, one in asked.items() for figure in _figures(name, one, asked.get(BARE))]
    return Measured(part="http", how=HOW, figures=tuple(figures), missing=tuple(missing))


def _asked(command: list[str], path: str, environment: dict[str, str]) -> _Asked:
    port = free_port()
    with _serving([*command, str(port)], {"LINLI_LOG_LEVEL": "ERROR", **environment}, port) as process:
        server = psutil.Process(process.pid)
        before = sum(server.cpu_times()[:2])
        waits, refused = asyncio.run(asyncio.wait_for(_ask(port, path), _PATIENCE_S))
        spent = sum(server.cpu_times()[:2]) - before
    return _Asked(waits_ms=waits, refused=refused, processor_ms=spent / (len(waits) + WARM_UP) * 1000)


def _servers(folder: Path) -> Iterator[tuple[str, list[str], str, dict[str, str]]]:
    yield BARE, [sys.executable, "-m", "tests.benchmarks.bare"], "/needs", {}
    alone = {"LINLI_DATA_DIR": str(folder / "alone"), "LINLI_CITY": str(CITY)}
    yield "intake alone, power_loss", [sys.executable, "-m", "tests.benchmarks.alone"], "/needs", alone
    for survive in ("power_loss", "process_crash"):
        command = [sys.executable, "-m", "linli.cli", "up", "--data", str(folder / survive), "--port"]
        yield f"linli up, {survive}", command, "/intake/needs", {"LINLI_SURVIVE": survive}


def _figures(name: str, asked: _Asked, bare: _Asked | None) -> Iterator[Figure]:
    for share, label in ((0.5, "p50"), (0.95, "p95"), (0.99, "p99")):
        wait = percentile(asked.waits_ms, share)
        is_judged = share == JUDGED
        yield Figure(
            what=f"{name}, {label}",
            value=wait,
            unit="ms",
            ratio=wait / percentile(bare.waits_ms, share) if bare else None,
            target="≤ 50 ms" if is_judged and name != BARE else "",
            note=f"{len(asked.waits_ms):,} answers, {asked.refused} other than 201" if is_judged else "",
        )
    ratio = asked.processor_ms / bare.processor_ms if bare else None
    yield Figure(what=f"{name}, processor a request", value=asked.processor_ms, unit="ms", ratio=ratio)


@contextmanager
def _serving(command: list[str], environment: Mapping[str, str], port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the server until it has been asked; it is ended by its own pid."""
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command, env={**os.environ, **environment}, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_until_ready(port, process)
        yield process
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
        self._free: asyncio.Queue[_Line] = asyncio.LifoQueue()

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
        line = await self._free.get()
        try:
            status = await _said(line, head.encode() + body)
        except (EOFError, ConnectionError):  # a server may close what was idle; browsers ask again, too
            line = await asyncio.open_connection("127.0.0.1", self._port)
            status = await _said(line, head.encode() + body)
        self._free.put_nowait(line)
        return status


async def _said(line: _Line, request: bytes) -> int:
    reader, writer = line
    writer.write(request)
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r\n")[0]))
    return int(head.split(" ", 2)[1])


def a_need(number: int) -> dict[str, Any]:
    """Give a body as a service window sends it; the windows of all areas take turns."""
    return {
        "community": COMMUNITIES[number % len(COMMUNITIES)],
        "service": "repair.light",
        "channel": "window",
        "resident": {"name": "王秀英", "phone": "199 0000 0001", "address": {"compound": "锦绣花园", "door": "501室"}},
        "note": "灯泡已买",
    }
