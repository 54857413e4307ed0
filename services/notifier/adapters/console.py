"""The channel that needs nothing: a table that people can read, and a line in the log without personal data."""

import json
import logging
from typing import Final

from services.notifier.application.ports import Letter, Outcome, Result
from shared.runtime.documents import Collection, Document, Documents

OUTGOING: Final = Collection(name="notifier.outgoing")

logger = logging.getLogger(__name__)


class ConsoleChannel:
    """Writes each letter once, under its attempt id, so that it can always tell what it has sent."""

    name = "console"

    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    async def send(self, letter: Letter) -> Result:
        """Put the letter into the table; the same attempt twice is one letter."""
        document = Document(id=letter.attempt, version=1, state=_written(letter))
        if await self._documents.add(OUTGOING.name, [document]):
            logger.info("notifier.letter_written", extra={"notice": letter.notice, "attempt": letter.attempt})
        return Result(kind="sent")

    async def outcome(self, attempt: str) -> Outcome:
        """Look whether the letter is in the table."""
        return "sent" if await self._documents.load(OUTGOING.name, attempt) else "not_sent"


def _written(letter: Letter) -> bytes:
    return json.dumps(
        {
            "notice": letter.notice,
            "recipient": letter.recipient,
            "language": letter.language,
            "text": letter.text,
            "at": letter.at.isoformat(),
        },
        ensure_ascii=False,
    ).encode()
