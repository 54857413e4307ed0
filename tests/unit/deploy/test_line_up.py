"""The line-up is data: who runs, in which order, with which variables; the command line walks over it."""

from pathlib import Path

import pytest

from deploy.local.__main__ import down, main, status, up
from deploy.local.jars import JarsMissing, MissingTool
from deploy.local.line_up import Ports, line_up
from deploy.local.processes import NotReady, Process


class Recorded(Process):
    """Starts nothing and writes down what it was told."""

    def __init__(self, name: str, story: list[str], *, fails: bool = False) -> None:
        super().__init__(name=name, folder=Path(), command=(), answers=lambda: True)
        self.story = story
        self.fails = fails

    def launch(self) -> None:
        self.story.append(f"launch {self.name}")

    def wait_until_ready(self) -> None:
        if self.fails:
            raise NotReady(f"{self.name} is ill")
        self.story.append(f"wait {self.name}")

    def stop(self) -> None:
        self.story.append(f"stop {self.name}")

    @property
    def pid(self) -> int | None:
        return None


def two_waves(story: list[str], *, kafka_fails: bool = False) -> list[list[Process]]:
    first: list[Process] = [Recorded("kafka", story, fails=kafka_fails), Recorded("mongo", story)]
    return [first, [Recorded("intake", story)]]


def test_a_wave_starts_together_once_the_one_before_it_answers() -> None:
    story: list[str] = []
    assert up(two_waves(story)) == 0
    assert story == ["launch kafka", "launch mongo", "wait kafka", "wait mongo", "launch intake", "wait intake"]


def test_nothing_starts_on_top_of_an_ill_server(capsys: pytest.CaptureFixture[str]) -> None:
    story: list[str] = []
    assert up(two_waves(story, kafka_fails=True)) == 1
    assert "launch intake" not in story
    assert "python -m deploy.local down" in capsys.readouterr().err


def test_down_is_up_backwards() -> None:
    story: list[str] = []
    assert down(two_waves(story)) == 0
    assert story == ["stop intake", "stop mongo", "stop kafka"]


def test_status_fails_when_somebody_is_missing() -> None:
    assert status(two_waves([])) == 1


def test_an_unknown_name_is_answered_with_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["status", "matchmaker"]) == 2
    assert "kafka, mongo, intake, matcher, notifier, console" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [("--http-port", "99999"), ("--kafka-port", "0"), ("--home", __file__)])
def test_what_cannot_be_is_answered_before_anything_starts(
    wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(["status", *wrong])
    assert f"argument {wrong[0]}: {wrong[1]} is no" in capsys.readouterr().err


@pytest.mark.parametrize("trouble", [JarsMissing("no network"), MissingTool("no java"), NotReady("no answer")])
def test_whatever_keeps_a_server_from_starting_is_told(
    trouble: RuntimeError, capsys: pytest.CaptureFixture[str]
) -> None:
    class Ill(Recorded):
        def launch(self) -> None:
            raise trouble

    assert up([[Ill("kafka", [])]]) == 1
    assert str(trouble) in capsys.readouterr().err


def test_services_know_where_everybody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LINLI_CITY", "neijiang.toml")
    ports = Ports(kafka=19092, mongo=27018, http=9001)
    _, services = line_up(tmp_path, ports)
    matcher = services[1]
    assert matcher._command[1:] == ("-m", "services.matcher")
    assert matcher._environment == {
        "LINLI_CITY": "neijiang.toml",
        "LINLI_MODE": "distributed",
        "LINLI_KAFKA": "127.0.0.1:19092",
        "LINLI_MONGO": "mongodb://127.0.0.1:27018",
        "LINLI_HOST": "127.0.0.1",
        "LINLI_PORT": "9002",
        "LINLI_INTAKE_URL": "http://127.0.0.1:9001",
        "LINLI_MATCHER_URL": "http://127.0.0.1:9002",
        "LINLI_NOTIFIER_URL": "http://127.0.0.1:9003",
        "LINLI_CONSOLE_URL": "http://127.0.0.1:9004",
    }
