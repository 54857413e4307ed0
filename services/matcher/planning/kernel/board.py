"""What the kernel sees: the fixed arrays of one problem, with shape and unit of each."""

from typing import NamedTuple

import numpy as np

from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.schedule import FAR

NOBODY = -1
ANYTIME = FAR  # seconds: a hot limit that never bites, a price that nobody pays

# What a node does to the load. A DROP has its pickup on the same tour; CARRIED was taken on board at the outset
# because the tour takes it along; ON_BOARD is on board whether the tour delivers it or not.
VISIT, PICKUP, DROP, CARRIED, ON_BOARD = range(5)
OUT, INTO = range(2)
CAPACITY, OUTSET = range(2)

NODE = np.dtype(
    [
        ("place", np.int32),  # index into the travel matrices
        ("service", np.int32),  # seconds
        ("setup", np.int32),  # seconds, on arriving from another place
        ("ride", np.int32),  # seconds from leaving the mate (a pickup) to the start here; ANYTIME: no limit
        ("job", np.int32),
        ("mate", np.int32),  # the drop-off of a pickup and the other way round; NOBODY: none
        ("kind", np.int32),
        ("position", np.int32),  # changes: where on its tour
        ("spot", np.int32),  # changes: where on the sequence on trial
    ],
    align=True,
)
JOB = np.dtype(
    [
        ("first", np.int32),  # node: the pickup, or the only node
        ("second", np.int32),  # node: the drop-off; NOBODY: none
        ("lead", np.int32),  # the first job of a group that is placed whole or not at all; itself without one
        ("size", np.int32),  # jobs from `lead` on that belong together; 1 without a group
        ("group", np.int32),  # jobs of one group are done by different people; NOBODY: no group
        ("batch", np.int32),  # NOBODY: takes no portion
        (
            "holder",
            np.int32,
        ),  # whose tour the plan that people know has it on; NOBODY: it may go anywhere, or is on board
        ("counts", np.int32),  # 1 if the limit of stops holds for it, 0 for what is on board
        ("hopeless", np.int32),  # 1 if nobody may do it: it is never tried
        ("tour", np.int32),  # changes: whose tour it is on; NOBODY: absent
        ("penalty", np.int64),  # seconds-equivalent for leaving the whole group out; of a lead
    ],
    align=True,
)
PERSON = np.dtype(
    [
        ("start", np.int32),  # place
        ("end", np.int32),  # place; the last row of the matrices is "anywhere", reached in 0 s
        ("at", np.int32),  # moment from which they can go on
        ("end_by", np.int32),  # moment
        ("mode", np.int32),  # which travel matrix
        ("duty", np.int32),  # row of `windows`: people with the same duty share one
        ("fair", np.int32),  # open jobs without crowding
        ("crowding", np.int32),  # seconds-equivalent for each job beyond `fair`
        ("room", np.int32),  # the most jobs that the limit of stops allows, besides what is on board
        ("fixed", np.int32),  # seconds-equivalent for going out at all
        ("twin", np.int32),  # people with the same number are interchangeable while they have nothing to do
    ],
    align=True,
)


class Board(NamedTuple):
    """One problem as arrays; N nodes, J jobs, K people, P places and "anywhere", L loads, D duties, W windows.

    Parameters
    ----------
    nodes, jobs, people
        NODE [N], JOB [J], PERSON [K].
    ways
        int32 [2, modes, P + 1, P + 1], seconds: [OUT, m, a, b] and [INTO, m, b, a] are the way from a to b. Both are
        kept because rows are read much faster than columns.
    windows
        int32 [D, N, W, 2], moments: allowed starts, ascending; (FAR, -FAR) where there are fewer.
    charge
        int32 [J, K], seconds-equivalent for who does what; -1: may not.
    loads
        int32 [N, L], in the board's load dimensions.
    limits
        int32 [2, K, L]: capacity, and what is on board at the outset.
    portions
        int64 [batches]: how many may still be taken.
    near, seeds
        int32 [N, A], [S]: the nearest nodes of each node, itself first; the nodes around which tours are ruined.
    orders, odds
        float64 [R, J], [R + 1]: sorting keys of the recreate step, ascending, and the cumulated odds of each; the
        last are the odds of a random order.
    """

    nodes: Array
    jobs: Array
    people: Array
    ways: Array
    windows: Array
    charge: Array
    loads: Array
    limits: Array
    portions: Array
    near: Array
    seeds: Array
    orders: Array
    odds: Array
