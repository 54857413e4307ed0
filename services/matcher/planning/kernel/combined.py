"""Set partitioning: of all routes that were on some plan, choose the cheapest that together do every job once.

A search meets good routes in plans that are bad elsewhere. The multipliers of a Lagrangean relaxation, found by
subgradient steps (Held, Wolfe and Crowder 1974, "Validation of subgradient optimization", Mathematical Programming
6), say what each job is worth; routes with small reduced costs are then put together, depth first.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from services.matcher.planning.kernel.board import NOBODY, PICKUP, Board
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cover import cover
from services.matcher.planning.kernel.memory import Memory
from services.matcher.planning.kernel.multipliers import improve_worth

STEPS = 150  # of the multipliers
LEAST = 0.01  # of the cost: so much counts as between plan and bound, or nothing new would be kept where they meet


class Choice(NamedTuple):
    """What there is to choose from: R routes, then one "nobody does it" for each job or group; C columns in all.

    Parameters
    ----------
    routes, nodes
        ROUTE [R], int32 [R, E].
    cost, person, rows
        float64 [C], seconds-equivalent; int64 [C], number of twins, K for nobody; int64 [C, E + 1], the jobs of each
        and J + its person; NOBODY behind them.
    jobs
        int64 [J]: those that somebody may do.
    room
        int64 [J + K]: one for each job, and how many twins each person has.
    lost
        Seconds-equivalent of the jobs that nobody may do.
    """

    routes: Array
    nodes: Array
    cost: Array
    person: Array
    rows: Array
    jobs: Array
    room: Array
    lost: int


def combine(board: Board, memories: Sequence[Memory], cost: int, *, limit: int, promising: float = 0.0) -> Array | None:
    """Look for a plan that costs less, and write down what each job is worth.

    Parameters
    ----------
    board, memories
        Of one or several searches; they are told what the jobs are worth, and which routes to keep.
    cost
        Of the best plan so far, seconds-equivalent.
    limit
        How many routes are tried before it is given up.
    promising
        See cooling.py.

    Returns
    -------
    Array or None
        Tours as for `Search.begin`; None if none was found.
    """
    choice = _choice(board, memories)
    jobs, known = len(choice.jobs), choice.rows != NOBODY
    if jobs == 0:
        return None
    size = known.sum(axis=1)
    first, flat = np.concatenate([[0], np.cumsum(size)]), choice.rows[known]
    most = float(cost - choice.lost)
    worth = _worth_before(memories[0].worth, choice, most)
    bound = improve_worth(choice.cost, first, flat, jobs, choice.room, worth, most, STEPS)
    for one in memories:
        one.worth[choice.jobs], one.worth[len(board.jobs) :] = worth[:jobs], worth[jobs:]
        one.now["promising"] = max(most - bound, LEAST * most) * min(1.0, promising / max(1, int(one.now[0]["used"])))
    paid = np.bincount(np.repeat(np.arange(len(size)), size), worth[flat], minlength=len(size))
    reduced = np.maximum(choice.cost - paid, 0.0)
    near = np.flatnonzero(reduced < most - bound)
    near = near[np.argsort(reduced[near], kind="stable")]
    masks, ahead, by_job = _indexed(choice.rows[near], jobs)
    uses, left = _used(board, choice, near)
    chosen = near[cover(masks, choice.cost[near], reduced[near], uses, left, ahead, by_job, most, bound, limit)]
    return _tours(board, choice, chosen[chosen < len(choice.routes)], memories[0].best.shape) if len(chosen) else None


def _worth_before(known: Array, choice: Choice, most: float) -> Array:
    """Begin with the worths of the last combination; the first time all jobs are worth the same."""
    jobs, worth = len(choice.jobs), np.zeros(len(choice.room))
    worth[:jobs] = known[choice.jobs] if known.any() else most / jobs
    worth[jobs:] = known[len(known) - len(worth) + jobs :]
    return worth


def _choice(board: Board, memories: Sequence[Memory]) -> Choice:
    (routes, nodes), people = _kept(memories), len(board.people)
    may = board.jobs["hopeless"][board.jobs["lead"]] == 0
    jobs, own = np.flatnonzero(may), board.jobs["lead"] == np.arange(len(board.jobs))
    row_of = np.full(len(board.jobs), NOBODY)
    row_of[jobs] = np.arange(len(jobs))
    row = np.where(board.nodes["kind"][nodes] == PICKUP, NOBODY, row_of[board.nodes["job"][nodes]])
    row[np.arange(nodes.shape[1]) >= routes["length"][:, None]] = NOBODY
    undone = _undone(board, np.flatnonzero(may & own), row_of, nodes.shape[1] + 1)
    penalty, twins = board.jobs["penalty"], np.bincount(board.people["twin"], minlength=people)
    return Choice(
        routes=routes,
        nodes=nodes,
        cost=np.concatenate([routes["cost"], penalty[may & own]]).astype(np.float64),
        person=np.concatenate([routes["person"], np.full(len(undone), people)]),
        rows=np.concatenate([np.column_stack([row, len(jobs) + routes["person"]]), undone]),
        jobs=jobs,
        room=np.concatenate([np.ones(len(jobs), np.int64), twins]),
        lost=int(penalty[own & ~may].sum()),
    )


def _undone(board: Board, leads: Array, row_of: Array, width: int) -> Array:
    """Write a column for each job that may be left undone; a group is so only as a whole."""
    rows = np.full((len(leads), width), NOBODY)
    for column, lead in enumerate(leads):
        size = board.jobs[lead]["size"]
        rows[column, :size] = row_of[lead : lead + size]
    return rows


def _kept(memories: Sequence[Memory]) -> tuple[Array, Array]:
    """Gather the routes of all searches; of those with the same stops the cheapest."""
    full = [(one, np.flatnonzero(one.routes["length"])) for one in memories]
    routes = np.concatenate([one.routes[slots] for one, slots in full])
    nodes = np.concatenate([one.route_nodes[slots] for one, slots in full])
    order = np.lexsort((routes["cost"], routes["key"]))
    key = routes["key"][order]
    order = order[np.flatnonzero(np.diff(key, prepend=0 if len(key) == 0 else ~key[0]))]
    return routes[order], nodes[order, : routes["length"].max(initial=1)]


def _indexed(rows: Array, jobs: int) -> tuple[Array, Array, Array]:
    """Write the jobs of each column as bits, and the columns of each job one after the other."""
    masks = np.zeros((len(rows), (jobs + 63) // 64), np.uint64)
    column, at = np.nonzero((rows != NOBODY) & (rows < jobs))
    job = rows[column, at]
    np.bitwise_or.at(masks, (column, job // 64), np.uint64(1) << (job % 64).astype(np.uint64))
    ahead = np.concatenate([[0], np.cumsum(np.bincount(job, minlength=jobs))])
    return masks, ahead, column[np.argsort(job, kind="stable")]


def _used(board: Board, choice: Choice, columns: Array) -> tuple[Array, Array]:
    """Count what each column takes of twins and of portions, and what there is."""
    jobs, people, batches = len(choice.jobs), len(board.people), len(board.portions)
    kinds = np.unique(board.people["twin"])
    uses = np.zeros((len(columns), len(kinds) + batches), np.int64)
    uses[:, : len(kinds)] = choice.person[columns, None] == kinds
    column, at = np.nonzero((choice.rows[columns] != NOBODY) & (choice.rows[columns] < jobs))
    batch = board.jobs["batch"][choice.jobs[choice.rows[columns][column, at]]]
    takes = (batch != NOBODY) & (choice.person[columns] < people)[column]
    np.add.at(uses, (column[takes], len(kinds) + batch[takes]), 1)
    return uses, np.concatenate([choice.room[jobs + kinds], board.portions])


def _tours(board: Board, choice: Choice, chosen: Array, shape: tuple[int, ...]) -> Array:
    """Give each route to one of its twins."""
    tours = np.zeros(shape, np.int32)
    free: dict[int, list[int]] = {}
    for tour in range(len(board.people) - 1, -1, -1):
        free.setdefault(int(board.people[tour]["twin"]), []).append(tour)
    for one in chosen:
        tour, length = free[int(choice.person[one])].pop(), int(choice.routes[one]["length"])
        tours[tour, 0] = length
        tours[tour, 1 : length + 1] = choice.nodes[one, :length]
    return tours
