"""The wire: what was written once is read for ever, and the files for other people say the same as the code.

After adding an optional field, run `python -m tests.contract.test_facts` and look at the difference in the golden files
before committing it: only the new field may appear.
"""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from faststream.specification.asyncapi.v3_0_0.schema.schema import ApplicationSchema

from shared.contracts import export
from shared.contracts.topics import TOPICS
from shared.contracts.wire import FACT_TYPES, read_fact
from tests.builders import a_fact, an_example

GOLDEN = Path(__file__).parent / "golden"
EXPORTED = Path(__file__).parents[2] / "docs" / "contracts"


@pytest.mark.parametrize("name", sorted(FACT_TYPES))
def test_every_kind_of_fact_has_a_golden_file(name: str) -> None:
    assert (GOLDEN / f"{name}.json").exists(), "run `python -m tests.contract.test_facts` and commit the new file"


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_golden_fact_is_read_and_written_as_the_same_bytes(path: Path) -> None:
    body = path.read_bytes()
    fact = read_fact(body)
    assert fact.to_json() == body
    assert type(fact.data) is FACT_TYPES[path.stem]


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.json")), ids=lambda path: path.stem)
def test_a_golden_fact_fits_its_json_schema(path: Path) -> None:
    schema = export.fact_schema(FACT_TYPES[path.stem])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(path.read_bytes()), schema, cls=jsonschema.Draft202012Validator)


@pytest.mark.parametrize("name", sorted(FACT_TYPES))
def test_the_schema_refuses_another_kind_and_a_missing_envelope(name: str) -> None:
    schema = export.fact_schema(FACT_TYPES[name])
    golden = json.loads((GOLDEN / f"{name}.json").read_bytes())
    for broken in ({**golden, "type": "linli.other.v1"}, {k: v for k, v in golden.items() if k != "subject"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(broken, schema)


def test_no_two_facts_share_a_type_and_every_type_names_its_version() -> None:
    types = [data.TYPE for topic in TOPICS for data in topic.facts]
    assert len(types) == len(set(types))
    assert all(name.rpartition(".")[2] == "v1" for name in types)


def test_the_exported_files_are_current() -> None:
    assert export.stale(EXPORTED) == [], "run `make contracts` and commit the result"


def test_check_says_what_to_do_when_a_file_is_stale(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert export.main([str(tmp_path)]) == 0
    assert export.main([str(tmp_path), "--check"]) == 0
    (tmp_path / "asyncapi.json").write_text("{}")
    (tmp_path / "schemas" / "linli.gone.v1.json").write_text("{}")
    assert export.main([str(tmp_path), "--check"]) == 1
    assert "make contracts" in capsys.readouterr().err
    assert export.main([str(tmp_path)]) == 0
    assert export.stale(tmp_path) == []


def test_asyncapi_has_the_shape_of_version_3() -> None:
    document = export.asyncapi()
    parsed = ApplicationSchema.model_validate(document)
    assert parsed.asyncapi == "3.0.0"
    assert set(parsed.channels) == {topic.name for topic in TOPICS}
    assert document.keys() <= {"asyncapi", "id", "info", "defaultContentType", "channels", "operations", "components"}


def test_every_reference_of_asyncapi_leads_somewhere() -> None:
    document, files = export.asyncapi(), export.files()
    for reference in _references(document):
        if reference.startswith("#/"):
            found: Any = document
            for step in reference[2:].split("/"):
                found = found[step]
        else:
            assert reference.removeprefix("./") in files


def test_each_service_says_and_hears_what_the_topics_tell() -> None:
    operations = export.asyncapi()["operations"]
    assert operations["intake_says_needs_v1"]["action"] == "send"
    assert operations["matcher_hears_needs_v1"]["action"] == "receive"
    assert len(operations) == sum(1 + len(topic.readers) for topic in TOPICS)


def _references(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [one for value in node.values() for one in _references(value)]
    if isinstance(node, list):
        return [one for value in node for one in _references(value)]
    return []


def _write_golden_files() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for name, data in FACT_TYPES.items():
        (GOLDEN / f"{name}.json").write_bytes(a_fact(an_example(data)).to_json())


if __name__ == "__main__":
    _write_golden_files()
