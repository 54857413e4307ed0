"""Without Java or Maven a connected test is skipped on a laptop and fails in CI."""

from pathlib import Path

import pytest

from deploy.local.processes import Process
from deploy.local.servers import MissingTool
from tests.connected.servers import start_or_skip


class Unstartable(Process):
    """Needs a program that this computer lacks."""

    def __init__(self) -> None:
        super().__init__(name="kafka", folder=Path(), command=(), answers=lambda: False)

    def launch(self) -> None:
        raise MissingTool("'java' is not installed")


def test_a_laptop_skips(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="java"):
        start_or_skip(Unstartable())


def test_ci_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="java"):
        start_or_skip(Unstartable())
