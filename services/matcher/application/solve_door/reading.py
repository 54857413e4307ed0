"""A question in VROOM's words becomes a problem in ours.

A job with `delivery` is a delivery from its vehicle's yard, one with `pickup` a delivery to its home (see `ways.py`).

Set-up is planned as part of the service, also where VROOM spends it only once at one place: plans stay feasible, and
`timing.py` gives the time back. Only a pickup that may begin at any time can be told to our engines as VROOM means it:
their set-up comes before a window, VROOM's within it, and theirs might run through a break.

Our problems know no breaks that move; `holding.py` finds out when to hold them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from services.matcher.application.solve_door.asked import Job as AskedJob
from services.matcher.application.solve_door.asked import Loads, Question, Shipment, Skills, Stop, Vehicle
from services.matcher.application.solve_door.doings import Doing, Name, doings_of, job_name, shipment_name, vehicle_name
from services.matcher.application.solve_door.duty import Shift, shift_of
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.ground import Ground, Survey, ground_of
from services.matcher.application.solve_door.span import Span, span_of
from services.matcher.application.solve_door.ways import Ends, Kind, ends_of, kind_of, travel_of
from services.matcher.planning import Job, Pickup, Problem, Volunteer
from services.matcher.planning.problem import Matrix

_MOST_WORTH: Final = 1 << 31  # so that all tasks of the highest priority together still fit into 64 bits


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A problem, and what is needed to say its plan in VROOM's words.

    Parameters
    ----------
    question, problem
        What was asked, and what it means without the breaks.
    ends, kinds, shifts
        Of each vehicle, in the question's order.
    ways
        Seconds by kind, between the places of the question only.
    ground, span
        Where and when it plays.
    place_of
        The row of every stop, by `id(stop)`: stops have no name that is unique.
    loads
        How many numbers a load has.
    doings
        What each planned step means.
    """

    question: Question
    problem: Problem
    ends: tuple[Ends, ...]
    kinds: tuple[Kind, ...]
    shifts: tuple[Shift, ...]
    ways: Mapping[Kind, Matrix]
    ground: Ground
    span: Span
    place_of: Mapping[int, int]
    loads: int
    doings: Mapping[Name, Doing]


