"""Check a plan against the problem statement alone: no plan with a violation is ever used.

Written from the rules in problem.py. It knows no engine, neither the insertion nor the schedule, and re-times every
route by itself, so that a mistake there cannot hide here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from services.matcher.planning.plan import Plan, Route
from services.matcher.planning.problem import Frozen, Job, Problem, Volunteer
from services.matcher.planning.require import Window
from services.matcher.planning.step import Action, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One broken rule.

    Parameters
    ----------
    rule
        The rule's name: the name of the function below that found it.
    volunteer, job
        Whose route and which job; empty if the rule is not about one.
    what
        The finding in numbers, for a log.
    """

    rule: str
    what: str
    volunteer: str = ""
    job: str = ""


def violations(problem: Problem, plan: Plan) -> tuple[Violation, ...]:
    """Check every hard rule.

    Parameters
    ----------
    problem, plan
        The plan claims to be one of this problem.

    Returns
    -------
    tuple of Violation
        Empty if the plan may be used.
    """
    found = list(_one_route_each(problem, plan))
    if not found:
        found += _known_jobs(problem, plan)
    if found:
        return tuple(found)  # the rules below look jobs and volunteers up
    for route in plan.routes:
        found += _of_route(problem, route)
    for rule in (_each_job_once, _all_accounted_for, _batch_count, _together):
        found += rule(problem, plan)
    return tuple(found)


def _of_route(problem: Problem, route: Route) -> Iterator[Violation]:
    volunteer = problem.volunteer_of[route.volunteer]
    frozen = problem.frozen_of.get(volunteer.id)
    yield from _frozen_kept(route, frozen)
    yield from _actions_suit(problem, route)
    yield from _one_place_at_a_time(problem, volunteer, frozen, route)
    yield from _pickup_before_dropoff(problem, frozen, route)
    yield from _capacity(problem, volunteer, frozen, route)
    yield from _hot_limit(problem, route)
    yield from _stops(problem, volunteer, frozen, route)
    for step in route.open_steps:
        job = problem.job_of[step.job]
        yield from _windows(job, route, step)
        yield from _duty(volunteer, step)
        yield from _batch_ready(problem, job, route, step)
        yield from _right_person(problem, job, volunteer)


# Shape


def _one_route_each(problem: Problem, plan: Plan) -> Iterator[Violation]:
    routes, volunteers = [route.volunteer for route in plan.routes], [one.id for one in problem.volunteers]
    if routes != volunteers:
        yield Violation(rule="one_route_each", what=f"routes of {routes}, but the volunteers are {volunteers}")


def _known_jobs(problem: Problem, plan: Plan) -> Iterator[Violation]:
    named = {step.job for route in plan.routes for step in route.steps} | {one.job for one in plan.unplaced}
    for job in sorted(named - problem.job_of.keys()):
        yield Violation(rule="known_jobs", job=job, what="is not a job of this problem")


def _each_job_once(problem: Problem, plan: Plan) -> Iterator[Violation]:
    del problem
    times = Counter((step.job, step.action) for route in plan.routes for step in route.steps)
    for (job, action), count in times.items():
        if count > 1:
            yield Violation(rule="each_job_once", job=job, what=f"{action.value} {count} times")


def _all_accounted_for(problem: Problem, plan: Plan) -> Iterator[Violation]:
    placed = {step.job for route in plan.routes for step in route.steps if step.action is not Action.PICKUP}
    unplaced = Counter(one.job for one in plan.unplaced)
    for job in problem.jobs:
        count = unplaced[job.id] + (job.id in placed)
        if count != 1:
            what = "neither placed nor unplaced with a reason" if count == 0 else "placed and unplaced, or twice"
            yield Violation(rule="all_accounted_for", job=job.id, what=what)


def _actions_suit(problem: Problem, route: Route) -> Iterator[Violation]:
    for step in route.open_steps:
        job = problem.job_of[step.job]
        if step.action is Action.PICKUP and job.pickup is not None:
            place = job.pickup.place
        elif step.action.value == ("dropoff" if job.mode == "delivery" else job.mode):
            place = job.place
        else:
            yield _of(route, step, "actions_suit", f"{step.action.value} for a {job.mode}")
            continue
        if step.place != place:
            yield _of(route, step, "actions_suit", f"at place {step.place} instead of {place}")


# What is fixed


def _frozen_kept(route: Route, frozen: Frozen | None) -> Iterator[Violation]:
    wanted = frozen.steps if frozen else ()
    if route.steps[: len(wanted)] != wanted or any(step.frozen for step in route.steps[len(wanted) :]):
        yield Violation(rule="frozen_kept", volunteer=route.volunteer, what="the frozen steps are not first as given")


