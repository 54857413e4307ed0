"""Whether a tour with hot limits stays in time with one job more: asked of the whole sequence, and asked last."""

from services.matcher.planning.kernel.board import NOBODY, OUT
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import nodes_of, people_of, stops_of, tours_of, trial_of, ways_of
from services.matcher.planning.kernel.memory import FLOOR, LAG, NODE_AT
from services.matcher.planning.kernel.timing import runs


@compiled
def fits_hot(  # noqa: PLR0913, PLR0917 - numbers and arrays side by side
    desk: int, tour: int, node: int, first: int, mate: int, second: int
) -> bool:
    """Whether `node` after stop `first`, and `mate` (or NOBODY) after stop `second`, keep every hot limit."""
    nodes, ways, stops, trial = nodes_of(desk), ways_of(desk), stops_of(desk), trial_of(desk)
    tours, people = tours_of(desk), people_of(desk)
    wide = 0
    for at in range(tours[tour].length + 1):
        if at > 0:
            wide += 1
            trial[NODE_AT, wide], trial[FLOOR, wide] = stops[tour, at].node, stops[tour, at].start
        if at == first:
            wide += 1
            trial[NODE_AT, wide], trial[FLOOR, wide] = node, 0
        if at == second and mate != NOBODY:
            wide += 1
            trial[NODE_AT, wide], trial[FLOOR, wide] = mate, 0
    mode, here = people[tour].mode, people[tour].start
    for at in range(1, wide + 1):
        new = nodes[trial[NODE_AT, at]]
        trial[LAG, at] = ways[OUT, mode, here, new.place] + (new.setup if new.place != here else 0)
        here = new.place
    return runs(desk, tour, wide, ways[OUT, mode, here, people[tour].end])
