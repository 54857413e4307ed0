"""Documents in one SQLite file, so that one computer needs nothing but `pip`.

One thread writes and waits for the disk. Whatever queued up while it was busy shares one transaction (group commit), so
that a burst of steps costs one disk flush. Where nobody waits for the disk (`process_crash`), a thread would cost more
than the writes: what two turns of the event loop ask for is written in place. Reads are single-row or short, take tens
of microseconds, and happen in place.
"""

import asyncio
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from pydantic_core import from_json, to_json

from shared.kernel.refusals import NotNow
from shared.runtime.documents import Collection, Conflict, Document, NotUnique, moment_of, stamp_of

T = TypeVar("T")
_Settle = Callable[[], None]

_MOST_JOBS_A_COMMIT: Final = 512


@dataclass(frozen=True, slots=True, eq=False)
class _Job:
    run: Callable[[sqlite3.Connection], object]
    told: "asyncio.Future[Any]"
    one_statement: bool
    flush: bool


class SqliteFile:
    """One database file with one writer. The log and the documents share it."""

    def __init__(self, path: Path, *, survive: Literal["power_loss", "process_crash"] = "power_loss") -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._flushes = survive == "power_loss"
        self._reader = self._connect(check_same_thread=True)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._write_loop, name="sqlite-writer", daemon=True)
        self._in_place: list[_Job] = []
        self._closed = False
        if self._flushes:
            self._thread.start()

    def _connect(self, *, check_same_thread: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=check_same_thread, timeout=30)
        connection.execute("PRAGMA page_size=16384")  # boards are large: fewer pages to write for each
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(f"PRAGMA synchronous={'NORMAL' if self._flushes else 'OFF'}")
        return connection

    async def write(
        self, job: Callable[[sqlite3.Connection], T], *, one_statement: bool = False, flush: bool = True
    ) -> T:
        """Run the job in the writer's next transaction and return once that is durable.

        A job that fails is undone alone. If it is only one statement, SQLite does that by itself, at half the cost.
        Without `flush` a power loss may take the write away, but only together with everything that was written after
        it: what is in the file is always a beginning of what happened. For what can be done again from elsewhere.
        """
        if self._closed:
            raise NotNow("the SQLite file is closed; the process is stopping")
        loop = asyncio.get_running_loop()
        told: asyncio.Future[T] = loop.create_future()
        if self._flushes:
            self._jobs.put(_Job(job, told, one_statement, flush))
        else:
            if not self._in_place:  # not this turn but the next: a fact makes several services write one after another
                loop.call_soon(loop.call_soon, self._write_in_place)
            self._in_place.append(_Job(job, told, one_statement, flush))
        return await told

    def read(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Read rows of what is committed, on the thread that opened the file: the event loop's.

        Raises
        ------
        NotNow
            If the file cannot be read at the moment.
        """
        if self._closed:
            raise NotNow("the SQLite file is closed; the process is stopping")
        try:
            return self._reader.execute(sql, parameters).fetchall()
        except sqlite3.OperationalError as error:
            raise NotNow(f"SQLite: {error}") from error

    async def close(self) -> None:
        """Finish queued writes and close the file."""
        if not self._closed:
            self._closed = True
            if self._flushes:
                self._jobs.put(None)
                await asyncio.to_thread(self._thread.join)
            else:
                self._write_in_place()
            self._reader.close()

    def _write_in_place(self) -> None:
        jobs, self._in_place = self._in_place, []
        _settle_all(_commit_together(self._reader, jobs))

    def _write_loop(self) -> None:
        connection, flushing, ends = self._connect(), False, False
        while not ends and (first := self._jobs.get()) is not None:
            gathered = self._gather(first)
            jobs, ends = [job for job in gathered if job is not None], None in gathered
            flush = any(job.flush for job in jobs)
            if flush != flushing:
                connection.execute(f"PRAGMA synchronous={'FULL' if flush else 'NORMAL'}")
                flushing = flush
            _tell(jobs, _commit_together(connection, jobs))
        connection.close()

    def _gather(self, first: _Job) -> list[_Job | None]:
        jobs: list[_Job | None] = [first]
        while len(jobs) < _MOST_JOBS_A_COMMIT:
            try:
                jobs.append(self._jobs.get_nowait())
            except queue.Empty:
                break
        return jobs


def _commit_together(connection: sqlite3.Connection, jobs: Sequence[_Job]) -> list[_Settle]:
    """Run all jobs in one transaction; give what to tell each."""
    try:
        connection.execute("BEGIN IMMEDIATE")
        settled = [_run(connection, job) for job in jobs]
        connection.execute("COMMIT")
    except sqlite3.Error as error:  # disk full, file gone: nothing of this transaction is kept
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        not_now = NotNow(f"SQLite: {error}")
        settled = [partial(_fail, job.told, not_now) for job in jobs]
    return settled


def _run(connection: sqlite3.Connection, job: _Job) -> _Settle:
    """Run one job inside the open transaction; give what to tell its caller after the commit."""
    if not job.one_statement:
        connection.execute("SAVEPOINT job")
    try:
        result = job.run(connection)
    except sqlite3.OperationalError:
        raise
    except Exception as error:  # noqa: BLE001 - this job's own fault, and it is told so; its neighbours go on
        if not job.one_statement:
            connection.execute("ROLLBACK TO job")
            connection.execute("RELEASE job")
        return partial(_fail, job.told, error)
    if not job.one_statement:
        connection.execute("RELEASE job")
    return partial(_succeed, job.told, result)


def _tell(jobs: Sequence[_Job], settled: Sequence[_Settle]) -> None:
    """Wake each event loop once for all of its callers; waking it for each costs more than the writes."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Settle]] = {}
    for job, settle in zip(jobs, settled, strict=True):
        by_loop.setdefault(job.told.get_loop(), []).append(settle)
    for loop, its in by_loop.items():
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_settle_all, its)


