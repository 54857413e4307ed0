"""The kernel's working memory: tours as they are, as they were, and the best ones so far."""

from typing import NamedTuple

import numpy as np

from services.matcher.planning.kernel.board import ANYTIME, NOBODY, PICKUP, Board
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.dice import seed_of

AFTER, MOST = range(2)  # of Memory.carried
LOW = 0xFFFF  # the low bits of a packed price, for stops: none is meant
ROUTES = 8192  # that are kept; a power of two
LONGEST_ROUTE = 64  # stops; with longer ones there is little to combine
NODE_AT, LAG, START, FLOOR = range(4)  # rows of Memory.trial

STOP = np.dtype(
    [
        ("node", np.int32),  # NOBODY at the outset and at the end
        ("place", np.int32),
        ("way", np.int32),  # seconds of travel from the stop before
        ("setup", np.int32),  # seconds, if the stop before is another place
        ("start", np.int32),  # moment: earliest start of service
        ("leave", np.int32),  # moment: start + service
        ("latest", np.int32),  # moment: latest start that keeps all later stops in time
        ("spare", np.int32),  # seconds: how much longer the way to the next stop may take for every hot limit across it
    ],
    align=True,
)
TOUR = np.dtype(
    [
        ("cost", np.int64),  # seconds-equivalent
        ("travel", np.int64),  # seconds
        ("charges", np.int64),  # seconds-equivalent for who does what
        ("length", np.int32),  # stops between outset and end
        ("jobs", np.int32),  # finished on it
        ("counted", np.int32),  # of these, for how many the limit of stops holds
        ("kept", np.int32),  # jobs whose holder this is
        ("hot", np.int32),  # drop-offs with a hot limit
        ("extra", np.int32),  # seconds-equivalent that one more job costs here, wherever it is inserted
    ],
    align=True,
)
LIST = np.dtype(
    [
        ("touched", np.int32),  # the tours changed in this iteration
        ("stamp", np.int32),  # of a tour: its place in that list, NOBODY if it is not changed
        ("unpriced", np.int32),  # tours in which the price of the job in hand is not known
        ("seen", np.int64),  # of a twin number: the sweep in which it was listed
    ],
    align=True,
)
QUEUE = np.dtype(
    [
        ("absent", np.int32),  # leads on no tour
        ("pool", np.int32),  # leads to insert in this iteration
        ("key", np.float64),  # by which the pool is sorted
    ],
    align=True,
)
PRICE = np.dtype(
    [
        ("version", np.int64),  # of the tour that was priced; the price is true as long as the tour has it. Below zero:
        # the price is at least that
        ("packed", np.int64),  # the cheapest insertion, see pricing.py
    ],
    align=True,
)
ROUTE = np.dtype(
    [
        ("key", np.int64),  # of its stops and its person
        ("cost", np.int64),  # seconds-equivalent
        ("person", np.int32),  # number of twins
        ("length", np.int32),  # stops; 0: there is no route here
        ("filled", np.int32),  # besides: the numbers of the slots with a route, as far as there are such
    ],
    align=True,
)
NOW = np.dtype(
    [
        ("cost", np.int64),  # of the present tours and what is absent, seconds-equivalent
        ("best", np.int64),  # of the best so far
        ("version", np.int64),  # the last number given to a sequence
        ("paired", np.int64),  # 1 if some job of the board has its pickup on the tour; it does not change
        ("sweep", np.int64),  # the last time that open tours were listed
        ("kept", np.int64),  # jobs that are on the tours of their holders
        ("least_kept", np.int64),  # so many must be; it does not change
        ("absent", np.int64),  # how many leads are absent
        ("pool", np.int64),  # how many leads wait to be inserted
        ("tried", np.int64),  # how many of the absent are in the pool
        ("touched", np.int64),  # tours changed in this iteration
        ("open", np.int64),  # tours that are looked at
        ("promising", np.float64),  # seconds-equivalent: routes are kept whose reduced cost is below it
        ("used", np.int64),  # tours with a stop
        ("stops", np.int64),  # stops on all tours
        ("filled", np.int64),  # slots that keep a route
        ("unblinking", np.int64),  # best places that are taken before one is passed over
    ],
    align=True,
)


