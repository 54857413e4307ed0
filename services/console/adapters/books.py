"""Keeps the ledger behind figures and guarantees up to date with the archive, in memory, from the very first fact."""

import asyncio

from services.console.adapters.archive import Archive
from services.console.adapters.reading import JustHeard, Reading
from services.console.domain.ledger import Ledger, write_up


class Books:
    """The ledger of everything in the archive."""

    def __init__(self, archive: Archive) -> None:
        self._reading = Reading(archive)
        self._ledger = Ledger()
        self._lock = asyncio.Lock()
        self.opened = False  # true once everything from before this process's start has been read

    async def catch_up(self, heard: JustHeard | None = None) -> None:
        """Write up everything that the archive holds beyond what was read."""
        async with self._lock:
            async for page in self._reading.on(heard):
                for _, fact in page:
                    write_up(self._ledger, fact)
            self.opened = self.opened or heard is None

    async def ledger(self) -> Ledger:
        """Give the ledger of all facts that are in the archive now."""
        await self.catch_up()
        return self._ledger
