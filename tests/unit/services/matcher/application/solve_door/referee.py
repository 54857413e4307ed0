"""Checks an answer against its question by VROOM's rules alone, read from its documentation; it knows no engine."""

from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

Json = dict[str, Any]


def broken(question: Json, answer: Json) -> list[str]:
    """List every rule that the answer breaks; questions have matrices, and speed factors of 1."""
    return [*_all_accounted_for(question, answer), *_totals(answer), *_routes(question, answer)]


def tasks_of(question: Json) -> dict[tuple[str, int], Json]:
    """Give every task by type and id, with what it inherits from its shipment."""
    tasks: dict[tuple[str, int], Json] = {("job", job["id"]): job for job in question.get("jobs", [])}
    for number, shipment in enumerate(question.get("shipments", [])):
        for kind in ("pickup", "delivery"):
            amount = shipment.get("amount", [])
            tasks[kind, shipment[kind]["id"]] = shipment[kind] | {
                "skills": shipment.get("skills", []),
                "shipment": number,
                "onto": amount if kind == "pickup" else [],
                "off": amount if kind == "delivery" else [],
            }
    return tasks


def _all_accounted_for(question: Json, answer: Json) -> Iterator[str]:
    said = Counter(
        (step["type"], step["id"])
        for route in answer["routes"]
        for step in route["steps"]
        if step["type"] in ("job", "pickup", "delivery")
    )
    said.update((one["type"], one["id"]) for one in answer["unassigned"])
    if said != Counter(tasks_of(question).keys()):
        yield f"tasks said {said}, asked {sorted(tasks_of(question))}"
    vehicles = [route["vehicle"] for route in answer["routes"]]
    if len(vehicles) != len(set(vehicles)):
        yield f"one vehicle has two routes: {vehicles}"


def _totals(answer: Json) -> Iterator[str]:
    for name in ("cost", "duration", "service", "setup", "waiting_time", "priority"):
        if answer["summary"][name] != sum(route[name] for route in answer["routes"]):
            yield f"summary.{name}"
        if name in ("service", "setup", "waiting_time"):
            for route in answer["routes"]:
                if route[name] != sum(step[name] for step in route["steps"]):
                    yield f"route {route['vehicle']} {name}"
    if answer["summary"]["unassigned"] != len(answer["unassigned"]):
        yield "summary.unassigned"


def _routes(question: Json, answer: Json) -> Iterator[str]:
    tasks = tasks_of(question)
    for route in answer["routes"]:
        vehicle = next(one for one in question["vehicles"] if one["id"] == route["vehicle"])
        name = f"vehicle {vehicle['id']}"
        for found in (*_times(question, vehicle, route, tasks), *_people(vehicle, route, tasks)):
            yield f"{name}: {found}"
        yield from (f"{name}: {found}" for found in _loads(vehicle, route, tasks))


def _times(question: Json, vehicle: Json, route: Json, tasks: dict[tuple[str, int], Json]) -> Iterator[str]:
    ways = question["matrices"][vehicle.get("profile", "car")]["durations"]
    steps, opens = route["steps"], vehicle.get("time_window", [0, 1 << 40])
    here, ridden = vehicle.get("start_index"), 0
    if here is not None and (steps[0]["type"], steps[0]["arrival"] >= opens[0]) != ("start", True):
        yield f"does not start in time: {steps[0]}"
    if "end_index" in vehicle and steps[-1]["type"] != "end":
        yield "does not end"
    for before, step in pairwise(steps):
        left = before["arrival"] + before["waiting_time"] + before["setup"] + before["service"]
        leg = step["duration"] - before["duration"]
        if leg < 0 or step["arrival"] != left + leg:
            yield f"arrives at {step['arrival']}, left at {left} for {leg} s"
    for step in steps:
        task = tasks.get((step["type"], step.get("id", -1)), {})
        place = vehicle.get("end_index") if step["type"] == "end" else task.get("location_index")
        if place is not None:
            wanted = 0 if here is None else ways[here][place]
            if step["duration"] - ridden != wanted:
                yield f"from {here} to {place} in {step['duration'] - ridden} s, it is {wanted} s"
            if task and step["setup"] != (0 if here == place else task.get("setup", 0)):
                yield f"set-up of {step}"
            here, ridden = place, step["duration"]
        yield from _moment(step, task, vehicle)
    last = steps[-1]
    if last["arrival"] + last["waiting_time"] + last["setup"] + last["service"] > opens[1]:
        yield f"ends after {opens[1]}: {last}"


def _moment(step: Json, task: Json, vehicle: Json) -> Iterator[str]:
    start = step["arrival"] + step["waiting_time"]
    if step["waiting_time"] < 0:
        yield f"waits less than nothing: {step}"
    if step["type"] in ("start", "end"):
        return
    if step["type"] == "break":
        task = next(one for one in vehicle["breaks"] if one["id"] == step["id"])
    if step["service"] != task.get("service", 0):
        yield f"service of {step}"
    if not any(first <= start <= last for first, last in task.get("time_windows", [[0, 1 << 40]])):
        yield f"starts at {start}, outside {task['time_windows']}"


def _people(vehicle: Json, route: Json, tasks: dict[tuple[str, int], Json]) -> Iterator[str]:
    done = [(step["type"], step["id"]) for step in route["steps"] if (step["type"], step.get("id", -1)) in tasks]
    for one in done:
        if not set(tasks[one].get("skills", [])) <= set(vehicle.get("skills", [])):
            yield f"lacks skills for {one}"
    if len(done) > vehicle.get("max_tasks", 1 << 40):
        yield f"{len(done)} tasks"
    breaks = Counter(step["id"] for step in route["steps"] if step["type"] == "break")
    if breaks != Counter(pause["id"] for pause in vehicle.get("breaks", [])):
        yield f"breaks held {breaks}"
    taken: set[int] = set()
    for one in done:
        shipment = tasks[one].get("shipment")
        if shipment is None:
            continue
        if one[0] == "pickup":
            taken.add(shipment)
        elif shipment not in taken:
            yield f"{one} is not on board"
        else:
            taken.remove(shipment)
    if taken:
        yield f"shipments {taken} stay on board"


def _loads(vehicle: Json, route: Json, tasks: dict[tuple[str, int], Json]) -> Iterator[str]:
    most = vehicle.get("capacity", [])
    done = [tasks[step["type"], step["id"]] for step in route["steps"] if (step["type"], step.get("id", -1)) in tasks]
    load = [sum(task.get("delivery", [0] * len(most))[k] for task in done) for k in range(len(most))]
    for step in route["steps"]:
        task = tasks.get((step["type"], step.get("id", -1)), {})
        for k in range(len(most)):
            for sign, name in ((-1, "delivery"), (1, "pickup"), (1, "onto"), (-1, "off")):
                load[k] += sign * (task.get(name) or [0] * len(most))[k]
        if most and step["load"] != load:
            yield f"claims {step['load']} on board, it is {load}"
        if any(carried > room for carried, room in zip(load, most, strict=True)):
            yield f"{load} on board, capacity {most}"
