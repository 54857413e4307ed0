"""Travel times without a street map: great circle times a detour factor, as matrices for a problem.

The haversine formula keeps its precision for short distances (R. W. Sinnott, "Virtues of the Haversine", Sky and
Telescope 68(2), 1984, p. 159). Detour factors and speeds are defaults to be fitted from finished trips.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from services.matcher.planning.problem import Matrix, Travel

Point = tuple[float, float]
"""(lon, lat) in degrees, WGS 84."""
Numbers = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS 84 ellipsoid, metres

_DEGREES = 180.0
_QUARTER = 90.0
_BOUNDS = {"detour": (1, 20), "km_h": (0.5, 200), "stop_s": (0, 3600)}  # of what somebody could mean


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How one travel mode moves.

    Parameters
    ----------
    detour
        Way on the ground divided by the great circle, 1 to 20.
    km_h
        Average speed in kilometres per hour, 0.5 to 200.
    stop_s
        Spent once per way between two places, whole seconds up to an hour: locking, parking, finding the door.

    Raises
    ------
    ValueError
        If one of them is outside; the message names it.
    """

    detour: float
    km_h: float
    stop_s: int = 0

    def __post_init__(self) -> None:
        for name, (least, most) in _BOUNDS.items():
            value = getattr(self, name)
            if not least <= value <= most:  # nan is neither
                raise ValueError(f"Speed.{name} is {value}; it must be {least} to {most}.")


WALK = Speed(detour=1.3, km_h=4.5)
E_BIKE = Speed(detour=1.45, km_h=15, stop_s=60)
CAR = Speed(detour=1.5, km_h=25, stop_s=60)
SPEEDS = (WALK, E_BIKE, CAR)  # the order of Volunteer.travel_mode


@dataclass(frozen=True, slots=True, kw_only=True)
class Factors:
    """Detours and speeds, everywhere and where an area has its own.

    Parameters
    ----------
    everywhere
        One per travel mode, in the order of Volunteer.travel_mode.
    areas
        The same for single areas, by code.
    """

    everywhere: tuple[Speed, ...] = SPEEDS
    areas: Mapping[str, tuple[Speed, ...]] = field(default_factory=dict)

    def speeds(self, area: str) -> tuple[Speed, ...]:
        """Give the speeds of an area, one per travel mode."""
        return self.areas.get(area, self.everywhere)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Ways from some places to others, moving only: what a stop costs besides is added where a matrix is written.

    Parameters
    ----------
    seconds
        One array per travel mode, n x m: seconds from place i to place j; 0 from a place to itself.
    metres
        n x m metres on foot.
    """

    seconds: tuple[Numbers, ...]
    metres: Numbers


def great_circle_between(origins: Sequence[Point], destinations: Sequence[Point]) -> Numbers:
    """Great-circle distances from each origin to each destination.

    Parameters
    ----------
    origins, destinations
        n and m places, (lon, lat) in degrees, WGS 84.

    Returns
    -------
    array
        n x m metres.

    Raises
    ------
    ValueError
        If a coordinate is out of range; swapped coordinates are the usual cause.
    """
    one, other = _radians(origins), _radians(destinations)
    half_lon = np.sin((one[:, None, 0] - other[None, :, 0]) / 2) ** 2
    half_lat = np.sin((one[:, None, 1] - other[None, :, 1]) / 2) ** 2
    haversine = half_lat + np.cos(one[:, None, 1]) * np.cos(other[None, :, 1]) * half_lon
    distances: Numbers = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, haversine)))
    return distances


def _radians(places: Sequence[Point]) -> Numbers:
    degrees = np.array(places, dtype=np.float64).reshape(-1, 2)
    if not (np.all(np.abs(degrees[:, 0]) <= _DEGREES) and np.all(np.abs(degrees[:, 1]) <= _QUARTER)):
        raise ValueError("places must be (lon, lat) in degrees; one is out of range. Are they swapped?")
    return np.radians(degrees)


def factor_table(origins: Sequence[Point], destinations: Sequence[Point], speeds: Sequence[Speed] = SPEEDS) -> Table:
    """Ways by great circle and detour factor, one array of seconds per speed; metres are of the first."""
    direct = great_circle_between(origins, destinations)
    return Table(
        seconds=tuple(direct * speed.detour * 3.6 / speed.km_h for speed in speeds),
        metres=direct * speeds[0].detour,
    )


def whole(table: Table, speeds: Sequence[Speed]) -> tuple[tuple[Matrix, ...], Matrix]:
    """Make whole seconds, with what each stop costs, and whole metres of a table.

    Notes
    -----
    Rounding up keeps the triangle rule: no detour is shorter than the direct way. Insertion relies on it.
    """
    seconds = tuple(
        np.where(moving > 0, np.ceil(moving) + speed.stop_s, 0).astype(np.int32)
        for moving, speed in zip(table.seconds, speeds, strict=True)
    )
    return seconds, np.ceil(table.metres).astype(np.int32)


def travel_between(places: Sequence[tuple[float, float]], speeds: Sequence[Speed] = SPEEDS) -> Travel:
    """Travel matrices between all places.

    Parameters
    ----------
    places
        n places, (lon, lat) in degrees, WGS 84.
    speeds
        One per travel mode, in the order of Volunteer.travel_mode.

    Returns
    -------
    Travel
        n x n whole seconds per mode and n x n whole metres on the ground (of the first mode), rounded up. Between two
        places at the same coordinates lie 0 s and 0 m.
    """
    seconds, metres = whole(factor_table(places, places, speeds), speeds)
    return Travel(seconds=seconds, metres=metres)
