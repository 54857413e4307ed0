"""What `Documents` promises, held against SQLite always and against MongoDB where the test is connected."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.kernel.refusals import NotNow
from shared.runtime.documents import Collection, Conflict, Document, Documents, NotUnique
from shared.runtime.mongo import MongoDocuments
from shared.runtime.sqlite import SqliteDocuments, SqliteFile

NOW = datetime(2026, 5, 12, 8, 0, 0, 123457, tzinfo=UTC)
A = Document(id="a", version=1, state='{"饭":1.0,"at":"2026-05-12T08:00:00Z"}'.encode())


@pytest.fixture(params=["power_loss", "process_crash", pytest.param("mongo", marks=pytest.mark.connected)])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Documents]:
    if request.param in ("power_loss", "process_crash"):
        file = SqliteFile(tmp_path / "test.sqlite", survive=request.param)
        yield SqliteDocuments(file)
        await file.close()
    else:
        documents = MongoDocuments(request.getfixturevalue("mongo").url, service="test")
        yield documents
        await documents.close()


@pytest.fixture
async def pots(store: Documents) -> str:
    """A collection of its own for each test."""
    name = f"test.pots_{uuid4().hex}"
    await store.prepare([Collection(name=name, indexes=(("area",), ("area", "kind")), unique=("plate",))])
    return name


async def test_a_document_comes_back_as_it_was_written(store: Documents, pots: str) -> None:
    document = replace(
        A,
        spoken=2,
        heard={"n.1": 3, "$n": 4, "n\x00": 5},
        outbox=(b'{"a":1}', '{"b":"饭"}'.encode()),
        due=NOW,
        fields={"area": "511083001", "kind": "round"},
    )
    await store.save(pots, document)
    loaded = await store.load(pots, "a")
    assert loaded == document
    assert list(loaded.heard) == ["n.1", "$n", "n\x00"]


async def test_preparing_twice_changes_nothing(store: Documents, pots: str) -> None:
    await store.save(pots, A)
    await store.prepare([Collection(name=pots, indexes=(("area",), ("area", "kind")), unique=("plate",))])
    assert await store.load(pots, "a") == A


async def test_what_was_never_written_is_none(store: Documents, pots: str) -> None:
    assert await store.load(pots, "a") is None


async def test_the_first_version_is_written_once(store: Documents, pots: str) -> None:
    await store.save(pots, A)
    with pytest.raises(Conflict):
        await store.save(pots, replace(A, state=b"{}"))
    assert await store.load(pots, "a") == A


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_only_the_next_version_is_written(store: Documents, pots: str, version: int) -> None:
    await store.save(pots, A)
    await store.save(pots, replace(A, version=2))
    with pytest.raises(Conflict):
        await store.save(pots, replace(A, version=version, state=b"{}"))
    assert await store.load(pots, "a") == replace(A, version=2)


async def test_a_later_version_of_nothing_is_a_conflict(store: Documents, pots: str) -> None:
    with pytest.raises(Conflict):
        await store.save(pots, replace(A, version=2))


async def test_of_many_writers_at_once_exactly_one_wins(store: Documents, pots: str) -> None:
    await store.save(pots, A)
    writes = (store.save(pots, replace(A, version=2, state=b"%d" % number)) for number in range(8))
    results = await asyncio.gather(*writes, return_exceptions=True)
    assert [result for result in results if result is None] == [None]
    assert {type(result) for result in results} == {type(None), Conflict}


async def test_a_unique_field_is_taken_once(store: Documents, pots: str) -> None:
    await store.save(pots, replace(A, fields={"plate": "x"}))
    with pytest.raises(NotUnique):
        await store.save(pots, replace(A, id="b", fields={"plate": "x"}))
    await store.save(pots, replace(A, id="b", fields={"plate": "y"}))
    with pytest.raises(NotUnique):
        await store.save(pots, replace(A, id="b", version=2, fields={"plate": "x"}))


async def test_documents_that_are_saved_at_once_are_judged_one_by_one(store: Documents, pots: str) -> None:
    await store.save(pots, replace(A, id="there", fields={"plate": "1"}))
    await store.save(pots, replace(A, id="changed"))
    await store.save(pots, replace(A, id="changed", version=2))
    told = {
        "new": replace(A, id="new"),
        "next": replace(A, id="there", version=2, state=b"2", fields={"plate": "1"}),
        "stale": replace(A, id="changed", version=2, state=b"stale"),
        "of nothing": replace(A, id="nothing", version=2),
        "twice": replace(A, id="changed"),
        "plate": replace(A, id="other", fields={"plate": "1"}),
    }
    results = await asyncio.gather(*(store.save(pots, one) for one in told.values()), return_exceptions=True)
    kinds = {name: type(result) for name, result in zip(told, results, strict=True)}
    fine = type(None)
    assert kinds == {
        "new": fine, "next": fine, "stale": Conflict, "of nothing": Conflict, "twice": Conflict, "plate": NotUnique,
    }  # fmt: skip
    assert {one.id: (one.version, one.state) for one in await store.find(pots)} == {
        "changed": (2, A.state), "new": (1, A.state), "there": (2, b"2"),
    }  # fmt: skip


async def test_a_document_that_is_too_large_for_the_store_fails_alone(store: Documents, pots: str) -> None:
    huge = replace(A, id="huge", state=b'"' + b"x" * 17_000_000 + b'"')  # MongoDB takes 16 MiB, SQLite more
    small, large = await asyncio.gather(store.save(pots, A), store.save(pots, huge), return_exceptions=True)
    assert small is None
    assert not isinstance(large, NotNow)  # trying again would never help
    assert await store.load(pots, "a") == A


async def test_documents_that_are_read_at_once_are_each_their_own(store: Documents, pots: str) -> None:
    await store.add(pots, [replace(A, id=name, fields={"of": name}) for name in "abc"])
    found = await asyncio.gather(*(store.load(pots, name) for name in ("c", "none", "a", "c")))
    assert [one and one.id for one in found] == ["c", None, "a", "c"]


async def test_documents_without_the_unique_field_do_not_clash(store: Documents, pots: str) -> None:
    await store.save(pots, A)
    await store.save(pots, replace(A, id="b"))
    assert await store.count(pots) == 2


async def test_adding_ignores_what_is_there(store: Documents, pots: str) -> None:
    await store.save(pots, replace(A, fields={"plate": "x"}))
    added = [replace(A, state=b"{}"), replace(A, id="b", fields={"plate": "x"}), replace(A, id="c"), replace(A, id="d")]
    assert await store.add(pots, added) == 2
    assert [document.id for document in await store.find(pots)] == ["a", "c", "d"]
    assert (await store.find(pots))[0].state == A.state
    assert await store.add(pots, []) == 0


async def test_an_outbox_is_emptied_only_at_the_version_that_was_relayed(store: Documents, pots: str) -> None:
    for name in ("a", "b"):
        await store.save(pots, replace(A, id=name, outbox=(b"{}",)))
    await store.save(pots, replace(A, id="b", version=2, outbox=(b"{}", b"{}")))
    await store.mark_relayed(pots, [("a", 1), ("b", 1), ("never", 1)])
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    assert await store.unsent(pots, saved_before=tomorrow, limit=10) == ["b"]
    loaded = await store.load(pots, "a")
    assert loaded is not None
    assert loaded.outbox == ()


async def test_unsent_lists_the_oldest_write_first_and_nothing_younger(store: Documents, pots: str) -> None:
    for name in ("b", "a", "c"):
        await store.save(pots, replace(A, id=name, outbox=(b"{}",)))
    await store.save(pots, replace(A, id="b", version=2, outbox=(b"{}",)))
    now = datetime.now(UTC)
    assert await store.unsent(pots, saved_before=now + timedelta(days=1), limit=10) == ["a", "c", "b"]
    assert await store.unsent(pots, saved_before=now + timedelta(days=1), limit=1) == ["a"]
    assert await store.unsent(pots, saved_before=now - timedelta(days=1), limit=10) == []


async def test_due_lists_whose_moment_has_come_most_overdue_first(store: Documents, pots: str) -> None:
    await store.save(pots, A)
    for name, minutes in (("b", 2), ("c", 1), ("d", 3)):
        await store.save(pots, replace(A, id=name, due=NOW + timedelta(minutes=minutes)))
    assert await store.due(pots, by=NOW + timedelta(minutes=2), limit=10) == ["c", "b"]
    assert await store.due(pots, by=NOW + timedelta(minutes=3), limit=2) == ["c", "b"]


async def test_due_is_exact_to_the_microsecond(store: Documents, pots: str) -> None:
    """Waking too early would spin, too late would let a rehearsal wait for ever."""
    await store.save(pots, replace(A, due=NOW))
    assert await store.due(pots, by=NOW - timedelta(microseconds=1), limit=10) == []
    assert await store.due(pots, by=NOW, limit=10) == ["a"]


async def test_find_reads_by_fields_prefix_and_page_in_order(store: Documents, pots: str) -> None:
    for name, area in (("n1:a", "x"), ("n1:b", "x"), ("n1:c", "y"), ("n2:a", "x")):
        await store.save(pots, replace(A, id=name, fields={"area": area, "kind": "k"}))

    async def ids(
        where: dict[str, str] | None = None, prefix: str = "", after: str = "", limit: int = 100
    ) -> list[str]:
        return [one.id for one in await store.find(pots, where=where, prefix=prefix, after=after, limit=limit)]

    assert await ids() == ["n1:a", "n1:b", "n1:c", "n2:a"]
    assert await ids({"area": "x"}) == ["n1:a", "n1:b", "n2:a"]
    assert await ids({"area": "x", "kind": "k"}, prefix="n1:") == ["n1:a", "n1:b"]
    assert await ids(prefix="n1:", after="n1:a") == ["n1:b", "n1:c"]
    assert await ids(after="n1:a", limit=2) == ["n1:b", "n1:c"]
    assert await ids({"area": "z"}) == []


async def test_count_counts_what_find_would_find(store: Documents, pots: str) -> None:
    for name, area in (("a", "x"), ("b", "x"), ("c", "y")):
        await store.save(pots, replace(A, id=name, fields={"area": area}))
    assert (await store.count(pots), await store.count(pots, where={"area": "x"})) == (3, 2)


async def test_collections_do_not_see_each_other(store: Documents, pots: str) -> None:
    other = f"{pots}_other"
    await store.prepare([Collection(name=other)])
    await store.save(pots, A)
    assert await store.load(other, "a") is None
    assert await store.count(other) == 0


async def test_a_large_state_and_a_long_outbox_fit(store: Documents, pots: str) -> None:
    document = replace(A, state=b'"' + b"x" * 2_000_000 + b'"', outbox=(b'"' + b"y" * 10_000 + b'"',) * 200)
    await store.save(pots, document)
    assert await store.load(pots, "a") == document
