"""A service started alone answers, stops cleanly on SIGTERM, and leaves nothing unpublished."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from deploy.local.probes import free_port, is_ready
from shared.catalogue.load import load_catalogue
from shared.runtime.service import Environment, Service
from shared.runtime.settings import RuntimeSettings
from shared.runtime.standalone import run_alone

ROOT = Path(__file__).parents[4]
PROGRAM = """
from pathlib import Path
from shared.runtime.settings import RuntimeSettings
from shared.runtime.standalone import run_alone
from tests.unit.shared.runtime.counters import Heard, a_service

def build_service(environment, settings):
    return a_service(environment, Heard())

build_service.__module__ = "services.listener.app"
run_alone(build_service, RuntimeSettings)
"""


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def process(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "LINLI_PORT": str(port), "LINLI_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", PROGRAM]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        while not is_ready(port) and process.poll() is None:
            time.sleep(0.05)
        yield process
        process.kill()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_and_ends_with_zero_when_asked_to_stop(
    process: subprocess.Popen[str], port: int, tmp_path: Path, sign: signal.Signals
) -> None:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/internal/alive")
    assert connection.getresponse().read() == b'{"service":"listener"}'
    connection.close()
    process.send_signal(sign)
    _, log = process.communicate(timeout=20)
    assert process.returncode == 0, log
    assert "runtime.stopped" in log
    assert (tmp_path / "linli.sqlite").exists()


def build_service(_: Environment, settings: RuntimeSettings) -> Service:
    load_catalogue(*settings.catalogue)
    raise AssertionError("the catalogue was read")


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("LINLI_LOG_LEVEL", "LOUD", "LINLI_LOG_LEVEL: Input should be"),
        ("LINLI_CATALOGUE", "city.toml", "written as JSON"),
        ("LINLI_CATALOGUE", '["nowhere.toml"]', "Cannot read nowhere.toml"),
        ("LINLI_CATALOGUE", '["."]', "Cannot read . (Is a directory)"),
    ],
)
def test_what_does_not_fit_ends_with_one_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, value: str, said: str
) -> None:
    monkeypatch.setenv("LINLI_DATA_DIR", str(tmp_path))
    monkeypatch.setenv(variable, value)
    monkeypatch.setattr("shared.runtime.standalone.log_as_json", lambda *_: None)
    monkeypatch.setattr(build_service, "__module__", "services.listener.app")
    with pytest.raises(SystemExit) as stopped:
        run_alone(build_service, RuntimeSettings)
    assert str(stopped.value).startswith("Stopped: ")
    assert said in str(stopped.value)
    assert "\n" not in str(stopped.value)
