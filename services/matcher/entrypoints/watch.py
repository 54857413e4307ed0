"""Checks on a schedule that every board keeps its promises; a broken one is counted and logged, never repaired here."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final

from services.matcher.domain.board import Board
from services.matcher.domain.commands import Command
from services.matcher.domain.invariants import Broken, broken
from services.matcher.entrypoints.boards import Boards
from services.matcher.metrics import MatcherMetrics

_GRACE: Final = timedelta(minutes=2)

logger = logging.getLogger(__name__)


class Watch:
    """A worker that looks at the boards this process has seen."""

    def __init__(
        self, boards: Boards, *, due: Callable[[Board], datetime | None], every: timedelta, metrics: MatcherMetrics
    ) -> None:
        self._boards = boards
        self._due = due
        self._every = every
        self._metrics = metrics
        self._seen: dict[str, Board] = {}
        self._latest: dict[str, datetime | None] = {}
        self._late: dict[str, datetime] = {}  # what was overdue at the last check: twice in a row is one too many
        boards.watchers.append(self.noticed)

    def noticed(self, board: Board, _told: Sequence[Command] = ()) -> None:
        """Remember the latest state of a board."""
        self._seen[board.id] = board

    async def idle(self) -> bool:
        """Say yes: watching changes nothing."""
        return True

    async def run(self) -> None:
        """Check until cancelled."""
        while True:
            await self._boards.clock.wait_until(self._boards.clock.now() + self._every)
            self.check()
            await asyncio.sleep(0)

    def _overdue(self) -> list[Broken]:
        now, before = self._boards.clock.now(), self._late
        self._late = {area: at for area, at in self._latest.items() if at is not None and at + _GRACE < now}
        return [
            Broken(invariant="nothing_is_overdue", where=f"{area}: due {at.isoformat()}")
            for area, at in self._late.items()
            if before.get(area) == at
        ]

    def check(self) -> int:
        """Check every board that changed since the last time; give how many promises are broken."""
        seen, self._seen = self._seen, {}
        found = [one for board in seen.values() for one in broken(board)]
        self._latest |= {area: self._due(board) for area, board in seen.items()}
        found += self._overdue()
        for one in found:
            self._metrics.violations.labels(one.invariant).inc()
            logger.error("matcher.invariant_broken", extra={"invariant": one.invariant, "where": one.where})
        return len(found)
