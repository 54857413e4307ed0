"""Where in one tour a job costs least: all positions are priced, then tried from the cheapest on.

Travel is priced exactly. Whether a position is in time is first asked of the tour's earliest and latest
starts, which refuses only what cannot be (given that no detour is shorter than the direct way), and then of
the full schedule.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple, TypeVar

from services.matcher.planning.problem import Matrix
from services.matcher.planning.schedule import Task, first_allowed
from services.matcher.planning.tour import Tour, tour_of

_Item = TypeVar("_Item")


class Ways(NamedTuple):
    """Travel seconds from everywhere into one place, and from it to everywhere."""

    into: list[int]
    out: list[int]


def ways_of(seconds: Matrix, place: int) -> Ways:
    """Read one column and one row of a travel matrix."""
    return Ways(seconds[:, place].tolist(), seconds[place].tolist())


@dataclass(frozen=True)
class Trial:
    """A job, compiled for one volunteer, to be tried in that volunteer's tour.

    Parameters
    ----------
    tour
        The tour as it is.
    tasks
        One task, or pickup and drop-off.
    ways
        Of each task's place, in the volunteer's travel mode.
    charge
        What the assignment costs beside travel, seconds-equivalent.
    """

    tour: Tour
    tasks: tuple[Task, ...]
    ways: tuple[Ways, ...]
    charge: int

    @property
    def volunteer(self) -> str:
        """Whose tour it is."""
        return self.tour.outset.volunteer.id

    @cached_property
    def detours(self) -> tuple[list[int], ...]:
        """For each task, the extra travel seconds at each position, taken alone."""
        return tuple(_detours(self.tour, ways) for ways in self.ways)

    @cached_property
    def bound(self) -> int:
        """No placement in this tour costs less, in seconds-equivalent."""
        if len(self.tasks) == 1:
            return self.charge + min(self.detours[0])
        apart = min(self.detours[0]) + min(self.detours[1])
        adjacent = min(_adjacent(self, position) for position in range(len(self.tour.places)))
        return self.charge + min(apart, adjacent)


class Placement(NamedTuple):
    """A feasible way to take on a job; ordered by cost, then by volunteer id, then by position."""

    cost: int
    volunteer: str
    positions: tuple[int, ...]
    tour: Tour


def place_in(trial: Trial, most: int) -> Placement | None:
    """Find the cheapest feasible placement of a job in one tour.

    Parameters
    ----------
    trial
        The job and the tour.
    most
        Placements that cost more than this, in seconds-equivalent, are of no interest.

    Returns
    -------
    Placement, or None
        Ties go to the earliest position of the first task, then of the second.
    """
    positions = _single(trial, most) if len(trial.tasks) == 1 else _pairs(trial, most)
    for cost, places in sorted(positions):
        tasks = inserted(trial.tour.tasks, trial.tasks, places)
        # A detour makes nobody earlier, so the starts of the tour as it is are floors.
        floors = inserted(trial.tour.earliest, [0] * len(places), places)
        tour = tour_of(trial.tour.outset, tasks, floors)
        if tour is not None:
            return Placement(cost, trial.volunteer, places, tour)
    return None


def inserted(old: Sequence[_Item], new: Sequence[_Item], positions: Sequence[int]) -> list[_Item]:
    """Put new items before the old items at the given positions; at equal positions in their own order."""
    result = list(old)
    for item, position in reversed(list(zip(new, positions, strict=True))):
        result.insert(position, item)
    return result


def _detours(tour: Tour, ways: Ways) -> list[int]:
    into, out = ways
    detours = [
        into[here] + out[there] - direct
        for here, there, direct in zip(tour.places, tour.places[1:], tour.travels, strict=False)
    ]
    home = 0 if tour.end_place is None else out[tour.end_place]
    return [*detours, into[tour.places[-1]] + home - tour.travels[-1]]


def _adjacent(trial: Trial, position: int) -> int:
    """Extra travel seconds for going to the pickup and straight on to the door."""
    tour, (pickup, door) = trial.tour, trial.ways
    into = pickup.into[tour.places[position]] + pickup.out[trial.tasks[1].place]
    return into + _onward(tour, door, position) - tour.travels[position]


def _onward(tour: Tour, ways: Ways, position: int) -> int:
    """Travel seconds from a new task on to what follows at a position: a task, the end place, or nothing."""
    if position < len(tour.tasks):
        return ways.out[tour.places[position + 1]]
    return 0 if tour.end_place is None else ways.out[tour.end_place]


def _arrives(here: int, leaves: int, task: Task, ways: Ways) -> int:
    return leaves + ways.into[here] + (task.setup_s if here != task.place else 0)


def _goes_on(tour: Tour, position: int, task: Task, ways: Ways, leaves: int) -> bool:
    """Whether leaving a new task at a moment is early enough for what follows it at a position."""
    there = leaves + _onward(tour, ways, position)
    if position == len(tour.tasks):
        return there <= tour.outset.end_by
    following = tour.tasks[position]
    return there + (following.setup_s if following.place != task.place else 0) <= tour.latest[position]


def _single(trial: Trial, most: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Price the positions of a single task that are in time."""
    tour, (task,), (ways,) = trial.tour, trial.tasks, trial.ways
    for position, detour in enumerate(trial.detours[0]):
        if trial.charge + detour > most:
            continue
        arrival = _arrives(tour.places[position], tour.leaves(position), task, ways)
        start = first_allowed(task.windows, arrival)
        if start is not None and _goes_on(tour, position, task, ways, start + task.service_s):
            yield trial.charge + detour, (position,)


