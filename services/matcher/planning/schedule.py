"""When each step of a route happens, and whether it can: one timing for insertion and plan building.

The schedule is the *earliest* one. Every rule has the form "this start is not before something that grows
with other starts", so there is one least solution, found by raising starts until nothing has to be raised
any more (as in simple temporal networks: Dechter, Meiri, Pearl 1991, "Temporal constraint networks"). A hot
limit raises the pickup: whoever would carry food too long leaves the kitchen later. After that every pickup
is moved as late as is harmless, so that waiting happens before food is taken on board and not with it; no
other start moves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from services.matcher.planning.problem import Job, Matrix, Problem, Volunteer
from services.matcher.planning.require import Window
from services.matcher.planning.step import Action, Step

FAR = 1 << 30  # later than any moment of any day, in seconds


class Task(NamedTuple):
    """One step before it has times, compiled for one volunteer.

    `windows` are the starts that the job's windows, the volunteer's duty, `now`, the batch and (for what is
    already on board) the hot limit allow together. `ride_s` is the hot limit of a drop-off whose pickup is
    on the same route.
    """

    job: str
    action: Action
    place: int
    service_s: int
    setup_s: int
    windows: tuple[Window, ...]
    load: tuple[int, ...]
    ride_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outset:
    """From where and when a volunteer can go on, and until when.

    Parameters
    ----------
    volunteer
        Who.
    place, at
        Where and from when (seconds since day start) they are free.
    end_by
        When they must have arrived at their end place, or finished if they have none.
    on_board
        Load at the outset, in the board's load dimensions.
    seconds, metres
        Travel matrices of their mode.
    """

    volunteer: Volunteer
    place: int
    at: int
    end_by: int
    on_board: tuple[int, ...]
    seconds: Matrix
    metres: Matrix


def outset_of(problem: Problem, volunteer: Volunteer) -> Outset:
    """Read from the problem where and when a volunteer can go on."""
    frozen = problem.frozen_of.get(volunteer.id)
    carried = [problem.job_of[job].load for job in frozen.on_board] if frozen else []
    return Outset(
        volunteer=volunteer,
        place=frozen.place if frozen else volunteer.start_place,
        at=max(problem.now, volunteer.duty[0][0], frozen.free_at if frozen else 0),
        end_by=volunteer.duty[-1][1],
        on_board=tuple(map(sum, zip(*carried, strict=True))) if carried else (0,) * len(volunteer.capacity),
        seconds=problem.travel.seconds[volunteer.travel_mode],
        metres=problem.travel.metres,
    )


def tasks_of(problem: Problem, volunteer: Volunteer, job: Job) -> tuple[Task, ...] | None:
    """Compile what the volunteer would have to do for a job; None if there is no moment to do it.

    Returns
    -------
    tuple of Task, or None
        One task, or pickup and drop-off; only the drop-off if the job is already on board.
    """
    frozen = problem.frozen_of.get(volunteer.id)
    left_at = frozen.on_board.get(job.id) if frozen else None
    last = FAR if left_at is None or job.max_ride_s is None else left_at + job.max_ride_s
    sign = -1 if job.mode == "delivery" else 0
    windows = _allowed(job.windows, volunteer.duty, job.service_s, problem.now, last)
    door = Task(
        job=job.id,
        action=job.action,
        place=job.place,
        service_s=job.service_s,
        setup_s=0,
        windows=windows,
        load=tuple(sign * load for load in job.load),
        ride_s=job.max_ride_s if left_at is None else None,
    )
    if job.pickup is None or left_at is not None:
        return (door,) if windows else None
    ready = problem.batch_of[job.batch].ready if job.batch else 0
    pickup = Task(
        job=job.id,
        action=Action.PICKUP,
        place=job.pickup.place,
        service_s=job.pickup.service_s,
        setup_s=job.pickup.setup_s,
        windows=_allowed(job.pickup.windows, volunteer.duty, job.pickup.service_s, max(problem.now, ready), FAR),
        load=job.load,
        ride_s=None,
    )
    return (pickup, door) if windows and pickup.windows else None


def _allowed(
    windows: tuple[Window, ...], duty: tuple[Window, ...], service_s: int, first: int, last: int
) -> tuple[Window, ...]:
    """Intersect a job's windows with the duty windows, shortened so that the whole service fits."""
    found = []
    for opens, closes in windows:
        for begins, ends in duty:
            window = (max(opens, begins, first), min(closes, ends - service_s, last))
            if window[0] <= window[1]:
                found.append(window)
    return tuple(found)


