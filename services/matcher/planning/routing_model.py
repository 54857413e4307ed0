"""The whole routing problem as an OR-Tools RoutingModel: one function per rule (must) and per wish (prefer).

A node is a task (a pickup, a door, a visit, a shift), a start place or an end place. `cumul` of the time dimension is
the start of service; a vehicle is a volunteer who could do something.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
from ortools.constraint_solver import pywrapcp

from services.matcher.planning.cost import assignment_cost, jobs_free, prefer_placed, prefer_staying_home
from services.matcher.planning.draft import Draft
from services.matcher.planning.problem import Job, Volunteer
from services.matcher.planning.schedule import (
    FAR,
    Outset,
    Task,
    earliest_starts,
    outset_of,
    tasks_of,
    travels_of,
)
from services.matcher.planning.step import Action

Seconds = npt.NDArray[np.int64]
ANYWHERE = -1  # the end place of somebody who may end anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Which node is what.

    Parameters
    ----------
    draft
        An empty draft: it knows who may do what, and compiles tasks.
    tasks
        Node k is tasks[k].
    allowed
        For each job in the model, the vehicles that may do it.
    outsets
        Vehicle v is the volunteer of outsets[v].
    starts, ends
        Node of each vehicle's start and end.
    places
        Place of each node; ANYWHERE for the end of somebody who may end anywhere.
    """

    draft: Draft
    tasks: tuple[Task, ...]
    allowed: dict[str, list[int]]
    outsets: tuple[Outset, ...]
    starts: list[int]
    ends: list[int]
    places: list[int]

    def nodes_of(self, job: str) -> list[int]:
        """Nodes of a job, in the order in which they are visited."""
        return [node for node, task in enumerate(self.tasks) if task.job == job]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The routing model with its layout; `index` translates nodes of tasks."""

    layout: Layout
    manager: pywrapcp.RoutingIndexManager
    routing: pywrapcp.RoutingModel

    @property
    def solver(self) -> pywrapcp.Solver:
        """The constraint solver below."""
        return self.routing.solver()

    @property
    def time(self) -> pywrapcp.RoutingDimension:
        """The time dimension."""
        return self.routing.GetDimensionOrDie("time")

    def index(self, node: int) -> int:
        """Return the variable index of a node."""
        return int(self.manager.NodeToIndex(node))


def layout_of(draft: Draft) -> Layout | None:
    """Lay out the nodes; None if nobody could do anything."""
    volunteers = [one for one in draft.problem.volunteers if draft.tours[one.id].outset.at <= one.duty[-1][1]]
    capable = _capable(draft, volunteers)
    vehicles = [one for one in volunteers if any(one.id in people for people in capable.values())]
    if not vehicles:
        return None
    number = {one.id: vehicle for vehicle, one in enumerate(vehicles)}
    tasks = tuple(task for job in capable for task in _any_time(draft, draft.problem.job_of[job]))
    outsets = tuple(outset_of(draft.problem, one) for one in vehicles)
    places, nodes = [task.place for task in tasks], dict[tuple[str, int], int]()
    for kind, place in [
        *(("start", outset.place) for outset in outsets),
        *(("end", ANYWHERE if one.end_place is None else one.end_place) for one in vehicles),
    ]:
        if (kind, place) not in nodes:
            nodes[kind, place] = len(places)
            places.append(place)
    return Layout(
        draft=draft,
        tasks=tasks,
        allowed={job: [number[one] for one in people] for job, people in capable.items()},
        outsets=outsets,
        starts=[nodes["start", outset.place] for outset in outsets],
        ends=[nodes["end", ANYWHERE if one.end_place is None else one.end_place] for one in vehicles],
        places=places,
    )


def _capable(draft: Draft, volunteers: list[Volunteer]) -> dict[str, list[str]]:
    """For each job that can be in the model: who could do it if there were nothing else to do.

    A job that nobody could do must stay out: the rules between its two nodes hold even when it is left unplaced, and
    would make the whole model infeasible.
    """
    capable = {}
    for job in draft.problem.jobs:
        if job.id in draft.unplaced:
            people = [one.id for one in volunteers if draft.may(one, job) and _could_alone(draft, one, job)]
            if people:
                capable[job.id] = people
    for job in draft.problem.jobs:
        group_is_frozen = job.together in draft.groups
        if not group_is_frozen and any(other.id not in capable for other in draft.group_of(job)):
            capable.pop(job.id, None)
    return capable


def _could_alone(draft: Draft, volunteer: Volunteer, job: Job) -> bool:
    """Whether somebody could be in time for a job and nothing else; no other job makes that easier."""
    tasks, outset = draft.compiled(volunteer, job), draft.tours[volunteer.id].outset
    return tasks is not None and earliest_starts(outset, tasks, travels_of(outset, tasks)) is not None


def _any_time(draft: Draft, job: Job) -> tuple[Task, ...]:
    """Compile a job without anybody's duty."""
    carrier = draft.on_board.get(job.id)
    one = draft.problem.volunteer_of[carrier] if carrier else draft.problem.volunteers[0]
    return tasks_of(draft.problem, replace(one, duty=((0, FAR),)), job) or ()


