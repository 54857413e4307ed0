"""The routes that vehicles have now: where the search starts."""

from services.matcher.application.solve_door.asked import Vehicle, VehicleStep
from services.matcher.application.solve_door.doings import Doing, Name, vehicle_name
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.reading import Reading
from services.matcher.planning import Action, Plan, Route, Step


def present_plan(reading: Reading) -> Plan:
    """Read the vehicles' `steps` as a plan without times; what does not fit is planned anew.

    Raises
    ------
    DoesNotFit
        If a step names a task or a break that is not there, or a task that is already on a route; or if a route has a
        pickup without its delivery after it, or the other way round: no moment would make it possible.
    """
    known = {(doing.type, doing.stop.id): (name, doing) for name, doing in reading.doings.items()}
    used, routes = set[tuple[str, int]](), []
    for number, vehicle in enumerate(reading.question.vehicles):
        doings, positions = list[tuple[Name, Doing]](), list[int]()
        for position, step in enumerate(vehicle.steps or ()):
            path = f"vehicles.{number}.steps.{position}"
            if step.type == "break":
                _require_break(path, step, vehicle)
            if step.id is None or step.type not in ("job", "pickup", "delivery"):
                continue
            key = (step.type, step.id)
            if key not in known:
                raise DoesNotFit.because(f"{path}.id", f"is {step.id}, but there is no such {step.type}")
            if key in used:
                raise DoesNotFit.because(f"{path}.id", f"is {step.id}, but this {step.type} is on a route already")
            used.add(key)
            doings.append(known[key])
            positions.append(position)
        _require_whole_shipments(f"vehicles.{number}.steps", doings, positions)
        routes.append(Route(volunteer=vehicle_name(vehicle), steps=_steps(doings)))
    return Plan(routes=tuple(routes))


def _require_break(path: str, step: VehicleStep, vehicle: Vehicle) -> None:
    if step.id is not None and step.id not in {pause.id for pause in vehicle.breaks}:
        raise DoesNotFit.because(f"{path}.id", f"is {step.id}, but the vehicle has no such break")


def _require_whole_shipments(path: str, doings: list[tuple[Name, Doing]], positions: list[int]) -> None:
    carried = dict[str, tuple[int, int]]()
    for ((shipment, _), doing), position in zip(doings, positions, strict=True):
        if doing.type == "pickup":
            carried[shipment] = position, doing.stop.id
        elif doing.type == "delivery" and carried.pop(shipment, None) is None:
            raise DoesNotFit.because(
                f"{path}.{position}",
                f"is delivery {doing.stop.id}, whose pickup is not before it on this route; put it there, or leave"
                " both out",
            )
    for position, pickup in carried.values():
        raise DoesNotFit.because(
            f"{path}.{position}",
            f"is pickup {pickup}, whose delivery is not after it on this route; put it there, or leave both out",
        )


def _steps(doings: list[tuple[Name, Doing]]) -> tuple[Step, ...]:
    """Add the loading at the start and the handing in at the end, which VROOM does not write down."""
    loads = [(job, Action.PICKUP) for (job, action), one in doings if one.from_start and action is Action.DROPOFF]
    hands = [(job, Action.DROPOFF) for (job, action), one in doings if one.from_start and action is Action.PICKUP]
    return tuple(_step(*name) for name in (*loads, *(name for name, _ in doings), *hands))


def _step(job: str, action: Action) -> Step:
    return Step(job=job, action=action, place=0, arrival=0, start=0, departure=0, load_after=())
