"""What every pair of a task and a volunteer costs, a few tasks at a time: all pairs of a city are too many to keep."""

from typing import Final

import numpy as np
import numpy.typing as npt

from services.matcher.application.assignment_door.asked import AskedAssignment, AskedTask
from services.matcher.application.travel_book import MODES
from services.matcher.planning.travel import EARTH_RADIUS_M, SPEEDS

Costs = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
FORBIDDEN: Final = float("inf")


class Pairs:
    """All pairs of a question.

    Parameters
    ----------
    asked
        T tasks and V volunteers.
    """

    def __init__(self, asked: AskedAssignment) -> None:
        self._asked = asked
        self.numbers = {one.id: number for number, one in enumerate(asked.volunteers)}
        self._homes = _on_the_sphere([one.place for one in asked.volunteers])
        speeds = [SPEEDS[MODES[one.travel]] for one in asked.volunteers]
        self._pace = np.array([one.detour * 3.6 / one.km_h for one in speeds])
        self._stop = np.array([float(one.stop_s) for one in speeds])
        self._skills = [frozenset(one.skills) for one in asked.volunteers]
        self._qualified = dict[frozenset[str], Mask]()

    def qualified(self, task: AskedTask) -> Mask:
        """Say who may do a task by skills and refusals, V."""
        wanted = frozenset(task.skills)
        if wanted not in self._qualified:
            self._qualified[wanted] = np.array([wanted <= skills for skills in self._skills], np.bool_)
        may = self._qualified[wanted]
        refused = [self.numbers[one] for one in task.not_by if one in self.numbers]
        if refused:
            may = may.copy()
            may[refused] = False
        return may

    def costs(self, tasks: npt.NDArray[np.int64]) -> Costs:
        """Give what some tasks cost with everybody.

        Parameters
        ----------
        tasks
            n positions among the tasks.

        Returns
        -------
        array
            n x V whole seconds of travel, and `moving_s` for whoever has not got the task now if somebody has;
            FORBIDDEN for who may not do it.
        """
        asked = [self._asked.tasks[task] for task in tasks.tolist()]
        found = self._ways([one.place for one in asked])
        for number, task in enumerate(asked):
            self._adjust(found[number], task)
        return found

    def _adjust(self, costs: Costs, task: AskedTask) -> None:
        """Turn the ways to a task into what it costs with everybody, V."""
        if task.candidates is not None:
            costs[[self.numbers[one.volunteer] for one in task.candidates]] = [one.cost_s for one in task.candidates]
        if task.now_with is not None:
            costs += self._asked.moving_s
            if task.now_with in self.numbers:
                costs[self.numbers[task.now_with]] -= self._asked.moving_s
        costs[~self.qualified(task)] = FORBIDDEN

    def _ways(self, places: list[tuple[float, float] | None]) -> Costs:
        """Measure great circles, as chords: 2 R arcsin(chord / 2) is the haversine formula."""
        there = _on_the_sphere(places)
        squares = np.zeros((len(there), len(self._homes)))
        for axis in range(3):
            squares += (there[:, axis, None] - self._homes[None, :, axis]) ** 2
        metres = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(squares) / 2))
        seconds: Costs = np.where(metres > 0, np.ceil(metres * self._pace) + self._stop, 0.0)
        seconds[np.isnan(metres)] = FORBIDDEN
        return seconds


def _on_the_sphere(places: list[tuple[float, float] | None]) -> Costs:
    """Give n x 3 points of the unit sphere; nan for who is nowhere."""
    nowhere = (np.nan, np.nan)
    lon, lat = np.radians(np.array([place or nowhere for place in places], np.float64).reshape(-1, 2)).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
