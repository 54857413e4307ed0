"""Ruin: take strings of neighbouring stops off neighbouring tours.

Christiaens and Vanden Berghe (2020), "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54(2), section 5.1 ("adjacent string removal"). The numbers in brackets are its equations.
"""

from services.matcher.planning.kernel.board import NOBODY
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    dice_of,
    jobs_of,
    lists_of,
    near_of,
    nodes_of,
    now_of,
    seeds_of,
    stops_of,
    tours_of,
)
from services.matcher.planning.kernel.dice import roll, throw
from services.matcher.planning.kernel.editing import remember, take_off

MEAN_REMOVED = 10.0  # stops taken off in the mean, on all tours together
LONGEST_STRING = 8.0  # stops
SPLIT = 0.5  # how often a string keeps a middle part
GROW_MIDDLE = 0.01  # how often that part is one stop longer
WHOLE = 0.05  # how often the first tour is taken off whole: no string empties a tour, and a plan can have one too many
LONGEST_WHOLE = 60  # stops


@compiled
def ruin(desk: int, mean_removed: float, longest_string: float) -> None:
    """Take a few strings off the tours around a random stop."""
    nodes, jobs, near, seeds = nodes_of(desk), jobs_of(desk), near_of(desk), seeds_of(desk)
    tours, lists, now, dice = tours_of(desk), lists_of(desk), now_of(desk), dice_of(desk)
    if now[0].used == 0:
        return
    longest = min(longest_string, now[0].stops / now[0].used)  # (5)
    most = 4.0 * mean_removed / (1.0 + longest) - 1.0  # (6)
    wanted = int(roll(dice) * most + 1.0)  # (7)
    seed, whole = seeds[throw(dice, len(seeds))], roll(dice) < WHOLE
    for place in range(near.shape[1]):
        node = near[seed, place]
        tour = jobs[nodes[node].job].tour
        if tour == NOBODY or lists[tour].stamp != NOBODY:
            continue
        size = int(roll(dice) * min(float(tours[tour].length), longest) + 1.0)  # (8, 9)
        if whole and tours[tour].length <= LONGEST_WHOLE:
            size, whole = tours[tour].length, False
        _remove_string(desk, tour, nodes[node].position, size)
        wanted -= 1
        if wanted <= 0:
            return


@compiled
def _remove_string(desk: int, tour: int, around: int, size: int) -> None:
    """Take off a string of so many stops that contains a given one; now and then it keeps its middle."""
    nodes, jobs, stops, dice, length = (
        nodes_of(desk),
        jobs_of(desk),
        stops_of(desk),
        dice_of(desk),
        tours_of(desk)[tour].length,
    )
    size = min(size, length)
    middle = 0
    if size > 1 and size < length and roll(dice) < SPLIT:
        middle = 1
        while size + middle < length and roll(dice) < GROW_MIDDLE:
            middle += 1
    wide = size + middle
    low, high = max(1, around - wide + 1), min(around, length - wide + 1)
    first = low + throw(dice, high - low + 1)
    kept_from = first + throw(dice, size + 1) if middle > 0 else 0
    remember(desk, tour)
    for at in range(first, first + wide):
        job = nodes[stops[tour, at].node].job
        kept = middle > 0 and kept_from <= at < kept_from + middle
        if not kept and jobs[job].tour != NOBODY:
            take_off(desk, job)
