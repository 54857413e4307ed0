"""Stores for the console's tests."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.console.adapters.archive import FACTS
from services.console.adapters.areas import AREAS, BOOKMARKS
from shared.runtime.sqlite import SqliteDocuments, SqliteFile


@pytest.fixture
async def documents(tmp_path: Path) -> AsyncIterator[SqliteDocuments]:
    file = SqliteFile(tmp_path / "linli.sqlite", survive="process_crash")
    documents = SqliteDocuments(file)
    await documents.prepare([FACTS, AREAS, BOOKMARKS])
    yield documents
    await file.close()
