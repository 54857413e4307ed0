"""The store goes away for a moment at each write; nothing is lost and nothing is sent twice."""

from pathlib import Path
from typing import Any

import pytest

from shared.kernel.refusals import NotNow
from shared.runtime.documents import Document, Documents
from tests.component.notifier.world import a_town


class Stumbling:
    """A store whose n-th write of a conversation fails once, before it is written."""

    def __init__(self, inner: Documents, nth: int) -> None:
        self._inner = inner
        self.left = nth

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    async def save(self, collection: str, document: Document) -> None:
        if collection == "notifier.conversations":
            self.left -= 1
            if self.left == 0:
                raise NotNow("the store stumbled")
        await self._inner.save(collection, document)


@pytest.mark.parametrize(("nth", "write"), [(1, "queued"), (2, "attempted"), (3, "sent")])
async def test_a_store_that_stumbles_loses_nothing_and_doubles_nothing(tmp_path: Path, nth: int, write: str) -> None:
    stumbling: list[Stumbling] = []

    def store(documents: Documents) -> Documents:
        stumbling.append(Stumbling(documents, nth))
        return stumbling[0]

    async with a_town(tmp_path, store=store) as town:
        await town.accept()
        await town.settle()
        assert stumbling[0].left < 0, f"the write of {write} did stumble"
        assert await town.kinds() == ["NoticeQueued", "NoticeAttempted", "NoticeSent"]
        assert len(await town.letters()) == 1
