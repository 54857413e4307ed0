"""Other people's engines on the same instances; each is asked in its own words and given the same wall time."""

import importlib.util
import warnings
from time import perf_counter
from typing import Any

import numpy as np

from tests.benchmarks.engine.instances import LEFT_OUT, Instance, Routes

FAR = 1 << 20  # a way that nobody without the skill takes
LEVELS = (0, 1, 3, 5)  # of exploration, for an engine that has no budget


def missing() -> list[str]:
    """Name the engines that cannot be imported here."""
    return [name for name in ("ortools", "pyvrp", "vroom") if importlib.util.find_spec(name) is None]


def ortools(one: Instance, seconds: float, seed: int = 1) -> Routes:
    """OR-Tools routing with guided local search from parallel cheapest insertion."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - may be missing

    del seed
    begun = perf_counter()
    homes = one.home.tolist()
    manager = pywrapcp.RoutingIndexManager(one.rows, one.vehicles, homes, homes)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(one.seconds.tolist()))
    day = int(one.closes[: one.depots].max())
    drive = routing.RegisterTransitMatrix((one.seconds + one.service[:, None]).tolist())
    routing.AddDimension(drive, day, day, False, "time")
    demand = one.demand.copy()
    for first, second in one.pairs:
        demand[second] = -demand[first]
    routing.AddDimension(routing.RegisterUnaryTransitVector(demand.tolist()), 0, one.capacity, True, "load")
    _limit(one, manager, routing)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromNanoseconds(int(1e9 * max(0.02, seconds - (perf_counter() - begun))))
    found = routing.SolveWithParameters(parameters)
    return [] if found is None else [_route(manager, routing, found, vehicle) for vehicle in range(one.vehicles)]


def _limit(one: Instance, manager: Any, routing: Any) -> None:
    time, solver = routing.GetDimensionOrDie("time"), routing.solver()
    for depot in set(range(one.depots)) - set(one.home.tolist()):
        routing.AddDisjunction([manager.NodeToIndex(depot)], 0)
    for row in range(one.depots, one.rows):
        index = manager.NodeToIndex(row)
        time.CumulVar(index).SetRange(int(one.opens[row]), int(one.closes[row]))
        if one.optional:
            routing.AddDisjunction([index], LEFT_OUT // (2 if one.pairs else 1))
        if one.needs[row] >= 0:
            able = np.flatnonzero(one.skills[:, one.needs[row]]).tolist()
            routing.VehicleVar(index).SetValues([-1, *able])
    for first, second in one.pairs:
        here, there = manager.NodeToIndex(first), manager.NodeToIndex(second)
        routing.AddPickupAndDelivery(here, there)
        solver.Add(routing.VehicleVar(here) == routing.VehicleVar(there))
        solver.Add(time.CumulVar(here) <= time.CumulVar(there))


def _route(manager: Any, routing: Any, found: Any, vehicle: int) -> list[int]:
    index, route = found.Value(routing.NextVar(routing.Start(vehicle))), []
    while not routing.IsEnd(index):
        route.append(manager.IndexToNode(index))
        index = found.Value(routing.NextVar(index))
    return route


def pyvrp(one: Instance, seconds: float, seed: int = 1) -> Routes:
    """PyVRP; who lacks a skill has a matrix in which those stops are far away."""
    import pyvrp as engine  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - may be missing
    from pyvrp.stop import MaxRuntime  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415

    begun = perf_counter()
    places = [engine.Location(0.0, 0.0) for _ in range(one.rows)]
    depots = [engine.Depot(row, int(one.opens[row]), int(one.closes[row])) for row in range(one.depots)]
    clients, shipments = [], []
    if one.pairs:
        shipments = [_shipment(engine, one, pair) for pair in one.pairs]
    else:
        clients = [
            engine.Client(
                row, delivery=[int(one.demand[row])], service_duration=int(one.service[row]),
                tw_early=int(one.opens[row]), tw_late=int(one.closes[row]), required=not one.optional,
                prize=LEFT_OUT if one.optional else 0,
            )
            for row in range(one.depots, one.rows)
        ]  # fmt: skip
    matrices: list[Any] = []
    fleet = [_vehicle(engine, one, vehicle, matrices) for vehicle in _kinds(one)]
    data = engine.ProblemData(places, clients, depots, fleet, matrices, matrices, [], shipments)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        left = max(0.01, seconds - (perf_counter() - begun))
        result = engine.solve(data, MaxRuntime(left), seed=seed, display=False, collect_stats=False)
    return _pyvrp_routes(one, result.best) if result.is_feasible() else []


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
        tw_late=int(one.closes[home]), profile=len(matrices) - 1,
    )  # fmt: skip


def _shipment(engine: Any, one: Instance, pair: tuple[int, int]) -> Any:
    numbers = [int(table[row]) for row in pair for table in (one.opens, one.closes, one.service)]
    return engine.Shipment(*pair, *numbers, [int(one.demand[pair[0]])], required=not one.optional, prize=LEFT_OUT)


def _pyvrp_routes(one: Instance, best: Any) -> Routes:
    routes: list[list[int]] = [[] for _ in range(one.vehicles)]
    kinds = [list(some) for _, some in _kinds(one)]
    for route in best.routes():
        vehicle = kinds[route.vehicle_type()].pop()
        for activity in route.schedule():
            if activity.is_client():
                routes[vehicle].append(activity.idx + one.depots)
            elif activity.is_pickup():
                routes[vehicle].append(one.pairs[activity.idx][0])
            elif activity.is_delivery():
                routes[vehicle].append(one.pairs[activity.idx][1])
    return routes


def vroom(one: Instance, seconds: float, seed: int = 1) -> Routes:
    """VROOM has levels instead of a budget: the highest level that still fits the budget."""
    del seed
    begun, best = perf_counter(), None
    for level in LEVELS:
        started = perf_counter()
        best = _vroom_at(one, level)
        took = perf_counter() - started
        if perf_counter() - begun + 2 * took > seconds:
            break
    return best or []


def _vroom_at(one: Instance, level: int) -> Routes:
    import vroom as engine  # type: ignore[import-not-found, unused-ignore]  # noqa: PLC0415 - may be missing

    problem = engine.Input()
    problem.set_durations_matrix("car", one.seconds.astype(np.uint32))
    anyone = one.skills.shape[1] + 1
    problem.add_vehicle([
        engine.Vehicle(
            vehicle + 1, start=int(one.home[vehicle]), end=int(one.home[vehicle]), capacity=[one.capacity],
            time_window=(int(one.opens[one.home[vehicle]]), int(one.closes[one.home[vehicle]])),
            skills={int(skill) + 1 for skill in np.flatnonzero(one.skills[vehicle])} | {anyone},
        )
        for vehicle in range(one.vehicles)
    ])  # fmt: skip
    windows = [[(int(one.opens[row]), int(one.closes[row]))] for row in range(one.rows)]
    for first, second in one.pairs:
        steps = [
            engine.ShipmentStep(row, location=row, default_service=int(one.service[row]), time_windows=windows[row])
            for row in (first, second)
        ]
        problem.add_shipment(*steps, amount=engine.Amount([int(one.demand[first])]))
    if not one.pairs:
        problem.add_job([
            engine.Job(
                row, location=row, default_service=int(one.service[row]), delivery=[int(one.demand[row])],
                skills={int(one.needs[row]) + 1 if one.needs[row] >= 0 else anyone}, time_windows=windows[row],
            )
            for row in range(one.depots, one.rows)
        ])  # fmt: skip
    table = problem.solve(exploration_level=level, nb_threads=1).routes
    routes: list[list[int]] = [[] for _ in range(one.vehicles)]
    for vehicle, some in table.groupby("vehicle_id"):
        doings = zip(some["id"], some["type"], strict=True)
        routes[int(vehicle) - 1] = [int(row) for row, kind in doings if kind in ("job", "pickup", "delivery")]
    return routes
