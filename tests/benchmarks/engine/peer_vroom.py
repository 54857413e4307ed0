"""VROOM on the benchmark's instances, through pyvroom."""

from datetime import timedelta
from time import perf_counter
from typing import Any

import numpy as np

from tests.benchmarks.engine.instances import Instance, Routes, never_cold, worth

LEVELS = (0, 1, 3, 5)  # of exploration
LEAST_S = 0.01  # what another level is worth beginning for


def solve(one: Instance, seconds: float, seed: int = 1, cores: int = 1) -> Routes:
    """Climb the levels of exploration as long as there is time, the last one cut short; the best counts.

    VROOM is made for levels and has a time limit besides. Hot limits are kept by narrower windows.
    """
    del seed
    end, narrow, found = perf_counter() + seconds, never_cold(one), list[Routes]()
    for level in LEVELS:
        left = end - perf_counter()
        if found and left < LEAST_S:
            break
        found.append(_at(narrow, level, cores, timedelta(seconds=max(left, LEAST_S))))
    return min(found, key=lambda routes: worth(narrow, routes))


def _at(one: Instance, level: int, cores: int, timeout: timedelta) -> Routes:
    import vroom as engine  # noqa: PLC0415 - may be missing

    problem = engine.Input()
    problem.set_durations_matrix("car", one.seconds.astype(np.uint32))
    anyone = one.skills.shape[1] + 1
    problem.add_vehicle([
        engine.Vehicle(
            vehicle + 1, start=int(one.home[vehicle]), end=int(one.home[vehicle]), capacity=[one.capacity],
            time_window=(int(one.opens[one.home[vehicle]]), int(one.closes[one.home[vehicle]])),
            skills={int(skill) + 1 for skill in np.flatnonzero(one.skills[vehicle])} | {anyone},
            costs=engine.VehicleCosts(fixed=one.fixed),
        )
        for vehicle in range(one.vehicles)
    ])  # fmt: skip
    windows = [[(int(one.opens[row]), int(one.closes[row]))] for row in range(one.rows)]
    skills = [{int(need) + 1 if need >= 0 else anyone} for need in one.needs]
    for first, second in one.pairs:
        steps = [
            engine.ShipmentStep(row, location=row, default_service=int(one.service[row]), time_windows=windows[row])
            for row in (first, second)
        ]
        amount = engine.Amount([int(one.demand[first])])
        problem.add_shipment(*steps, amount=amount, skills=skills[first] | skills[second])
    if one.singles:
        problem.add_job([
            engine.Job(
                row, location=row, default_service=int(one.service[row]), delivery=[int(one.demand[row])],
                skills=skills[row], time_windows=windows[row],
            )
            for row in one.singles
        ])  # fmt: skip
    table: Any = problem.solve(exploration_level=level, nb_threads=cores, timeout=timeout).routes
    routes: list[list[int]] = [[] for _ in range(one.vehicles)]
    for vehicle, some in table.groupby("vehicle_id"):
        doings = zip(some["id"], some["type"], strict=True)
        routes[int(vehicle) - 1] = [int(row) for row, kind in doings if kind in ("job", "pickup", "delivery")]
    return routes
