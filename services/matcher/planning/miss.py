"""By how much a rule is missed: read from a placement that would be feasible without the rule."""

from collections.abc import Callable, Iterable

from services.matcher.planning.draft import Draft
from services.matcher.planning.placement import Placement
from services.matcher.planning.problem import Job, Volunteer
from services.matcher.planning.reason import NearestMiss, Reason
from services.matcher.planning.schedule import Outset, outset_of
from services.matcher.planning.step import Action


def missed(draft: Draft, job: Job, rule: Reason, placement: Placement) -> NearestMiss:
    """Say who is in the placement, and how much is missing; an upper bound for window, hot limit and duty."""
    volunteer = draft.problem.volunteer_of[placement.volunteer]
    measures: dict[Reason, Callable[[], int]] = {
        Reason.WINDOW: lambda: _window_miss(job, placement),
        Reason.HOT_LIMIT: lambda: _ride(draft, job, placement) - (job.max_ride_s or 0),
        Reason.DUTY: lambda: _duty_miss(job, placement, volunteer),
        Reason.CAPACITY: lambda: _capacity_miss(job, placement, volunteer),
        Reason.BATCH_READY: lambda: _ready_miss(draft, job, placement),
        Reason.SKILL: lambda: len(job.skills - volunteer.skills),
    }
    names = tuple(sorted(job.skills - volunteer.skills)) if rule is Reason.SKILL else ()
    return NearestMiss(volunteer=volunteer.id, amount=max(1, measures.get(rule, lambda: 1)()), names=names)


def _starts(job: Job, placement: Placement) -> dict[Action, tuple[int, int]]:
    """Earliest start and end of the job's own steps in a placement, seconds since day start."""
    tour = placement.tour
    return {
        task.action: (start, start + task.service_s)
        for task, start in zip(tour.tasks, tour.earliest, strict=True)
        if task.job == job.id
    }


def _window_miss(job: Job, placement: Placement) -> int:
    """Add up how far from a window pickup and drop-off begin, each as near to it as the tour lets them."""
    tour, total = placement.tour, 0
    for task, earliest, latest in zip(tour.tasks, tour.earliest, tour.latest, strict=True):
        if task.job == job.id:
            windows = job.pickup.windows if job.pickup and task.action is Action.PICKUP else job.windows
            total += min(max(opens - latest, earliest - closes, 0) for opens, closes in windows)
    return total


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


def _ready_miss(draft: Draft, job: Job, placement: Placement) -> int:
    """Say how much earlier the batch would have to be ready, if the carrier left as late as possible."""
    ready = draft.problem.batch_of[job.batch].ready if job.batch else 0
    tour = placement.tour
    latest = next(
        start
        for task, start in zip(tour.tasks, tour.latest, strict=True)
        if task.job == job.id and task.action is Action.PICKUP
    )
    return ready - latest


def out_of_reach(draft: Draft, job: Job, volunteers: Iterable[Volunteer]) -> NearestMiss:
    """Say whom of these the job alone would take least beyond their duty, and how many seconds at least."""
    carrier = draft.on_board.get(job.id)
    beyond = {
        one.id: _alone_s(draft, job, outset) - max(0, outset.end_by - outset.at)
        for one, outset in ((one, outset_of(draft.problem, one)) for one in volunteers)
        if carrier in (None, one.id)
    }
    nearest = min(beyond, key=lambda volunteer: (beyond[volunteer], volunteer))
    return NearestMiss(volunteer=nearest, amount=max(1, beyond[nearest]))


def _alone_s(draft: Draft, job: Job, outset: Outset) -> int:
    """Return the seconds from the outset to the end place, if nothing but the job were done."""
    seconds, here, total = outset.seconds, outset.place, job.service_s
    if job.pickup is not None and job.id not in draft.on_board:
        total += seconds.item(here, job.pickup.place) + job.pickup.setup_s + job.pickup.service_s
        here = job.pickup.place
    end = outset.volunteer.end_place
    return total + seconds.item(here, job.place) + (0 if end is None else seconds.item(job.place, end))
