"""The kernel's desk: the addresses of all arrays in one row of numbers.

Compiled functions hand each other only the address of that row. Handing over two dozen arrays by value took many times
longer than what the smaller functions do with them.
"""

import numpy as np

from services.matcher.planning.kernel.board import JOB, NODE, PERSON, Board
from services.matcher.planning.kernel.compiled import ONE, Array, view
from services.matcher.planning.kernel.memory import LIST, NOW, PRICE, QUEUE, ROUTE, STOP, TOUR, Memory

(NODES, JOBS, PEOPLE, WAYS, WINDOWS, CHARGE, LOADS, LIMITS, NEAR, SEEDS, ORDERS, ODDS) = range(12)
(STOPS, TOURS, CARRIED, LISTS, QUEUES, OPEN, VERSIONS, PRICES, PORTIONS, BEST, TRIAL, NOTES, DICE) = range(12, 25)
(ROUTES, ROUTE_NODES, NOTED, WORTH, SLACK) = range(25, 30)
# Sizes, named as in board.py and memory.py.
(N, J, K, P, M, L, D, W, A, S, R, B, MODES, R_1, M_2, C, E, J_K, T) = range(30, 49)
SIZE = 49

nodes_of = view(NODES, NODE, N)
jobs_of = view(JOBS, JOB, J)
people_of = view(PEOPLE, PERSON, K)
ways_of = view(WAYS, np.int32, (ONE, 2), MODES, P, P)
windows_of = view(WINDOWS, np.int32, D, N, W, (ONE, 2))
charge_of = view(CHARGE, np.int32, J, K)
loads_of = view(LOADS, np.int32, N, L)
limits_of = view(LIMITS, np.int32, (ONE, 2), K, L)
near_of = view(NEAR, np.int32, N, A)
seeds_of = view(SEEDS, np.int32, S)
orders_of = view(ORDERS, np.float64, R, J)
odds_of = view(ODDS, np.float64, R_1)

stops_of = view(STOPS, STOP, T, M)
tours_of = view(TOURS, TOUR, (K, 2))
carried_of = view(CARRIED, np.int32, (K, 2), M, (ONE, 2), L)
lists_of = view(LISTS, LIST, K)
queues_of = view(QUEUES, QUEUE, J)
open_of = view(OPEN, np.int32, K)
versions_of = view(VERSIONS, np.int64, (K, 2))
prices_of = view(PRICES, PRICE, J, K)
portions_of = view(PORTIONS, np.int64, (ONE, 3), B)
best_of = view(BEST, np.int32, K, M)
trial_of = view(TRIAL, np.int32, (ONE, 4), M_2)
now_of = view(NOTES, NOW, ONE)
dice_of = view(DICE, np.uint64, ONE)
routes_of = view(ROUTES, ROUTE, C)
route_nodes_of = view(ROUTE_NODES, np.int32, C, E)
noted_of = view(NOTED, np.int64, K)
worth_of = view(WORTH, np.float64, J_K)
slack_of = view(SLACK, np.int32, (K, 2), M)


def desk_of(board: Board, memory: Memory) -> Array:
    """Write down where everything is. The board and the memory must outlive the desk.

    Returns
    -------
    Array
        int64 [SIZE]: addresses, then sizes.
    """
    desk = np.zeros(SIZE, np.int64)
    arrays = (
        board.nodes, board.jobs, board.people, board.ways, board.windows, board.charge, board.loads, board.limits,
        board.near, board.seeds, board.orders, board.odds,
        memory.stops, memory.tours, memory.carried, memory.lists, memory.queues, memory.open, memory.versions,
        memory.prices, memory.portions,
        memory.best, memory.trial, memory.now, memory.dice,
        memory.routes, memory.route_nodes, memory.noted, memory.worth, memory.slack,
    )  # fmt: skip
    for slot, array in enumerate(arrays):
        if not array.flags.c_contiguous:
            raise ValueError(f"Array {slot} of the desk is not contiguous; copy it with numpy.ascontiguousarray.")
        desk[slot] = array.ctypes.data
    desk[N], desk[J], desk[K] = len(board.nodes), len(board.jobs), len(board.people)
    desk[MODES], desk[P] = board.ways.shape[1], board.ways.shape[2]
    desk[M], desk[M_2], desk[L] = memory.stops.shape[1], memory.trial.shape[1], board.loads.shape[1]
    desk[D], desk[W] = board.windows.shape[0], board.windows.shape[2]
    desk[A], desk[S] = board.near.shape[1], len(board.seeds)
    desk[R], desk[R_1], desk[B] = len(board.orders), len(board.odds), len(board.portions)
    desk[C], desk[E] = memory.route_nodes.shape
    desk[J_K], desk[T] = len(memory.worth), len(memory.stops)
    return desk
