"""The embedded log: one table of messages and one of consumer positions in the same SQLite file.

It exists so that one computer needs nothing else, and does not grow features that Kafka has. One partition; the
order of the whole log is the order of `position`.
"""

import asyncio
import json
import logging
import sqlite3
from collections.abc import Sequence
from typing import Final

from shared.kernel.refusals import NotNow
from shared.runtime.consume import Consumer
from shared.runtime.log import Outgoing, Record, Subscription
from shared.runtime.requests_first import RequestsFirst
from shared.runtime.sqlite import SqliteFile

BATCH: Final = 200
_FEW: Final = 5  # a few facts hold the loop for some tens of milliseconds
_MOST_BESIDE_REQUESTS: Final = 50  # somebody may come in the middle of a batch
_RETRY_S: Final = 1.0
_LOOK_EVERY_S: Final = 2.0

logger = logging.getLogger(__name__)


class SqliteLog:
    """A durable log in a `SqliteFile`."""

    def __init__(self, file: SqliteFile) -> None:
        self._file = file
        self._grown = asyncio.Condition()
        self._ends: dict[str, int] = {}  # newest position per topic
        self._looked_to = 0

    async def prepare(self, topics: Sequence[str]) -> None:  # noqa: ARG002 - a topic is only a column here
        """Create the two tables."""

        def create(connection: sqlite3.Connection) -> None:
            connection.execute(
                "CREATE TABLE IF NOT EXISTS facts (position INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL,"
                " key TEXT NOT NULL, body BLOB NOT NULL, headers TEXT NOT NULL)"
            )
            connection.execute(
                "CREATE TABLE IF NOT EXISTS positions (consumer TEXT PRIMARY KEY, position INTEGER NOT NULL)"
            )
            connection.execute("CREATE INDEX IF NOT EXISTS facts_topic ON facts (topic, position)")

        await self._file.write(create)
        self.look()

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Append the messages in one transaction and wake the followers."""
        rows = [(message.topic, message.key, message.body, json.dumps(message.headers)) for message in messages]

        def append(connection: sqlite3.Connection) -> dict[str, int]:
            ends: dict[str, int] = {}
            for row in rows:
                sql = "INSERT INTO facts (topic, key, body, headers) VALUES (?, ?, ?, ?)"
                ends[row[0]] = int(connection.execute(sql, row).lastrowid or 0)
            return ends

        # Not flushed: a fact is durable in its outbox, a dead letter's original lies before the consumer's position.
        ends = await self._file.write(append, one_statement=len(rows) == 1, flush=False)
        async with self._grown:
            for topic, position in ends.items():
                self._ends[topic] = max(position, self._ends.get(topic, 0))
            self._grown.notify_all()

    async def read(self, topic: str, *, limit: int = 1000) -> list[Record]:
        """Read a topic from its beginning."""
        return self._rows((topic,), after=0, limit=limit)

    def end_of(self, topics: Sequence[str]) -> int:
        """Give the position of the newest message on any of the topics, 0 if there is none."""
        return max((self._ends.get(topic, 0) for topic in topics), default=0)

    def position_of(self, consumer: str) -> int:
        """Give how far the consumer has come."""
        rows = self._file.read("SELECT position FROM positions WHERE consumer = ?", (consumer,))
        return int(rows[0][0]) if rows else 0

    async def commit(self, consumer: str, position: int) -> None:
        """Remember how far the consumer has come."""

        def upsert(connection: sqlite3.Connection) -> None:
            connection.execute(
                "INSERT INTO positions VALUES (?, ?) ON CONFLICT (consumer) DO UPDATE SET position = excluded.position",
                (consumer, position),
            )

        await self._file.write(upsert, one_statement=True, flush=False)

    async def wait_beyond(self, topics: Sequence[str], position: int) -> None:
        """Return once one of the topics holds a message after the position."""
        while self.end_of(topics) <= position:
            try:
                async with asyncio.timeout(_LOOK_EVERY_S), self._grown:
                    await self._grown.wait_for(lambda: self.end_of(topics) > position)
            except TimeoutError:
                self.look()

    def look(self) -> None:
        """Notice what another process wrote into the file, for example a dead letter that was sent again."""
        sql = "SELECT topic, max(position) FROM facts WHERE position > ? GROUP BY topic"
        for topic, position in self._file.read(sql, (self._looked_to,)):
            self._ends[topic] = max(int(position), self._ends.get(topic, 0))
            self._looked_to = max(self._looked_to, int(position))

    def batch(self, topics: Sequence[str], *, after: int, limit: int = BATCH) -> list[Record]:
        """Read the next messages of the topics."""
        return self._rows(topics, after=after, limit=limit)

    async def close(self) -> None:
        """Do nothing: the file belongs to whoever opened it."""

    def _rows(self, topics: Sequence[str], *, after: int, limit: int) -> list[Record]:
        rows = self._file.read(
            "SELECT topic, position, key, body, headers FROM facts"  # noqa: S608 - question marks only
            f" WHERE topic IN ({_marks(topics)}) AND position > ? ORDER BY position LIMIT ?",
            (*topics, after, limit),
        )
        return [
            Record(
                topic=topic,
                partition=0,
                offset=position,
                key=key.encode(),
                body=body,
                headers=tuple((name, value) for name, value in json.loads(headers)),
            )
            for topic, position, key, body, headers in rows
        ]


class Follower:
    """Feeds one subscription from the SQLite log, batch by batch, from where it stopped last time.

    Parameters
    ----------
    after
        Whose requests go first; None where nobody waits at a screen, and batches are as large as they can be.
    """

    def __init__(
        self, log: SqliteLog, subscription: Subscription, consumer: Consumer, *, after: RequestsFirst | None = None
    ) -> None:
        self._log = log
        self._after = after
        self._came = 0
        self._size = _FEW
        self._topics = subscription.topics
        self._name = f"{subscription.group}:{'+'.join(subscription.topics)}"
        self._position = log.position_of(self._name)
        self._consumer = consumer

    @property
    def consumer(self) -> Consumer:
        """Who keeps the failure rule for this feed."""
        return self._consumer

    @property
    def assigned(self) -> bool:
        """Say yes: the one partition has one reader."""
        return True

    async def run(self) -> None:
        """Follow the log until cancelled, or until the consumer gives up and raises."""
        while True:
            try:
                await self._log.wait_beyond(self._topics, self._position)
                self._consumer.polled()
                await self._handle_next()
            except NotNow as error:  # the file, not the handler: `Consumer` waits for those itself
                logger.warning("runtime.follower_delayed", extra={"feed": self._name, "reason": str(error)})
                await asyncio.sleep(_RETRY_S)

    async def lag(self) -> int:
        """Positions between the end of the topics and what was handled and committed; 0 when all is done."""
        return max(0, self._log.end_of(self._topics) - self._position)

    async def _handle_next(self) -> None:
        limit = BATCH
        if self._after is not None:
            await self._after.after_you()
            limit = self._as_many_beside(self._after.came)
        records = self._log.batch(self._topics, after=self._position, limit=limit)
        await self._consumer.handle(records)
        await self._log.commit(self._name, records[-1].offset)
        self._position = records[-1].offset

    def _as_many_beside(self, came: int) -> int:
        """Give the size of a batch: few while people come, twice as many each time that nobody came in between."""
        self._size = min(self._size * 2, _MOST_BESIDE_REQUESTS) if self._came == came else _FEW
        self._came = came
        return self._size


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))
