"""The kernel as an engine: a problem goes in, arrays are searched, a plan comes out."""

from time import perf_counter

import numpy as np

from services.matcher.planning.draft import Draft
from services.matcher.planning.insert import carry_over, explained
from services.matcher.planning.kernel import together
from services.matcher.planning.kernel.arrays import Layout, layout_of
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.kernel.cooling import DEFAULT, Tuning
from services.matcher.planning.kernel.search import Search
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.step import Action
from services.matcher.planning.stop import AfterSeconds, AfterSolutions, Stop

MARGIN_S = 0.001  # kept for handing over
MARGIN_JOB_S = 0.00006  # kept for turning each job's stops into steps


def solve_by_kernel(  # noqa: PLR0913 - all but the board and the stop have defaults
    problem: Problem,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    present: Plan | None = None,
    tuning: Tuning = DEFAULT,
) -> Plan:
    """Plan a whole board.

    Parameters
    ----------
    problem
        What is to be planned.
    stop
        AfterSeconds holds for the search and the plan; finding the reasons of unplaced jobs comes on top.
        AfterSolutions counts rounds of ruin and recreate; the same seed then gives the same plan.
    seed, params
        Of the dice, and what the wishes weigh.
    present
        The plan that people know: where the search starts, and what changes are counted against.
    tuning
        Of the search.

    Returns
    -------
    Plan
        Not worse than the present plan, as far as that still fits. Verify it before it is used.
    """
    begun = perf_counter()
    draft = Draft(problem, params=params or Params.default(), present=present)
    start = None if present is None else carry_over(problem, present, params=draft.params, present=present)
    improve(draft, start, stop=stop, seed=seed, tuning=tuning, begun=begun)
    return explained(draft, list(draft.unplaced), engine="kernel")


def improve(  # noqa: PLR0913 - the last three have defaults
    empty: Draft,
    start: Plan | None,
    *,
    stop: Stop,
    seed: int,
    tuning: Tuning = DEFAULT,
    begun: float | None = None,
    cores: int = 1,
) -> Draft:
    """Fill a draft with the best routes found; the shape of `ortools_routing.improve`.

    Parameters
    ----------
    empty
        A draft of the problem in which nothing is placed.
    start
        A feasible plan of the problem to begin with, or None.
    stop, seed, tuning
        As for `solve_by_kernel`.
    begun
        Reading of `perf_counter` from which seconds count; now, if None.
    cores
        So many searches run side by side, each in a thread, and put their routes together.

    Returns
    -------
    Draft
        The same one; not yet verified, without reasons.
    """
    begun = perf_counter() if begun is None else begun
    made = _prepared(empty, start, seed)
    if made is None:
        return empty
    layout, search = made
    searches = [search, *(search.twin(seed + cores * one) for one in range(1, cores))]
    match stop:
        case AfterSolutions(solutions=rounds):
            together.for_rounds(searches, rounds, tuning)
        case AfterSeconds(seconds=seconds):
            margin = MARGIN_S + MARGIN_JOB_S * len(empty.problem.jobs)
            together.until(searches, begun + seconds - margin, tuning)
    best = together.best_of(searches)
    for tour, volunteer in enumerate(layout.volunteers):
        empty.adopt(volunteer, doings_of(layout, best.best_tour(tour)))
    return empty


def _prepared(empty: Draft, start: Plan | None, seed: int) -> tuple[Layout, Search] | None:
    """Choose the fast layout if nobody has to come back for more, and put the start on the tours."""
    for carry in (True, False):
        layout = layout_of(empty.problem, params=empty.params, present=empty.present, carry=carry)
        if layout is None:
            return None
        if carry and not layout.carried:
            carry = False  # noqa: PLW2901 - both layouts are the same
        search = Search(layout.board, seed, least_kept=layout.least_kept)
        fits = search.begin(sequences_of(layout, start, search.room))
        if not carry or (fits and search.has_slack()):
            return layout, search
    return None


def sequences_of(layout: Layout, plan: Plan | None, room: int) -> Array:
    """Write a plan as tours of nodes, each with its length first; empty tours for None."""
    sequences = np.zeros((len(layout.volunteers), room), np.int32)
    if plan is None:
        return sequences
    tour_of = {volunteer: tour for tour, volunteer in enumerate(layout.volunteers)}
    for route in plan.routes:
        nodes = [layout.row_of[step.job, step.action] for step in route.open_steps
                 if (step.job, step.action) in layout.row_of]  # fmt: skip
        tour = tour_of[route.volunteer]
        sequences[tour, 0] = len(nodes)
        sequences[tour, 1 : len(nodes) + 1] = nodes
    return sequences


def doings_of(layout: Layout, nodes: list[int]) -> list[tuple[str, Action]]:
    """Read a tour of nodes; what is carried from the outset is picked up first."""
    doings = [layout.doings[node] for node in nodes]
    return [(job, Action.PICKUP) for job, _ in doings if job in layout.carried] + doings
