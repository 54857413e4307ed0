"""From a problem to the kernel's arrays, and what their rows mean."""

from dataclasses import dataclass

import numpy as np

from services.matcher.planning.cost import holders_of, jobs_done, jobs_free, prefer_placed, prefer_staying_home
from services.matcher.planning.kernel.board import JOB, NOBODY, NODE, PERSON, Board
from services.matcher.planning.kernel.charges import allowed_people, charges, forbid_impossible, settle_groups
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.neighbours import near_and_seeds
from services.matcher.planning.kernel.orders import orders_and_odds
from services.matcher.planning.kernel.rows import Row, carried_jobs, in_groups, numbered, rows_of, windows_of
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Job, Problem
from services.matcher.planning.require import Window
from services.matcher.planning.schedule import Outset, outset_of
from services.matcher.planning.step import Action

UNLIMITED = 1 << 30  # stops, jobs


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A board, and what its rows mean.

    Parameters
    ----------
    board
        The arrays.
    doings
        Job and action of each node.
    volunteers
        Id of each row of `people`.
    carried
        Jobs whose pickup is implied: done first thing by whoever has the job.
    row_of
        Node of each job and action.
    least_kept
        So many jobs must stay with whom the present plan gives them to.
    """

    board: Board
    doings: tuple[tuple[str, Action], ...]
    volunteers: tuple[str, ...]
    carried: frozenset[str]
    row_of: dict[tuple[str, Action], int]
    least_kept: int


def layout_of(problem: Problem, *, params: Params, present: Plan | None = None, carry: bool = False) -> Layout | None:
    """Turn a problem into arrays.

    Parameters
    ----------
    problem, params, present
        As for the engines.
    carry
        Whether deliveries that everybody could take on board at the outset become single nodes. Much faster, and
        without loss as long as nobody has to come back for more.

    Returns
    -------
    Layout, or None
        None if there is nothing to plan.
    """
    outsets = [outset_of(problem, one) for one in problem.volunteers]
    jobs = in_groups(problem)
    if not jobs or not outsets:
        return None
    allowed = allowed_people(problem, jobs)
    carried = carried_jobs(problem, jobs, outsets, allowed) if carry else frozenset[str]()
    rows = [rows_of(problem, job, carried=job.id in carried) for job in jobs]
    doings = tuple((job.id, row.action) for job, some in zip(jobs, rows, strict=True) for row in some)
    board = _board(problem, jobs, rows, outsets, charges(problem, jobs, allowed, params, present), params)
    held = _hold(board, problem, jobs, present)
    return Layout(
        board=board,
        least_kept=held - held * params.most_moved_pct // 100,
        doings=doings,
        volunteers=tuple(one.id for one in problem.volunteers),
        carried=carried,
        row_of={doing: row for row, doing in enumerate(doings)},
    )


def _hold(board: Board, problem: Problem, jobs: list[Job], present: Plan | None) -> int:
    """Note who holds each job that can move, and may still do it; return how many are held."""
    number, holders = {one.id: row for row, one in enumerate(problem.volunteers)}, holders_of(present)
    movable = holders.keys() - problem.on_board.keys()
    for row, job in enumerate(jobs):
        holder = number.get(holders[job.id], NOBODY) if job.id in movable else NOBODY
        board.jobs[row]["holder"] = holder if holder != NOBODY and board.charge[row, holder] >= 0 else NOBODY
    return int((board.jobs["holder"] != NOBODY).sum())


def _board(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    problem: Problem, jobs: list[Job], rows: list[list[Row]], outsets: list[Outset], charge: Array, params: Params
) -> Board:
    duties = numbered(one.duty for one in problem.volunteers)
    flat = [row for some in rows for row in some]
    nodes, job_rows = _nodes(rows), _jobs(problem, jobs, rows, params)
    windows = windows_of(flat, list(duties))
    loads = _table([row.load for row in flat])
    capacity = _table([one.capacity for one in problem.volunteers])
    outset_load = _table([one.on_board for one in outsets])
    people = _people(problem, outsets, duties, params)
    forbid_impossible(charge, job_rows, windows, people, loads, capacity)
    settle_groups(charge, job_rows)
    _number_twins(people, charge, capacity, outset_load)
    out = _with_anywhere(problem)
    near, seeds = near_and_seeds(out[0], nodes)
    orders, odds = orders_and_odds(out[0], nodes, job_rows, people, windows, loads, charge)
    return Board(
        nodes=nodes,
        jobs=job_rows,
        people=people,
        ways=np.stack([out, out.transpose(0, 2, 1)]),
        windows=windows,
        charge=charge,
        loads=loads,
        limits=np.stack([capacity, outset_load]),
        portions=_portions(problem),
        near=near,
        seeds=seeds,
        orders=orders,
        odds=odds,
    )


def _table(loads: list[tuple[int, ...]]) -> Array:
    return np.array(loads, np.int32).reshape(len(loads), len(loads[0]))


def _nodes(rows: list[list[Row]]) -> Array:
    nodes = np.zeros(sum(map(len, rows)), NODE)
    number = 0
    for job, some in enumerate(rows):
        for at, row in enumerate(some):
            mate = NOBODY if len(some) == 1 else number + 1 - 2 * at
            nodes[number] = (row.place, row.service_s, row.setup_s, row.ride_s, job, mate, row.kind, 0, 0)
            number += 1
    return nodes


def _jobs(problem: Problem, jobs: list[Job], rows: list[list[Row]], params: Params) -> Array:
    """Fill in the jobs; members of a group are neighbours, and the first of them leads."""
    table, batch_row = np.zeros(len(jobs), JOB), {batch.id: row for row, batch in enumerate(problem.batches)}
    begun = {problem.job_of[job].together for job in problem.finished}
    group_row = numbered(job.together for job in jobs if job.together is not None)
    on_board, first, lead = problem.on_board, 0, 0
    for number, (job, some) in enumerate(zip(jobs, rows, strict=True)):
        joined = number > 0 and job.together is not None and job.together == jobs[number - 1].together
        lead = lead if joined and job.together not in begun else number
        table[number]["first"], table[number]["second"] = first, first + 1 if len(some) > 1 else NOBODY
        table[number]["lead"], table[number]["tour"] = lead, NOBODY
        table[lead]["size"] += 1
        table[number]["group"] = NOBODY if job.together is None else group_row[job.together]
        takes = job.batch is not None and job.id not in on_board
        table[number]["batch"] = batch_row[job.batch] if takes and job.batch is not None else NOBODY
        table[number]["counts"] = job.id not in on_board
        table[lead]["penalty"] += prefer_placed(job, on_board=job.id in on_board, params=params)
        first += len(some)
    return table


def _people(problem: Problem, outsets: list[Outset], duties: dict[tuple[Window, ...], int], params: Params) -> Array:
    people, anywhere = np.zeros(len(outsets), PERSON), problem.travel.places
    carrying = list(problem.on_board.values())
    for row, outset in zip(people, outsets, strict=True):
        one, done = outset.volunteer, jobs_done(problem, outset.volunteer.id)
        row["start"], row["end"] = outset.place, anywhere if one.end_place is None else one.end_place
        row["at"], row["end_by"] = outset.at, outset.end_by
        row["mode"], row["duty"] = one.travel_mode, duties[one.duty]
        row["fair"] = jobs_free(done=done, params=params)
        row["crowding"] = params.crowding_s
        most = UNLIMITED if one.max_stops is None else one.max_stops - done - carrying.count(one.id)
        row["room"] = max(0, most)
        row["fixed"] = prefer_staying_home(problem, one)
    return people


def _number_twins(people: Array, charge: Array, capacity: Array, outset_load: Array) -> None:
    """Give interchangeable people the number of the first of them."""
    known: dict[bytes, int] = {}
    for number in range(len(people)):
        people[number]["twin"] = 0
        key = b"".join(
            (people[number].tobytes(), charge[:, number].tobytes(), capacity[number].tobytes(),
             outset_load[number].tobytes())
        )  # fmt: skip
        people[number]["twin"] = known.setdefault(key, number)


def _with_anywhere(problem: Problem) -> Array:
    """Add a place that is 0 s from everywhere: where those end who may end anywhere."""
    places = problem.travel.places
    out = np.zeros((len(problem.travel.seconds), places + 1, places + 1), np.int32)
    for mode, seconds in enumerate(problem.travel.seconds):
        out[mode, :places, :places] = seconds
    return out


def _portions(problem: Problem) -> Array:
    left = {batch.id: batch.count for batch in problem.batches}
    for frozen in problem.frozen:
        for step in frozen.steps:
            batch = problem.job_of[step.job].batch
            if step.action is Action.PICKUP and batch is not None:
                left[batch] -= 1
    return np.array([left[batch.id] for batch in problem.batches], np.int64)
