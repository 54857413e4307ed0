"""The answer in VROOM's shape, with what VROOM does not say: why a task is on no route."""

from collections.abc import Iterable, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.matcher.application.solve_door.asked import Break, Loads, Location, Stop
from services.matcher.application.solve_door.doings import Doing, doings_on, job_name, shipment_name
from services.matcher.application.solve_door.reading import Reading
from services.matcher.application.solve_door.timing import Item, timed
from services.matcher.planning import Language, Plan, Unplaced


class Said(BaseModel):
    """Everything that is answered is frozen."""

    model_config = ConfigDict(frozen=True)


class Step(Said):
    """One step of a route; times in seconds, on the scale of the question."""

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: int | None = None
    description: str | None = None
    location: tuple[float, float] | None = None
    location_index: int | None = None
    setup: int = 0
    service: int = 0
    waiting_time: int = 0
    load: tuple[int, ...] | None = None
    arrival: int
    duration: int = Field(description="Travel so far, seconds.")
    distance: int | None = Field(default=None, description="Way so far, metres; where distances were given.")
    violations: tuple[str, ...] = Field(default=(), description="Always empty: no rule is broken.")


class Totals(Said):
    """What is summed up for a route and for all of them."""

    cost: int = Field(description="Seconds of travel.")
    setup: int
    service: int
    duration: int = Field(description="Seconds of travel.")
    waiting_time: int
    priority: int
    delivery: tuple[int, ...] | None = None
    pickup: tuple[int, ...] | None = None
    distance: int | None = None
    violations: tuple[str, ...] = ()


class VehicleRoute(Totals):
    """The route of one vehicle that has something to do."""

    vehicle: int
    description: str | None = None
    steps: tuple[Step, ...]


class ComputingTimes(Said):
    """Milliseconds."""

    loading: int
    solving: int
    routing: int = 0


class Summary(Totals):
    """All routes together."""

    routes: int
    unassigned: int
    computing_times: ComputingTimes
    engine: str = Field(description="Which of our engines found the plan.")
    degraded: bool = Field(description="Whether no engine delivered and insertion alone planned; `note` says why.")
    note: str | None = None


class Why(Said):
    """Which rule keeps a task off every route; without it the task could be placed."""

    rule: str = Field(description="`out_of_reach`, `full` and `not_tried` are no rules: the words say what they mean.")
    also: tuple[str, ...] = Field(default=(), description="Rules that would have to be relaxed together with it.")
    vehicle: int | None = Field(default=None, description="Who comes nearest.")
    missed_by: int = Field(default=0, description="By how much: seconds, load, tasks or skills.")
    zh: str
    en: str


class Unassigned(Said):
    """A task on no route."""

    id: int
    type: Literal["job", "pickup", "delivery"]
    description: str | None = None
    location: tuple[float, float] | None = None
    location_index: int | None = None
    reason: Why


class Answer(Said):
    """A solved question."""

    code: Literal[0] = 0
    summary: Summary
    unassigned: tuple[Unassigned, ...]
    routes: tuple[VehicleRoute, ...]


def answer_of(reading: Reading, plan: Plan, *, loading_s: float, solving_s: float) -> Answer:
    """Say a plan in VROOM's words.

    Parameters
    ----------
    reading, plan
        The question as it was read, and the verified plan of its problem.
    loading_s, solving_s
        How long reading and solving took, seconds.
    """
    routes = tuple(
        route for number in range(len(reading.kinds)) if (route := _route(reading, plan, number)) is not None
    )
    unassigned = tuple(_unassigned(reading, plan))
    totals = _added(routes, distances=bool(reading.ground.metres), loads=reading.loads)
    summary = Summary(
        **totals,
        routes=len(routes),
        unassigned=len(unassigned),
        computing_times=ComputingTimes(loading=round(1000 * loading_s), solving=round(1000 * solving_s)),
        engine=plan.engine,
        degraded=plan.degraded,
        note=plan.note or None,
    )
    return Answer(summary=summary, unassigned=unassigned, routes=routes)


def _route(reading: Reading, plan: Plan, number: int) -> VehicleRoute | None:
    vehicle, doings = reading.question.vehicles[number], doings_on(reading.doings, plan.routes[number])
    if not doings:
        return None
    items = timed(reading, number, doings)
    if items is None:
        raise AssertionError(f"the order of vehicle {vehicle.id} cannot be kept: {plan.routes[number]}")
    steps = _steps(reading, number, items)
    tasks = [item.what for item in items if isinstance(item.what, Doing)]
    way = sum(item.way_s for item in items)
    return VehicleRoute(
        vehicle=vehicle.id,
        description=vehicle.description,
        steps=tuple(steps),
        cost=vehicle.costs.fixed + way,
        duration=way,
        setup=sum(item.setup_s for item in items),
        service=sum(item.service_s for item in items),
        waiting_time=sum(step.waiting_time for step in steps),
        priority=sum(task.priority for task in tasks),
        delivery=_sum(reading.loads, (task.brings for task in tasks)),
        pickup=_sum(reading.loads, (task.takes for task in tasks)),
        distance=sum(item.way_m for item in items) if vehicle.profile in reading.ground.metres else None,
    )


