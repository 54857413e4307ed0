"""Documents in MongoDB: the one door to motor. See ADR 0008.

Motor gets critical fixes only, until May 2027. PyMongo's own `AsyncMongoClient` has the same calls, so moving there is:
import it instead of `AsyncIOMotorClient`, write `await self._client.close()`, and take motor out of `pyproject.toml`.
Errors, options and BSON are PyMongo's already. The contract suite in `tests/contract/test_documents.py` says when the
move is done.

`state`, `heard` and each fact of `outbox` are stored as strings of JSON. As sub-documents a person could query them,
but then every load and save would parse and write them twice (JSON to BSON and back), whole numbers beyond 64 bits and
keys that start with `$` or hold a zero byte would be refused, and "replayed bytes are equal" would rest on two
encoders agreeing for ever. What must be queried is in `fields`.

A batch of facts steps hundreds of documents at once, and each call costs a hop between threads, a message and a flush
for a majority. So loads and saves of one turn of the event loop travel together, each of them still judged alone.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Final

from bson import encode
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic_core import from_json, to_json
from pymongo import ASCENDING, InsertOne, ReplaceOne, UpdateOne
from pymongo.errors import (
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    InvalidOperation,
    PyMongoError,
    WriteConcernError,
    WriteError,
)

from shared.kernel.refusals import NotNow
from shared.runtime.documents import Collection, Conflict, Document, NotUnique, moment_of, stamp_of
from shared.runtime.together import Together

_SELECT_SERVER_MS: Final = 3_000
_ANSWER_MS: Final = 10_000
_DUPLICATE: Final = 11000
_TOGETHER: Final = 200  # documents a call
_MOST_BYTES: Final = 16 * 2**20  # of one document, MongoDB's own limit
_LARGE_BYTES: Final = 8 * 2**20  # what is smaller than that without names and numbers is not measured exactly


class MongoDocuments:
    """Documents of `<service>.<plural noun>` in database `<service>`, collection `<plural noun>`."""

    def __init__(self, url: str, *, service: str) -> None:
        # w and j: an acknowledged write is on the disks of a majority. A write whose answer got lost may be there or
        # not; the caller hears `NotNow`, tries again, and the compare-and-set tells which it was.
        self._client: Any = AsyncIOMotorClient(
            url,
            w="majority",
            journal=True,
            appname=f"linli-{service}",
            serverSelectionTimeoutMS=_SELECT_SERVER_MS,
            connectTimeoutMS=_SELECT_SERVER_MS,
            socketTimeoutMS=_ANSWER_MS,
        )
        self._loads = Together(self._load_all, most=_TOGETHER)
        self._saves = Together(self._save_all, most=_TOGETHER)

    async def prepare(self, collections: Sequence[Collection]) -> None:
        """Create the indexes; collections come into being with their first document."""
        async with _patient():
            for collection in collections:
                stored = self._stored(collection.name)
                await stored.create_index([("due", ASCENDING), ("_id", ASCENDING)], sparse=True)
                await stored.create_index("unsent_since", sparse=True)
                for fields in collection.indexes:
                    await stored.create_index([*((f"fields.{name}", ASCENDING) for name in fields), ("_id", ASCENDING)])
                for name in collection.unique:
                    await stored.create_index(f"fields.{name}", unique=True, sparse=True)

    async def load(self, collection: str, document_id: str) -> Document | None:
        """Read one document by its key."""
        return await self._loads(collection, document_id)

    async def save(self, collection: str, document: Document) -> None:
        """Insert version 1, or replace exactly the version before."""
        _check_size(collection, document)  # one that is too large would keep its neighbours from being sent
        await self._saves(collection, document)

    async def add(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert what is new, in one call."""
        if not documents:
            return 0
        inserts = [InsertOne(_written(document)) for document in documents]
        try:
            async with _patient():
                await self._stored(collection).bulk_write(inserts, ordered=False)
        except BulkWriteError as error:
            errors = error.details["writeErrors"]
            if error.details["writeConcernErrors"] or any(one["code"] != _DUPLICATE for one in errors):
                raise NotNow(f"MongoDB did not confirm all of {len(inserts)} inserts: {error}") from error
            return len(inserts) - len(errors)  # `nInserted` counts duplicates too on some servers of the protocol
        return len(inserts)

    async def mark_relayed(self, collection: str, relayed: Sequence[tuple[str, int]]) -> None:
        """Empty outboxes whose version has not moved on."""
        empty = {"$set": {"outbox": []}, "$unset": {"unsent_since": ""}}
        updates = [UpdateOne({"_id": document_id, "version": version}, empty) for document_id, version in relayed]
        if updates:
            async with _patient():
                await self._stored(collection).bulk_write(updates, ordered=False)

    async def unsent(self, collection: str, *, saved_before: datetime, limit: int) -> list[str]:
        """List documents with something in the outbox."""
        where = {"unsent_since": {"$lte": stamp_of(saved_before)}}
        return await self._ids(collection, where, by="unsent_since", limit=limit)

    async def due(self, collection: str, *, by: datetime, limit: int) -> list[str]:
        """List documents to wake."""
        return await self._ids(collection, {"due": {"$lte": stamp_of(by)}}, by="due", limit=limit)

    async def find(
        self,
        collection: str,
        *,
        where: Mapping[str, str] | None = None,
        prefix: str = "",
        after: str = "",
        limit: int = 100,
    ) -> list[Document]:
        """Read documents in order of id."""
        condition = _condition(where) | {"_id": _range(prefix, after)}
        async with _patient():
            cursor = self._stored(collection).find(condition).sort("_id", ASCENDING).limit(limit)
            return [_read(stored) for stored in await cursor.to_list(limit)]

    async def count(self, collection: str, *, where: Mapping[str, str] | None = None) -> int:
        """Count matching documents."""
        async with _patient():
            return int(await self._stored(collection).count_documents(_condition(where)))

    async def close(self) -> None:
        """Disconnect, after what was begun."""
        await self._loads.finish()
        await self._saves.finish()
        self._client.close()
        await asyncio.sleep(0)

    async def _load_all(self, collection: str, ids: Sequence[str]) -> list[Document | None]:
        async with _patient():
            cursor = self._stored(collection).find({"_id": {"$in": list(dict.fromkeys(ids))}})
            found = {stored["_id"]: _read(stored) for stored in await cursor.to_list(None)}
        return [found.get(document_id) for document_id in ids]

    async def _save_all(self, collection: str, documents: Sequence[Document]) -> list[Exception | None]:
        """Write all in one call; whichever is not at the version before is refused by name.

        A bulk write says how many documents matched and not which. But with `upsert` a document that is at another
        version is inserted, which its key forbids, and such an error does say whose it is.
        """
        stored = self._stored(collection)
        failed: dict[int, Mapping[str, Any]] = {}
        try:
            async with _patient():
                result = await stored.bulk_write([_write(one) for one in documents], ordered=False)
            upserted = list(result.upserted_ids or ())
        except BulkWriteError as error:
            if error.details["writeConcernErrors"]:
                raise NotNow(f"MongoDB did not confirm all of {len(documents)} writes: {error}") from error
            failed = {one["index"]: one for one in error.details["writeErrors"]}
            upserted = [one["index"] for one in error.details["upserted"]]
        for index in upserted:  # there was nothing to replace, so nothing may be there now
            async with _patient():
                await stored.delete_one({"_id": documents[index].id, "version": documents[index].version})
        doubted = [*upserted, *(index for index, one in failed.items() if one["code"] == _DUPLICATE)]
        present = await self._load_all(collection, [documents[index].id for index in doubted]) if doubted else []
        answers: list[Exception | None] = [None] * len(documents)
        for index, one in failed.items():
            answers[index] = WriteError(one["errmsg"], one["code"], one)
        for index, found in zip(doubted, present, strict=True):
            answers[index] = _refused(collection, documents[index], found)
        return answers

    def _stored(self, collection: str) -> Any:
        service, _, noun = collection.partition(".")
        return self._client[service][noun]

    async def _ids(self, collection: str, where: Mapping[str, Any], *, by: str, limit: int) -> list[str]:
        async with _patient():
            cursor = self._stored(collection).find(where, {"_id": 1}).sort([(by, ASCENDING), ("_id", ASCENDING)])
            return [stored["_id"] for stored in await cursor.limit(limit).to_list(limit)]


