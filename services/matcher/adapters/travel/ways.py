"""What a street of OpenStreetMap allows: who may pass in which direction, and how fast.

After the wiki's pages "Key:access", "Key:oneway" and "OSM tags for routing/Access restrictions". Turn restrictions,
barriers at nodes and opening hours are not read.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from services.matcher.planning.travel import E_BIKE, WALK

_CAR_KM_H: Final = {
    "motorway": 70.0,
    "motorway_link": 40.0,
    "trunk": 45.0,
    "trunk_link": 35.0,
    "primary": 30.0,
    "primary_link": 25.0,
    "secondary": 27.0,
    "secondary_link": 22.0,
    "tertiary": 25.0,
    "tertiary_link": 20.0,
    "unclassified": 20.0,
    "residential": 20.0,
    "living_street": 10.0,
    "service": 12.0,
}  # with lights and traffic in a city, not what the signs allow
_QUIET: Final = frozenset({"cycleway", "path", "track", "footway", "pedestrian", "bridleway", "steps", "corridor"})
_RIDEN: Final = frozenset({"cycleway", "path", "track"})
_NO: Final = frozenset({"no", "private", "use_sidepath", "agricultural", "forestry", "emergency"})
_ALONG: Final = frozenset({"yes", "true", "1"})
_AGAINST: Final = frozenset({"-1", "reverse"})


class Pace(NamedTuple):
    """Kilometres per hour along a way and against its direction; 0: not allowed."""

    along: float = 0.0
    against: float = 0.0


NOT_AT_ALL: Final = Pace()


def paces(tags: Mapping[str, str]) -> tuple[Pace, Pace, Pace]:
    """Give the paces of a way on foot, by e-bike and by car."""
    if tags.get("highway") not in _CAR_KM_H.keys() | _QUIET or tags.get("area") == "yes":
        return NOT_AT_ALL, NOT_AT_ALL, NOT_AT_ALL
    return _on_foot(tags), _by_e_bike(tags), _by_car(tags)


def _allowed(tags: Mapping[str, str], keys: tuple[str, ...]) -> str:
    """Give the most special word that is said; keys from special to general."""
    return next((tags[key] for key in keys if key in tags), "")


def _on_foot(tags: Mapping[str, str]) -> Pace:
    said = _allowed(tags, ("foot", "access"))
    fast = tags["highway"] in {"motorway", "motorway_link"} or tags.get("motorroad") == "yes"
    if said in _NO or (fast and said not in {"yes", "designated"}):
        return NOT_AT_ALL
    return Pace(WALK.km_h, WALK.km_h)


def _by_e_bike(tags: Mapping[str, str]) -> Pace:
    said = _allowed(tags, ("bicycle", "vehicle", "access"))
    highway = tags["highway"]
    fast = highway in {"motorway", "motorway_link"} or tags.get("motorroad") == "yes"
    needs_a_yes = fast or (highway in _QUIET and highway not in _RIDEN)
    if said in _NO or highway == "steps" or (needs_a_yes and said not in {"yes", "designated", "permissive"}):
        return NOT_AT_ALL
    both_ways = tags.get("oneway:bicycle") == "no" or tags.get("cycleway", "").startswith("opposite")
    return Pace(E_BIKE.km_h, E_BIKE.km_h) if both_ways else _directed(tags, E_BIKE.km_h)


def _by_car(tags: Mapping[str, str]) -> Pace:
    km_h = _CAR_KM_H.get(tags["highway"], 0.0)
    if not km_h or _allowed(tags, ("motorcar", "motor_vehicle", "vehicle", "access")) in _NO:
        return NOT_AT_ALL
    sign = tags.get("maxspeed", "").removesuffix("km/h").strip()
    limit = float(sign) if sign.isdecimal() and int(sign) > 0 else km_h
    return _directed(tags, min(km_h, limit))


def _directed(tags: Mapping[str, str], km_h: float) -> Pace:
    said = tags.get("oneway", "")
    if said in _AGAINST:
        return Pace(0.0, km_h)
    implied = tags.get("junction") in {"roundabout", "circular"} or tags["highway"] == "motorway"
    return Pace(km_h, 0.0) if said in _ALONG or (implied and said != "no") else Pace(km_h, km_h)