def first_allowed(windows: tuple[Window, ...], moment: int) -> int | None:
    """Return the earliest allowed start that is not before a moment."""
    for opens, closes in windows:
        if moment <= closes:
            return max(moment, opens)
    return None


def last_allowed(windows: tuple[Window, ...], moment: int) -> int | None:
    """Return the latest allowed start that is not after a moment."""
    for opens, closes in reversed(windows):
        if moment >= opens:
            return min(moment, closes)
    return None


def travels_of(outset: Outset, tasks: Sequence[Task]) -> list[int]:
    """Return travel seconds into each task and to the end place (0 if anywhere or without tasks)."""
    seconds, here = outset.seconds, outset.place
    travels = []
    for task in tasks:
        travels.append(seconds.item(here, task.place) if here != task.place else 0)
        here = task.place
    end = outset.volunteer.end_place
    travels.append(0 if end is None or not tasks else seconds.item(here, end))
    return travels


def setups_of(outset: Outset, tasks: Sequence[Task]) -> list[int]:
    """Return set-up seconds before each task: only on arriving from another place."""
    here, setups = outset.place, []
    for task in tasks:
        setups.append(task.setup_s if task.place != here else 0)
        here = task.place
    return setups


def earliest_starts(
    outset: Outset, tasks: Sequence[Task], travels: Sequence[int], floors: Sequence[int] = ()
) -> list[int] | None:
    """Find the least start of every task that obeys every timing rule.

    Parameters
    ----------
    outset, tasks
        Who goes from where, and what they do in this order.
    travels
        Seconds, as `travels_of` gives them.
    floors
        Starts known to be no later than the answer, if any; they only save time.

    Returns
    -------
    list of int, or None
        Seconds since day start; None if there is no feasible schedule.
    """
    hot = _hot_pairs(tasks)
    raised = list(floors) or [0] * len(tasks)
    setups = setups_of(outset, tasks)
    if hot and _rides_too_long(tasks, hot, travels, setups):
        return None
    # As in Bellman and Ford: while no start jumps into a later window, each hot limit raises at most once.
    for _ in range((1 + len(hot)) * (1 + sum(len(task.windows) - 1 for task in tasks))):
        starts = _pushed(outset, tasks, travels, setups, raised)
        if starts is None or not _raise_pickups(tasks, hot, starts, raised):
            return starts
    return None


def _hot_pairs(tasks: Sequence[Task]) -> list[tuple[int, int]]:
    """Positions of pickup and drop-off, for every drop-off with a hot limit."""
    at = {task.job: position for position, task in enumerate(tasks) if task.action is Action.PICKUP}
    return [(at[task.job], position) for position, task in enumerate(tasks) if task.ride_s is not None]


def _rides_too_long(
    tasks: Sequence[Task], hot: Sequence[tuple[int, int]], travels: Sequence[int], setups: Sequence[int]
) -> bool:
    """Whether a ride would be too long even if nobody ever waited: then no schedule helps."""
    starts, moment = [], 0
    for task, travel, setup in zip(tasks, travels, setups, strict=False):
        moment += travel + setup
        starts.append(moment)
        moment += task.service_s
    return any(
        starts[dropoff] - starts[pickup] - tasks[pickup].service_s > (tasks[dropoff].ride_s or 0)
        for pickup, dropoff in hot
    )


