"""The kernel's working memory: tours as they are, as they were, and the best ones so far."""

from typing import NamedTuple

import numpy as np

from services.matcher.planning.kernel.board import NOBODY, Board
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.dice import dice_of

STOP = np.dtype(
    [
        ("node", np.int32),  # NOBODY at the outset and at the end
        ("place", np.int32),
        ("way", np.int32),  # seconds of travel from the stop before
        ("setup", np.int32),  # seconds, if the stop before is another place
        ("start", np.int32),  # moment: earliest start of service
        ("leave", np.int32),  # moment: start + service
        ("latest", np.int32),  # moment: latest start that keeps all later stops in time, hot limits left aside
    ],
    align=True,
)
TOUR = np.dtype(
    [
        ("version", np.int64),  # changes with the sequence; what was priced for it stays true while it lasts
        ("cost", np.int64),  # seconds-equivalent
        ("length", np.int32),  # stops between outset and end
        ("jobs", np.int32),  # finished on it
        ("counted", np.int32),  # of these, for how many the limit of stops holds
        ("hot", np.int32),  # drop-offs with a hot limit
        ("extra", np.int32),  # seconds-equivalent that one more job costs here, wherever it is inserted
    ],
    align=True,
)
PRICE = np.dtype(
    [("version", np.int64), ("delta", np.int32), ("first", np.int16), ("second", np.int16)],
    align=True,
)
NOW = np.dtype(
    [
        ("cost", np.int64),  # of the present tours and what is absent, seconds-equivalent
        ("best", np.int64),  # of the best so far
        ("version", np.int64),  # the last version given to a tour
        ("absent", np.int64),  # how many leads are absent
        ("pool", np.int64),  # how many leads wait to be inserted
        ("tried", np.int64),  # how many of the absent are in the pool
        ("touched", np.int64),  # tours changed in this iteration
        ("open", np.int64),  # tours that are tried
        ("used", np.int64),  # tours with a stop
        ("stops", np.int64),  # stops on all tours
    ],
    align=True,
)


class Memory(NamedTuple):
    """Everything that changes; M is the longest possible tour plus outset and end.

    Parameters
    ----------
    stops, tours
        STOP [K, M], TOUR [K].
    carried, peak
        int32 [K, M, L]: load after each stop, and the most of it from the outset to there.
    tour_of, position
        int32 [J], [N]: whose tour, NOBODY if absent; where on it.
    prices
        PRICE [J, K]: the cheapest insertion of each job into each tour, as far as it is known.
    old_stops, old_tours, old_carried, old_peak, old_portions
        What was there before this iteration, by place in `touched`.
    touched, stamp
        int32 [K]: tours changed in this iteration, and for each tour its place in that list or NOBODY.
    absent, pool, keys
        int32 [J], [J], float64 [J]: leads on no tour; leads to insert, with their sorting keys.
    open
        int32 [K]: tours that insertion looks at; of idle twins one is enough.
    portions
        int64 [batches]: portions left.
    best_nodes, best_length
        int32 [K, M], [K]: the best tours so far.
    trial
        int32 [4, M + 2]: a sequence on trial: node, way with set-up, start, floor (see timing.py).
    spot
        int32 [N]: position on the sequence on trial.
    now
        NOW [1].
    dice
        uint64 [1].
    """

    stops: Array
    tours: Array
    carried: Array
    peak: Array
    tour_of: Array
    position: Array
    prices: Array
    old_stops: Array
    old_tours: Array
    old_carried: Array
    old_peak: Array
    old_portions: Array
    touched: Array
    stamp: Array
    absent: Array
    pool: Array
    keys: Array
    open: Array
    portions: Array
    best_nodes: Array
    best_length: Array
    trial: Array
    spot: Array
    now: Array
    dice: Array


def longest_tour(nodes: int, people: int) -> int:
    """Return how many stops a tour has room for: all of them on small boards, eight fair shares on large ones."""
    return min(nodes, max(256, 8 * nodes // max(people, 1)), 32_000) + 2


def memory_of(board: Board, seed: int) -> Memory:
    """Make room for a board, with nothing on any tour."""
    nodes, jobs, people, loads = len(board.nodes), len(board.jobs), len(board.people), board.loads.shape[1]
    room = longest_tour(nodes, people)
    return Memory(
        stops=np.zeros((people, room), STOP),
        tours=np.zeros(people, TOUR),
        carried=np.zeros((people, room, loads), np.int32),
        peak=np.zeros((people, room, loads), np.int32),
        tour_of=np.full(jobs, NOBODY, np.int32),
        position=np.zeros(nodes, np.int32),
        prices=np.zeros((jobs, people), PRICE),
        old_stops=np.zeros((people, room), STOP),
        old_tours=np.zeros(people, TOUR),
        old_carried=np.zeros((people, room, loads), np.int32),
        old_peak=np.zeros((people, room, loads), np.int32),
        old_portions=board.portions.copy(),
        touched=np.zeros(people, np.int32),
        stamp=np.full(people, NOBODY, np.int32),
        absent=np.zeros(jobs, np.int32),
        pool=np.zeros(jobs, np.int32),
        keys=np.zeros(jobs, np.float64),
        open=np.zeros(people, np.int32),
        portions=board.portions.copy(),
        best_nodes=np.zeros((people, room), np.int32),
        best_length=np.zeros(people, np.int32),
        trial=np.zeros((4, room + 2), np.int32),
        spot=np.zeros(nodes, np.int32),
        now=np.zeros(1, NOW),
        dice=dice_of(seed),
    )
