"""A new plan of good routes of many: where the next cooling begins.

The routes whose jobs are worth about as much as they cost are taken, as long as they do not overlap, in an order that
is a little random; what is left over is inserted. It is a crossover of all plans so far (route-based: Potvin and Bengio
1996, "The vehicle routing problem with time windows part II: genetic search", INFORMS Journal on Computing 8(2)), and
shorter and cooler coolings are enough for such a plan.
"""

from collections.abc import Sequence

import numpy as np

from services.matcher.planning.kernel.board import Board
from services.matcher.planning.kernel.columns import disjoint
from services.matcher.planning.kernel.combined import Pool, tours_of
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.search import Search

NOISE = 0.3  # of the order, in standard deviations of the reduced cost of a stop
TAKEN = 0.9  # of the jobs are taken over with their routes, at most
ODDS, FEWER = 0.5, 0.5  # how often a plan takes the rest from the best one, and what it takes over before


def child_of(searches: Sequence[Search], pool: Pool, reduced: Array, best: Array, dice: np.random.Generator) -> Array:
    """Make a plan of kept routes; every other one in the mean keeps what is then left of the best plan.

    Parameters
    ----------
    searches, pool, reduced
        As for `combine` and from it.
    best
        Tours of the best plan so far.
    dice
        Of this search.

    Returns
    -------
    Array
        Tours as for `Search.begin`; not all jobs are on them.
    """
    board, routes = searches[0].board, np.flatnonzero(pool.source >= 0)
    of_a_stop = reduced[routes] / (pool.first[routes + 1] - pool.first[routes])
    order = np.argsort(of_a_stop + NOISE * of_a_stop.std() * dice.exponential(size=len(routes)), kind="stable")
    rest = len(board.portions) == 0 and dice.random() < ODDS
    most = int((FEWER if rest else TAKEN) * len(pool.frame.jobs))
    left, portions = pool.frame.room.copy(), board.portions.copy()
    chosen = disjoint(routes[order], pool.first, pool.rows, left, pool.frame.batch, portions, most)
    tours = tours_of(searches, pool, chosen)
    if rest:
        _take_rest(board, tours, best)
    if (board.jobs["size"] > 1).any():
        _drop_torn(board, tours)
    return tours


def _take_rest(board: Board, tours: Array, best: Array) -> None:
    """Give people without a route what is left of their tour of the best plan."""
    taken = _on(board, tours)
    for tour in np.flatnonzero((tours[:, 0] == 0) & (best[:, 0] > 0)):
        nodes = best[tour, 1 : best[tour, 0] + 1]
        _write(tours[tour], nodes[~taken[board.nodes["job"][nodes]]])


def _drop_torn(board: Board, tours: Array) -> None:
    """Take off what is there of groups that are not whole."""
    on, whole = _on(board, tours), np.ones(len(board.jobs), bool)
    np.logical_and.at(whole, board.jobs["lead"], on)
    for tour in np.flatnonzero(tours[:, 0] > 0):
        nodes = tours[tour, 1 : tours[tour, 0] + 1].copy()
        _write(tours[tour], nodes[whole[board.jobs["lead"][board.nodes["job"][nodes]]]])


def _on(board: Board, tours: Array) -> Array:
    """Which jobs are on some tour: bool [J]."""
    on = np.zeros(len(board.jobs), bool)
    for tour in tours[tours[:, 0] > 0]:
        on[board.nodes["job"][tour[1 : tour[0] + 1]]] = True
    return on


def _write(tour: Array, nodes: Array) -> None:
    tour[0] = len(nodes)
    tour[1 : len(nodes) + 1] = nodes