def _pairs(trial: Trial, most: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Price the pairs of positions of pickup and drop-off that are in time and within capacity."""
    tour, pickup = trial.tour, trial.tasks[0]
    drops = trial.detours[1]
    for position, detour in enumerate(trial.detours[0]):
        if trial.charge + detour + min(drops[position:]) > most and trial.charge + _adjacent(trial, position) > most:
            continue
        moment = _arrives(tour.places[position], tour.leaves(position), pickup, trial.ways[0])
        start = first_allowed(pickup.windows, moment)
        if start is not None:
            yield from _doors(trial, most, position, start + pickup.service_s)


def _doors(trial: Trial, most: int, first: int, left: int) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Follow the tour with the load on board, from a pickup left at a moment, and price every door on the way."""
    tour, (pickup, door), (pickup_ways, door_ways) = trial.tour, trial.tasks, trial.ways
    moment, here, ridden = left, pickup.place, 0
    for position in range(first, len(tour.places)):
        if not _has_room(tour, position, pickup):
            return
        ride = ridden + door_ways.into[here]
        if door.ride_s is not None and ridden > door.ride_s:
            return
        start = first_allowed(door.windows, moment + door_ways.into[here])
        if start is not None and (door.ride_s is None or ride <= door.ride_s):
            cost = trial.charge + (
                _adjacent(trial, position)
                if position == first
                else trial.detours[0][first] + trial.detours[1][position]
            )
            if cost <= most and _goes_on(tour, position, door, door_ways, start + door.service_s):
                yield cost, (first, position)
        if position == len(tour.tasks):
            return
        task = tour.tasks[position]
        way = pickup_ways.out[task.place] if position == first else tour.travels[position]
        way += task.setup_s if here != task.place else 0
        pushed = first_allowed(task.windows, moment + way)
        if pushed is None or pushed > tour.latest[position]:
            return
        moment, here, ridden = pushed + task.service_s, task.place, ridden + way + task.service_s


def _has_room(tour: Tour, position: int, pickup: Task) -> bool:
    """Whether the new load fits beside what is on board before the task at a position."""
    capacity = tour.outset.volunteer.capacity
    for carried, more, most in zip(tour.loads[position], pickup.load, capacity, strict=True):
        if carried + more > most:
            return False
    return True