def build(layout: Layout) -> Model:
    """State the whole problem: every rule, then every wish."""
    manager = pywrapcp.RoutingIndexManager(len(layout.places), len(layout.outsets), layout.starts, layout.ends)
    model = Model(layout=layout, manager=manager, routing=pywrapcp.RoutingModel(manager))
    for state in (*MUST, *PREFER):
        state(model)
    return model


# Must


def must_be_at_one_place_at_a_time(model: Model) -> None:
    """Cumulate travel, set-up and service; nobody leaves before they can or is home after duty."""
    layout, matrices = model.layout, {}
    for outset in layout.outsets:
        mode = outset.volunteer.travel_mode
        if mode not in matrices:
            seconds = _travel(layout, mode) + _setups(layout) + _services(layout)
            seconds[np.ix_(sorted(set(layout.starts)), sorted(set(layout.ends)))] = 0
            matrices[mode] = model.routing.RegisterTransitMatrix(seconds.tolist())
    modes = [matrices[outset.volunteer.travel_mode] for outset in layout.outsets]
    horizon = max(outset.end_by for outset in layout.outsets) + 1
    model.routing.AddDimensionWithVehicleTransits(modes, horizon, horizon, False, "time")
    for vehicle, outset in enumerate(layout.outsets):
        model.time.CumulVar(model.routing.Start(vehicle)).SetRange(outset.at, outset.at)
        model.time.CumulVar(model.routing.End(vehicle)).SetRange(outset.at, outset.end_by)


def must_start_within_windows(model: Model) -> None:
    """Open only the starts that windows, now, batch and (for what is on board) the hot limit allow."""
    for node, task in enumerate(model.layout.tasks):
        start = model.time.CumulVar(model.index(node))
        start.SetRange(task.windows[0][0], min(task.windows[-1][1], start.Max()))
        for before, after in pairwise(task.windows):
            start.RemoveInterval(before[1] + 1, after[0] - 1)


def must_keep_duty(model: Model) -> None:
    """Keep every step of somebody with several duty windows out of the gaps between them."""
    crews: defaultdict[tuple[tuple[int, int], ...], list[int]] = defaultdict(list)
    for vehicle, outset in enumerate(model.layout.outsets):
        crews[outset.volunteer.duty].append(vehicle)
    for duty, crew in crews.items():
        for (_, ends), (begins, _) in pairwise(duty):
            for node, task in enumerate(model.layout.tasks):
                if set(crew) & set(model.layout.allowed[task.job]):
                    _keep_out_of_gap(model, node, crew, ends - task.service_s, begins)


def _keep_out_of_gap(model: Model, node: int, crew: list[int], last: int, first: int) -> None:
    """Whoever of the crew serves this node starts not after `last` or not before `first`."""
    start, solver = model.time.CumulVar(model.index(node)), model.solver
    if start.Max() <= last or start.Min() >= first:
        return
    ours = solver.IsMemberVar(model.routing.VehicleVar(model.index(node)), crew)
    before = solver.IsLessOrEqualCstVar(start, last)
    after = solver.IsGreaterOrEqualCstVar(start, first)
    solver.Add(before + after >= ours)


def must_not_overload(model: Model) -> None:
    """Never carry more than the capacity, in any dimension, counting what is on board already."""
    layout = model.layout
    for dimension in range(len(layout.outsets[0].on_board)):
        loads = [task.load[dimension] for task in layout.tasks]
        if not any(loads):
            continue
        change = model.routing.RegisterUnaryTransitVector(loads + [0] * (len(layout.places) - len(loads)))
        most = [max(one.volunteer.capacity[dimension], one.on_board[dimension]) for one in layout.outsets]
        model.routing.AddDimensionWithVehicleCapacity(change, 0, most, False, f"load {dimension}")
        load = model.routing.GetDimensionOrDie(f"load {dimension}")
        for vehicle, outset in enumerate(layout.outsets):
            carried = outset.on_board[dimension]
            load.CumulVar(model.routing.Start(vehicle)).SetRange(carried, carried)


