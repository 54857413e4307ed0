"""Takes in what is heard: first the archive, then the pictures; and keeps up with what other replicas archive."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Final

from services.console.adapters.archive import Archive
from services.console.adapters.areas import LiveAreas
from services.console.adapters.books import Books
from services.console.adapters.reading import JustHeard
from services.console.metrics import ConsoleMetrics
from shared.kernel.refusals import NotNow
from shared.runtime.log import Received

_EVERY_S: Final = 1.0

logger = logging.getLogger(__name__)


class Keeper:
    """Handles batches of facts, and works in the background as long as the service runs."""

    def __init__(
        self, archive: Archive, areas: LiveAreas, books: Books, metrics: ConsoleMetrics, *, save_every_s: float
    ) -> None:
        self._archive = archive
        self._areas = areas
        self._books = books
        self._metrics = metrics
        self._save_every_s = save_every_s

    async def keep(self, received: Sequence[Received]) -> None:
        """Archive a batch in one write, then show it."""
        new = await self._archive.add(received)
        self._metrics.archived.inc(new)
        self._metrics.repeated.inc(len(received) - new)
        heard = JustHeard(received)
        await self._areas.catch_up(heard)
        if self._books.opened:
            await self._books.catch_up(heard)

    async def run(self) -> None:
        """Open the books, then follow the archive and save the pictures now and then, until cancelled."""
        saved_at = asyncio.get_running_loop().time()
        try:
            while True:
                await self._follow()
                if asyncio.get_running_loop().time() - saved_at >= self._save_every_s:
                    await self._save()
                    saved_at = asyncio.get_running_loop().time()
                await asyncio.sleep(_EVERY_S)
        finally:
            await self._save()

    async def idle(self) -> bool:
        """Say that nothing is waiting: a batch is shown before it is committed."""
        return True

    async def _follow(self) -> None:
        try:
            await self._areas.catch_up()
            await self._books.catch_up()
        except NotNow as error:
            logger.warning("console.following_delayed", extra={"reason": str(error)})

    async def _save(self) -> None:
        try:
            await self._areas.save()
        except NotNow as error:
            logger.warning("console.saving_delayed", extra={"reason": str(error)})
