"""The nodes of each job before they are rows of an array: where, how long, within what, and with which load."""

from collections.abc import Hashable, Iterable, Sequence
from typing import NamedTuple, TypeVar

import numpy as np

from services.matcher.planning.kernel.board import ANYTIME, CARRIED, DROP, ON_BOARD, PICKUP, VISIT
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.problem import Job, Problem
from services.matcher.planning.require import Window
from services.matcher.planning.schedule import FAR, Outset, first_allowed
from services.matcher.planning.step import Action

Key = TypeVar("Key", bound=Hashable)


class Row(NamedTuple):
    """One node: seconds and moments; `windows` still without the duty, held to [`first`, `last`]."""

    action: Action
    place: int
    service_s: int
    setup_s: int
    ride_s: int
    kind: int
    windows: tuple[Window, ...]
    first: int
    last: int
    load: tuple[int, ...]


def numbered(keys: Iterable[Key]) -> dict[Key, int]:
    """Give numbers to distinct keys in the order of their first appearance."""
    numbers: dict[Key, int] = {}
    for key in keys:
        numbers.setdefault(key, len(numbers))
    return numbers


def in_groups(problem: Problem) -> list[Job]:
    """Return what is still to be planned, members of a group next to each other."""
    finished = problem.finished
    still_open = [job for job in problem.jobs if job.id not in finished]
    rank = numbered(job.id if job.together is None else ("together", job.together) for job in still_open)
    return sorted(still_open, key=lambda job: rank[job.id if job.together is None else ("together", job.together)])


def rows_of(problem: Problem, job: Job, *, carried: bool) -> list[Row]:
    """List the nodes of a job: pickup and drop-off, or the only one."""
    left_at = _left_at(problem, job)
    ride = ANYTIME if job.max_ride_s is None else job.max_ride_s
    last = FAR if left_at is None else min(FAR, left_at + ride)
    kind = VISIT if job.mode != "delivery" else CARRIED if carried else ON_BOARD if left_at is not None else DROP
    door = Row(
        action=job.action,
        place=job.place,
        service_s=job.service_s,
        setup_s=0,
        ride_s=ride if kind == DROP else ANYTIME,
        kind=kind,
        windows=job.windows,
        first=problem.now,
        last=last,
        load=job.load,
    )
    if kind != DROP or job.pickup is None:
        return [door]
    ready = problem.batch_of[job.batch].ready if job.batch else 0
    pickup = Row(
        action=Action.PICKUP,
        place=job.pickup.place,
        service_s=job.pickup.service_s,
        setup_s=job.pickup.setup_s,
        ride_s=ANYTIME,
        kind=PICKUP,
        windows=job.pickup.windows,
        first=max(problem.now, ready),
        last=FAR,
        load=job.load,
    )
    return [pickup, door]


def _left_at(problem: Problem, job: Job) -> int | None:
    """When what is on board left its kitchen; None if it did not."""
    carrier = problem.on_board.get(job.id)
    return None if carrier is None else problem.frozen_of[carrier].on_board[job.id]


def windows_of(rows: Sequence[Row], duties: Sequence[tuple[Window, ...]]) -> Array:
    """Intersect the windows of every node with every duty, shortened so that the whole service fits.

    Returns
    -------
    Array
        int32 [duties, nodes, W, 2], as Board.windows.
    """
    windows, spans = _padded([row.windows for row in rows]), _padded(duties)
    first, last = (np.array([getattr(row, name) for row in rows])[None, :, None, None] for name in ("first", "last"))
    service = np.array([row.service_s for row in rows])[None, :, None, None]
    opens = np.maximum(np.maximum(windows[None, :, :, None, 0], spans[:, None, None, :, 0]), first)
    closes = np.minimum(np.minimum(windows[None, :, :, None, 1], spans[:, None, None, :, 1] - service), last)
    found = np.stack([opens, closes], axis=-1).reshape(len(duties), len(rows), -1, 2)
    found[found[..., 0] > found[..., 1]] = (FAR, -FAR)
    order = np.argsort(found[..., 0] == FAR, axis=-1, kind="stable")
    found = np.take_along_axis(found, order[..., None], axis=2)
    widest = max(1, int((found[..., 0] < FAR).sum(axis=-1).max()))
    return np.ascontiguousarray(found[:, :, :widest], dtype=np.int32)


def _padded(lists: Sequence[tuple[Window, ...]]) -> Array:
    """Make a rectangle of lists of windows; what is missing can hold no moment."""
    widest = max(map(len, lists))
    return np.array([[*windows, *[(FAR, -FAR)] * (widest - len(windows))] for windows in lists], np.int64)


def carried_jobs(problem: Problem, jobs: Sequence[Job], outsets: Sequence[Outset], allowed: Array) -> frozenset[str]:
    """Find deliveries that everybody who may do them could take on board at the outset, in no time."""
    found, places = set[str](), np.array([outset.place for outset in outsets])
    wanted = numbered(job.batch for job in jobs if job.batch is not None)
    short = {batch for batch in wanted if sum(job.batch == batch for job in jobs) > problem.batch_of[batch].count}
    for job, row in zip(jobs, allowed, strict=True):
        if job.pickup is None or job.pickup.service_s or job.max_ride_s is not None or job.id in problem.on_board:
            continue
        ready = problem.batch_of[job.batch].ready if job.batch else 0
        at_once = all(
            outset.at >= ready and first_allowed(job.pickup.windows, outset.at) == outset.at and _on_duty(outset)
            for outset, may in zip(outsets, row, strict=True)
            if may
        )
        if at_once and job.batch not in short and bool((places[row] == job.pickup.place).all()):
            found.add(job.id)
    return frozenset(found)


def _on_duty(outset: Outset) -> bool:
    return any(begins <= outset.at <= ends for begins, ends in outset.volunteer.duty)
