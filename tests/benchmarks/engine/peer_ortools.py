"""OR-Tools' routing on the benchmark's instances; it can say everything that they state."""

from time import perf_counter
from typing import Any

import numpy as np

from tests.benchmarks.engine.instances import LEFT_OUT, Instance, Routes


def guided(one: Instance, seconds: float, seed: int = 1, cores: int = 1) -> Routes:
    """Guided local search from parallel cheapest insertion."""
    from ortools.constraint_solver import routing_enums_pb2  # noqa: PLC0415 - may be missing

    del seed, cores
    begun = perf_counter()
    manager, routing = _model(one)
    parameters = _parameters(begun + seconds)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    return _routes(one, manager, routing, routing.SolveWithParameters(parameters))


def iterated(one: Instance, seconds: float, seed: int = 1, cores: int = 1) -> Routes:
    """Iterated local search with OR-Tools' own ruin and recreate, after the same paper as the kernel."""
    from ortools.constraint_solver import routing_enums_pb2  # noqa: PLC0415 - may be missing

    del seed, cores
    begun = perf_counter()
    manager, routing = _model(one)
    parameters = _parameters(begun + seconds)
    parameters.use_iterated_local_search = True
    search = parameters.iterated_local_search_parameters
    search.improve_perturbed_solution = False
    del search.ruin_recreate_parameters.ruin_strategies[:]
    strings = search.ruin_recreate_parameters.ruin_strategies.add().sisr
    strings.max_removed_sequence_size, strings.avg_num_removed_visits, strings.bypass_factor = 10, 10, 0.01
    insertion = routing_enums_pb2.FirstSolutionStrategy.LOCAL_CHEAPEST_INSERTION
    search.ruin_recreate_parameters.recreate_strategy.heuristic = insertion
    arc = float(np.median(one.seconds))
    annealing = search.reference_solution_acceptance_strategy.simulated_annealing
    annealing.initial_temperature, annealing.final_temperature = arc, arc / 100
    return _routes(one, manager, routing, routing.SolveWithIteratedLocalSearch(parameters))


def _parameters(end: float) -> Any:
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2  # noqa: PLC0415 - may be missing

    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.time_limit.FromNanoseconds(int(1e9 * max(0.02, end - perf_counter())))
    return parameters


def _model(one: Instance) -> tuple[Any, Any]:
    from ortools.constraint_solver import pywrapcp  # noqa: PLC0415 - may be missing

    homes = one.home.tolist()
    manager = pywrapcp.RoutingIndexManager(one.rows, one.vehicles, homes, homes)
    routing = pywrapcp.RoutingModel(manager)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(one.seconds.tolist()))
    routing.SetFixedCostOfAllVehicles(one.fixed)
    day = int(one.closes[: one.depots].max())
    drive = routing.RegisterTransitMatrix((one.seconds + one.service[:, None]).tolist())
    routing.AddDimension(drive, day, day, False, "time")
    demand = np.where(np.isin(np.arange(one.rows), one.singles), -one.demand, one.demand)
    for first, second in one.pairs:
        demand[second] = -demand[first]
    if not one.pairs:  # all goes out or all comes back: the same, and easier from zero
        demand = -demand
    load = routing.RegisterUnaryTransitVector(demand.tolist())
    routing.AddDimension(load, 0, one.capacity, not one.singles or not one.pairs, "load")
    _limit(one, manager, routing)
    return manager, routing


def _limit(one: Instance, manager: Any, routing: Any) -> None:
    time, solver = routing.GetDimensionOrDie("time"), routing.solver()
    for depot in set(range(one.depots)) - set(one.home.tolist()):
        routing.AddDisjunction([manager.NodeToIndex(depot)], 0)
    paired = {row for pair in one.pairs for row in pair}
    for row in range(one.depots, one.rows):
        index = manager.NodeToIndex(row)
        time.CumulVar(index).SetRange(int(one.opens[row]), int(one.closes[row]))
        if one.optional:
            routing.AddDisjunction([index], LEFT_OUT // (2 if row in paired else 1))
        if one.needs[row] >= 0:
            able = np.flatnonzero(one.skills[:, one.needs[row]]).tolist()
            routing.VehicleVar(index).SetValues([-1, *able])
    for first, second in one.pairs:
        here, there = manager.NodeToIndex(first), manager.NodeToIndex(second)
        routing.AddPickupAndDelivery(here, there)
        solver.Add(routing.VehicleVar(here) == routing.VehicleVar(there))
        solver.Add(time.CumulVar(here) <= time.CumulVar(there))
        if one.hot is not None:
            solver.Add(time.CumulVar(there) - time.CumulVar(here) <= int(one.service[first]) + one.hot)


def _routes(one: Instance, manager: Any, routing: Any, found: Any) -> Routes:
    return [] if found is None else [_route(manager, routing, found, vehicle) for vehicle in range(one.vehicles)]


def _route(manager: Any, routing: Any, found: Any, vehicle: int) -> list[int]:
    index, route = found.Value(routing.NextVar(routing.Start(vehicle))), []
    while not routing.IsEnd(index):
        route.append(manager.IndexToNode(index))
        index = found.Value(routing.NextVar(index))
    return route
