"""Reasons that hold whatever is planned: what fits on nobody's empty day fits on no plan.

They are cheap, because volunteers who are alike are asked once, and so are jobs that differ in nothing but their place.
"""

from collections.abc import Collection, Hashable
from dataclasses import dataclass, replace

from services.matcher.planning.draft import Draft
from services.matcher.planning.explain import Explainer
from services.matcher.planning.params import Params
from services.matcher.planning.placement import Placement
from services.matcher.planning.plan import Unplaced
from services.matcher.planning.problem import Job, Problem, Volunteer
from services.matcher.planning.reason import Reason
from services.matcher.planning.relax import relaxed_job, relaxed_volunteer
from services.matcher.planning.schedule import is_feasible, outset_of
from services.matcher.planning.tour import Tour, idle_tour, tour_of

# What is missed under these rules is the same for all jobs of a kind, wherever they are.
_ANYWHERE = frozenset({Reason.SKILL, Reason.REFUSED, Reason.CAPACITY, Reason.STOPS, Reason.BATCH})


@dataclass(slots=True)
class _Kind:
    """What is known of jobs that differ in nothing but their place.

    Parameters
    ----------
    people
        Who is asked, whoever could do the last one first.
    hopeless
        Whether nobody could do one, wherever it were.
    known
        Why the last one fits on nobody's day.
    """

    people: list[Volunteer]
    hopeless: bool
    known: Unplaced | None = None


class EmptyDay:
    """A board on which nothing is planned.

    Parameters
    ----------
    problem, params
        Whose frozen part stays as it is.
    """

    def __init__(self, problem: Problem, *, params: Params) -> None:
        self._draft = Draft(problem, params=params)
        self._draft.tours = {one.id: _unladen(problem, one) for one in problem.volunteers}
        one_of_each = {_likeness(problem, one): one for one in reversed(problem.volunteers)}
        self._alike = Explainer(self._draft, list(one_of_each.values())[::-1])
        self._everybody = Explainer(self._draft)
        self._kinds: dict[Hashable, _Kind] = {}

    def fits(self, job_id: str) -> bool:
        """Whether somebody could do the job (with its group) with nothing else to do."""
        job = self._draft.problem.job_of[job_id]
        if job.together is not None or not self._draft.has_portion(job):
            return self._everybody.tried(job, ()) is not None
        kind = self._kind(job)
        for position, one in enumerate(() if kind.hopeless else kind.people):
            if self._is_able(one, job) and self._could(one, job):
                kind.people.insert(0, kind.people.pop(position))
                return True
        return False

    def why_not(self, job_id: str) -> Unplaced:
        """Name the rule that keeps a job off everybody's empty day; it must not fit."""
        job = self._draft.problem.job_of[job_id]
        kind = self._kind(job)
        found = self._as_before(job, kind.known) if kind.hopeless else None
        if found is None:
            found = self._asked_about(job).why(job_id)
        kind.known = None if found.also else found
        return found

    def known(self, job_id: str) -> Unplaced | None:
        """Return what was found for another job of the same kind, if it holds for this one too."""
        kind = self._kind(self._draft.problem.job_of[job_id])
        holds = kind.hopeless and kind.known is not None and kind.known.reason in _ANYWHERE
        return replace(kind.known, job=job_id) if kind.known is not None and holds else None

    def _as_before(self, job: Job, known: Unplaced | None) -> Unplaced | None:
        """Try the rule that stood in the way of another job of the same kind, for the same volunteer."""
        if known is None or known.reason is Reason.NO_VOLUNTEERS:
            return known and replace(known, job=job.id)
        if known.reason is Reason.OUT_OF_REACH:
            return self._asked_about(job).out_of_reach(job)
        who = self._draft.problem.volunteer_of[known.nearest_miss.volunteer]
        if known.reason in _ANYWHERE and known.reason is not Reason.BATCH:
            relaxed = relaxed_job(job, (known.reason,))
            return replace(known, job=job.id) if self._could(relaxed_volunteer(who, (known.reason,)), relaxed) else None
        return _Alone(self._draft, [who]).without(job, known.reason)

    def _asked_about(self, job: Job) -> Explainer:
        return self._everybody if self._names_people(job) else self._alike

    def _could(self, volunteer: Volunteer, job: Job) -> bool:
        """Whether somebody whom no rule forbids it could do the job with nothing else to do."""
        tasks = self._draft.compiled(volunteer, job)
        return tasks is not None and is_feasible(self._draft.tours[volunteer.id].outset, tasks)

    def _kind(self, job: Job) -> _Kind:
        key = job.id if self._is_its_own(job) else _kind_of(job)
        if key not in self._kinds:
            people = list(self._asked_about(job).volunteers)
            self._kinds[key] = _Kind(people, hopeless=not any(self._is_able(one, job) for one in people))
        return self._kinds[key]

    def _is_able(self, volunteer: Volunteer, job: Job) -> bool:
        fits = job.id in self._draft.on_board or all(map(int.__le__, job.load, volunteer.capacity))
        return fits and self._draft.may(volunteer, job) and self._draft.compiled(volunteer, job) is not None

    def _is_its_own(self, job: Job) -> bool:
        return job.together is not None or job.id in self._draft.on_board

    def _names_people(self, job: Job) -> bool:
        return self._is_its_own(job) or bool(job.not_volunteers) or job.only_volunteers is not None


class _Alone(Explainer):
    """Asks one volunteer with nothing else to do: there is only one order to try."""

    def tried(self, job: Job, rules: Collection[Reason], wider_s: int | None = None) -> Placement | None:
        """Place the job where these rules are relaxed."""
        relaxed, board = relaxed_job(job, rules, wider_s), self.board(rules, wider_s)
        (volunteer,) = board.volunteers
        tasks = board.compiled(volunteer, relaxed) if board.may(volunteer, relaxed) else None
        tour = None if tasks is None else tour_of(board.tours[volunteer.id].outset, tasks)
        return None if tour is None else Placement(0, volunteer.id, (0, 0), tour)


def _unladen(problem: Problem, volunteer: Volunteer) -> Tour:
    """Return the tour of somebody with nothing open, also nothing to carry."""
    outset = outset_of(problem, volunteer)
    return idle_tour(replace(outset, on_board=(0,) * len(outset.on_board)))


def _likeness(problem: Problem, one: Volunteer) -> Hashable:
    """Volunteers with the same are asked once; whoever has begun is like nobody."""
    if one.id in problem.frozen_of:
        return one.id
    return one.start_place, one.end_place, one.duty, one.capacity, one.skills, one.travel_mode, one.max_stops


def _kind_of(job: Job) -> Hashable:
    """Jobs with the same differ in nothing but their place."""
    pickup = job.pickup and (job.pickup.windows, job.pickup.service_s)
    who = (job.skills, job.not_volunteers, job.only_volunteers, job.load)
    return who, job.mode, job.windows, job.service_s, pickup, job.batch, job.max_ride_s
