"""In which orders the recreate step inserts, and how often each is drawn.

Christiaens and Vanden Berghe (2020), section 5.2: random, demand, far, close with weights 4, 4, 2, 1; section 6.3
adds, for time windows, length, start and end with 2, 2, 2. Dear and rarely served jobs first is this project's own.
"""

import numpy as np

from services.matcher.planning.kernel.board import NOBODY
from services.matcher.planning.kernel.compiled import Array
from services.matcher.planning.schedule import FAR

RANDOM = 4.0  # weight


def orders_and_odds(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    seconds: Array, nodes: Array, jobs: Array, people: Array, windows: Array, loads: Array, charge: Array
) -> tuple[Array, Array]:
    """Compute the sorting keys; an order in which all jobs are equal is left out.

    Returns
    -------
    tuple of Array
        float64 [O, J], ascending keys, and float64 [O + 1], cumulated odds; a random order is the last.
    """
    first = jobs["first"]
    door = np.where(jobs["second"] == NOBODY, first, jobs["second"])
    opens = np.where(windows[0, :, :, 0] < FAR, windows[0, :, :, 0], FAR).min(axis=1).astype(float)
    closes = windows[0, :, :, 1].max(axis=1).astype(float)
    starts = np.unique(people["start"])
    away = seconds[np.ix_(starts, nodes["place"][door])].mean(axis=0)
    demand = (loads[first] / np.maximum(1, loads.max(axis=0))).sum(axis=1)
    width = (closes - opens)[first] + np.where(door != first, (closes - opens)[door], 0.0)
    weighted = [
        (4.0, -demand),
        (2.0, -away),
        (1.0, away),
        (2.0, width),
        (2.0, opens[first]),
        (2.0, -closes[door]),
        (2.0, -jobs["penalty"][jobs["lead"]] / jobs["size"][jobs["lead"]]),
        (2.0, (charge >= 0).sum(axis=1).astype(float)),
    ]
    kept = [(weight, keys) for weight, keys in weighted if np.ptp(keys) > 0]
    weights = np.array([weight for weight, _ in kept] + [RANDOM])
    keys = np.array([keys for _, keys in kept], float).reshape(len(kept), len(jobs))
    return keys, np.cumsum(weights) / weights.sum()