@asynccontextmanager
async def _patient() -> AsyncIterator[None]:
    """Say `NotNow` where MongoDB is away or cannot promise a write yet."""
    try:
        yield
    except BulkWriteError:
        raise
    except WriteConcernError as error:
        raise NotNow(f"MongoDB did not confirm a write: {error}") from error
    except InvalidOperation as error:
        raise NotNow(f"the connection to MongoDB is closed; the process is stopping ({error})") from error
    except PyMongoError as error:
        if error.timeout or isinstance(error, ConnectionFailure):
            raise NotNow(f"MongoDB is away: {error}") from error
        raise


def _check_size(collection: str, document: Document) -> None:
    if len(document.state) + sum(map(len, document.outbox)) < _LARGE_BYTES:
        return
    size = len(encode(_written(document)))
    if size > _MOST_BYTES:
        raise DocumentTooLarge(
            f"{collection} {document.id} would have {size:,} bytes and MongoDB takes {_MOST_BYTES:,}: what it is about"
            " has to be split, for a board its area"
        )


def _refused(collection: str, document: Document, found: Document | None) -> Exception:
    """Say why a document was not written, by what is there."""
    if (found.version if found else 0) == document.version - 1:
        return NotUnique(f"{collection} {document.id}: a unique field has the value of another document")
    return Conflict(f"{collection} {document.id} is not at version {document.version - 1}")


def _write(document: Document) -> InsertOne[dict[str, Any]] | ReplaceOne[dict[str, Any]]:
    if document.version == 1:
        return InsertOne(_written(document))
    return ReplaceOne({"_id": document.id, "version": document.version - 1}, _written(document), upsert=True)


def _condition(where: Mapping[str, str] | None) -> dict[str, Any]:
    return {f"fields.{name}": value for name, value in (where or {}).items()}


def _range(prefix: str, after: str) -> dict[str, str]:
    bounds = {"$gt": after}
    if prefix:
        bounds |= {"$gte": prefix, "$lt": prefix[:-1] + chr(ord(prefix[-1]) + 1)}
    return bounds


def _written(document: Document) -> dict[str, Any]:
    written: dict[str, Any] = {
        "_id": document.id,
        "version": document.version,
        "state": document.state.decode(),
        "spoken": document.spoken,
        "heard": to_json(document.heard).decode(),
        "outbox": [fact.decode() for fact in document.outbox],
        "fields": dict(document.fields),
    }
    if document.due is not None:
        written["due"] = stamp_of(document.due)
    if document.outbox:
        written["unsent_since"] = time.time_ns() // 1000
    return written


def _read(stored: Mapping[str, Any]) -> Document:
    due = stored.get("due")
    return Document(
        id=stored["_id"],
        version=stored["version"],
        state=stored["state"].encode(),
        spoken=stored["spoken"],
        heard=from_json(stored["heard"]),
        outbox=tuple(fact.encode() for fact in stored["outbox"]),
        due=None if due is None else moment_of(due),
        fields=stored["fields"],
    )
