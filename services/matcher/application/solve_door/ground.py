"""Where everything is, and how long the ways are: from the matrices that were given, or from our travel times."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from services.matcher.application.solve_door.asked import MOST_PLACES, Location, Matrices, Question, Table
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.travel_book import MODES
from services.matcher.planning import Travel

Times = npt.NDArray[np.int64]
Survey = Callable[[Sequence[tuple[float, float]]], Travel]
"""Gives the ways between places, (lon, lat), for each mode of travel."""

PROFILES: Final[Mapping[str, str]] = {
    "car": "car",
    "driving": "car",
    "bike": "e_bike",
    "e_bike": "e_bike",
    "cycling": "e_bike",
    "foot": "walk",
    "walk": "walk",
    "walking": "walk",
}
"""Profiles that need no matrix, and how we travel for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """All places of a question.

    Parameters
    ----------
    seconds, metres
        By profile: n x n, [i, j] from i to j; metres only for profiles whose distances were given.
    given
        Whether the matrices were given: places then are rows, else coordinates.
    places
        Without matrices: coordinates to row.
    """

    seconds: Mapping[str, Times]
    metres: Mapping[str, Times]
    given: bool
    places: Mapping[Location, int] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """How many places there are."""
        return max((len(table) for table in self.seconds.values()), default=0)

    def place(self, path: str, location: Location | None, index: int | None) -> int:
        """Give the row of a place that was named by its index, or by its coordinates where there are no matrices."""
        if not self.given:
            if index is not None:
                raise DoesNotFit.because(f"{path}_index", "means a row of `matrices`, but none are given")
            if location is None:
                raise DoesNotFit.because(path, "is missing: without `matrices` every place needs its coordinates")
            return self.places[location]
        if index is None:
            raise DoesNotFit.because(f"{path}_index", "is missing: with `matrices` every place is a row of them")
        if index >= self.size:
            raise DoesNotFit.because(f"{path}_index", f"is {index}, but the matrices have only {self.size} rows")
        return index


def ground_of(question: Question, survey: Survey) -> Ground:
    """Take the matrices that were given, or measure the ways between all coordinates.

    Raises
    ------
    DoesNotFit
        If a matrix is missing, not square, of another size than the others, or goes from a place to itself in more than
        0 s where somebody can go so; if costs differ from durations; if a profile is unknown.
    """
    if question.matrices is not None:
        return _given(question, question.matrices)
    for number, vehicle in enumerate(question.vehicles):
        if vehicle.profile not in PROFILES:
            known = ", ".join(sorted(PROFILES))
            raise DoesNotFit.because(
                f"vehicles.{number}.profile", f"{vehicle.profile!r} has no matrix; without one it is one of {known}"
            )
    points = list(dict.fromkeys(_locations(question)))
    if len(points) > MOST_PLACES:
        raise DoesNotFit.because("jobs", f"lie at {len(points)} places; this door knows at most {MOST_PLACES}")
    travel = survey(points)
    profiles = {vehicle.profile for vehicle in question.vehicles} or {"car"}
    seconds = {name: travel.seconds[MODES[PROFILES[name]]].astype(np.int64) for name in profiles}
    return Ground(seconds=seconds, metres={}, given=False, places={point: row for row, point in enumerate(points)})


def _locations(question: Question) -> Iterator[Location]:
    yield from (stop.location for _, stop in question.named_stops() if stop.location is not None)
    for vehicle in question.vehicles:
        yield from (place for place in (vehicle.start, vehicle.end) if place is not None)


def _given(question: Question, matrices: Mapping[str, Matrices]) -> Ground:
    """Take the matrices of the profiles that vehicles have; as in VROOM, the others are not looked at."""
    for number, vehicle in enumerate(question.vehicles):
        if vehicle.profile not in matrices:
            raise DoesNotFit.because(f"matrices.{vehicle.profile}", f"is missing: vehicles.{number} has this profile")
    profiles = list(dict.fromkeys(vehicle.profile for vehicle in question.vehicles)) or list(matrices)
    size, shared = len(matrices[profiles[0]].durations), _shared_places(question)
    seconds, metres = dict[str, Times](), dict[str, Times]()
    for name in profiles:
        path, one = f"matrices.{name}", matrices[name]
        seconds[name] = _square(f"{path}.durations", one.durations, size, shared)
        if one.distances is not None:
            metres[name] = _square(f"{path}.distances", one.distances, size, shared)
        if one.costs is not None and one.costs != one.durations:
            raise DoesNotFit.because(
                f"{path}.costs",
                "cannot be honoured: our engines weigh seconds of travel, so costs must equal durations",
            )
    return Ground(seconds=seconds, metres=metres, given=True)


def _shared_places(question: Question) -> frozenset[int]:
    """Name the places that a way can lead to from themselves: several tasks are there, or a task and an end."""
    tasks = Counter(stop.location_index for _, stop in question.named_stops())
    ends = Counter({place for one in question.vehicles for place in (one.start_index, one.end_index)} & tasks.keys())
    return frozenset(place for place, times in (tasks + ends).items() if place is not None and times > 1)


def _square(path: str, table: Table, size: int, shared: frozenset[int]) -> Times:
    if len(table) != size:
        raise DoesNotFit.because(
            path, f"has {len(table)} rows, the first matrix has {size}; those of vehicles' profiles must be of one size"
        )
    for number, row in enumerate(table):
        if len(row) != size:
            raise DoesNotFit.because(
                f"{path}.{number}", f"has {len(row)} numbers; a square matrix of {size} rows needs {size}"
            )
    times = np.array(table, dtype=np.int64)
    for place in np.flatnonzero(times.diagonal()).tolist():
        if place in shared:
            raise DoesNotFit.because(
                f"{path}.{place}.{place}",
                f"is {times[place, place]}; here it is 0 from a place to itself, and several of the question are there",
            )
    np.fill_diagonal(times, 0)  # nobody goes from any of them to itself
    return times