def must_pick_up_before_dropping_off(model: Model) -> None:
    """Both by the same person, in this order."""
    for pickup, dropoff in _pairs(model):
        model.routing.AddPickupAndDelivery(pickup, dropoff)
        model.solver.Add(model.routing.VehicleVar(pickup) == model.routing.VehicleVar(dropoff))
        model.solver.Add(model.time.CumulVar(pickup) <= model.time.CumulVar(dropoff))


def must_arrive_hot(model: Model) -> None:
    """From the departure of the pickup to the start of the drop-off pass at most so many seconds."""
    for number, (pickup, dropoff) in enumerate(_pairs(model)):
        leaves, hot = (model.layout.tasks[model.manager.IndexToNode(index)] for index in (pickup, dropoff))
        if hot.ride_s is None:
            continue
        limit = hot.ride_s + leaves.service_s
        model.solver.Add(model.time.CumulVar(dropoff) - model.time.CumulVar(pickup) <= limit)
        # Said twice, because local search filters see only this one: three times as many moves come through.
        model.time.SetPickupToDeliveryLimitFunctionForPair(partial(_constant, limit), number)


def _constant(limit: int, *_alternatives: int) -> int:
    return limit


def must_not_exceed_batches(model: Model) -> None:
    """Feed no more jobs from a batch than it has left."""
    pickups: defaultdict[str, list[int]] = defaultdict(list)
    for node, task in enumerate(model.layout.tasks):
        batch = model.layout.draft.problem.job_of[task.job].batch
        if task.action is Action.PICKUP and batch is not None:
            pickups[batch].append(model.index(node))
    for batch, indices in pickups.items():
        left = max(0, model.layout.draft.batch_left[batch])
        if left < len(indices):
            fed = model.solver.Sum([model.routing.ActiveVar(index) for index in indices])
            model.solver.Add(fed <= left)


def must_be_allowed(model: Model) -> None:
    """Skills, credentials, refusals, wanted persons, and what is on board of whom."""
    for node, task in enumerate(model.layout.tasks):
        unserved = -1
        model.routing.VehicleVar(model.index(node)).SetValues([unserved, *model.layout.allowed[task.job]])


def must_not_exceed_stops(model: Model) -> None:
    """Finish at most so many jobs; what is on board does not count against it."""
    layout = model.layout
    finishes = [int(task.action.finishes) for task in layout.tasks]
    count = model.routing.RegisterUnaryTransitVector(finishes + [0] * (len(layout.places) - len(finishes)))
    model.routing.AddDimensionWithVehicleCapacity(
        count, 0, [_stops_left(layout, v) for v in layout.outsets], True, "jobs"
    )


def _stops_left(layout: Layout, outset: Outset) -> int:
    one = outset.volunteer
    if one.max_stops is None:
        return len(layout.tasks)
    carried = sum(carrier == one.id for carrier in layout.draft.on_board.values())
    return max(one.max_stops - layout.draft.done[one.id], carried)


def must_come_together(model: Model) -> None:
    """All of a group or none, and nobody for two of them; the moment is fixed by their windows."""
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for node, task in enumerate(model.layout.tasks):
        together = model.layout.draft.problem.job_of[task.job].together
        if together is not None and task.action.finishes:
            groups[together].append(model.index(node))
    for group, indices in groups.items():
        if group not in model.layout.draft.groups:
            for one, other in pairwise(indices):
                model.solver.Add(model.routing.ActiveVar(one) == model.routing.ActiveVar(other))
        for one, other in combinations(indices, 2):
            people = [model.routing.VehicleVar(index) for index in (one, other)]
            model.solver.Add(model.solver.AllDifferentExcept(people, -1))


MUST = (
    must_be_at_one_place_at_a_time,
    must_start_within_windows,
    must_keep_duty,
    must_not_overload,
    must_pick_up_before_dropping_off,
    must_arrive_hot,
    must_not_exceed_batches,
    must_be_allowed,
    must_not_exceed_stops,
    must_come_together,
)


# Prefer


def prefer_little_travel(model: Model) -> None:
    """Every second of travel costs one; set-up, service and waiting cost nothing."""
    evaluators: dict[int, int] = {}
    for vehicle, outset in enumerate(model.layout.outsets):
        mode = outset.volunteer.travel_mode
        if mode not in evaluators:
            evaluators[mode] = model.routing.RegisterTransitMatrix(_travel(model.layout, mode).tolist())
        model.routing.SetArcCostEvaluatorOfVehicle(evaluators[mode], vehicle)