def read(question: Question, survey: Survey) -> Reading:
    """Translate a question.

    Raises
    ------
    DoesNotFit
        If a field contradicts another, or asks for what cannot be honoured; it names the field.
    """
    _require_distinct(question)
    loads = _load_dimensions(question)
    ground = ground_of(question, survey)
    span = span_of(question, ground.seconds)
    place_of = {id(stop): _place(ground, path, stop) for path, stop in question.named_stops()}
    ends = tuple(ends_of(ground, number, vehicle) for number, vehicle in enumerate(question.vehicles))
    kinds = tuple(map(partial(kind_of, question), question.vehicles, ends))
    travel, ways = travel_of(ground, span, kinds)
    modes = {kind: mode for mode, kind in enumerate(ways)}
    shifts = tuple(shift_of(f"vehicles.{number}", vehicle, span) for number, vehicle in enumerate(question.vehicles))
    makes = _Maker(
        question=question,
        ground=ground,
        span=span,
        loads=loads,
        place_of=place_of,
        worth=_worth(question, ways),
    )
    problem = Problem(
        now=0,
        jobs=(*map(makes.job, question.jobs), *(makes.shipment(*one) for one in enumerate(question.shipments))),
        volunteers=tuple(
            makes.volunteer(number, modes[kind], where, shift)
            for number, (kind, where, shift) in enumerate(zip(kinds, ends, shifts, strict=True))
        ),
        travel=travel,
    )
    return Reading(
        question=question,
        problem=problem,
        ends=ends,
        kinds=kinds,
        shifts=shifts,
        ways=ways,
        ground=ground,
        span=span,
        place_of=place_of,
        loads=loads,
        doings=doings_of(question),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spot:
    """Where, when and how long something is done; `once_s` is set-up that stops at one place share."""

    place: int
    windows: tuple[tuple[int, int], ...]
    service_s: int = 0
    once_s: int = 0

    def pickup(self) -> Pickup:
        """Give it as the beginning of a delivery."""
        return Pickup(
            place=self.place, windows=self.windows, service_s=self.service_s - self.once_s, setup_s=self.once_s
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Maker:
    """Makes jobs and volunteers of one question."""

    question: Question
    ground: Ground
    span: Span
    loads: int
    place_of: Mapping[int, int]
    worth: Mapping[int, int]

    @property
    def _yard(self) -> int:
        return self.ground.size

    @property
    def _home(self) -> int:
        return self.ground.size + 1

    def job(self, job: AskedJob) -> Job:
        brings, takes = any(job.delivery or ()), any(job.pickup or ())
        door = self._spot(job)
        until = _Spot(place=self._home, windows=(self.span.whole,)) if takes else door
        before = _Spot(place=self._yard, windows=(self.span.whole,)) if brings else door
        return Job(
            id=job_name(job),
            need=job_name(job),
            mode="delivery" if brings or takes else "visit",
            place=until.place,
            windows=until.windows,
            service_s=until.service_s,
            load=self._padded(job.delivery if brings else job.pickup),
            priority=self.worth[job.priority],
            skills=_skills(job.skills),
            pickup=before.pickup() if brings or takes else None,
        )

    def shipment(self, number: int, shipment: Shipment) -> Job:
        brought = self._spot(shipment.delivery)
        return Job(
            id=shipment_name(number),
            need=shipment_name(number),
            mode="delivery",
            place=brought.place,
            windows=brought.windows,
            service_s=brought.service_s,
            load=self._padded(shipment.amount),
            priority=2 * self.worth[shipment.priority],  # both of its tasks
            skills=_skills(shipment.skills),
            pickup=self._spot(shipment.pickup).pickup(),
        )

    def volunteer(self, number: int, mode: int, where: Ends, shift: Shift) -> Volunteer:
        vehicle = self.question.vehicles[number]
        return Volunteer(
            id=vehicle_name(vehicle),
            start_place=self._yard if where.start is None or self.question.brings else where.start,
            end_place=self._home if self.question.takes else where.end,
            duty=((shift.opens, shift.closes),),
            capacity=self._padded(vehicle.capacity),
            skills=_skills(vehicle.skills),
            travel_mode=mode,
            max_stops=self._most_jobs(number, vehicle),
            going_out_s=vehicle.costs.fixed,
        )

    def _most_jobs(self, number: int, vehicle: Vehicle) -> int | None:
        """Give the limit of tasks in jobs: a shipment is one job and two tasks."""
        if vehicle.max_tasks is None or not self.question.shipments:
            return vehicle.max_tasks
        if self.question.jobs:
            raise DoesNotFit.because(
                f"vehicles.{number}.max_tasks",
                "cannot be honoured where there are both jobs and shipments: here a shipment counts once",
            )
        return vehicle.max_tasks // 2

    def _spot(self, stop: Stop) -> "_Spot":
        windows = None if stop.time_windows is None else tuple(map(self.span.window, stop.time_windows))
        any_time = windows is None and not any(vehicle.breaks for vehicle in self.question.vehicles)
        return _Spot(
            place=self.place_of[id(stop)],
            windows=windows or (self.span.whole,),
            service_s=stop.setup + stop.service,
            once_s=stop.setup if any_time else 0,
        )

    def _padded(self, loads: Loads | None) -> tuple[int, ...]:
        return loads or (0,) * self.loads


def _skills(skills: Skills) -> frozenset[str]:
    return frozenset(map(str, skills))


def _worth(question: Question, ways: Mapping[Kind, Matrix]) -> dict[int, int]:
    """Say what leaving a task of each priority out costs, seconds-equivalent.

    As in VROOM, tasks that are left out weigh more than any travel and going out, and a level of priority more than any
    number of tasks without one.
    """
    tasks = len(question.jobs) + 2 * len(question.shipments)
    longest = max((int(table.max(initial=0)) for table in ways.values()), default=0)
    out = sum(vehicle.costs.fixed for vehicle in question.vehicles)
    one = min((tasks + 2) * (longest + 1) + out, _MOST_WORTH)
    return {level: one * (1 + level * (tasks + 1)) for level in range(101)}


def _place(ground: Ground, path: str, stop: Stop) -> int:
    return ground.place(f"{path}.location", stop.location, stop.location_index)


def _require_distinct(question: Question) -> None:
    for path, ids in (
        ("jobs.{}.id", [job.id for job in question.jobs]),
        ("shipments.{}.pickup.id", [shipment.pickup.id for shipment in question.shipments]),
        ("shipments.{}.delivery.id", [shipment.delivery.id for shipment in question.shipments]),
        ("vehicles.{}.id", [vehicle.id for vehicle in question.vehicles]),
    ):
        seen = set[int]()
        for number, one in enumerate(ids):
            if one in seen:
                raise DoesNotFit.because(path.format(number), f"{one} comes twice; ids must be unique")
            seen.add(one)


def _load_dimensions(question: Question) -> int:
    """Give the number of loads, which must be the same everywhere."""
    given = [(f"jobs.{number}.delivery", job.delivery) for number, job in enumerate(question.jobs)]
    given += [(f"jobs.{number}.pickup", job.pickup) for number, job in enumerate(question.jobs)]
    given += [(f"shipments.{number}.amount", one.amount) for number, one in enumerate(question.shipments)]
    asked = {len(loads) for _, loads in given if loads is not None}
    given += [(f"vehicles.{number}.capacity", one.capacity) for number, one in enumerate(question.vehicles)]
    size = max((len(loads) for _, loads in given if loads is not None), default=0)
    for path, loads in given:
        missing = loads is None and path.startswith("vehicles") and asked
        if missing or (loads is not None and len(loads) != size):
            raise DoesNotFit.because(path, f"has {len(loads or ())} numbers, others have {size}; loads have one order")
    return size
