"""Find out which hard rule blocks a job, by relaxing one after the other and trying again."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from services.matcher.planning.draft import Draft
from services.matcher.planning.placement import Placement
from services.matcher.planning.plan import Unplaced
from services.matcher.planning.problem import DAY_S, Job, Problem, Volunteer
from services.matcher.planning.reason import NearestMiss, Reason
from services.matcher.planning.step import Action

# From the rule that is easiest to relax to the one that is hardest; the first that suffices is named.
RULES = (
    Reason.REFUSED,
    Reason.BATCH,
    Reason.BATCH_READY,
    Reason.STOPS,
    Reason.PEOPLE,
    Reason.CAPACITY,
    Reason.HOT_LIMIT,
    Reason.WINDOW,
    Reason.DUTY,
    Reason.SKILL,
)
# How far a window, a duty or a hot limit is widened, in seconds, to find the nearest miss.
_WIDER_S = (300, 900, 1800, 3600, 7200)  # and a day, which is how a rule is found
_WIDENED = {Reason.HOT_LIMIT, Reason.WINDOW, Reason.DUTY}


def explain(draft: Draft, job_id: str) -> Unplaced:
    """Name the rule that keeps an unplaced job off every tour of a draft.

    Parameters
    ----------
    draft
        Is not changed.
    job_id
        An unplaced job that cannot be placed.

    Returns
    -------
    Unplaced
        The first rule that suffices alone; else rules that suffice together, of which none can be spared.
    """
    job = draft.problem.job_of[job_id]
    if not draft.problem.volunteers:
        return Unplaced(job=job_id, reason=Reason.NO_VOLUNTEERS)
    rules = [rule for rule in RULES if _concerns(draft, job, rule)]
    for rule in rules:
        placement = _tried(draft, job, (rule,))
        if placement is not None:
            return Unplaced(job=job_id, reason=rule, nearest_miss=_nearest_miss(draft, job, rule, placement))
    needed = _irreducible(draft, job, rules)
    return Unplaced(job=job_id, reason=needed[0], also=tuple(needed[1:]))


def _concerns(draft: Draft, job: Job, rule: Reason) -> bool:
    """Whether relaxing a rule could change anything for this job."""
    carried = job.id in draft.on_board
    concerns: dict[Reason, Callable[[], object]] = {
        Reason.REFUSED: lambda: not carried and (job.not_volunteers or job.only_volunteers is not None),
        Reason.BATCH: lambda: not draft.has_portion(job),
        Reason.BATCH_READY: lambda: job.batch is not None and not carried,
        Reason.STOPS: lambda: any(one.max_stops is not None for one in draft.problem.volunteers),
        Reason.PEOPLE: lambda: job.together is not None,
        Reason.CAPACITY: lambda: any(job.load) and not carried,
        Reason.HOT_LIMIT: lambda: job.max_ride_s is not None,
        Reason.SKILL: lambda: job.skills and not carried,
    }
    return bool(concerns.get(rule, lambda: True)())


def _irreducible(draft: Draft, job: Job, rules: Sequence[Reason]) -> list[Reason]:
    """Relax all rules, then put back one after the other, the hardest to relax first, as long as it helps."""
    needed = list(rules)
    for rule in reversed(rules):
        fewer = [other for other in needed if other is not rule]
        if fewer and _tried(draft, job, fewer):
            needed = fewer
    return needed


def _tried(draft: Draft, job: Job, rules: Sequence[Reason], wider_s: int = DAY_S) -> Placement | None:
    """Place the job (with its group) on a relaxed copy of the draft, and return its own placement."""
    relaxed, board = job, draft
    for rule in rules:
        relaxed = relaxed_job(relaxed, rule, wider_s)
    if Reason.DUTY in rules or Reason.STOPS in rules:
        volunteers = (relaxed_volunteer(one, rules, wider_s) for one in draft.volunteers)
        board = draft.for_volunteers(one for one in volunteers if job.together is not None or draft.may(one, relaxed))
    if relaxed.together is None:
        return next(iter(board.cheapest(relaxed)), None)
    others = [other for other in board.group_of(job) if other.id != job.id]
    placements = board.cheapest_together([relaxed, *others])
    return placements[0] if placements else None


def relaxed_job(job: Job, rule: Reason, wider_s: int = DAY_S) -> Job:
    """Return the job without a rule, or with the rule widened by so many seconds."""
    windows: dict[str, Any] = {"windows": _hull(job.windows, wider_s), "together": None}
    if job.pickup is not None:
        windows["pickup"] = replace(job.pickup, windows=_hull(job.pickup.windows, wider_s))
    changes: dict[Reason, dict[str, Any]] = {
        Reason.SKILL: {"skills": frozenset()},
        Reason.REFUSED: {"not_volunteers": frozenset(), "only_volunteers": None},
        Reason.CAPACITY: {"load": (0,) * len(job.load)},
        Reason.HOT_LIMIT: {"max_ride_s": None if job.max_ride_s is None else job.max_ride_s + wider_s},
        Reason.BATCH: {"batch": None},
        Reason.BATCH_READY: {"batch": None},
        Reason.PEOPLE: {"together": None},
        Reason.WINDOW: windows,  # a job of a group is then done alone, at another time
    }
    return replace(job, **changes.get(rule, {}))


def _hull(windows: tuple[tuple[int, int], ...], wider_s: int) -> tuple[tuple[int, int], ...]:
    wide = [(max(0, opens - wider_s), closes + wider_s) for opens, closes in windows]
    merged = [wide[0]]
    for opens, closes in wide[1:]:
        if opens <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(closes, merged[-1][1]))
        else:
            merged.append((opens, closes))
    return tuple(merged)


def relaxed_volunteer(volunteer: Volunteer, rules: Sequence[Reason], wider_s: int = DAY_S) -> Volunteer:
    """Return the volunteer with longer duty, or without a limit of stops."""
    if Reason.DUTY in rules:
        volunteer = replace(volunteer, duty=_hull(volunteer.duty, wider_s))
    if Reason.STOPS in rules:
        volunteer = replace(volunteer, max_stops=None)
    return volunteer


def _nearest_miss(draft: Draft, job: Job, rule: Reason, placement: Placement) -> NearestMiss:
    """Say who comes nearest to placing the job, and what is missing; the placement is one without the rule."""
    for wider_s in _WIDER_S if rule in _WIDENED else ():
        nearer = _tried(draft, job, (rule,), wider_s)
        if nearer is not None:
            placement = nearer
            break
    volunteer = draft.problem.volunteer_of[placement.volunteer]
    return _measured(draft, job, rule, placement, volunteer)


def _measured(draft: Draft, job: Job, rule: Reason, placement: Placement, volunteer: Volunteer) -> NearestMiss:
    measures: dict[Reason, Callable[[], int]] = {
        Reason.WINDOW: lambda: _window_miss(job, placement),
        Reason.HOT_LIMIT: lambda: _ride(draft, job, placement) - (job.max_ride_s or 0),
        Reason.DUTY: lambda: _duty_miss(job, placement, volunteer),
        Reason.CAPACITY: lambda: _capacity_miss(job, placement, volunteer),
        Reason.BATCH_READY: lambda: _ready_miss(draft.problem, job, placement),
        Reason.SKILL: lambda: len(job.skills - volunteer.skills),
    }
    names: tuple[str, ...] = ()
    if rule is Reason.SKILL:
        names = tuple(sorted(job.skills - volunteer.skills))
    return NearestMiss(volunteer=volunteer.id, amount=max(1, measures.get(rule, lambda: 1)()), names=names)


def _starts(job: Job, placement: Placement) -> dict[Action, tuple[int, int]]:
    """Start and end of the job's own steps in a placement, seconds since day start."""
    tour = placement.tour
    return {
        task.action: (start, start + task.service_s)
        for task, start in zip(tour.tasks, tour.earliest, strict=True)
        if task.job == job.id
    }


