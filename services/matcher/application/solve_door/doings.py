"""The names under which tasks and vehicles are planned, and what each planned step means in VROOM's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.matcher.application.solve_door.asked import Job, Loads, Question, Stop, Vehicle
from services.matcher.planning import Action, Route

Name = tuple[str, Action]


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing:
    """One task.

    Parameters
    ----------
    type, stop
        What is done, and where and how long.
    brings, takes
        What is handed over and what is taken on board.
    from_start
        Whether what it brings was loaded where the vehicle started.
    priority
        As asked.
    """

    type: Literal["job", "pickup", "delivery"]
    stop: Stop
    brings: Loads = ()
    takes: Loads = ()
    from_start: bool = False
    priority: int = 0


def job_name(job: Job) -> str:
    """Name the job of a job."""
    return f"job {job.id}"


def shipment_name(number: int) -> str:
    """Name the job of a shipment, by its place in the question."""
    return f"shipment {number}"


def vehicle_name(vehicle: Vehicle) -> str:
    """Name the volunteer of a vehicle; as texts they have the order of their ids."""
    return f"vehicle {vehicle.id:019}"


def doings_of(question: Question) -> Mapping[Name, Doing]:
    """Say for each planned step what it means; loading at the start and handing in at the end are no tasks."""
    found: dict[Name, Doing] = {}
    for job in question.jobs:
        found[job_name(job), _action(job)] = Doing(
            type="job",
            stop=job,
            brings=job.delivery or (),
            takes=job.pickup or (),
            from_start=True,
            priority=job.priority,
        )
    for number, one in enumerate(question.shipments):
        name, amount, priority = shipment_name(number), one.amount or (), one.priority
        found[name, Action.PICKUP] = Doing(type="pickup", stop=one.pickup, takes=amount, priority=priority)
        found[name, Action.DROPOFF] = Doing(type="delivery", stop=one.delivery, brings=amount, priority=priority)
    return found


def doings_on(known: Mapping[Name, Doing], route: Route) -> list[Doing]:
    """Give the tasks of a planned route, in order."""
    return [known[step.job, step.action] for step in route.steps if (step.job, step.action) in known]


def _action(job: Job) -> Action:
    if any(job.delivery or ()):
        return Action.DROPOFF
    return Action.PICKUP if any(job.pickup or ()) else Action.VISIT
