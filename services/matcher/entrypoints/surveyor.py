"""Surveys areas by a street map or a routing server in the background, so that no decision computes ways itself."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from services.matcher.application.drawing import cells_on
from services.matcher.application.ports import NoWays, TravelSource
from services.matcher.application.surveying import cells_in, survey
from services.matcher.application.travel_book import Page, TravelBook
from services.matcher.domain.commands import Command
from services.matcher.entrypoints.boards import Boards, Commands
from services.matcher.metrics import MatcherMetrics
from services.matcher.planning.travel import Point
from shared.runtime.aggregates import Told

REST_S: Final = 60.0  # a source that could not answer for an area is left alone for so long

logger = logging.getLogger(__name__)


class Surveyor:
    """A worker: before boards decide, it surveys the places that come; what takes too long is swapped in later.

    Parameters
    ----------
    boards, book
        Whose decisions wait, and where pages are swapped in.
    source
        Who knows the ways.
    patience_s
        Wall seconds that a decision waits at most; then it is made by the factor model.
    rest_s
        Wall seconds without a question about an area after the source could not answer.
    """

    def __init__(  # noqa: PLR0913 - two doors to the board, a source, and its limits
        self,
        boards: Boards,
        book: TravelBook,
        source: TravelSource,
        *,
        patience_s: float,
        metrics: MatcherMetrics,
        rest_s: float = REST_S,
    ) -> None:
        self._boards = boards
        self._book = book
        self._source = source
        self._patience_s = patience_s
        self._metrics = metrics
        self._rest_s = rest_s
        self._wanted: dict[str, dict[Point, None]] = {}
        self._changed = asyncio.Event()
        self._answered: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._rests_until: dict[str, float] = {}
        self._refused: defaultdict[str, set[Point]] = defaultdict(set)
        self._said: dict[str, str] = {}
        self._busy = False
        book.missed = self.want
        boards.before = self.prepare

    def want(self, area: str, points: Sequence[Point]) -> None:
        """Note places that should be surveyed; nothing while the source rests, or one of them is off its map."""
        if self._may_know(area, points):
            self._wanted.setdefault(area, {}).update(dict.fromkeys(points))
            self._answered[area].clear()
            self._changed.set()

    async def prepare(self, told: Commands) -> None:
        """Have the places of these boards surveyed before they decide, if it does not take too long."""
        waits = [area for area, ones in told.items() if await self._is_new(area, ones)]
        if not waits:
            return
        try:
            async with asyncio.timeout(self._patience_s):
                await asyncio.gather(*(self._answered[area].wait() for area in waits))
        except TimeoutError:
            self._metrics.travel_surveys.labels("late").inc(len(waits))

    async def _is_new(self, area: str, told: Sequence[Told[Command]]) -> bool:
        if self._rests(area):
            return False
        cells, page = list(cells_in(one.command for one in told)), self._book.surveyed(area)
        whole = page is None or self._refused[area]
        if whole and (board := await self._boards.aggregates.look(area)) is not None:
            cells += cells_on(board)
        points = [(cell.lon, cell.lat) for cell in cells]
        if not self._may_know(area, points) or (page is not None and not page.lacks(points)):
            return False
        self.want(area, points)
        return True

    def _may_know(self, area: str, points: Sequence[Point]) -> bool:
        """Say whether asking is worth while; one place off the map leaves the whole area to the factors anyway."""
        return bool(points) and not self._rests(area) and self._refused[area].isdisjoint(points)

    def _rests(self, area: str) -> bool:
        return time.monotonic() < self._rests_until.get(area, 0.0)

    async def idle(self) -> bool:
        """Say whether nothing is being surveyed."""
        return not self._busy and not self._wanted

    async def run(self) -> None:
        """Survey one area after the other until cancelled."""
        try:
            while True:
                self._changed.clear()
                while self._wanted:
                    area = next(iter(self._wanted))
                    self._busy = True
                    await self._survey(area, list(self._wanted.pop(area)))
                    self._busy = False
                await self._changed.wait()
        finally:
            await self._source.close()

    async def _survey(self, area: str, points: list[Point]) -> None:
        old = self._book.surveyed(area)
        try:
            page = await self._asked(area, old, points)
        except NoWays as error:
            if error.place is not None:
                self._refused[area].add(error.place)
            self._rests_until[area] = time.monotonic() + self._rest_s
            self._metrics.travel_surveys.labels("failed").inc()
            self._say(area, f"detour factors stand in: {error}")
        else:
            self._book.take(area, page)
            self._metrics.travel_surveys.labels("written").inc()
            self._say(area, "")
        if area not in self._wanted:
            self._answered[area].set()

    async def _asked(self, area: str, old: Page | None, points: list[Point]) -> Page:
        """Ask the source; whatever else fails must not end the surveyor, and is told with its traceback."""
        try:
            return await survey(self._source, old, points, self._book.factors.speeds(area))
        except NoWays:
            raise
        except Exception as error:
            logger.exception("matcher.travel_survey_failed", extra={"area": area, "source": self._source.name})
            raise NoWays(f"{type(error).__name__}: {error}") from error

    def _say(self, area: str, reason: str) -> None:
        """Log when it changes, not each time."""
        if self._said.get(area) == reason:
            return
        self._said[area] = reason
        extra = {"area": area, "source": self._source.name, "reason": reason}
        if reason:
            logger.warning("matcher.travel_unknown", extra=extra)
        else:
            logger.info("matcher.travel_surveyed", extra=extra)
