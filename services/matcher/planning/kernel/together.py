"""One or several searches of one board, each on a core of its own, that put together the routes they find."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

from services.matcher.planning.kernel.combined import combine
from services.matcher.planning.kernel.cooling import Tuning
from services.matcher.planning.kernel.search import Search

MARGIN = 1.5  # so much longer than the longest so far may the next combination take
MOST = 0.25  # of what is left of the time, for combining
ROUNDS, GROWTH = 1 / 20, 2.5  # one cooling of J jobs takes ROUNDS * J ** GROWTH rounds, if there are so many
FEWEST = 2  # coolings
SPEED = 100_000  # rounds a second, about, where every job is a visit
TRIED = 2  # rounds of a cooling for each route that is tried


def best_of(searches: Sequence[Search]) -> Search:
    """Return the search with the cheapest plan; of equals the first."""
    return min(searches, key=lambda search: search.best_cost)


def coolings_of(rounds: float, jobs: int, tuning: Tuning) -> int:
    """Choose how often to cool down: few long coolings of a large board are better than many that are too short.

    Measured: boards of 60 jobs end best after six coolings of 1,500 rounds or more, of 240 jobs after two or three, of
    480 jobs after one or two, in 150,000 rounds. Two leave something to combine.
    """
    enough = int(rounds / (ROUNDS * max(1, jobs) ** GROWTH))
    return min(tuning.coolings, max(FEWEST, enough))


def for_rounds(searches: Sequence[Search], rounds: int, tuning: Tuning) -> None:
    """Search for so many rounds each; the same seeds give the same tours."""
    with ThreadPoolExecutor(len(searches)) as threads:
        coolings = coolings_of(rounds, len(searches[0].board.jobs), tuning)
        for _ in range(coolings):
            list(threads.map(lambda search: search.for_rounds(rounds // coolings, tuning), searches))
            _combine(searches, rounds // coolings, tuning)


def until(searches: Sequence[Search], end: float, tuning: Tuning) -> None:
    """Search until a reading of `perf_counter`."""
    longest = 0.0
    with ThreadPoolExecutor(len(searches)) as threads:
        coolings = coolings_of(SPEED * (end - perf_counter()), len(searches[0].board.jobs), tuning)
        for done in range(1, coolings + 1):
            now, before, last = perf_counter(), searches[0].rounds, done == coolings
            kept = MARGIN * longest
            affordable = kept < MOST * (end - now) and not (last and longest == 0.0)
            stop = now + (end - now - (kept if affordable else 0.0)) / (coolings - done + 1)
            list(threads.map(lambda search: search.until(stop, tuning), searches))  # noqa: B023 - it ends here
            if affordable:
                now = perf_counter()
                _combine(searches, searches[0].rounds - before, tuning)
                longest = max(longest, perf_counter() - now)


def _combine(searches: Sequence[Search], rounds: int, tuning: Tuning) -> None:
    """Let the worst search go on with a plan made of the routes of all, if there is a better one."""
    best, worst = best_of(searches), max(searches, key=lambda search: search.best_cost)
    if best.memory.now[0]["least_kept"] > 0:
        return  # a combined plan may move too many
    memories, limit = [one.memory for one in searches], rounds // TRIED
    plan = combine(best.board, memories, best.best_cost, limit=limit, promising=tuning.promising)
    if plan is not None:
        known, cost = worst.memory.best.copy(), worst.best_cost
        if not worst.begin(plan) or worst.best_cost > cost:
            worst.begin(known)
