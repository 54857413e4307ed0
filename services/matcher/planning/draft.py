"""A plan while it is being worked on: tours by volunteer, what is unplaced, and what batches have left."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from copy import copy
from dataclasses import replace

from services.matcher.planning.cost import (
    assignment_cost,
    holders_of,
    jobs_done,
    plan_cost,
    prefer_fair_share,
    prefer_staying_home,
)
from services.matcher.planning.params import Params
from services.matcher.planning.placement import Placement, Trial, Ways, place_in, ways_of
from services.matcher.planning.plan import Plan, Route, Unplaced
from services.matcher.planning.problem import Job, Problem, Volunteer
from services.matcher.planning.reason import Reason
from services.matcher.planning.require import Window
from services.matcher.planning.schedule import FAR, Task, outset_of, tasks_of, timed
from services.matcher.planning.step import Action, Step
from services.matcher.planning.tour import Tour, idle_tour, tour_of


class Draft:
    """Tours that can be added to and taken from; every tour is feasible at every moment.

    Parameters
    ----------
    problem, params
        What is being planned, and what the wishes weigh.
    present
        The plan that people know; moving a job away from whom it names is a change.
    """

    def __init__(self, problem: Problem, *, params: Params, present: Plan | None = None) -> None:
        self.problem = problem
        self.volunteers = problem.volunteers
        self.params = params
        self.present = present
        self.holders = holders_of(present)
        self.on_board = problem.on_board
        self.done = {one.id: jobs_done(problem, one.id) for one in problem.volunteers}
        self.tours = {one.id: idle_tour(outset_of(problem, one)) for one in problem.volunteers}
        self.unplaced = {
            job.id: Unplaced(job=job.id, reason=Reason.NOT_TRIED)
            for job in problem.jobs
            if job.id not in problem.finished
        }
        self.batch_left = _batches_left(problem)
        self.groups = _frozen_groups(problem)
        self._ways: dict[tuple[int, int], Ways] = {}
        self.known_tasks: dict[tuple[str, tuple[Window, ...]], tuple[Task, ...] | None] = {}

    # What could be done

    def compiled(self, volunteer: Volunteer, job: Job) -> tuple[Task, ...] | None:
        """Return the tasks of a job for a volunteer; compiled once for all with the same duty."""
        if self.problem.job_of.get(job.id) is not job or job.id in self.on_board:
            return tasks_of(self.problem, volunteer, job)
        key = (job.id, volunteer.duty)
        if key not in self.known_tasks:
            self.known_tasks[key] = tasks_of(self.problem, volunteer, job)
        return self.known_tasks[key]

    def may(self, volunteer: Volunteer, job: Job) -> bool:
        """Whether the rules about who may do what let this volunteer take on a job."""
        if job.id in self.on_board:
            return self.on_board[job.id] == volunteer.id and (
                self._has_stops_left(volunteer) or self._carries_all(volunteer)
            )
        if job.only_volunteers is not None and volunteer.id not in job.only_volunteers:
            return False
        return (
            job.skills <= volunteer.skills
            and volunteer.id not in job.not_volunteers
            and (job.together is None or volunteer.id not in self.groups.get(job.together, ()))
            and self._has_stops_left(volunteer)
        )

    def _has_stops_left(self, volunteer: Volunteer) -> bool:
        if volunteer.max_stops is None:
            return True
        return self.tours[volunteer.id].finishes + self.done[volunteer.id] < volunteer.max_stops

    def _carries_all(self, volunteer: Volunteer) -> bool:
        """Whether only what is on board is on the tour: that is dropped off, however many stops it takes."""
        return all(task.job in self.on_board for task in self.tours[volunteer.id].tasks)

    def has_portion(self, job: Job) -> bool:
        """Whether the job's batch has one left; what is on board has left the batch already."""
        return job.batch is None or job.id in self.on_board or self.batch_left[job.batch] > 0

    def cheapest(self, job: Job, *, keep: int = 1, most: int = FAR) -> list[Placement]:
        """Find the cheapest placements of a job, at most one per volunteer.

        Parameters
        ----------
        job
            A job of the problem, or a changed copy of one.
        keep
            So many volunteers are wanted.
        most
            Placements that cost more than this, in seconds-equivalent, are of no interest.

        Returns
        -------
        list of Placement
            By cost, then volunteer id; empty if there is no feasible placement.
        """
        if not self.has_portion(job):
            return []
        trials = sorted(self._trials(job), key=lambda trial: (trial.bound, trial.volunteer))
        found: list[Placement] = []
        for trial in trials:
            limit = found[-1].cost if len(found) == keep else most
            if trial.bound > limit:
                break
            placement = place_in(trial, limit)
            if placement is not None:
                found = sorted([*found, placement])[:keep]
        return found

    def _trials(self, job: Job) -> Iterator[Trial]:
        compiled: dict[tuple[Window, ...], tuple[Task, ...] | None] = {}
        for volunteer in self.volunteers:
            if not self.may(volunteer, job):
                continue
            if volunteer.duty not in compiled:
                compiled[volunteer.duty] = self.compiled(volunteer, job)
            tasks = compiled[volunteer.duty]
            if tasks is not None:
                yield Trial(
                    tour=self.tours[volunteer.id],
                    tasks=tasks,
                    ways=tuple(self._ways_of(volunteer.travel_mode, task.place) for task in tasks),
                    charge=self._charge(volunteer, job),
                )

    def _ways_of(self, mode: int, place: int) -> Ways:
        if (mode, place) not in self._ways:
            self._ways[mode, place] = ways_of(self.problem.travel.seconds[mode], place)
        return self._ways[mode, place]

    def _charge(self, volunteer: Volunteer, job: Job) -> int:
        """Price what one more job for this volunteer costs beside travel, seconds-equivalent."""
        jobs, done = self.tours[volunteer.id].finishes, self.done[volunteer.id]
        more, now = (prefer_fair_share(jobs=number, done=done, params=self.params) for number in (jobs + 1, jobs))
        out = 0 if self.tours[volunteer.id].tasks else prefer_staying_home(self.problem, volunteer)
        return assignment_cost(job, volunteer, self.holders, self.params) + more - now + out

    def group_of(self, job: Job) -> list[Job]:
        """Return the jobs that are placed together with this one: the unplaced ones of its group, or itself."""
        if job.together is None:
            return [job]
        return [
            other
            for other in self.problem.jobs
            if other.together == job.together and (other.id in self.unplaced or other.id == job.id)
        ]

    def cheapest_together(self, jobs: list[Job]) -> list[Placement] | None:
        """Find different volunteers for jobs of one group at the least total cost; None if there are too few.

        Some best choice uses for each job one of as many cheapest volunteers as there are jobs, because the
        others can take at most one less away.
        """
        if len(jobs) == 1:
            return self.cheapest(jobs[0]) or None
        options = [self.cheapest(job, keep=len(jobs)) for job in jobs]
        best = min(_choices(options), key=_price_of_all, default=None)
        return None if best is None else list(best)

    def for_volunteers(self, volunteers: Iterable[Volunteer]) -> "Draft":
        """Return a copy for trials in which only these volunteers are asked, with other limits and the same tours."""
        trial = copy(self)
        trial.volunteers, trial.known_tasks = tuple(volunteers), {}
        trial.tours = _ToursOf(self.tours, trial)
        return trial

    def with_portion(self, batch: str) -> "Draft":
        """Return a copy for trials in which a batch has a portion left."""
        trial = copy(self)
        trial.batch_left = self.batch_left | {batch: 1}
        return trial

    # What is done

    def place(self, job_id: str) -> bool:
        """Place a job with its whole group where they cost least; say whether they could be placed."""
        jobs = self.group_of(self.problem.job_of[job_id])
        placements = self.cheapest_together(jobs)
        if placements is None:
            return False
        for job, placement in zip(jobs, placements, strict=True):
            self._settle(job, placement.volunteer, placement.tour)
        return True

    def _settle(self, job: Job, volunteer: str, tour: Tour) -> None:
        self.tours[volunteer] = tour
        self.unplaced.pop(job.id, None)
        self._count(job, volunteer, 1)

    def _count(self, job: Job, volunteer: str, sign: int) -> None:
        if job.batch is not None and job.id not in self.on_board:
            self.batch_left[job.batch] -= sign
        if job.together is not None:
            members = self.groups.setdefault(job.together, set())
            members.add(volunteer) if sign > 0 else members.discard(volunteer)

    def remove(self, job_id: str) -> None:
        """Take a job, with its whole group, off its tour; the others close ranks."""
        job = self.problem.job_of[job_id]
        group = (
            {job_id}
            if job.together is None
            else {other.id for other in self.problem.jobs if other.together == job.together}
        )
        for volunteer, tour in list(self.tours.items()):
            for gone in sorted({task.job for task in tour.tasks} & group):
                self._take_off(volunteer, self.problem.job_of[gone])

    def _take_off(self, volunteer: str, job: Job) -> None:
        tour = self.tours[volunteer]
        rest = [task for task in tour.tasks if task.job != job.id]
        self.unplaced[job.id] = Unplaced(job=job.id, reason=Reason.NOT_TRIED)
        self._count(job, volunteer, -1)
        shorter = tour_of(tour.outset, rest)
        if shorter is None:
            raise ValueError(
                f"Without job {job.id!r} the route of {volunteer!r} is too long: travel times break the triangle rule."
            )
        self.tours[volunteer] = shorter

    def adopt(self, volunteer: str, doings: list[tuple[str, Action]]) -> None:
        """Take over a sequence of steps as far as it fits, job by job, what is on board first.

        Parameters
        ----------
        volunteer
            Whose sequence.
        doings
            Job and action, in order; what this problem does not know is left out.
        """
        known = [(job, action) for job, action in doings if job in self.unplaced]
        if not known or self._adopt_whole(volunteer, known):
            return
        one, kept = self.problem.volunteer_of[volunteer], set[str]()
        for job_id in sorted(dict(known), key=lambda job: job not in self.on_board):
            job = self.problem.job_of[job_id]
            if not self.may(one, job) or not self.has_portion(job):
                continue
            tour = self._ordered(one, [doing for doing in known if doing[0] in kept or doing[0] == job_id])
            if tour is not None:
                kept.add(job_id)
                self._settle(job, volunteer, tour)

    def _adopt_whole(self, volunteer: str, doings: list[tuple[str, Action]]) -> bool:
        """Take over a sequence in one go if every rule allows it; say whether it was taken."""
        one = self.problem.volunteer_of[volunteer]
        jobs = [self.problem.job_of[job] for job in dict(doings)]
        portions = Counter(job.batch for job in jobs if job.batch is not None and job.id not in self.on_board)
        groups = [job.together for job in jobs if job.together is not None]
        if (
            not all(self.may(one, job) for job in jobs)
            or any(wanted > self.batch_left[batch] for batch, wanted in portions.items())
            or len(groups) > len(set(groups))
            or (one.max_stops is not None and self.done[volunteer] + len(jobs) > one.max_stops)
        ):
            return False
        tour = self._ordered(one, doings)
        if tour is not None:
            for job in jobs:
                self._settle(job, volunteer, tour)
        return tour is not None

    def _ordered(self, volunteer: Volunteer, doings: list[tuple[str, Action]]) -> Tour | None:
        """Compile steps in their order; None if it is not feasible, or a job lacks a step or has them out of order.

        A pickup of what is on board by now is passed over.
        """
        compiled = {job: self.compiled(volunteer, self.problem.job_of[job]) or () for job, _ in doings}
        tasks = [task for job, action in doings for task in compiled[job] if task.action is action]
        in_order = defaultdict[str, list[Task]](list)
        for task in tasks:
            in_order[task.job].append(task)
        if any(not wanted or in_order[job] != [*wanted] for job, wanted in compiled.items()):
            return None
        return tour_of(self.tours[volunteer.id].outset, tasks)

    def drop_broken_groups(self) -> None:
        """Take off the jobs of every group of which another member is unplaced, unless one is frozen."""
        frozen = _frozen_groups(self.problem)
        for job_id in list(self.unplaced):
            together = self.problem.job_of[job_id].together
            if together is not None and together not in frozen:
                self.remove(job_id)

    # What comes out

    def plan(self, *, engine: str = "insertion", note: str = "", degraded: bool = False) -> Plan:
        """Give every tour its times and add up the cost; the rest is passed on."""
        plan = Plan(
            routes=tuple(self._route(one) for one in self.problem.volunteers),
            unplaced=tuple(self.unplaced[job.id] for job in self.problem.jobs if job.id in self.unplaced),
            engine=engine,
            degraded=degraded,
            note=note,
        )
        cost = plan_cost(self.problem, plan, params=self.params, present=self.present)
        return replace(plan, cost=cost)

    def _route(self, volunteer: Volunteer) -> Route:
        tour = self.tours[volunteer.id]
        frozen = self.problem.frozen_of.get(volunteer.id)
        before: tuple[Step, ...] = frozen.steps if frozen else ()
        if not tour.tasks:
            return Route(volunteer=volunteer.id, steps=before)
        open_steps = timed(tour.outset, tour.tasks) or ()
        metres = self.problem.travel.metres
        home = tour.places[-1] if tour.end_place is None else tour.end_place
        return Route(
            volunteer=volunteer.id,
            steps=(*before, *open_steps),
            end_travel_s=tour.travels[-1],
            end_distance_m=metres.item(tour.places[-1], home),
        )


