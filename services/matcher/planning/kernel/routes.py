"""Good routes, kept on the way, also those of plans that were not accepted: combined.py makes better plans of them.

Which are good, the multipliers of the last combination say: a route whose jobs are worth about as much as it costs. As
in column generation, but nothing is searched for: the rounds come by such routes anyway.
"""

from services.matcher.planning.kernel.board import PICKUP
from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    jobs_of,
    lists_of,
    nodes_of,
    noted_of,
    now_of,
    people_of,
    route_nodes_of,
    routes_of,
    stops_of,
    tours_of,
    versions_of,
    worth_of,
)

MIX = 0x1E3779B97F4A7C15  # odd, its bits are spread


@compiled
def note_routes(desk: int) -> None:
    """Keep the present tours that have not been kept yet."""
    tours, versions, noted = tours_of(desk), versions_of(desk), noted_of(desk)
    for tour in range(len(people_of(desk))):
        if noted[tour] != versions[tour] and 0 < tours[tour].length <= route_nodes_of(desk).shape[1]:
            _note(desk, tour)
        noted[tour] = versions[tour]


@compiled
def note_promising(desk: int) -> None:
    """Keep the tours that this round has changed, as far as they cost little more than their jobs are worth."""
    tours, lists, now, longest = tours_of(desk), lists_of(desk), now_of(desk), route_nodes_of(desk).shape[1]
    if now[0].promising <= 0.0:
        return
    for place in range(now[0].touched):
        tour = lists[place].touched
        if 0 < tours[tour].length <= longest and _reduced_cost(desk, tour) < now[0].promising:
            _note(desk, tour)


@compiled
def _reduced_cost(desk: int, tour: int) -> float:
    """Seconds-equivalent by which a tour costs more than its jobs and its person are worth."""
    nodes, stops, tours, worth = nodes_of(desk), stops_of(desk), tours_of(desk), worth_of(desk)
    reduced = tours[tour].cost - worth[len(jobs_of(desk)) + people_of(desk)[tour].twin]
    for at in range(1, tours[tour].length + 1):
        node = nodes[stops[tour, at].node]
        if node.kind != PICKUP:
            reduced -= worth[node.job]
    return float(reduced)


@compiled
def _note(desk: int, tour: int) -> None:
    """Keep a tour, of those with the same stops the cheapest; it takes the place of whatever was there."""
    stops, routes, cost, length = (
        stops_of(desk),
        routes_of(desk),
        tours_of(desk)[tour].cost,
        tours_of(desk)[tour].length,
    )
    twin = people_of(desk)[tour].twin
    key = _mixed(2 * twin + 2)  # even for people, odd for nodes: none is mixed to zero, and none like another
    for at in range(1, length + 1):
        key += _mixed(2 * stops[tour, at].node + 1)
    slot = _mixed(key) & (len(routes) - 1)
    kept = routes[slot]
    if kept.key == key and kept.length == length and kept.cost <= cost:
        return
    if kept.length == 0:
        routes[now_of(desk)[0].filled].filled = slot
        now_of(desk)[0].filled += 1
    kept.key, kept.cost, kept.person, kept.length = key, cost, twin, length
    for at in range(length):
        route_nodes_of(desk)[slot, at] = stops[tour, at + 1].node


@compiled
def _mixed(number: int) -> int:
    """Spread the bits of a number over a whole word."""
    mixed = (number ^ (number >> 31)) * MIX
    return int((mixed ^ (mixed >> 29)) * MIX >> 7)
