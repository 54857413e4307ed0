"""Travel times without a street map: great circle times a detour factor, as matrices for a problem.

The haversine formula keeps its precision for short distances (R. W. Sinnott, "Virtues of the Haversine", Sky and
Telescope 68(2), 1984, p. 159). Detour factors and speeds are defaults to be fitted from finished trips.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from services.matcher.planning.problem import Matrix, Travel

EARTH_RADIUS_M = 6_371_008.8  # mean radius of the WGS 84 ellipsoid, metres

_DEGREES = 180.0
_QUARTER = 90.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """How one travel mode moves.

    Parameters
    ----------
    detour
        Way on the ground divided by the great circle, at least 1.
    km_h
        Average speed in kilometres per hour, positive.
    stop_s
        Spent once per way between two different places, whole seconds: locking, parking, finding the door.
    """

    detour: float
    km_h: float
    stop_s: int = 0

    def __post_init__(self) -> None:
        if self.detour < 1:
            raise ValueError(f"Speed.detour is {self.detour}; no way is shorter than the great circle.")
        if self.km_h <= 0:
            raise ValueError(f"Speed.km_h is {self.km_h}; it must be positive.")
        if self.stop_s < 0:
            raise ValueError(f"Speed.stop_s is {self.stop_s}; it cannot be negative.")


WALK = Speed(detour=1.3, km_h=4.5)
E_BIKE = Speed(detour=1.45, km_h=15, stop_s=60)
CAR = Speed(detour=1.5, km_h=25, stop_s=60)
SPEEDS = (WALK, E_BIKE, CAR)  # the order of Volunteer.travel_mode


def great_circle_m(places: Sequence[tuple[float, float]]) -> npt.NDArray[np.float64]:
    """Great-circle distances between all places.

    Parameters
    ----------
    places
        n places, (lon, lat) in degrees, WGS 84.

    Returns
    -------
    array
        n x n metres, symmetric, zero diagonal.

    Raises
    ------
    ValueError
        If a coordinate is out of range; swapped coordinates are the usual cause.
    """
    lon, lat = np.array(places, dtype=np.float64).reshape(-1, 2).T
    if not (np.all(np.abs(lon) <= _DEGREES) and np.all(np.abs(lat) <= _QUARTER)):
        raise ValueError("places must be (lon, lat) in degrees; one is out of range. Are they swapped?")
    lon, lat = np.radians(lon), np.radians(lat)
    half_lon = np.sin((lon[:, None] - lon[None, :]) / 2) ** 2
    half_lat = np.sin((lat[:, None] - lat[None, :]) / 2) ** 2
    haversine = half_lat + np.cos(lat)[:, None] * np.cos(lat)[None, :] * half_lon
    distances: npt.NDArray[np.float64] = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, haversine)))
    return distances


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

    Notes
    -----
    Rounding up keeps the triangle rule: no detour is shorter than the direct way. Insertion relies on it.
    """
    direct = great_circle_m(places)
    return Travel(
        seconds=tuple(_seconds(direct, speed) for speed in speeds),
        metres=np.ceil(direct * speeds[0].detour).astype(np.int32),
    )


def _seconds(direct_m: npt.NDArray[np.float64], speed: Speed) -> Matrix:
    riding = np.ceil(direct_m * speed.detour * 3.6 / speed.km_h)
    return np.where(direct_m > 0, riding + speed.stop_s, 0).astype(np.int32)
