"""The OR-Tools engine: improves a plan by guided local search over the whole routing model.

Its iterated local search, with string removals, is the better one from nothing (the benchmarks ask it), but
`SolveWithIteratedLocalSearch` (OR-Tools 9.15) takes no plan to begin with, and people know the present one.
"""

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from services.matcher.planning.draft import Draft
from services.matcher.planning.plan import Plan
from services.matcher.planning.routing_model import Layout, Model, build, layout_of
from services.matcher.planning.step import Action
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Countdown, Stop

Doings = list[tuple[str, Action]]

# Kept back from a time limit, in seconds: the search looks at its clock late by so much on a board of 300 stops.
_MARGIN_S = 0.15


class NothingFoundError(Exception):
    """The engine has no plan to offer; the message says why."""


def improve(empty: Draft, start: Plan, *, stop: Stop, seed: int) -> Draft:
    """Search from a plan.

    Parameters
    ----------
    empty
        A draft of the problem in which nothing is placed; it is filled with the best routes found.
    start
        A feasible plan of the problem; the search starts from it (a plain start leaves new jobs out for long).
    stop
        AfterSolutions makes the result repeatable.
    seed
        Of the constraint solver.

    Returns
    -------
    Draft
        The best routes found, not yet verified.

    Raises
    ------
    NothingFoundError
        If the time was too short, or the model refuses the start.
    """
    countdown = Countdown(stop)
    layout = layout_of(empty)
    if layout is None:
        return empty
    model = build(layout)
    model.solver.ReSeed(seed)
    left = countdown.left(margin_s=_MARGIN_S)
    if left is None:
        raise NothingFoundError("the time was used up while the model was built")
    parameters = _parameters(left)
    _limit_effort(model, left)
    model.routing.CloseModelWithParameters(parameters)
    known = model.routing.ReadAssignmentFromRoutes(_warm_routes(layout, start), True)
    if known is None:
        raise NothingFoundError("the model refuses the plan to start from")
    found = model.routing.SolveFromAssignmentWithParameters(known, parameters)
    if found is None:
        raise NothingFoundError(f"the search found nothing, status {model.routing.status()}")
    return _drafted(model, found, empty)


def _limit_effort(model: Model, stop: Stop) -> None:
    """Bound a count of solutions by effort too: where nothing can be improved there never are so many solutions."""
    if isinstance(stop, AfterSolutions):
        model.routing.AddSearchMonitor(model.solver.BranchesLimit(1_000 + 20 * stop.solutions))
        model.routing.AddSearchMonitor(model.solver.FailuresLimit(1_000 + 20 * stop.solutions))


def _parameters(stop: Stop) -> pywrapcp.DefaultRoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    match stop:
        case AfterSolutions(solutions=solutions):
            parameters.solution_limit = solutions
        case AfterSeconds(seconds=seconds):
            parameters.time_limit.FromNanoseconds(int(seconds * 1e9))
    return parameters


def _warm_routes(layout: Layout, start: Plan) -> list[list[int]]:
    """Node sequences of a plan; ReadAssignmentFromRoutes wants variable indices, which for tasks equal nodes."""
    node = {(task.job, task.action): number for number, task in enumerate(layout.tasks)}
    steps = {route.volunteer: route.open_steps for route in start.routes}
    return [
        [node[step.job, step.action] for step in steps[outset.volunteer.id] if (step.job, step.action) in node]
        for outset in layout.outsets
    ]


def _drafted(model: Model, found: pywrapcp.Assignment, draft: Draft) -> Draft:
    """Read the routes of an assignment into a draft."""
    for vehicle, outset in enumerate(model.layout.outsets):
        draft.adopt(outset.volunteer.id, _sequence(model, found, vehicle))
    draft.drop_broken_groups()
    return draft


def _sequence(model: Model, found: pywrapcp.Assignment, vehicle: int) -> Doings:
    doings: Doings = []
    index = found.Value(model.routing.NextVar(model.routing.Start(vehicle)))
    while not model.routing.IsEnd(index):
        task = model.layout.tasks[model.manager.IndexToNode(index)]
        doings.append((task.job, task.action))
        index = found.Value(model.routing.NextVar(index))
    return doings
