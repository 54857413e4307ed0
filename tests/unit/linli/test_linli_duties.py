"""`linli rota`, `lend` and `assign`: a file or standard input in, JSON out, and the essence in words beside it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.cli import cli

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


@pytest.mark.parametrize(
    ("command", "example", "said"),
    [
        ("rota", "rota-patrol.json", "84 of 84 slots are filled. No answer fills more."),
        ("rota", "rota-reading-room.json", "28 of 29 slots are filled. No answer fills more."),
        ("lend", "lending.json", "6 of 8 slots are filled. Without lending 5 would be empty."),
        ("assign", "assignment.json", "4 of 6 tasks are assigned, 0 change hands. No assignment costs less."),
    ],
)
@pytest.mark.parametrize("from_a_file", [True, False])
def test_the_examples_are_answered(command: str, example: str, said: str, from_a_file: bool) -> None:  # noqa: FBT001
    text = (EXAMPLES / example).read_text(encoding="utf-8")
    source = str(EXAMPLES / example) if from_a_file else "-"
    result = CliRunner().invoke(cli, [command, source, "--seconds", "20"], input=text)
    assert result.exit_code == 0
    assert json.loads(result.stdout)["summary"]["verified"] is True
    assert said in result.stderr


def test_a_gap_says_what_would_have_to_give_way() -> None:
    result = CliRunner().invoke(cli, ["rota", str(EXAMPLES / "rota-reading-room.json")])
    assert "lacks a valid 图书管理" in result.stderr


def test_a_name_cannot_give_orders_to_the_terminal() -> None:
    text = (EXAMPLES / "rota-reading-room.json").read_text(encoding="utf-8").replace("图书管理", "\\u001b[31m管理")
    result = CliRunner().invoke(cli, ["rota", "-"], input=text)
    assert "lacks a valid \\x1b[31m管理" in result.stderr


@pytest.mark.parametrize(
    ("command", "text", "said"),
    [
        ("rota", '{"first_day": "2026-11-30", "days": 0}', "days: Input should be greater than or equal to 1"),
        ("lend", '{"first_day": "2026-11-30", "days": 0}', "days: Input should be greater than or equal to 1"),
        ("assign", '{"tasks": [], "volunteers": []}', "tasks: has 0 entries: give at least 1"),
    ],
)
def test_a_fault_names_its_field_and_what_to_do(command: str, text: str, said: str) -> None:
    result = CliRunner().invoke(cli, [command, "-"], input=text)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert "Correct these fields" in result.stderr


def test_what_is_left_out_of_an_assignment_says_why() -> None:
    result = CliRunner().invoke(cli, ["assign", str(EXAMPLES / "assignment.json")])
    assert "吴婆婆陪诊: Somebody is free, but costs 2742 more" in result.stderr


@pytest.mark.parametrize("command", ["rota", "lend", "assign"])
def test_a_file_that_is_not_there_is_told(command: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, [command, str(tmp_path / "nothing.json")])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr
