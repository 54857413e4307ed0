"""The port to the log of facts, and how a service says what it wants to hear."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.contracts.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A message on its way to a topic. `body` is a fact as JSON, or the body of a dead letter."""

    topic: str
    key: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A message as it lies in the log, not yet understood."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A fact and where in the log it lies."""

    fact: Fact
    topic: str
    partition: int
    offset: int


Handler = Callable[[Sequence[Received]], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """What a service hears. Declared as data; `attach` (Kafka) and `follow` (SQLite) feed the same handler.

    The handler gets up to 200 facts in the order of the log, per area. It must be idempotent, may raise `NotNow`
    (tried again in place, order kept) and must not raise anything else.
    """

    topics: tuple[str, ...]
    group: str  # the service's name
    handler: Handler


class Log(Protocol):
    """Where facts are written."""

    async def publish(self, messages: Sequence[Outgoing]) -> None:
        """Write the messages durably, in order.

        Raises
        ------
        NotNow
            If the log is away; any prefix of the messages may have been written.
        """
        ...

    async def prepare(self, topics: Sequence[str]) -> None:
        """Create missing topics. Safe to call at every start."""
        ...

    async def read(self, topic: str, *, limit: int = 1000) -> list[Record]:
        """Read a topic from its beginning without being a consumer: for dead letters and inspection."""
        ...

    async def close(self) -> None:
        """Flush and disconnect."""
        ...
