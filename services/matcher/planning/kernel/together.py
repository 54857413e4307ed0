"""One or several searches of one board, each on a core of its own, that go on from each other's good routes.

First the board is cooled down a few times from hot, which gives plans that are good in different places. Then every
cooling begins with a plan of their best routes (offspring.py), shorter and cooler; after each one the routes of all are
put together (combined.py).
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Self

import numpy as np

from services.matcher.planning.kernel.combined import Pool, combine, frame_of, pool_of
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import Tuning
from services.matcher.planning.kernel.offspring import child_of
from services.matcher.planning.kernel.search import FOREVER, Search

ROUNDS, GROWTH = 1 / 12, 2.5  # a cooling from hot of J jobs takes ROUNDS * J ** GROWTH rounds, if there are so many
FEWEST = 4.0  # so many of these have to fit into a budget, or they are shorter
SHORT = 0.6  # the length of a later cooling, in coolings from hot
LAST = 1.5  # what is left is one cooling if it is shorter than so many
MARGIN = 1.5  # so much longer than the longest so far may the next combination take
MOST = 0.5  # of what is left of the time, for combining
TRIED = 2  # rounds of a cooling for each route that is tried


def best_of(searches: Sequence[Search]) -> Search:
    """Return the search with the cheapest plan; of equals the first."""
    return min(searches, key=lambda search: search.best_cost)


def for_rounds(searches: Sequence[Search], rounds: int, tuning: Tuning) -> None:
    """Search for so many rounds each; the same seeds give the same tours."""
    with Team(searches, tuning) as team:
        left, hot = rounds, min(team.rounds, rounds / FEWEST)
        while left > 0:
            length = max(1, int(hot * team.share))
            if left < LAST * length:
                length = left
            team.cool(length)
            left -= length
            team.put_together(length, breed=left > 0)


def until(searches: Sequence[Search], end: float, tuning: Tuning) -> None:
    """Search until a reading of `perf_counter`."""
    with Team(searches, tuning) as team:
        longest, budget, last = 0.0, end - perf_counter(), False
        while not last and (left := end - (now := perf_counter())) > 0:
            affordable = MARGIN * longest < MOST * left
            kept = MARGIN * longest if affordable else 0.0
            span, length = team.share * budget / FEWEST, max(1, int(team.rounds * team.share))
            last = left - kept < LAST * min(span, length * searches[0].pace)
            before = searches[0].rounds
            team.cool(FOREVER if last else length, end - kept if last else now + min(span, left - kept))
            if affordable and not (last and longest == 0.0):
                now = perf_counter()
                team.put_together(searches[0].rounds - before, breed=not last)
                longest = max(longest, perf_counter() - now)


class Team:
    """Searches side by side, and the best plan that any of them has found; one of them has it in the end."""

    def __init__(self, searches: Sequence[Search], tuning: Tuning) -> None:
        self._searches, self._tuning = searches, tuning
        self._dice = [np.random.default_rng(int(one.memory.dice[0])) for one in searches]
        self._frame = frame_of(searches[0].board)
        self._threads = ThreadPoolExecutor(len(searches))
        self._cooled, self._bred = 0, False
        self._best: Array = best_of(searches).memory.best.copy()
        self._cost = best_of(searches).best_cost

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown()
        if best_of(self._searches).best_cost > self._cost:
            self._searches[0].take(self._best, self._cost)

    @property
    def rounds(self) -> float:
        """Of a cooling from hot."""
        return float(max(1.0, ROUNDS * len(self._searches[0].board.jobs) ** GROWTH))

    @property
    def share(self) -> float:
        """The length of the next cooling, in coolings from hot."""
        return SHORT if self._bred else 1.0

    def cool(self, rounds: int, end: float | None = None) -> None:
        """Let every search cool down once."""
        start = self._tuning.again if self._bred else self._tuning.start
        alone, *others = self._searches
        running = [self._threads.submit(one.cool, rounds, self._tuning, start=start, end=end) for one in others]
        alone.cool(rounds, self._tuning, start=start, end=end)
        for one in running:
            one.result()
        self._cooled, self._bred = self._cooled + 1, False
        self._note_best()

    def put_together(self, rounds: int, *, breed: bool) -> None:
        """Make a better plan of the routes of all, if there is one; and new ones to go on from."""
        if self._searches[0].memory.now[0]["least_kept"] > 0 or len(self._frame.jobs) == 0:
            return  # another plan may move too many
        pool = pool_of(self._searches, self._frame)
        limit, promising = rounds // TRIED, self._tuning.promising
        plan, reduced = combine(self._searches, pool, self._cost, limit=limit, promising=promising)
        if plan is not None:
            max(self._searches, key=lambda search: search.best_cost).begin(plan)
            self._note_best()
        ripe = self._cooled >= self._tuning.hot and len(pool.cost) > len(self._frame.leads)  # some routes were kept
        if breed and ripe and (self._cooled % 2 == 0 or not self._leaves_out()):
            self._breed(pool, reduced)

    def _leaves_out(self) -> bool:
        """Whether the best plan does not do all that somebody may do: for the last ones it has to be hot again."""
        nodes, most = self._searches[0].board.nodes, self._best.shape[1]
        on = self._best[:, 1:][np.arange(1, most) <= self._best[:, :1]]
        return len(np.unique(nodes["job"][on])) < len(self._frame.jobs)

    def _breed(self, pool: Pool, reduced: Array) -> None:
        children = [child_of(self._searches, pool, reduced, self._best, dice) for dice in self._dice]
        for search, child in zip(self._searches, children, strict=True):
            search.begin(child)
        self._bred = True

    def _note_best(self) -> None:
        best = best_of(self._searches)
        if best.best_cost < self._cost:
            self._best, self._cost = best.memory.best.copy(), best.best_cost
