"""Which nodes are near which: ruins spread along this list."""

import numpy as np

from services.matcher.planning.kernel.board import PICKUP
from services.matcher.planning.kernel.compiled import Array

MOST = 400  # neighbours that are listed; a ruin never needs more
BLOCK = 1 << 20  # distances that are looked at together
COUNTER = 4  # from so many pickups on, a place is a counter: everything is near it, so it says nothing


def near_and_seeds(seconds: Array, nodes: Array) -> tuple[Array, Array]:
    """List the nearest nodes of every node, itself first, and the nodes around which it makes sense to ruin.

    Parameters
    ----------
    seconds
        int32 [P, P], seconds, of one travel mode.
    nodes
        NODE [N].

    Returns
    -------
    tuple of Array
        int32 [N, A] and int32 [S]. Pickups at a counter with many of them are on neither.
    """
    pickups = nodes["kind"] == PICKUP
    busy = np.bincount(nodes["place"], weights=pickups, minlength=len(seconds))
    seeds = np.flatnonzero(~pickups | (busy[nodes["place"]] < COUNTER)).astype(np.int32)
    places, kept = nodes["place"], nodes["place"][seeds]
    most = min(MOST, len(seeds))
    near = np.zeros((len(nodes), most), np.int32)
    for some in np.array_split(np.arange(len(nodes)), 1 + len(nodes) * len(seeds) // BLOCK):
        apart = seconds[np.ix_(places[some], kept)].astype(np.int64) + seconds[np.ix_(kept, places[some])].T
        apart[seeds == some[:, None]] = -1
        if most < len(seeds):
            few = np.argpartition(apart, most - 1)[:, :most]
            order = np.argsort(np.take_along_axis(apart, few, 1), kind="stable")
            near[some] = seeds[np.take_along_axis(few, order, 1)]
        else:
            near[some] = seeds[np.argsort(apart, kind="stable")]
    return near, seeds
