"""Who may import whom, and how a message may come in: the rules that keep a room a room."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import services
from tests.architecture.repository import ROOT, imported, modules, named, parsed

KAFKA = {"faststream", "aiokafka"}


def test_every_import_contract_is_kept() -> None:
    """In a process of its own: import-linter's logging disables every logger of the process that it runs in."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    judged = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - our own tool
    assert judged.returncode == 0, judged.stdout + judged.stderr


def test_the_package_called_services_is_this_one() -> None:
    """The price of generic names: another distribution could bring a package of the same name (ADR 0002)."""
    assert services.__file__ is not None
    assert Path(services.__file__).resolve().is_relative_to(ROOT)


@pytest.mark.parametrize("path", modules(), ids=named)
def test_every_module_says_why_it_exists(path: Path) -> None:
    assert ast.get_docstring(parsed(path)), f"{named(path)} does not begin with a sentence"


def test_no_room_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
    assert [named(path) for path in modules() if path.stem in drawers or path.parent.name in drawers] == []


def test_only_the_runtime_speaks_kafka() -> None:
    """FastStream's defaults lose messages (ADR 0005), so nobody else may attach a subscriber or publish."""
    speakers = {named(path) for path in modules() if KAFKA & {name.split(".")[0] for name in imported(path)}}
    assert {name for name in speakers if not name.startswith("shared/runtime/")} == set()


def test_one_function_attaches_every_subscriber_and_leaves_no_default() -> None:
    attached = [call for path in modules("shared") for call in _calls(path, "subscriber")]
    assert len(attached) == 1, "every subscription goes through one place in shared/runtime"
    stated = {keyword.arg: ast.unparse(keyword.value) for keyword in attached[0].keywords}
    assert stated["ack_policy"] == "AckPolicy.MANUAL"
    assert stated["auto_offset_reset"] == "'earliest'"
    assert {"batch", "group_id", "parser", "decoder"} <= stated.keys()


def _calls(path: Path, name: str) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == name
    ]
