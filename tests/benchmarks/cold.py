"""From the command to the first page: start `linli up` on a new folder and ask for the page until it comes."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import httpx

from deploy.local.probes import free_port
from tests.benchmarks.figures import Figure, Measured

ROUNDS: Final = 3
SHOWN: Final = 12
_PATIENCE_S: Final = 60
_ROOT: Final = Path(__file__).resolve().parents[2]
_IMPORT: Final = re.compile(r"import time:\s+(\d+) \|\s+(\d+) \| ( *)(\S+)")
HOW: Final = (
    f"`linli up` on a new folder until GET / answers 200, median of {ROUNDS}; bytecode is cached, as after an install."
    " The yardstick is Python that imports FastAPI and uvicorn."
)


def measure() -> Measured:
    """Time the start, then say which packages' imports it is made of."""
    with TemporaryDirectory(prefix="linli-bench-") as folder:
        cached = {**os.environ, "PYTHONPYCACHEPREFIX": folder}
        cached.pop("PYTHONDONTWRITEBYTECODE", None)
        _imports(cached)  # writes the caches
        yardstick = median(_seconds(["-c", "import fastapi, uvicorn"], cached) for _ in range(ROUNDS))
        importing = median(_seconds(["-c", "import linli.one_process"], cached) for _ in range(ROUNDS))
        page = median(_until_page(cached, Path(folder) / f"data-{number}") for number in range(ROUNDS))
        packages = _imports(cached)
    first = (
        Figure(what="cold start to first page", value=page, unit="s", ratio=page / yardstick, target="≤ 3 s"),
        Figure(what="of it: importing the four services", value=importing, unit="s", ratio=importing / yardstick),
        Figure(what="yardstick: importing FastAPI and uvicorn", value=yardstick, unit="s"),
    )
    most = sorted(packages.items(), key=lambda one: -one[1])[:SHOWN]
    figures = (*first, *(Figure(what=f"import {name}", value=ms, unit="ms", note="own time") for name, ms in most))
    return Measured(part="cold", how=HOW, figures=figures)


def _seconds(arguments: list[str], environment: dict[str, str]) -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], env=environment, cwd=_ROOT, check=True)  # noqa: S603 - our own command
    return time.perf_counter() - began


def _until_page(environment: dict[str, str], data: Path) -> float:
    port, began = free_port(), time.perf_counter()
    command = [sys.executable, "-m", "linli.cli", "up", "--port", str(port), "--data", str(data)]
    process = subprocess.Popen(  # noqa: S603 - our own command, no shell
        command, env=environment, cwd=_ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        while time.perf_counter() - began < _PATIENCE_S and process.poll() is None:
            if _answers(port):
                return time.perf_counter() - began
            time.sleep(0.01)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)
    raise RuntimeError("`linli up` did not show its page; run it by hand to see why.")


def _answers(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/").status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


def _imports(environment: dict[str, str]) -> dict[str, float]:
    """Give the milliseconds that each top-level package's own modules take, our rooms one by one."""
    command = [sys.executable, "-X", "importtime", "-c", "import linli.one_process"]
    done = subprocess.run(  # noqa: S603 - our own command, no shell
        command, env=environment, cwd=_ROOT, capture_output=True, text=True, check=True
    )
    packages: dict[str, float] = {}
    for own, _, _, module in _IMPORT.findall(done.stderr):
        name = ".".join(module.split(".")[:2]) if module.startswith(("services", "shared")) else module.split(".")[0]
        packages[name] = packages.get(name, 0.0) + int(own) / 1000
    return packages