def _steps(reading: Reading, number: int, items: Sequence[Item]) -> list[Step]:
    """Give all steps; as in VROOM, who starts or ends anywhere starts at the first task or ends at the last one."""
    vehicle, origin = reading.question.vehicles[number], reading.span.origin
    tasks = [item.what for item in items if isinstance(item.what, Doing)]
    far = vehicle.profile in reading.ground.metres
    load = _sum(
        reading.loads, (one.what.brings for one in items if isinstance(one.what, Doing) and one.what.from_start)
    )
    moment, duration, distance = items[0].start - items[0].way_s, 0, 0
    steps = [
        Step(
            type="start",
            **_end(reading.ends[number].start, vehicle.start, vehicle.start_index, tasks[0]),
            arrival=origin + moment,
            duration=0,
            distance=0 if far else None,
            load=load,
        )
    ]
    for item in items:
        duration, distance, arrival = duration + item.way_s, distance + item.way_m, moment + item.way_s
        if isinstance(item.what, Doing) and load is not None:
            load = tuple(
                carried - out + more
                for carried, out, more in zip(
                    load, _full(item.what.brings, load), _full(item.what.takes, load), strict=True
                )
            )
        steps.append(
            Step(
                **_named(item, reading, number, tasks[-1]),
                arrival=origin + arrival,
                duration=duration,
                distance=distance if far else None,
                setup=item.setup_s,
                service=item.service_s,
                waiting_time=item.start - arrival,
                load=load,
            )
        )
        moment = item.ends
    return steps


def _named(item: Item, reading: Reading, number: int, last: Doing) -> dict[str, object]:
    vehicle = reading.question.vehicles[number]
    match item.what:
        case Doing(type=kind, stop=stop):
            return {"type": kind} | _where(stop)
        case Break(id=pause, description=description):
            return {"type": "break", "id": pause, "description": description}
        case _:
            return {"type": "end"} | _end(reading.ends[number].end, vehicle.end, vehicle.end_index, last)


def _end(row: int | None, location: Location | None, index: int | None, task: Doing) -> dict[str, object]:
    """Say where a vehicle starts or ends: at a task, where it may be anywhere."""
    if row is None:
        return {"location": task.stop.location, "location_index": task.stop.location_index}
    return {"location": location, "location_index": index}


def _where(stop: Stop) -> dict[str, object]:
    return {
        "id": stop.id,
        "description": stop.description,
        "location": stop.location,
        "location_index": stop.location_index,
    }


def _full(loads: Loads, like: Loads) -> Loads:
    return loads or (0,) * len(like)


def _sum(dimensions: int, loads: Iterable[Loads]) -> tuple[int, ...] | None:
    """Add loads up; None where nothing has any."""
    if not dimensions:
        return None
    return tuple(map(sum, zip((0,) * dimensions, *(one for one in loads if one), strict=True)))


def _added(routes: Sequence[VehicleRoute], *, distances: bool, loads: int) -> dict[str, object]:
    sums: dict[str, object] = {
        name: sum(getattr(route, name) for route in routes)
        for name in ("cost", "setup", "service", "duration", "waiting_time", "priority")
    }
    sums["delivery"] = _sum(loads, (route.delivery or () for route in routes))
    sums["pickup"] = _sum(loads, (route.pickup or () for route in routes))
    sums["distance"] = sum(route.distance or 0 for route in routes) if distances else None
    return sums


def _unassigned(reading: Reading, plan: Plan) -> Iterable[Unassigned]:
    vehicles = {
        one.id: asked.id for one, asked in zip(reading.problem.volunteers, reading.question.vehicles, strict=True)
    }
    why = {one.job: _why(one, vehicles) for one in plan.unplaced}
    for job in reading.question.jobs:
        if (name := job_name(job)) in why:
            yield Unassigned(type="job", reason=why[name], **_where(job))
    for number, shipment in enumerate(reading.question.shipments):
        if (name := shipment_name(number)) in why:
            yield Unassigned(type="pickup", reason=why[name], **_where(shipment.pickup))
            yield Unassigned(type="delivery", reason=why[name], **_where(shipment.delivery))


def _why(one: Unplaced, vehicles: dict[str, int]) -> Why:
    return Why(
        rule=one.reason.value,
        also=tuple(rule.value for rule in one.also),
        vehicle=vehicles.get(one.nearest_miss.volunteer),
        missed_by=one.nearest_miss.amount,
        zh=one.in_words(Language.ZH),
        en=one.in_words(Language.EN),
    )