class _ToursOf(dict[str, Tour]):
    """Tours as they are for volunteers with other limits; each is made when it is first asked for."""

    def __init__(self, tours: dict[str, Tour], trial: Draft) -> None:
        super().__init__()
        self._tours, self._trial = tours, trial
        self._volunteers = {one.id: one for one in trial.volunteers}

    def __missing__(self, name: str) -> Tour:
        volunteer, tour, problem = self._volunteers[name], self._tours[name], self._trial.problem
        compiled = {
            (task.job, task.action): task
            for job in {task.job for task in tour.tasks}
            for task in self._trial.compiled(volunteer, problem.job_of[job]) or ()
        }
        tasks = [compiled.get((task.job, task.action), task) for task in tour.tasks]
        self[name] = tour_of(outset_of(problem, volunteer), tasks) or tour
        return self[name]


def draft_of(
    problem: Problem, plan: Plan, *, params: Params, present: Plan | None = None, strict: bool = True
) -> Draft:
    """Start a draft from a plan.

    Parameters
    ----------
    problem, plan
        Open steps of the plan are re-timed for the problem.
    params, present
        What the wishes weigh, and the plan that people know.
    strict
        Whether every step of the plan must fit; otherwise what does not fit becomes unplaced.

    Raises
    ------
    ValueError
        If `strict` and a step does not fit.
    """
    draft = Draft(problem, params=params, present=present)
    for route in plan.routes:
        if route.volunteer in draft.tours:
            draft.adopt(route.volunteer, [(step.job, step.action) for step in route.open_steps])
    draft.drop_broken_groups()
    if strict:
        lost = sorted(step.job for route in plan.routes for step in route.open_steps if step.job in draft.unplaced)
        if lost:
            raise ValueError(f"The plan is not one of this problem: {lost} do not fit. Call carry_over first.")
    draft.unplaced.update({one.job: one for one in plan.unplaced if one.job in draft.unplaced})
    return draft


def _batches_left(problem: Problem) -> dict[str, int]:
    left = {batch.id: batch.count for batch in problem.batches}
    for frozen in problem.frozen:
        for step in frozen.steps:
            batch = problem.job_of[step.job].batch
            if step.action is Action.PICKUP and batch is not None:
                left[batch] -= 1
    return left


def _frozen_groups(problem: Problem) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for frozen in problem.frozen:
        for step in frozen.steps:
            together = problem.job_of[step.job].together
            if together is not None:
                groups.setdefault(together, set()).add(frozen.volunteer)
    return groups


def _price_of_all(choice: tuple[Placement, ...]) -> tuple[int, tuple[str, ...]]:
    return sum(placement.cost for placement in choice), tuple(placement.volunteer for placement in choice)


def _choices(options: list[list[Placement]]) -> Iterator[tuple[Placement, ...]]:
    """All ways to take one placement of each list without taking a volunteer twice."""
    if not options:
        yield ()
        return
    for placement in options[0]:
        others = [[other for other in more if other.volunteer != placement.volunteer] for more in options[1:]]
        yield from ((placement, *rest) for rest in _choices(others))
