"""What a power loss may take away: only what can be done again, and never something before what was promised."""

import asyncio
import sqlite3
import threading
from pathlib import Path
from typing import Literal

import pytest

from shared.runtime.sqlite import SqliteFile

FLUSHED, NOT_FLUSHED, LEFT_TO_THE_SYSTEM = 2, 1, 0  # SQLite's own numbers of FULL, NORMAL and OFF


def how_safe(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA synchronous").fetchone()[0])


@pytest.mark.parametrize(
    ("survive", "promised", "otherwise"),
    [("power_loss", FLUSHED, NOT_FLUSHED), ("process_crash", LEFT_TO_THE_SYSTEM, LEFT_TO_THE_SYSTEM)],
)
async def test_a_write_is_flushed_as_promised_and_one_that_can_be_repeated_is_not(
    tmp_path: Path, survive: Literal["power_loss", "process_crash"], promised: int, otherwise: int
) -> None:
    file = SqliteFile(tmp_path / "x.sqlite", survive=survive)
    try:
        assert await file.write(how_safe) == promised
        assert await file.write(how_safe, flush=False) == otherwise
        assert await file.write(how_safe) == promised
    finally:
        await file.close()


async def test_one_promise_among_the_writes_of_a_transaction_flushes_all_of_them(tmp_path: Path) -> None:
    file, begun, gate = SqliteFile(tmp_path / "x.sqlite"), threading.Event(), threading.Event()

    def hold(_: sqlite3.Connection) -> None:
        begun.set()
        gate.wait()

    try:
        held = asyncio.ensure_future(file.write(hold, flush=False))
        await asyncio.to_thread(begun.wait)  # what comes now shares the next transaction
        together = [asyncio.ensure_future(file.write(how_safe, flush=flush)) for flush in (False, True, False)]
        await asyncio.sleep(0)
        gate.set()
        await held
        assert await asyncio.gather(*together) == [FLUSHED] * 3
    finally:
        gate.set()
        await file.close()


async def test_a_single_statement_that_fails_leaves_its_neighbours_alone(tmp_path: Path) -> None:
    file = SqliteFile(tmp_path / "x.sqlite")
    try:
        await file.write(lambda connection: connection.execute("CREATE TABLE t (n INTEGER PRIMARY KEY)") and None)

        def insert(number: int) -> "asyncio.Future[None]":
            def job(connection: sqlite3.Connection) -> None:
                connection.execute("INSERT INTO t VALUES (?)", (number,))

            return asyncio.ensure_future(file.write(job, one_statement=True))

        results = await asyncio.gather(insert(1), insert(1), insert(2), return_exceptions=True)
        assert [type(result) for result in results] == [type(None), sqlite3.IntegrityError, type(None)]
        assert file.read("SELECT n FROM t ORDER BY n") == [(1,), (2,)]
    finally:
        await file.close()