def prefer_to_place(model: Model) -> None:
    """Let leaving a job out cost its priority; the pickup is free, because the door pays for both."""
    layout, draft = model.layout, model.layout.draft
    for node, task in enumerate(layout.tasks):
        job = draft.problem.job_of[task.job]
        penalty = prefer_placed(job, on_board=job.id in draft.on_board, params=draft.params)
        # The toll that whoever does the job has to pay makes leaving it out that much less of a loss.
        penalty = max(0, penalty - _least_toll(layout, job))
        model.routing.AddDisjunction([model.index(node)], penalty if task.action.finishes else 0)


def prefer_the_right_people(model: Model) -> None:
    """Price familiar volunteers, and those who have the job in the present plan, below everybody else.

    The tolls are a dimension of their own, because one number per job and vehicle is much smaller than one matrix per
    vehicle, and the span of a dimension is priced exactly. Tolls are counted from the least one: a node with a toll
    on every vehicle could not be left unserved (OR-Tools 9.15, unary transits that differ by vehicle).
    """
    layout, evaluators = model.layout, dict[tuple[int, ...], int]()
    chosen = []
    jobs = [layout.draft.problem.job_of[task.job] for task in layout.tasks]
    least = [_least_toll(layout, job) for job in jobs]
    for outset in layout.outsets:
        tolls = tuple(
            max(0, _toll(layout, job, outset.volunteer) - low) if task.action.finishes else 0
            for task, job, low in zip(layout.tasks, jobs, least, strict=True)
        )
        if tolls not in evaluators:
            padded = [*tolls, *[0] * (len(layout.places) - len(tolls))]
            evaluators[tolls] = model.routing.RegisterUnaryTransitVector(padded)
        chosen.append(evaluators[tolls])
    if any(map(any, evaluators)):
        most = max(sum(tolls) for tolls in evaluators)
        model.routing.AddDimensionWithVehicleTransits(chosen, 0, most, True, "tolls")
        model.routing.GetDimensionOrDie("tolls").SetSpanCostCoefficientForAllVehicles(1)


def _toll(layout: Layout, job: Job, volunteer: Volunteer) -> int:
    return assignment_cost(job, volunteer, layout.draft.holders, layout.draft.params)


def _least_toll(layout: Layout, job: Job) -> int:
    """Return what a job costs beside travel with whoever of its vehicles is cheapest, seconds-equivalent."""
    return min(_toll(layout, job, layout.outsets[vehicle].volunteer) for vehicle in layout.allowed[job.id])


def prefer_fair_shares(model: Model) -> None:
    """Each job beyond somebody's fair share costs the same again."""
    jobs, draft = model.routing.GetDimensionOrDie("jobs"), model.layout.draft
    if not draft.params.crowding_s:
        return
    for vehicle, outset in enumerate(model.layout.outsets):
        free = jobs_free(done=draft.done[outset.volunteer.id], params=draft.params)
        jobs.SetCumulVarSoftUpperBound(model.routing.End(vehicle), free, draft.params.crowding_s)


def prefer_few_people(model: Model) -> None:
    """Somebody's first thing to do costs what going out does."""
    for vehicle, outset in enumerate(model.layout.outsets):
        price = prefer_staying_home(model.layout.draft.problem, outset.volunteer)
        model.routing.SetFixedCostOfVehicle(price, vehicle)


PREFER = (prefer_little_travel, prefer_to_place, prefer_the_right_people, prefer_fair_shares, prefer_few_people)


# Matrices over nodes


def _travel(layout: Layout, mode: int) -> Seconds:
    """Seconds of travel from node to node; none to an end anywhere, none between start and end of an idle one."""
    places = np.array(layout.places)
    seconds: Seconds = layout.draft.problem.travel.seconds[mode].astype(np.int64)[np.ix_(places, places)]
    seconds[:, places == ANYWHERE] = 0
    seconds[np.ix_(sorted(set(layout.starts)), sorted(set(layout.ends)))] = 0
    return seconds


def _setups(layout: Layout) -> Seconds:
    """Seconds of set-up on arriving at a node from another place."""
    places = np.array(layout.places)
    setups = np.zeros(len(places), dtype=np.int64)
    setups[: len(layout.tasks)] = [task.setup_s for task in layout.tasks]
    arriving: Seconds = (places[:, None] != places[None, :]) * setups[None, :]
    return arriving


def _services(layout: Layout) -> Seconds:
    """Seconds of service at the node that is left."""
    services = np.zeros((len(layout.places), 1), dtype=np.int64)
    services[: len(layout.tasks), 0] = [task.service_s for task in layout.tasks]
    return services


def _pairs(model: Model) -> list[tuple[int, int]]:
    """Return the indices of pickup and drop-off of every delivery that is still to be picked up."""
    tasks = model.layout.tasks
    return [
        (model.index(node), model.index(node + 1)) for node, task in enumerate(tasks) if task.action is Action.PICKUP
    ]
