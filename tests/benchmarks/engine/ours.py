"""The kernel on instances of `instances.py`: straight from arrays, without a board's people and words."""

from time import perf_counter

import numpy as np

from services.matcher.planning.kernel import together
from services.matcher.planning.kernel.board import ANYTIME, CARRIED, DROP, JOB, NOBODY, NODE, PERSON, PICKUP, Board
from services.matcher.planning.kernel.charges import forbid_impossible, settle_groups
from services.matcher.planning.kernel.cooling import DEFAULT, Tuning
from services.matcher.planning.kernel.neighbours import near_and_seeds
from services.matcher.planning.kernel.orders import orders_and_odds
from services.matcher.planning.kernel.search import Search
from tests.benchmarks.engine.instances import LEFT_OUT, Array, Instance, Routes

MUST = 50_000_000  # for a job that must be done, beside a vehicle of its own


def solve(one: Instance, seconds: float, seed: int = 1, cores: int = 1, *, tuning: Tuning = DEFAULT) -> Routes:
    """Solve within so many seconds, arrays and all; a search on each core, and their routes put together."""
    begun = perf_counter()
    search = search_of(one, seed)
    searches = [search, *(search.twin(1000 * seed + core) for core in range(1, cores))]
    together.until(searches, begun + seconds, tuning)
    best = together.best_of(searches)
    places = best.board.nodes["place"]
    return [places[best.best_tour(tour)].tolist() for tour in range(one.vehicles)]


def search_of(one: Instance, seed: int) -> Search:
    """Set up a search with everything inserted."""
    search = Search(board_of(one), seed)
    search.begin(np.zeros((one.vehicles, search.room), np.int32))
    return search


def board_of(one: Instance) -> Board:
    """Write an instance as the kernel's arrays: single stops first, then pickup and delivery of each pair."""
    alone = len(one.singles)
    rows = np.array([*one.singles, *(row for pair in one.pairs for row in pair)], np.int64)
    number, paired = np.arange(len(rows)), np.arange(len(rows)) >= alone
    nodes = np.zeros(len(rows), NODE)
    nodes["place"], nodes["service"] = rows, one.service[rows]
    second = paired & ((number - alone) % 2 == 1)
    nodes["job"] = np.where(paired, alone + (number - alone) // 2, number)
    nodes["mate"] = np.where(paired, np.where(second, number - 1, number + 1), NOBODY)
    nodes["kind"] = np.where(paired, np.where(second, DROP, PICKUP), CARRIED)
    nodes["ride"] = np.where(second, ANYTIME if one.hot is None else one.hot, ANYTIME)
    jobs = np.zeros(one.jobs, JOB)
    jobs["first"] = np.flatnonzero(~second)
    jobs["second"] = np.where(paired[jobs["first"]], jobs["first"] + 1, NOBODY)
    jobs["lead"], jobs["size"], jobs["counts"] = np.arange(len(jobs)), 1, 1
    jobs["group"] = jobs["batch"] = jobs["tour"] = jobs["holder"] = NOBODY
    jobs["penalty"] = LEFT_OUT if one.optional else MUST + one.fixed
    people = np.zeros(one.vehicles, PERSON)
    people["start"] = people["end"] = one.home
    people["at"], people["end_by"], people["fixed"] = one.opens[one.home], one.closes[one.home], one.fixed
    people["fair"] = people["room"] = len(jobs)
    return _board(one, rows, nodes, jobs, people)


def _board(one: Instance, rows: Array, nodes: Array, jobs: Array, people: Array) -> Board:
    windows = np.stack([one.opens[rows], one.closes[rows]], axis=-1)[None, :, None].astype(np.int32)
    out = np.zeros((1, one.rows + 1, one.rows + 1), np.int32)
    out[0, : one.rows, : one.rows] = one.seconds
    demand = one.demand[rows[jobs["first"][nodes["job"]]]]  # that of a pickup is its delivery's too
    loads, capacity = demand[:, None].astype(np.int32), np.full((one.vehicles, 1), one.capacity, np.int32)
    may = np.ones((len(jobs), one.vehicles), bool)
    for node in range(len(rows)):
        if one.needs[rows[node]] >= 0:
            may[nodes[node]["job"]] &= one.skills[:, one.needs[rows[node]]]
    charge = np.where(may, 0, -1).astype(np.int32)
    forbid_impossible(charge, jobs, windows, people, loads, capacity)
    settle_groups(charge, jobs)
    known: dict[bytes, int] = {}
    for vehicle in range(one.vehicles):
        people[vehicle]["twin"] = known.setdefault(people[vehicle].tobytes() + charge[:, vehicle].tobytes(), vehicle)
    near, seeds = near_and_seeds(out[0], nodes)
    orders, odds = orders_and_odds(out[0], nodes, jobs, people, windows, loads, charge)
    return Board(
        nodes=nodes, jobs=jobs, people=people, ways=np.stack([out, out.transpose(0, 2, 1)]), windows=windows,
        charge=charge, loads=loads, limits=np.stack([capacity, np.zeros_like(capacity)]),
        portions=np.zeros(0, np.int64), near=near, seeds=seeds, orders=orders, odds=odds,
    )  # fmt: skip