def _right_person(problem: Problem, job: Job, volunteer: Volunteer) -> Iterator[Violation]:
    carrier = problem.on_board.get(job.id)
    if carrier is not None:
        if carrier != volunteer.id:
            yield _person("on_board", job, volunteer, f"is on board of {carrier}")
        return
    if job.skills - volunteer.skills:
        yield _person("skills", job, volunteer, f"lacks {sorted(job.skills - volunteer.skills)}")
    if volunteer.id in job.not_volunteers:
        yield _person("refused", job, volunteer, "refused or is excluded")
    if job.only_volunteers is not None and volunteer.id not in job.only_volunteers:
        yield _person("refused", job, volunteer, "is not among those who alone may")


# Time


def _one_place_at_a_time(
    problem: Problem, volunteer: Volunteer, frozen: Frozen | None, route: Route
) -> Iterator[Violation]:
    seconds, metres = problem.travel.seconds[volunteer.travel_mode], problem.travel.metres
    here = frozen.place if frozen else volunteer.start_place
    left = max(problem.now, volunteer.duty[0][0], frozen.free_at if frozen else 0)
    for step in route.open_steps:
        travel = int(seconds[here, step.place])
        if step.travel_s != travel or step.distance_m != int(metres[here, step.place]):
            yield _of(route, step, "travel", f"claims {step.travel_s} s, {step.distance_m} m; it is {travel} s")
        if step.arrival != left + travel:
            yield _of(route, step, "one_place_at_a_time", f"arrives {step.arrival}, can only at {left + travel}")
        ready, service = _needs(problem.job_of[step.job], step, step.arrival, here)
        if step.start < ready:
            yield _of(route, step, "one_place_at_a_time", f"starts {step.start}, ready at {ready}")
        if step.departure != step.start + service:
            yield _of(route, step, "service", f"from {step.start} to {step.departure}, service takes {service} s")
        here, left = step.place, step.departure
    yield from _gets_home(problem, volunteer, route, here, left)


def _needs(job: Job, step: Step, arrival: int, here: int) -> tuple[int, int]:
    """Return when service can start after an arrival, and how long it takes, seconds."""
    if step.action is Action.PICKUP and job.pickup is not None:
        return arrival + (job.pickup.setup_s if here != step.place else 0), job.pickup.service_s
    return arrival, job.service_s


def _gets_home(problem: Problem, volunteer: Volunteer, route: Route, here: int, left: int) -> Iterator[Violation]:
    if volunteer.end_place is None or not route.open_steps:
        way, metres = 0, 0
    else:
        way = int(problem.travel.seconds[volunteer.travel_mode][here, volunteer.end_place])
        metres = int(problem.travel.metres[here, volunteer.end_place])
    if route.open_steps and left + way > volunteer.duty[-1][1]:
        what = f"is home at {left + way}, duty ends at {volunteer.duty[-1][1]}"
        yield Violation(rule="duty", volunteer=volunteer.id, what=what)
    if (route.end_travel_s, route.end_distance_m) != (way, metres):
        what = f"claims {route.end_travel_s} s to the end place; it is {way} s"
        yield Violation(rule="travel", volunteer=volunteer.id, what=what)


def _windows(job: Job, route: Route, step: Step) -> Iterator[Violation]:
    windows = job.pickup.windows if step.action is Action.PICKUP and job.pickup else job.windows
    if not _inside(windows, step.start, step.start):
        yield _of(route, step, "windows", f"starts at {step.start}, windows are {windows}")


def _duty(volunteer: Volunteer, step: Step) -> Iterator[Violation]:
    if not _inside(volunteer.duty, step.start, step.departure):
        what = f"from {step.start} to {step.departure}, duty is {volunteer.duty}"
        yield Violation(rule="duty", volunteer=volunteer.id, job=step.job, what=what)


def _inside(windows: tuple[Window, ...], start: int, end: int) -> bool:
    return any(opens <= start and end <= closes for opens, closes in windows)


def _hot_limit(problem: Problem, route: Route) -> Iterator[Violation]:
    left = {step.job: step.departure for step in route.steps if step.action is Action.PICKUP}
    for step in route.open_steps:
        limit = problem.job_of[step.job].max_ride_s
        if step.action is Action.DROPOFF and limit is not None and step.job in left:
            ride = step.start - left[step.job]
            if ride > limit:
                yield _of(route, step, "hot_limit", f"rides {ride} s, limit is {limit} s")


# Loads


