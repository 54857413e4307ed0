"""Writes the published language for people and machines that do not read Python: JSON Schema and AsyncAPI 3.0.

`python -m shared.contracts.export docs/contracts` writes, with `--check` it only says whether the files are current.
"""

import argparse
import inspect
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shared.contracts.fact import Envelope, FactData
from shared.contracts.topics import TOPICS, Topic
from shared.contracts.wire import FACT_TYPES

ASYNCAPI: Final = "asyncapi.json"
_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def fact_schema(data: type[FactData]) -> dict[str, Any]:
    """Give the JSON Schema of one fact as it stands on the wire: the envelope with its data."""
    envelope = Envelope.model_json_schema()
    properties = envelope["properties"]
    properties["type"] = {"const": data.TYPE}
    properties["sequence"] = {
        "type": "string",
        "pattern": "^[0-9]{10}$",
        "description": "The aggregate's own counter from 0000000001; a fact that is not newer was heard before.",
    }
    inner = data.model_json_schema(ref_template="#/$defs/{model}")
    definitions = inner.pop("$defs", {})
    properties["data"] = {"$ref": f"#/$defs/{data.__name__}"}
    return {
        "$schema": _DIALECT,
        "$id": f"urn:linli:schema:{data.TYPE}",
        "title": data.__name__,
        "description": inspect.getdoc(data),
        "type": "object",
        "properties": properties,
        "required": [*envelope["required"], "data"],
        "$defs": dict(sorted({**definitions, data.__name__: inner}.items())),
    }


def asyncapi() -> dict[str, Any]:
    """Give the AsyncAPI document: four channels, who sends and who receives on each, and every message."""
    return {
        "asyncapi": "3.0.0",
        "id": "urn:linli",
        "info": {
            "title": "Linli (邻里)",
            "version": "1",
            "description": "Every fact that Linli's services tell each other. A fact is a CloudEvents 1.0 JSON object "
            "in structured mode; the message key is the area id, so all facts of an area are in one order.",
        },
        "defaultContentType": "application/cloudevents+json",
        "channels": {topic.name: _channel(topic) for topic in TOPICS},
        "operations": dict(operation for topic in TOPICS for operation in _operations(topic)),
        "components": {"messages": {data.__name__: _message(data) for topic in TOPICS for data in topic.facts}},
    }


def files() -> dict[str, str]:
    """Give every file of the export by name, as text that is the same at every run."""
    documents: dict[str, Mapping[str, Any]] = {ASYNCAPI: asyncapi()}
    documents |= {f"schemas/{name}.json": fact_schema(data) for name, data in FACT_TYPES.items()}
    return {name: f"{json.dumps(one, ensure_ascii=False, indent=2)}\n" for name, one in documents.items()}


def stale(folder: Path) -> list[str]:
    """Name the files that are missing, differ, or belong to no fact any more."""
    wanted = files()
    there = {str(path.relative_to(folder)) for path in folder.rglob("*.json")}
    changed = [name for name, text in wanted.items() if name not in there or (folder / name).read_text() != text]
    return sorted({*changed, *(there - wanted.keys())})


def write(folder: Path) -> None:
    """Write all files and remove those that belong to no fact any more."""
    wanted = files()
    for name in stale(folder):
        path = folder / name
        if name not in wanted:
            path.unlink()
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[name])


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, do it, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m shared.contracts.export", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--check", action="store_true", help="write nothing; exit with 1 if something is stale")
    asked = parser.parse_args(arguments)
    if not asked.check:
        write(asked.folder)
        return 0
    if old := stale(asked.folder):
        sys.stderr.write(
            f"{len(old)} files in {asked.folder} are not what the code says: {', '.join(old[:5])}"
            f"{' ...' if len(old) > 5 else ''}. Run `make contracts` and commit the result.\n"  # noqa: PLR2004
        )
        return 1
    return 0


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "title": topic.name,
        "description": f"Written by {topic.owner}, read by {', '.join(sorted(topic.readers))}, "
        f"kept for {topic.retention_days} days, keyed by area id.",
        "messages": {data.__name__: {"$ref": f"#/components/messages/{data.__name__}"} for data in topic.facts},
        "bindings": {"kafka": {"topic": topic.name, "bindingVersion": "0.5.0"}},
    }


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    place = topic.name.replace(".", "_")
    channel = {"$ref": f"#/channels/{topic.name}"}
    send = (f"{topic.owner}_says_{place}", {"action": "send", "channel": channel, "tags": [{"name": topic.owner}]})
    hear = [
        (f"{reader}_hears_{place}", {"action": "receive", "channel": channel, "tags": [{"name": reader}]})
        for reader in sorted(topic.readers)
    ]
    return [send, *hear]


def _message(data: type[FactData]) -> dict[str, Any]:
    return {
        "name": data.TYPE,
        "title": data.__name__,
        "summary": inspect.getdoc(data),
        "contentType": "application/cloudevents+json",
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./schemas/{data.TYPE}.json"},
        },
        "bindings": {"kafka": {"key": {"type": "string", "description": "the area id"}, "bindingVersion": "0.5.0"}},
    }


if __name__ == "__main__":
    sys.exit(main())
