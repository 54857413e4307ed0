"""The one way to the boards: commands go in, and what they led to is counted and told to the planner."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus

from services.matcher.domain.board import Board
from services.matcher.domain.commands import Command
from services.matcher.metrics import MatcherMetrics
from shared.contracts.dispatch import OfferMade
from shared.contracts.fact import Fact, FactData
from shared.contracts.needs import NeedAccepted, NeedReopened
from shared.kernel.moments import Clock
from shared.runtime.aggregates import Aggregates, Outcome, Told
from shared.runtime.documents import Document, Documents
from shared.runtime.http import ProblemException, refused

Decide = Callable[[Board, Command], Sequence[FactData]]
Commands = Mapping[str, Sequence[Told[Command]]]


def measured(decide: Decide, metrics: MatcherMetrics) -> Decide:
    """Measure how long each decision takes."""

    def decide_and_measure(board: Board, command: Command) -> Sequence[FactData]:
        started = time.perf_counter()
        try:
            return decide(board, command)
        finally:
            metrics.insertion_seconds.observe(time.perf_counter() - started)

    return decide_and_measure


class Boards:
    """All boards of this process."""

    def __init__(
        self,
        aggregates: Aggregates[Board, Command],
        *,
        documents: Documents,
        clock: Clock,
        metrics: MatcherMetrics,
    ) -> None:
        self.aggregates = aggregates
        self._documents = documents
        self.clock = clock
        self._metrics = metrics
        self.watchers: list[Callable[[Board, Sequence[Command]], None]] = []
        self.before: Callable[[Commands], Awaitable[None]] | None = None  # what must be known to decide, looked up

    async def step_each(self, told: Commands) -> Mapping[str, Outcome[Board]]:
        """Tell several boards commands, in order."""
        if self.before is not None:
            await self.before(told)
        outcomes = await self.aggregates.step_each(told)
        for area, outcome in outcomes.items():
            self._look_at(outcome, told[area])
        return outcomes

    async def tell(self, area: str, command: Command) -> Outcome[Board]:
        """Tell one board a command.

        Raises
        ------
        ProblemException
            If a rule said no: 404 for what is not there, 409 for everything else.
        """
        outcomes = await self.step_each({area: [Told(command=command, at=self.clock.now())]})
        outcome = outcomes[area]
        if outcome.refusal is not None:
            unknown = outcome.refusal.code.endswith((".unknown", ".not_on_board"))
            raise refused(outcome.refusal, status=HTTPStatus.NOT_FOUND if unknown else HTTPStatus.CONFLICT)
        return outcome

    async def look(self, area: str) -> Board:
        """Give a board, or answer that there is none."""
        board = await self.aggregates.look(area)
        if board is None:
            raise ProblemException(
                HTTPStatus.NOT_FOUND,
                "area.unknown",
                "Nothing has happened in this area yet; check its code.",
                detail_zh="这个片区还没有任何记录，请检查代码。",
            )
        return board

    async def page_of_boards(self, after: str) -> list[Document]:
        """Read the next boards in the order of their areas."""
        return await self._documents.find(self.aggregates.kind.collection.name, after=after)

    def _look_at(self, outcome: Outcome[Board], told: Sequence[Told[Command]]) -> None:
        board = outcome.state
        if not outcome.facts:
            return
        statuses = [slot.status for _, _, slot in board.slots()]
        self._metrics.open_offers.labels(board.id).set(statuses.count("asked"))
        self._metrics.unplaced.labels(board.id).set(statuses.count("open"))
        self._measure_first_offers(outcome.facts, {one.because.id: one.because for one in told if one.because})
        commands = [one.command for one in told]
        for watcher in self.watchers:
            watcher(board, commands)

    def _measure_first_offers(self, facts: Sequence[Fact], because: Mapping[str, Fact]) -> None:
        for fact in facts:
            cause = because.get(fact.causationid or "")
            if (
                isinstance(fact.data, OfferMade)
                and cause is not None
                and isinstance(cause.data, NeedAccepted | NeedReopened)
                and cause.subject == fact.data.need
            ):
                waited = max(timedelta(0), self.clock.now() - cause.time)
                self._metrics.first_offer_seconds.observe(waited.total_seconds())
