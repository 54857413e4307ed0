"""Who may import whom, and how a message may come in: the rules that keep a room a room."""

import ast
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import services
from tests.architecture.repository import ROOT, imported, modules, named, parsed

KAFKA = {"faststream", "aiokafka"}


def test_every_import_contract_is_kept(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    kept = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True, no_logo=True) == 0
    assert kept, capsys.readouterr().out


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
