"""Whatever somebody types, a command ends with a line that says what to do and with a status that is not 0."""

import asyncio
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from linli.cli import _end_with, cli
from shared.runtime.environment import SQLITE_NAME
from shared.runtime.log_sqlite import SqliteLog
from shared.runtime.sqlite import SqliteFile

SHEET = "needs[1].csv"  # rich would take the brackets for a style


def said_by(*words: str) -> str:
    """Run a command that has to stop; give the one line that it says."""
    result = CliRunner().invoke(cli, list(words))
    assert result.exit_code == 1
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 1
    return lines[0]


async def test_a_dead_letter_that_is_not_there_cannot_be_sent_again(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / SQLITE_NAME)
    await SqliteLog(file).prepare([])
    await file.close()
    resend = ("dead-letters", "resend", "needs.v1.dead.matcher", "1", "--data", str(tmp_path))
    assert "look at `linli dead-letters list`" in await asyncio.to_thread(said_by, *resend)


@pytest.mark.parametrize("command", [("replay",), ("dead-letters", "list")])
def test_a_folder_without_a_database_is_named(command: tuple[str, ...], tmp_path: Path) -> None:
    assert "Name its folder with --data" in said_by(*command, "--data", str(tmp_path))


@pytest.mark.parametrize("command", [("up", "--data"), ("demo", "--no-serve", "--keep"), ("replay", "--data")])
def test_nothing_is_opened_in_what_is_no_folder(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert "set LINLI_DATA_DIR" in said_by(*command, str(tmp_path / "file"))


def test_a_day_is_not_played_into_another(tmp_path: Path) -> None:
    (tmp_path / SQLITE_NAME).touch()
    assert "There is a database in" in said_by("demo", "--no-serve", "--keep", str(tmp_path))


def test_a_city_is_not_played_for_figures_that_cannot_be_kept(tmp_path: Path) -> None:
    assert "name another with --json" in said_by("city", "--json", str(tmp_path / "nowhere" / "figures.json"))


def test_an_address_that_is_none_is_named() -> None:
    assert "Invalid port" in said_by("facts", "--url", "http://[::1")


@pytest.mark.parametrize("url", ["http://[::1", "nonsense"])
def test_a_sheet_for_an_address_that_is_none_is_kept(url: str, tmp_path: Path) -> None:
    (tmp_path / SHEET).write_text("编号\n1\n", encoding="utf-8")
    result = CliRunner().invoke(cli, ["import", str(tmp_path / SHEET), "--area", "511083001", "--url", url])
    assert result.exit_code == 1
    assert "give its address with --url" in " ".join(result.stdout.split())


def test_a_sheet_of_another_kind_is_named_in_full(tmp_path: Path) -> None:
    (tmp_path / "needs[1].txt").touch()
    result = CliRunner().invoke(cli, ["import", str(tmp_path / "needs[1].txt"), "--area", "511083001"])
    assert result.exit_code == 1
    assert "needs[1].txt is neither" in result.stdout


def test_a_closed_standard_input_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(typer.Exit):
        _end_with(lambda *_, **__: 0, Path("-"), 1.0)
    assert "There is no standard input" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_fault_of_the_file() -> None:
    def write(*_: object, **__: object) -> int:
        raise BrokenPipeError(32, "Broken pipe")

    with pytest.raises(BrokenPipeError):
        _end_with(write, Path("question.json"), 1.0)


def test_an_answer_that_cannot_be_written_is_no_fault_of_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    def write(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    with pytest.raises(typer.Exit):
        _end_with(write, Path("question.json"), 1.0)
    assert "The answer cannot be written: No space" in capsys.readouterr().err


def test_a_mistake_of_ours_is_said_to_be_one_and_logged(
    capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def mistaken(*_: object, **__: object) -> int:
        raise AssertionError("a plan breaks a rule")

    with pytest.raises(typer.Exit) as ended:
        _end_with(mistaken, Path("question.json"), 1.0)
    assert ended.value.exit_code == 1
    assert "a mistake of ours, not of your question: a plan breaks a rule" in capsys.readouterr().err
    (logged,) = caplog.records
    assert logged.exc_info is not None
