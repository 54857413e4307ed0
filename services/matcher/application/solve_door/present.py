"""The routes that vehicles have now: where the search starts."""

from services.matcher.application.solve_door.doings import Doing, Name, doings_of, vehicle_name
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.reading import Reading
from services.matcher.planning import Action, Plan, Route, Step


def present_plan(reading: Reading) -> Plan:
    """Read the vehicles' `steps` as a plan without times; what does not fit is planned anew.

    Raises
    ------
    DoesNotFit
        If a step names a task that is not there, or one that is already on a route.
    """
    known = {(doing.type, doing.stop.id): (name, doing) for name, doing in doings_of(reading.question).items()}
    used, routes = set[tuple[str, int]](), []
    for number, vehicle in enumerate(reading.question.vehicles):
        doings = list[tuple[Name, Doing]]()
        for position, step in enumerate(vehicle.steps or ()):
            if step.id is None or step.type not in ("job", "pickup", "delivery"):
                continue
            key, path = (step.type, step.id), f"vehicles.{number}.steps.{position}.id"
            if key not in known:
                raise DoesNotFit.because(path, f"is {step.id}, but there is no such {step.type}")
            if key in used:
                raise DoesNotFit.because(path, f"is {step.id}, but this {step.type} is on a route already")
            used.add(key)
            doings.append(known[key])
        routes.append(Route(volunteer=vehicle_name(vehicle), steps=_steps(doings)))
    return Plan(routes=tuple(routes))


def _steps(doings: list[tuple[Name, Doing]]) -> tuple[Step, ...]:
    """Add the loading at the start and the handing in at the end, which VROOM does not write down."""
    loads = [(job, Action.PICKUP) for (job, action), one in doings if one.from_start and action is Action.DROPOFF]
    hands = [(job, Action.DROPOFF) for (job, action), one in doings if one.from_start and action is Action.PICKUP]
    return tuple(_step(*name) for name in (*loads, *(name for name, _ in doings), *hands))


def _step(job: str, action: Action) -> Step:
    return Step(job=job, action=action, place=0, arrival=0, start=0, departure=0, load_after=())