def _pushed(
    outset: Outset,
    tasks: Sequence[Task],
    travels: Sequence[int],
    setups: Sequence[int],
    floors: Sequence[int],
) -> list[int] | None:
    moment, starts = outset.at, []
    for task, travel, setup, floor in zip(tasks, travels, setups, floors, strict=False):
        moment = max(moment + travel + setup, floor)
        for opens, closes in task.windows:  # first_allowed, written out: this is the innermost loop
            if moment <= closes:
                moment = max(moment, opens)
                break
        else:
            return None
        starts.append(moment)
        moment += task.service_s
    return starts if not tasks or moment + travels[-1] <= outset.end_by else None


def _raise_pickups(
    tasks: Sequence[Task], hot: Sequence[tuple[int, int]], starts: Sequence[int], floors: list[int]
) -> bool:
    """Raise the floor of every pickup that would leave the kitchen too early; say whether one was raised."""
    raised = False
    for pickup, dropoff in hot:
        floor = starts[dropoff] - (tasks[dropoff].ride_s or 0) - tasks[pickup].service_s
        if starts[pickup] < floor:
            floors[pickup] = floor
            raised = True
    return raised


def latest_starts(outset: Outset, tasks: Sequence[Task], travels: Sequence[int]) -> list[int]:
    """Find the latest start of every task that keeps all later ones in time, hot limits left aside.

    A later start is infeasible for certain; an earlier one is feasible if the route has no hot limit.
    """
    setups = setups_of(outset, tasks)
    latest = [0] * len(tasks)
    moment = outset.end_by - travels[-1]
    for position in range(len(tasks) - 1, -1, -1):
        task = tasks[position]
        start = last_allowed(task.windows, moment - task.service_s)
        latest[position] = -1 if start is None else start
        moment = latest[position] - travels[position] - setups[position]
    return latest


def loads_of(outset: Outset, tasks: Sequence[Task]) -> list[tuple[int, ...]]:
    """Return what is on board before each task and at the end, in the board's load dimensions."""
    load = outset.on_board
    loads = [load]
    for task in tasks:
        load = tuple(map(sum, zip(load, task.load, strict=True)))
        loads.append(load)
    return loads


def is_feasible(outset: Outset, tasks: Sequence[Task]) -> bool:
    """Whether a route can be done in this order: times, hot limits and capacity."""
    loads = loads_of(outset, tasks)
    for task, load in zip(tasks, loads[1:], strict=True):
        room = zip(load, outset.volunteer.capacity, strict=True)
        if task.action is Action.PICKUP and any(carried > most for carried, most in room):
            return False
    return earliest_starts(outset, tasks, travels_of(outset, tasks)) is not None


def timed(outset: Outset, tasks: Sequence[Task]) -> tuple[Step, ...] | None:
    """Turn tasks into steps with times; None if the order is not feasible.

    Returns
    -------
    tuple of Step, or None
        Earliest starts, pickups as late as is harmless.
    """
    travels = travels_of(outset, tasks)
    starts = earliest_starts(outset, tasks, travels)
    if starts is None:
        return None
    setups, loads = setups_of(outset, tasks), loads_of(outset, tasks)
    _delay_pickups(outset, tasks, travels, setups, starts)
    steps, left_at, here = [], outset.at, outset.place
    for position, task in enumerate(tasks):
        steps.append(
            Step(
                job=task.job,
                action=task.action,
                place=task.place,
                arrival=left_at + travels[position],
                start=starts[position],
                departure=starts[position] + task.service_s,
                load_after=loads[position + 1],
                travel_s=travels[position],
                distance_m=outset.metres.item(here, task.place),
            )
        )
        left_at, here = starts[position] + task.service_s, task.place
    return tuple(steps)


def _delay_pickups(
    outset: Outset,
    tasks: Sequence[Task],
    travels: Sequence[int],
    setups: Sequence[int],
    starts: list[int],
) -> None:
    """Move every pickup as late as no other start has to move for it."""
    for position in range(len(tasks) - 2, -1, -1):
        task = tasks[position]
        if task.action is not Action.PICKUP:
            continue
        leave_by = starts[position + 1] - travels[position + 1] - setups[position + 1]
        later = last_allowed(task.windows, min(leave_by, outset.end_by) - task.service_s)
        if later is not None and later > starts[position]:
            starts[position] = later