def _pickup_before_dropoff(problem: Problem, frozen: Frozen | None, route: Route) -> Iterator[Violation]:
    picked = set(frozen.on_board) if frozen else set()
    for step in route.open_steps:
        if step.action is Action.PICKUP:
            if step.job in problem.on_board:
                yield _of(route, step, "pickup_before_dropoff", "is on board already")
            picked.add(step.job)
        elif step.action is Action.DROPOFF and step.job not in picked:
            yield _of(route, step, "pickup_before_dropoff", "is dropped off without being on board")
    dropped = {step.job for step in route.open_steps if step.action is Action.DROPOFF}
    for step in route.open_steps:
        if step.action is Action.PICKUP and step.job not in dropped:
            yield _of(route, step, "pickup_before_dropoff", "is picked up and never dropped off")


def _capacity(problem: Problem, volunteer: Volunteer, frozen: Frozen | None, route: Route) -> Iterator[Violation]:
    load = [0] * len(volunteer.capacity)
    for job in frozen.on_board if frozen else ():
        load = [carried + more for carried, more in zip(load, problem.job_of[job].load, strict=True)]
    for step in route.open_steps:
        sign = {Action.PICKUP: 1, Action.DROPOFF: -1}.get(step.action, 0)
        more = problem.job_of[step.job].load
        load = [carried + sign * amount for carried, amount in zip(load, more, strict=True)]
        if step.load_after != tuple(load):
            yield _of(route, step, "load", f"claims {step.load_after} on board; it is {tuple(load)}")
        full = zip(load, volunteer.capacity, strict=True)
        if sign > 0 and any(carried > most for carried, most in full):
            yield _of(route, step, "capacity", f"{tuple(load)} on board, capacity is {volunteer.capacity}")


def _stops(problem: Problem, volunteer: Volunteer, frozen: Frozen | None, route: Route) -> Iterator[Violation]:
    if volunteer.max_stops is None:
        return
    before = sum(step.action is not Action.PICKUP for step in frozen.steps) if frozen else 0
    opened = [step.job for step in route.open_steps if step.action is not Action.PICKUP]
    count = before + len(opened)
    if count > volunteer.max_stops and any(job not in problem.on_board for job in opened):
        what = f"{count} jobs, the most is {volunteer.max_stops}"
        yield Violation(rule="stops", volunteer=volunteer.id, what=what)


def _batch_ready(problem: Problem, job: Job, route: Route, step: Step) -> Iterator[Violation]:
    if step.action is Action.PICKUP and job.batch is not None and step.start < problem.batch_of[job.batch].ready:
        yield _of(route, step, "batch_ready", f"at {step.start}, ready at {problem.batch_of[job.batch].ready}")


def _batch_count(problem: Problem, plan: Plan) -> Iterator[Violation]:
    fed = Counter(
        problem.job_of[step.job].batch for route in plan.routes for step in route.steps if step.action is Action.PICKUP
    )
    for batch in problem.batches:
        # What frozen steps took beyond the count is a fact; only taking more on top is a violation.
        taken = sum(
            step.action is Action.PICKUP and problem.job_of[step.job].batch == batch.id
            for frozen in problem.frozen
            for step in frozen.steps
        )
        if fed[batch.id] > max(batch.count, taken):
            yield Violation(rule="batch_count", what=f"batch {batch.id}: {fed[batch.id]} of {batch.count}")


# People


def _together(problem: Problem, plan: Plan) -> Iterator[Violation]:
    groups: defaultdict[str, list[Job]] = defaultdict(list)
    for job in problem.jobs:
        if job.together is not None:
            groups[job.together].append(job)
    who = {
        step.job: (route.volunteer, step)
        for route in plan.routes
        for step in route.steps
        if step.action is not Action.PICKUP
    }
    for group, jobs in groups.items():
        yield from _one_group(group, [who.get(job.id) for job in jobs])


def _one_group(group: str, members: list[tuple[str, Step] | None]) -> Iterator[Violation]:
    present = [member for member in members if member is not None]
    open_members = [member for member in present if not member[1].frozen]
    if not open_members:
        return
    people = [volunteer for volunteer, _ in present]
    if len(set(people)) < len(people):
        yield Violation(rule="together", what=f"group {group}: one person twice among {people}")
    if len(open_members) == len(present) and len(present) < len(members):
        yield Violation(rule="together", what=f"group {group}: {len(present)} people instead of {len(members)}")
    starts = {step.start for _, step in open_members}
    if len(starts) > 1:
        yield Violation(rule="together", what=f"group {group}: starts at {sorted(starts)}")


def _of(route: Route, step: Step, rule: str, what: str) -> Violation:
    return Violation(rule=rule, volunteer=route.volunteer, job=step.job, what=what)


def _person(rule: str, job: Job, volunteer: Volunteer, what: str) -> Violation:
    return Violation(rule=rule, volunteer=volunteer.id, job=job.id, what=what)