class Memory(NamedTuple):
    """Everything that changes; K people, J jobs, L loads, M places on a tour, its outset and end included.

    Parameters
    ----------
    stops, tours
        STOP [2 K + 1, M], TOUR [2 K]: tours as they are; from row K on as they were before this iteration, in the order
        in which they were touched. The last row of stops is scratch paper.
    carried
        int32 [2 K, M, 2, L]: load AFTER each stop, and the MOST of it from the outset to there. Without pickups on the
        board only the outset's are kept: loads then only fall.
    slack
        int32 [2 K, M], seconds: on a tour with hot limits, how much later than now the stop after each may start before
        a hot limit across the way to it is broken, if all that comes after is only put off. Below zero if nobody knows.
    lists, queues
        LIST [K], QUEUE [J].
    open
        int32 [K]: the tours that insertion looks at; of idle twins one is enough.
    versions
        int64 [2 K]: number of the sequence that each tour is, and before this iteration was.
    prices
        PRICE [J, K]: the cheapest insertion of each job into each tour, as far as it is known; ANYTIME to begin with.
    portions
        int64 [3, batches]: portions left, those left before this iteration, and those of the problem.
    best
        int32 [K, M]: length and nodes of the best tours so far.
    trial
        int32 [4, M + 2]: a sequence on trial: NODE_AT, LAG (way with set-up), START, FLOOR.
    routes, route_nodes
        ROUTE [ROUTES], int32 [ROUTES, E]: routes that were on some plan, and their nodes; see routes.py.
    noted
        int64 [K]: the version of each tour that was last kept there.
    worth
        float64 [J + K], seconds-equivalent: what each job is worth, and each number of twins; see multipliers.py.
    now
        NOW [1].
    dice
        uint64 [1].
    """

    stops: Array
    tours: Array
    carried: Array
    slack: Array
    lists: Array
    queues: Array
    open: Array
    versions: Array
    prices: Array
    portions: Array
    best: Array
    trial: Array
    routes: Array
    route_nodes: Array
    noted: Array
    worth: Array
    now: Array
    dice: Array


def longest_tour(nodes: int, people: int) -> int:
    """Return how many stops a tour has room for: all of them on small boards, eight fair shares on large ones."""
    return min(nodes, max(256, 8 * nodes // max(people, 1)), 32_000) + 4


def memory_of(board: Board, seed: int) -> Memory:
    """Make room for a board, with nothing on any tour."""
    nodes, jobs, people, loads = len(board.nodes), len(board.jobs), len(board.people), board.loads.shape[1]
    room = longest_tour(nodes, people)
    lists, now = np.zeros(people, LIST), np.zeros(1, NOW)
    now["paired"] = (board.nodes["kind"] == PICKUP).any()
    lists["stamp"] = NOBODY
    prices = np.zeros((jobs, people), PRICE)
    prices["packed"] = ANYTIME << 32  # see pricing.pack
    return Memory(
        stops=np.zeros((2 * people + 1, room), STOP),
        tours=np.zeros(2 * people, TOUR),
        carried=np.zeros((2 * people, room, 2, loads), np.int32),
        slack=np.zeros((2 * people, room), np.int32),
        lists=lists,
        queues=np.zeros(jobs, QUEUE),
        open=np.zeros(people, np.int32),
        versions=np.zeros(2 * people, np.int64),
        prices=prices,
        portions=np.stack([board.portions] * 3),
        best=np.zeros((people, room), np.int32),
        trial=np.zeros((4, room + 2), np.int32),
        routes=np.zeros(ROUTES, ROUTE),
        route_nodes=np.zeros((ROUTES, min(room, LONGEST_ROUTE)), np.int32),
        noted=np.zeros(people, np.int64),
        worth=np.zeros(jobs + people),
        now=now,
        dice=seed_of(seed),
    )