def _settle_all(settled: Sequence[_Settle]) -> None:
    for settle in settled:
        settle()


def _succeed(told: "asyncio.Future[Any]", result: object) -> None:
    if not told.done():  # it is, if the caller was cancelled
        told.set_result(result)


def _fail(told: "asyncio.Future[Any]", error: Exception) -> None:
    if not told.done():
        told.set_exception(error)


class SqliteDocuments:
    """Documents in a `SqliteFile`: one table, primary key (collection, id)."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._together: set[tuple[str, frozenset[str]]] = set()  # (collection, fields) that share one index

    async def prepare(self, collections: Sequence[Collection]) -> None:
        """Create the table and one expression index per declared index."""
        self._together |= {(one.name, frozenset(fields)) for one in collections for fields in one.indexes}

        def create(connection: sqlite3.Connection) -> None:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS documents (collection TEXT NOT NULL, id TEXT NOT NULL,"
                " version INTEGER NOT NULL, state BLOB NOT NULL, spoken INTEGER NOT NULL, heard TEXT NOT NULL,"
                " outbox TEXT NOT NULL, due INTEGER, fields TEXT NOT NULL, saved_at INTEGER NOT NULL,"
                " PRIMARY KEY (collection, id)) WITHOUT ROWID"
            )
            connection.execute(
                "CREATE INDEX IF NOT EXISTS documents_due ON documents (collection, due) WHERE due IS NOT NULL"
            )
            connection.execute(
                "CREATE INDEX IF NOT EXISTS documents_unsent ON documents (collection, saved_at) WHERE outbox != '[]'"
            )
            for collection in collections:
                for fields in collection.indexes:
                    _create_index(connection, collection.name, fields, unique=False)
                for field in collection.unique:
                    _create_index(connection, collection.name, (field,), unique=True)

        await self._file.write(create)

    async def load(self, collection: str, document_id: str) -> Document | None:
        """Read one document by its key."""
        rows = self._file.read(f"{_SELECT} WHERE collection = ? AND id = ?", (collection, document_id))
        return _document(rows[0]) if rows else None

    async def save(self, collection: str, document: Document) -> None:
        """Insert version 1, or replace exactly the version before."""
        values = _values(document)

        def insert_or_replace(connection: sqlite3.Connection) -> None:
            new = document.version == 1
            sql, versions = (_INSERT_BY_ID, ()) if new else (_UPDATE, (document.version - 1,))
            try:
                cursor = connection.execute(sql, (*values, collection, document.id, *versions))
            except sqlite3.IntegrityError as error:
                raise NotUnique(f"{collection} {document.id}: {error}") from error
            if cursor.rowcount != 1:
                raise Conflict(f"{collection} {document.id} is not at version {document.version - 1}")

        await self._file.write(insert_or_replace, one_statement=True)

    async def add(self, collection: str, documents: Sequence[Document]) -> int:
        """Insert what is new, in one transaction."""
        rows = [(*_values(document), collection, document.id) for document in documents]

        def insert(connection: sqlite3.Connection) -> int:
            before = connection.total_changes
            connection.executemany(_INSERT, rows)
            return connection.total_changes - before

        return await self._file.write(insert, one_statement=len(rows) == 1)

    async def mark_relayed(self, collection: str, relayed: Sequence[tuple[str, int]]) -> None:
        """Empty outboxes whose version has not moved on."""
        rows = [(collection, document_id, version) for document_id, version in relayed]

        def clear(connection: sqlite3.Connection) -> None:
            connection.executemany(
                "UPDATE documents SET outbox = '[]' WHERE collection = ? AND id = ? AND version = ?", rows
            )

        await self._file.write(clear, flush=False)  # lost, the facts are said twice, and nobody minds

    async def unsent(self, collection: str, *, saved_before: datetime, limit: int) -> list[str]:
        """List documents with something in the outbox."""
        rows = self._file.read(
            "SELECT id FROM documents WHERE collection = ? AND outbox != '[]' AND saved_at <= ?"
            " ORDER BY saved_at LIMIT ?",
            (collection, stamp_of(saved_before), limit),
        )
        return [str(row[0]) for row in rows]

    async def due(self, collection: str, *, by: datetime, limit: int) -> list[str]:
        """List documents to wake."""
        rows = self._file.read(
            "SELECT id FROM documents WHERE collection = ? AND due IS NOT NULL AND due <= ? ORDER BY due, id LIMIT ?",
            (collection, stamp_of(by), limit),
        )
        return [str(row[0]) for row in rows]

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
        conditions, parameters = self._conditions(collection, where or {})
        # One lower bound only: of two, SQLite seeks by the first and reads every row up to the other.
        conditions += " AND id > ?" if after >= prefix else " AND id >= ?"
        parameters.append(max(after, prefix))
        if prefix:
            conditions += " AND id < ?"
            parameters.append(prefix[:-1] + chr(ord(prefix[-1]) + 1))
        rows = self._file.read(f"{_SELECT} WHERE {conditions} ORDER BY id LIMIT ?", (*parameters, limit))
        return [_document(row) for row in rows]

    async def count(self, collection: str, *, where: Mapping[str, str] | None = None) -> int:
        """Count matching documents."""
        conditions, parameters = self._conditions(collection, where or {})
        return int(self._file.read(f"SELECT count(*) FROM documents WHERE {conditions}", parameters)[0][0])  # noqa: S608 - field names are ours

    async def close(self) -> None:
        """Close the file."""
        await self._file.close()

    def _conditions(self, collection: str, where: Mapping[str, str]) -> tuple[str, list[object]]:
        # The collection is written literally, so that SQLite sees that the partial indexes apply.
        conditions, parameters = f"collection = '{_checked(collection)}'", list[object]()
        together = (collection, frozenset(where)) in self._together
        for place, (field, value) in enumerate(where.items()):
            # Of several indexes SQLite takes any; a plus keeps it from all but that of the field that was named first.
            plus = "" if together or place == 0 else "+"
            conditions += f" AND {plus}json_extract(fields, '$.{_checked(field)}') = ?"
            parameters.append(value)
        return conditions, parameters


_SELECT: Final = "SELECT id, version, state, spoken, heard, outbox, due, fields FROM documents"
_INSERT: Final = (
    "INSERT OR IGNORE INTO documents (version, state, spoken, heard, outbox, due, fields, saved_at, collection, id)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_INSERT_BY_ID: Final = f"{_INSERT.replace(' OR IGNORE', '')} ON CONFLICT (collection, id) DO NOTHING"
_UPDATE: Final = (
    "UPDATE documents SET version = ?, state = ?, spoken = ?, heard = ?, outbox = ?, due = ?, fields = ?, saved_at = ?"
    " WHERE collection = ? AND id = ? AND version = ?"
)


def _create_index(connection: sqlite3.Connection, collection: str, fields: Sequence[str], *, unique: bool) -> None:
    name = "_".join(("documents", collection.replace(".", "_"), *fields))
    columns = ", ".join(f"json_extract(fields, '$.{_checked(field)}')" for field in fields)
    kind = "UNIQUE INDEX" if unique else "INDEX"
    connection.execute(f"CREATE {kind} IF NOT EXISTS {name} ON documents ({columns}) WHERE collection = '{collection}'")


def _checked(name: str) -> str:
    if not name.replace(".", "").replace("_", "").isalnum():
        raise ValueError(f"{name!r} is no field or collection name: letters, digits, dots and underscores only")
    return name


def _values(document: Document) -> tuple[object, ...]:
    return (
        document.version,
        document.state,
        document.spoken,
        to_json(document.heard).decode(),
        to_json([fact.decode() for fact in document.outbox]).decode(),
        None if document.due is None else stamp_of(document.due),
        to_json(document.fields).decode(),
        time.time_ns() // 1000,
    )


def _document(row: Sequence[Any]) -> Document:
    document_id, version, state, spoken, heard, outbox, due, fields = row
    return Document(
        id=document_id,
        version=version,
        state=state,
        spoken=spoken,
        heard=from_json(heard),
        outbox=tuple(fact.encode() for fact in from_json(outbox)),
        due=None if due is None else moment_of(due),
        fields=from_json(fields),
    )
