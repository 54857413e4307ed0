"""Three different noes: an answer to a person, a message that is broken for good, and 'not now'."""

from dataclasses import dataclass


@dataclass(unsafe_hash=True)  # not frozen: Python and context managers write the traceback into what is raised
class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A rule said no. It is an answer for a person, never a fault of the system.

    `code` is stable and machine-readable (`need.already_closed`); `zh` and `en` say what happened and what to do.
    """

    code: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.code}: {self.en}"


class Unprocessable(Exception):  # noqa: N818 - reads as a sentence: 'this message is unprocessable'
    """A message can never be handled; it goes to the dead letters and is not tried again."""


class NotNow(Exception):  # noqa: N818 - reads as a sentence: 'not now'
    """Something needed is away (database, broker, a peer); the same message will work later."""
