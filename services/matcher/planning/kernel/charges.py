"""Who may do what, and what that costs beside travel."""

from collections.abc import Sequence

import numpy as np

from services.matcher.planning.cost import holders_of, prefer_rested
from services.matcher.planning.kernel.board import NOBODY
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Job, Problem
from services.matcher.planning.schedule import FAR

MAY_NOT = -1


def allowed_people(problem: Problem, jobs: Sequence[Job]) -> Array:
    """Return bool [J, K]: who may do each job, by skills, refusals and what is on board."""
    number = {one.id: row for row, one in enumerate(problem.volunteers)}
    skilled: dict[frozenset[str], Array] = {}
    on_board, begun = problem.on_board, _begun_groups(problem)
    allowed = np.zeros((len(jobs), len(number)), bool)
    for row, job in zip(allowed, jobs, strict=True):
        if job.id in on_board:
            row[number[on_board[job.id]]] = True
            continue
        if job.skills not in skilled:
            skilled[job.skills] = np.array([job.skills <= one.skills for one in problem.volunteers])
        row[:] = skilled[job.skills]
        if job.only_volunteers is not None:
            row[[place for one, place in number.items() if one not in job.only_volunteers]] = False
        excluded = job.not_volunteers | begun.get(job.together or "", set())
        row[[number[one] for one in excluded if one in number]] = False
    return allowed


def _begun_groups(problem: Problem) -> dict[str, set[str]]:
    """Who has begun or done a job of each group: nobody does two of them."""
    begun: dict[str, set[str]] = {}
    for frozen in problem.frozen:
        for step in frozen.steps:
            together = problem.job_of[step.job].together
            if together is not None:
                begun.setdefault(together, set()).add(frozen.volunteer)
    return begun


def charges(problem: Problem, jobs: Sequence[Job], allowed: Array, params: Params, present: Plan | None) -> Array:
    """Return int32 [J, K], seconds-equivalent: cost.assignment_cost for all at once; MAY_NOT where forbidden."""
    number = {one.id: row for row, one in enumerate(problem.volunteers)}
    holders = holders_of(present)
    charge = np.zeros(allowed.shape, np.int32)
    for row, job in zip(charge, jobs, strict=True):
        if job.familiar:
            row[:] = row + params.unfamiliar_s
            row[[number[one] for one in job.familiar if one in number]] -= params.unfamiliar_s
        if job.id in holders:
            row[:] = row + params.change_s
            if holders[job.id] in number:
                row[number[holders[job.id]]] -= params.change_s
    charge += np.array([prefer_rested(one, params) for one in problem.volunteers], np.int32)
    charge[~allowed] = MAY_NOT
    return charge


def forbid_impossible(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    charge: Array, jobs: Array, windows: Array, people: Array, loads: Array, capacity: Array
) -> None:
    """Forbid what no route could hold: no allowed moment within the duty, or more than can be carried."""
    has_moment = np.any(windows[..., 0] < FAR, axis=-1)[people["duty"]].T  # [N, K]
    first, second = jobs["first"], np.where(jobs["second"] == NOBODY, jobs["first"], jobs["second"])
    charge[~(has_moment[first] & has_moment[second])] = MAY_NOT
    paired = jobs["second"] != NOBODY
    too_heavy = (loads[first][:, None, :] > capacity[None, :, :]).any(axis=-1)
    charge[too_heavy & paired[:, None]] = MAY_NOT


def settle_groups(charge: Array, jobs: Array) -> None:
    """Mark what nobody may do; if nobody may do one job of a group, nobody does any."""
    for lead in np.flatnonzero(jobs["size"] > 1):
        members = slice(lead, lead + jobs["size"][lead])
        if (charge[members].max(axis=1) < 0).any():
            charge[members] = MAY_NOT
    jobs["hopeless"] = charge.max(axis=1) < 0
