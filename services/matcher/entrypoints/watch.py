"""Checks on a schedule that every board keeps its promises; a broken one is counted and logged, never repaired here."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from services.matcher.domain.board import Board
from services.matcher.domain.invariants import broken, nothing_is_overdue
from services.matcher.domain.rules import Rules
from services.matcher.domain.wakes import due
from services.matcher.entrypoints.boards import Boards
from services.matcher.metrics import MatcherMetrics

_GRACE_S: Final = 120.0

logger = logging.getLogger(__name__)


class Watch:
    """A worker that looks at the boards this process has seen."""

    def __init__(self, boards: Boards, *, rules: Rules, every: timedelta, metrics: MatcherMetrics) -> None:
        self._boards = boards
        self._rules = rules
        self._every = every
        self._metrics = metrics
        self._seen: dict[str, Board] = {}
        boards.watchers.append(self.noticed)

    def noticed(self, board: Board) -> None:
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

    def check(self) -> int:
        """Check every board that changed since the last time; give how many promises are broken."""
        seen, self._seen = self._seen, {}
        found = [one for board in seen.values() for one in broken(board)]
        now = self._boards.clock.now()
        for board in seen.values():
            found += nothing_is_overdue(board, due(board, self._rules), now, grace_s=_GRACE_S)
        for one in found:
            self._metrics.violations.labels(one.invariant).inc()
            logger.error("matcher.invariant_broken", extra={"invariant": one.invariant, "where": one.where})
        return len(found)
