"""Set partitioning: of all routes that were on some plan, choose the cheapest that together do every job once.

A search meets good routes in plans that are bad elsewhere. The multipliers of a Lagrangean relaxation, found by
subgradient steps (Held, Wolfe and Crowder 1974, "Validation of subgradient optimization", Mathematical Programming
6), say what each job is worth; routes with small reduced costs are then put together, depth first.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from services.matcher.planning.kernel.board import NOBODY, Board
from services.matcher.planning.kernel.columns import gather, indexed, reduced_costs, used
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cover import cover
from services.matcher.planning.kernel.memory import ROUTES
from services.matcher.planning.kernel.multipliers import improve_worth
from services.matcher.planning.kernel.search import Search

FIRST_STEPS, STEPS = 150, 50  # of the multipliers; later ones begin with what was found before
LEAST = 0.01  # of the cost: so much counts as between plan and bound, or nothing new would be kept where they meet


class Frame(NamedTuple):
    """What can be covered: the same for all pools of one board; J jobs that somebody may do, K people.

    Parameters
    ----------
    jobs, row_of
        int64 [J], those jobs, each of which is a row; int64 [all jobs], the row of each, or NOBODY.
    leads
        int64 [U]: jobs and first jobs of groups that may be left undone.
    room
        int64 [J + K]: one for each job, and how many twins each person has.
    batch
        int64 [J]: of each of these jobs, or NOBODY.
    kinds, kind_of
        int64 [I], the numbers of twins; int64 [K], which of them a number is, or NOBODY.
    lost
        Seconds-equivalent of the jobs that nobody may do.
    """

    jobs: Array
    row_of: Array
    leads: Array
    room: Array
    batch: Array
    kinds: Array
    kind_of: Array
    lost: int


class Pool(NamedTuple):
    """What there is to choose from: routes, then one "nobody does it" for each job or group; C columns in all.

    Parameters
    ----------
    frame
        Of the board.
    cost, person, first, rows, source
        As `columns.gather` writes them.
    """

    frame: Frame
    cost: Array
    person: Array
    first: Array
    rows: Array
    source: Array


def frame_of(board: Board) -> Frame:
    """Write down what can be covered."""
    own, may = board.jobs["lead"] == np.arange(len(board.jobs)), board.jobs["hopeless"][board.jobs["lead"]] == 0
    jobs, row_of = np.flatnonzero(may), np.full(len(board.jobs), NOBODY)
    row_of[jobs] = np.arange(len(jobs))
    kinds, kind_of = np.unique(board.people["twin"]).astype(np.int64), np.full(len(board.people), NOBODY)
    kind_of[kinds] = np.arange(len(kinds))
    twins = np.bincount(board.people["twin"], minlength=len(board.people))
    return Frame(
        jobs=jobs,
        row_of=row_of,
        leads=np.flatnonzero(may & own),
        room=np.concatenate([np.ones(len(jobs), np.int64), twins]),
        batch=board.jobs["batch"][jobs].astype(np.int64),
        kinds=kinds,
        kind_of=kind_of,
        lost=int(board.jobs["penalty"][own & ~may].sum()),
    )


def pool_of(searches: Sequence[Search], frame: Frame) -> Pool:
    """Gather the routes of all searches; of those with the same stops the cheapest."""
    desks = np.array([one.desk for one in searches])
    return Pool(frame, *gather(desks, frame.row_of, frame.leads, len(frame.jobs)))


def combine(
    searches: Sequence[Search], pool: Pool, cost: int, *, limit: int, promising: float = 0.0
) -> tuple[Array | None, Array]:
    """Look for a plan that costs less, and write down what each job is worth.

    Parameters
    ----------
    searches
        Of one board; they are told what the jobs are worth, and which routes to keep.
    pool
        Of these searches; with at least one job.
    cost
        Of the best plan so far, seconds-equivalent.
    limit
        How many routes are tried before it is given up.
    promising
        See cooling.py.

    Returns
    -------
    tuple
        Tours as for `Search.begin`, None if no cheaper plan was found; and the reduced cost of each column, float64.
    """
    board, memory = searches[0].board, searches[0].memory
    frame, first_time = pool.frame, not memory.worth.any()
    jobs, most = len(frame.jobs), float(cost - frame.lost)
    worth = np.concatenate([memory.worth[frame.jobs], memory.worth[len(board.jobs) :]])
    if first_time:
        worth[:jobs] = most / jobs
    steps = FIRST_STEPS if first_time else STEPS
    bound = improve_worth(pool.cost, pool.first, pool.rows, jobs, frame.room, worth, most, steps)
    share = max(most - bound, LEAST * most) * min(1.0, promising / max(1, int(memory.now[0]["used"])))
    for one in searches:
        one.memory.worth[frame.jobs], one.memory.worth[len(board.jobs) :] = worth[:jobs], worth[jobs:]
        one.memory.now["promising"] = share
    reduced = reduced_costs(pool.cost, pool.first, pool.rows, worth)
    above = np.maximum(reduced, 0.0)
    near = np.flatnonzero(above < most - bound)
    near = near[np.argsort(above[near], kind="stable")]
    masks, ahead, by_job = indexed(pool.first, pool.rows, near, jobs)
    left = np.concatenate([frame.room[jobs + frame.kinds], board.portions])
    kinds, batches = len(frame.kinds), len(board.portions)
    uses = used(near, pool.person, pool.first, pool.rows, frame.kind_of, frame.batch, kinds, batches)
    order, cost_near = np.argsort(np.diff(ahead)), pool.cost[near]
    chosen = near[cover(masks, cost_near, above[near], uses, left, ahead, by_job, order, most, bound, limit)]
    return (tours_of(searches, pool, chosen) if len(chosen) else None), reduced


def tours_of(searches: Sequence[Search], pool: Pool, columns: Iterable[int]) -> Array:
    """Give each route of these columns to one of its twins; tours as for `Search.begin`."""
    people = searches[0].board.people
    tours = np.zeros_like(searches[0].memory.best)
    free: dict[int, list[int]] = {}
    for tour in range(len(people) - 1, -1, -1):
        free.setdefault(int(people[tour]["twin"]), []).append(tour)
    for column in columns:
        if pool.source[column] == NOBODY:
            continue
        one, slot = divmod(int(pool.source[column]), ROUTES)
        memory, tour = searches[one].memory, free[int(pool.person[column])].pop()
        length = int(memory.routes[slot]["length"])
        tours[tour, 0] = length
        tours[tour, 1 : length + 1] = memory.route_nodes[slot, :length]
    return tours
