"""`linli solve`: a file or standard input in, JSON out, and a status that programs understand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from linli.cli import cli
from services.matcher.planning.kernel import machine_code

EXAMPLE = Path(__file__).parents[3] / "docs" / "examples" / "solve.json"


@pytest.mark.parametrize("from_a_file", [True, False])
def test_the_example_is_solved(from_a_file: bool) -> None:  # noqa: FBT001 - a row
    text = EXAMPLE.read_text(encoding="utf-8")
    source = [str(EXAMPLE)] if from_a_file else ["-"]
    result = CliRunner().invoke(cli, ["solve", *source, "--seconds", "0.1"], input=text)
    assert result.exit_code == 0
    answer = json.loads(result.stdout)
    assert answer["code"] == 0
    assert [one["id"] for one in answer["unassigned"]] == [5]


def test_who_has_no_compiled_kernel_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine_code, "state", lambda: "not compiled")
    result = CliRunner().invoke(cli, ["solve", str(EXAMPLE), "--seconds", "0.3"])
    assert result.exit_code == 0
    assert "make kernel" in result.stderr
    assert json.loads(result.stdout)["summary"]["note"] == result.stderr.strip()


def test_a_fault_is_told_as_vroom_tells_it_and_to_people() -> None:
    result = CliRunner().invoke(cli, ["solve", "-"], input='{"jobs": [{"id": 1, "amount": [1]}]}')
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert said["code"] == 2
    assert "jobs.0.amount: cannot be honoured" in said["error"]
    assert "jobs.0.amount" in result.stderr


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["solve", str(tmp_path / "nothing.json")])
    assert result.exit_code == 1
    assert "cannot be read" in result.stderr
