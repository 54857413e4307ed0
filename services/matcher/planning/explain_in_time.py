"""Reasons for a crowd of unplaced jobs: what is cheap for all of them, what is dear while there is time."""

from time import perf_counter

from services.matcher.planning.draft import Draft
from services.matcher.planning.empty_day import EmptyDay
from services.matcher.planning.explain import explain
from services.matcher.planning.plan import Unplaced
from services.matcher.planning.reason import NearestMiss, Reason
from services.matcher.planning.schedule import is_feasible
from services.matcher.planning.stop import Countdown

_TRIALS_S = 0.035  # for trying one job in every tour of 2,000 jobs, with one rule relaxed after the other


def explain_in_time(draft: Draft, empty_day: EmptyDay, countdown: Countdown, *, margin_s: float) -> None:
    """Write down for every unplaced job the most exact reason for which there is time.

    Parameters
    ----------
    draft
        Gets the reasons; a job that turns out to fit is placed.
    empty_day
        The same problem with nothing planned.
    countdown, margin_s
        The time, and what of it must be left at the end, seconds.

    Notes
    -----
    What fits on somebody's empty day is `full` at first, or its batch is used up; to know that takes microseconds. Then
    come the rules that hold whatever is planned, and at last every tour is tried for what would fit on an empty day.
    What there was no time for stays `not_tried`.
    """
    crowded, hopeless = list[str](), list[str]()
    for job in list(draft.unplaced):
        fits = empty_day.fits(job)
        (crowded if fits else hopeless).append(job)
        if fits and not (_somebody_idle_could(draft, job) and draft.place(job)):
            draft.unplaced[job] = _crowded_out(draft, job)
    for job in hopeless:
        in_time = countdown.left(margin_s=margin_s) is not None
        found = empty_day.why_not(job) if in_time else empty_day.known(job)
        draft.unplaced[job] = found or draft.unplaced[job]
    longest_s = _TRIALS_S
    for job in crowded:
        if countdown.left(margin_s=margin_s + longest_s) is None:
            break
        begun = perf_counter()
        if job in draft.unplaced and not draft.place(job):
            draft.unplaced[job] = explain(draft, job)
        longest_s = max(longest_s, perf_counter() - begun)


def _crowded_out(draft: Draft, job_id: str) -> Unplaced:
    """Say what other jobs have taken away from a job that would fit without them."""
    if draft.has_portion(draft.problem.job_of[job_id]):
        return Unplaced(job=job_id, reason=Reason.FULL)
    return Unplaced(job=job_id, reason=Reason.BATCH, nearest_miss=NearestMiss(amount=1))


def _somebody_idle_could(draft: Draft, job_id: str) -> bool:
    """Whether somebody with nothing to do in this draft could do the job."""
    job = draft.problem.job_of[job_id]
    idle = (one for one in draft.volunteers if not draft.tours[one.id].tasks and draft.may(one, job))
    return any(
        tasks is not None and is_feasible(draft.tours[one.id].outset, tasks)
        for one, tasks in ((one, draft.compiled(one, job)) for one in idle)
    )