def _window_miss(job: Job, placement: Placement) -> int:
    missed = 0
    for action, (start, _) in _starts(job, placement).items():
        windows = job.pickup.windows if job.pickup and action is Action.PICKUP else job.windows
        missed += min(max(opens - start, start - closes, 0) for opens, closes in windows)
    return missed


def _ride(draft: Draft, job: Job, placement: Placement) -> int:
    starts = _starts(job, placement)
    if Action.PICKUP in starts:
        return starts[Action.DROPOFF][0] - starts[Action.PICKUP][1]
    return starts[Action.DROPOFF][0] - draft.problem.frozen_of[placement.volunteer].on_board[job.id]


def _duty_miss(job: Job, placement: Placement, volunteer: Volunteer) -> int:
    tour = placement.tour
    missed = sum(
        min(max(0, begins - start) + max(0, end - ends) for begins, ends in volunteer.duty)
        for start, end in _starts(job, placement).values()
    )
    home = tour.earliest[-1] + tour.tasks[-1].service_s + tour.travels[-1] - volunteer.duty[-1][1]
    return max(missed, home)


def _capacity_miss(job: Job, placement: Placement, volunteer: Volunteer) -> int:
    tour = placement.tour
    carried = [
        load
        for position, load in enumerate(tour.loads)
        if placement.positions[0] < position <= placement.positions[-1] + 1
    ]
    return max(
        load[dimension] + job.load[dimension] - most
        for load in carried
        for dimension, most in enumerate(volunteer.capacity)
    )


def _ready_miss(problem: Problem, job: Job, placement: Placement) -> int:
    """Say how much earlier the batch would have to be ready, if the carrier left as late as possible."""
    ready = problem.batch_of[job.batch].ready if job.batch else 0
    tour = placement.tour
    latest = next(
        start
        for task, start in zip(tour.tasks, tour.latest, strict=True)
        if task.job == job.id and task.action is Action.PICKUP
    )
    return ready - latest
