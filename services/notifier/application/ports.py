"""What the notifier needs from outside: channels, texts, and the addresses that only their owners keep."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from shared.contracts.notices import RecipientKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """How to reach a person. Lives only while one message is sent; never stored, never logged."""

    language: Literal["zh", "en"]
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message on its way out. `attempt` is the channel's idempotency key."""

    attempt: str
    notice: str
    recipient: str
    language: Literal["zh", "en"]
    subject: str
    text: str
    at: datetime
    address: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What the channel said. `reason` is shown to people and must carry no address."""

    kind: Literal["sent", "delayed", "failed", "unknown"]
    reason: str = ""


Outcome = Literal["sent", "not_sent", "unknown"]


class Channel(Protocol):
    """A way to reach people."""

    @property
    def name(self) -> str:
        """What facts and metrics call it."""
        ...

    async def send(self, letter: Letter) -> Result:
        """Hand the letter over. If it cannot be told whether it went out, the result is `unknown`."""
        ...

    async def outcome(self, attempt: str) -> Outcome:
        """After a crash: say what became of the attempt."""
        ...


class Contacts(Protocol):
    """The owners of people's addresses."""

    async def of(self, kind: RecipientKind, recipient: str) -> Contact | None:
        """Ask for a contact; None if the owner does not know the person.

        Raises
        ------
        NotNow
            If the owner is away.
        """
        ...


class Texts(Protocol):
    """The words of every message in both languages."""

    def text(self, template: str, language: str, params: Mapping[str, str]) -> str:
        """Write the message."""
        ...

    def subject(self, language: str, params: Mapping[str, str]) -> str:
        """Write the line above it, for channels that have one."""
        ...
