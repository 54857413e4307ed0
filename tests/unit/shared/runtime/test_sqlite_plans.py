"""SQLite seeks by the index that a query was written for, and never reads a whole area or collection for a page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.console.adapters.archive import FACTS
from shared.runtime.documents import Collection
from shared.runtime.sqlite import SqliteDocuments, SqliteFile

NEEDS = Collection(name="needs", indexes=(("area",), ("status",), ("area", "status")))

PLANS: dict[str, tuple[str, dict[str, str], str]] = {
    "all facts": (FACTS.name, {}, "USING PRIMARY KEY (collection=? AND id>? AND id<?)"),
    "of a subject": (
        FACTS.name,
        {"subject": "s"},
        "USING INDEX documents_console_facts_subject (<expr>=? AND collection=? AND id>? AND id<?)",
    ),
    "of an area": (
        FACTS.name,
        {"area": "a"},
        "USING INDEX documents_console_facts_area (<expr>=? AND collection=? AND id>? AND id<?)",
    ),
    "of a subject in an area": (
        FACTS.name,
        {"subject": "s", "area": "a"},
        "USING INDEX documents_console_facts_subject (<expr>=? AND collection=? AND id>? AND id<?)",
    ),
    "of both at once": (
        NEEDS.name,
        {"area": "a", "status": "done"},
        "USING INDEX documents_needs_area_status (<expr>=? AND <expr>=? AND collection=? AND id>? AND id<?)",
    ),
}


class Explained(SqliteFile):
    """A file that notes how each query is done."""

    plans: list[str]

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        self.plans = [str(row[3]) for row in super().read(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        return super().read(sql, parameters)


@pytest.mark.parametrize(("collection", "where", "plan"), PLANS.values(), ids=PLANS)
async def test_a_page_is_sought_by_its_own_index(
    tmp_path: Path, collection: str, where: dict[str, str], plan: str
) -> None:
    file = Explained(tmp_path / "linli.sqlite", survive="process_crash")
    documents = SqliteDocuments(file)
    await documents.prepare([FACTS, NEEDS])
    for after in ("", "needs.v1/000/5"):
        await documents.find(collection, where=where, prefix="needs.v1/", after=after, limit=12)
        assert file.plans == [f"SEARCH documents {plan}"]
    await documents.close()
