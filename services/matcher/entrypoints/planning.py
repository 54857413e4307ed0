"""Plans whole boards in the background: at each kitchen's cut-off, when a dispatcher asks, a little after events."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.matcher.application.improving import AdoptSolved, draw_whole
from services.matcher.application.ports import Solver, SolverFailed
from services.matcher.application.travel_book import TravelBook
from services.matcher.domain.board import Board
from services.matcher.domain.commands import Command, Tick
from services.matcher.domain.rules import Rules
from services.matcher.entrypoints.boards import Boards
from services.matcher.metrics import MatcherMetrics
from shared.contracts.dispatch import RoutePlanned
from shared.kernel.refusals import NotNow
from shared.runtime.aggregates import Told

_PAUSE = timedelta(seconds=2)  # between two improvements of one board: events come in groups

logger = logging.getLogger(__name__)


class Planning:
    """A worker: one board after the other, never inside a handler.

    Cut-offs are not kept in the document: they are read off the board whenever it changes, and planning once more
    after a restart does no harm.
    """

    def __init__(  # noqa: PLR0913 - a planner needs boards, a solver, and the rules of when
        self,
        boards: Boards,
        solver: Solver,
        *,
        rules: Rules,
        book: TravelBook,
        cut_off: timedelta,
        metrics: MatcherMetrics,
        alone: bool,
        improves: bool = False,
    ) -> None:
        self._boards = boards
        self._solver = solver
        self._rules = rules
        self._book = book
        self._cut_off = cut_off
        self._metrics = metrics
        self._alone = alone
        self._improves = improves
        self._improve_from: dict[str, datetime] = {}
        self._rested: dict[str, datetime] = {}
        self._asked: dict[str, None] = {}
        self._cut_offs: dict[str, set[datetime]] = defaultdict(set)
        self._planned: dict[str, datetime] = {}
        self._changed = asyncio.Event()
        self._busy = True  # until the boards that were there before the start have been looked at
        boards.watchers.append(self.noticed)

    def noticed(self, board: Board, told: Sequence[Command] = ()) -> None:
        """Look for cut-offs that are still to come, and remember that something other than our own plans happened."""
        since = self._planned.get(board.id)
        moments = {moment for moment in self._moments(board) if since is None or moment > since}
        if moments != self._cut_offs.get(board.id, set()):
            self._cut_offs[board.id] = moments
            self._changed.set()
        ours = bool(told) and all(isinstance(one, AdoptSolved) for one in told)
        if self._improves and board.id not in self._improve_from and not ours:
            now = self._boards.clock.now()
            self._improve_from[board.id] = max(now, self._rested.get(board.id, now))
            self._changed.set()

    def _moments(self, board: Board) -> Iterator[datetime]:
        now = self._boards.clock.now()
        for canteen in board.canteens.values():
            for batch in canteen.batches:
                if batch.ready_at > now and (canteen.closed_from is None or batch.ready_at < canteen.closed_from):
                    yield batch.ready_at - self._cut_off

    def ask(self, area: str) -> None:
        """Plan this board as soon as possible."""
        self._asked[area] = None
        self._changed.set()

    async def idle(self) -> bool:
        """Say whether nothing is to be planned at the clock's present moment."""
        return not self._busy and not self._asked and not self._due() and not self._changed_long_enough()

    async def run(self) -> None:
        """Plan until cancelled."""
        try:
            await self._look_around()
            self._busy = False
            while True:
                self._changed.clear()
                await self._plan_what_is_due()
                await self._wait()
        finally:
            self._solver.close()

    async def _look_around(self) -> None:
        """Look at all boards once; in the distributed mode others may hold them, and ours are seen as they change."""
        after = ""
        while self._alone:
            aggregates = self._boards.aggregates
            documents = await self._boards.page_of_boards(after)
            for document in documents:
                self.noticed(aggregates.read(document))
            if not documents:
                return
            after = documents[-1].id

    def _due(self) -> list[str]:
        now = self._boards.clock.now()
        return sorted(area for area, moments in self._cut_offs.items() if any(moment <= now for moment in moments))

    def _changed_long_enough(self) -> list[str]:
        now = self._boards.clock.now()
        return sorted(area for area, moment in self._improve_from.items() if moment <= now)

    async def _plan_what_is_due(self) -> None:
        whole = dict.fromkeys((*self._asked, *self._due()))
        for area in dict.fromkeys((*whole, *self._changed_long_enough())):
            self._busy = True
            self._improve_from.pop(area, None)
            try:
                await self._plan(area, whole=area in whole)
            except NotNow as error:
                logger.warning("matcher.plan_delayed", extra={"area": area, "reason": str(error)})
                if self._improves:
                    self._improve_from[area] = self._boards.clock.now()
            finally:
                self._rest(area)
                if area in whole:
                    self._done_with(area)
                self._busy = False

    def _rest(self, area: str) -> None:
        """Leave a pause before this board is improved again, also for what has happened meanwhile."""
        self._rested[area] = self._boards.clock.now() + _PAUSE
        if area in self._improve_from:
            self._improve_from[area] = self._rested[area]

    def _done_with(self, area: str) -> None:
        now = self._boards.clock.now()
        self._planned[area] = now
        self._asked.pop(area, None)
        self._cut_offs[area] = {moment for moment in self._cut_offs[area] if moment > now}

    async def _plan(self, area: str, *, whole: bool) -> None:
        board = await self._boards.aggregates.look(area)
        if board is None:
            return
        drawing = draw_whole(board, self._rules, Tick(at=self._boards.clock.now()), self._book)
        if not drawing.problem.jobs or not drawing.problem.volunteers:
            return
        started = time.perf_counter()
        try:
            ask = self._solver.solve if whole else self._solver.improve
            plan = await ask(drawing.problem, drawing.present)
        except SolverFailed as error:
            self._metrics.plans.labels("failed").inc()
            logger.warning("matcher.plan_failed", extra={"area": area, "reason": str(error)})
            return
        if whole:
            self._metrics.plan_seconds.observe(time.perf_counter() - started)
        at = self._boards.clock.now()
        command: Command = AdoptSolved(at=at, plan=plan)
        outcomes = await self._boards.step_each({area: [Told(command=command, at=at)]})
        adopted = any(isinstance(fact.data, RoutePlanned) for fact in outcomes[area].facts)
        yes, no = ("adopted", "kept_present") if whole else ("improved", "not_improved")
        self._metrics.plans.labels(yes if adopted else no).inc()

    async def _wait(self) -> None:
        """Wait until somebody asks, a board changes, or the next moment comes."""
        moments = [moment for moments in self._cut_offs.values() for moment in moments]
        moments += self._improve_from.values()
        waits: list[asyncio.Future[Any]] = [asyncio.ensure_future(self._changed.wait())]
        if moments:
            waits.append(asyncio.ensure_future(self._boards.clock.wait_until(min(moments))))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
