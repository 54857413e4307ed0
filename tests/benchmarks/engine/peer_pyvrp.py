"""PyVRP on the benchmark's instances; who lacks a skill has a matrix in which those stops are far away."""

import warnings
from time import perf_counter
from typing import Any

import numpy as np

from tests.benchmarks.engine.instances import LEFT_OUT, Instance, Routes, never_cold

FAR = 1 << 20  # a way that nobody without the skill takes


def solve(one: Instance, seconds: float, seed: int = 1, cores: int = 1) -> Routes:
    """Search for so long; vehicles have their fixed cost, hot limits are kept by narrower windows."""
    import pyvrp as engine  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - may be missing

    del cores
    begun = perf_counter()
    data = _data(engine, never_cold(one))
    return _solved(engine, one, data, begun + seconds, seed)


def fewest_first(one: Instance, seconds: float, seed: int = 1, cores: int = 1) -> Routes:
    """Let PyVRP look for a smaller fleet for half of the time, and then search with that."""
    import pyvrp as engine  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - may be missing
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    del cores
    begun = perf_counter()
    data = _data(engine, never_cold(one))
    fleet = engine.minimise_fleet(data, MaxRuntime(seconds / 2), seed=seed)
    return _solved(engine, one, data.replace(vehicle_types=[fleet]), begun + seconds, seed)


def _solved(engine: Any, one: Instance, data: Any, end: float, seed: int) -> Routes:
    from pyvrp.stop import MaxRuntime  # noqa: PLC0415 - may be missing

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left = max(0.01, end - perf_counter())
        result = engine.solve(data, MaxRuntime(left), seed=seed, display=False, collect_stats=False)
    return _routes(one, result.best) if result.is_feasible() else []


def _data(engine: Any, one: Instance) -> Any:
    places = [engine.Location(0.0, 0.0) for _ in range(one.rows)]
    depots = [engine.Depot(row, int(one.opens[row]), int(one.closes[row])) for row in range(one.depots)]
    clients = [
        engine.Client(
            row, delivery=[int(one.demand[row])], service_duration=int(one.service[row]),
            tw_early=int(one.opens[row]), tw_late=int(one.closes[row]), required=not one.optional,
            prize=LEFT_OUT if one.optional else 0,
        )
        for row in one.singles
    ]  # fmt: skip
    shipments = [_shipment(engine, one, pair) for pair in one.pairs]
    matrices: list[Any] = []
    fleet = [_vehicle(engine, one, vehicle, matrices) for vehicle in _kinds(one)]
    return engine.ProblemData(places, clients, depots, fleet, matrices, matrices, [], shipments)


def _kinds(one: Instance) -> list[tuple[int, list[int]]]:
    """Group vehicles that are alike: one of them, and all."""
    kinds: dict[bytes, list[int]] = {}
    for vehicle in range(one.vehicles):
        kinds.setdefault(one.skills[vehicle].tobytes() + bytes([int(one.home[vehicle])]), []).append(vehicle)
    return [(some[0], some) for some in kinds.values()]


def _vehicle(engine: Any, one: Instance, kind: tuple[int, list[int]], matrices: list[Any]) -> Any:
    vehicle, some = kind
    seconds = one.seconds.copy()
    for skill in np.flatnonzero(~one.skills[vehicle]):
        seconds[:, one.needs == skill] = FAR
    np.fill_diagonal(seconds, 0)
    matrices.append(seconds)
    home = int(one.home[vehicle])
    return engine.VehicleType(
        len(some), capacity=[one.capacity], start_depot=home, end_depot=home, tw_early=int(one.opens[home]),
        tw_late=int(one.closes[home]), profile=len(matrices) - 1, fixed_cost=one.fixed,
    )  # fmt: skip


def _shipment(engine: Any, one: Instance, pair: tuple[int, int]) -> Any:
    numbers = [int(table[row]) for row in pair for table in (one.opens, one.closes, one.service)]
    prize = LEFT_OUT if one.optional else 0
    return engine.Shipment(*pair, *numbers, [int(one.demand[pair[0]])], required=not one.optional, prize=prize)


def _routes(one: Instance, best: Any) -> Routes:
    routes: list[list[int]] = [[] for _ in range(one.vehicles)]
    kinds = [list(some) for _, some in _kinds(one)]
    for route in best.routes():
        vehicle = kinds[route.vehicle_type()].pop()
        for activity in route.schedule():
            if activity.is_client():
                routes[vehicle].append(one.singles[activity.idx])
            elif activity.is_pickup():
                routes[vehicle].append(one.pairs[activity.idx][0])
            elif activity.is_delivery():
                routes[vehicle].append(one.pairs[activity.idx][1])
    return routes
