"""Good routes of many plans, kept on the way: combined.py makes better plans of them."""

from services.matcher.planning.kernel.compiled import compiled
from services.matcher.planning.kernel.desk import (
    noted_of,
    people_of,
    route_nodes_of,
    routes_of,
    stops_of,
    tours_of,
    versions_of,
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
def _note(desk: int, tour: int) -> None:
    """Keep a tour, of those with the same stops the cheapest; it takes the place of whatever was there."""
    stops, routes, cost, length = (
        stops_of(desk),
        routes_of(desk),
        tours_of(desk)[tour].cost,
        tours_of(desk)[tour].length,
    )
    twin = people_of(desk)[tour].twin
    key = _mixed(-1 - twin)
    for at in range(1, length + 1):
        key += _mixed(stops[tour, at].node)
    slot = _mixed(key) & (len(routes) - 1)
    kept = routes[slot]
    if kept.key == key and kept.length == length and kept.cost <= cost:
        return
    kept.key, kept.cost, kept.person, kept.length = key, cost, twin, length
    for at in range(length):
        route_nodes_of(desk)[slot, at] = stops[tour, at + 1].node


@compiled
def _mixed(number: int) -> int:
    """Spread the bits of a number over a whole word."""
    mixed = (number ^ (number >> 31)) * MIX
    return int((mixed ^ (mixed >> 29)) * MIX >> 7)
