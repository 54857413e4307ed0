"""One volunteer's open steps while a plan is being worked on, with what makes a trial insertion cheap."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.matcher.planning.schedule import (
    Outset,
    Task,
    earliest_starts,
    latest_starts,
    loads_of,
    travels_of,
)
from services.matcher.planning.step import Action


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A feasible order of open tasks.

    Parameters
    ----------
    outset, tasks
        Who goes from where, and what they do.
    travels, earliest, latest, loads
        As schedule.py gives them: seconds into each task and to the end; starts; what is on board before
        each task.
    places
        The outset and the place of each task.
    end_place
        Where the tour must end, or None.
    finishes
        How many jobs it finishes.
    """

    outset: Outset
    tasks: tuple[Task, ...]
    travels: list[int]
    earliest: list[int]
    latest: list[int]
    loads: list[tuple[int, ...]]
    places: list[int]
    end_place: int | None
    finishes: int

    def leaves(self, position: int) -> int:
        """When the volunteer can leave towards the task at a position, seconds since day start."""
        if position == 0:
            return self.outset.at
        return self.earliest[position - 1] + self.tasks[position - 1].service_s


def tour_of(outset: Outset, tasks: Sequence[Task], floors: Sequence[int] = ()) -> Tour | None:
    """Check an order of tasks and prepare it for trial insertions; None if it is not feasible.

    `floors` are as for `earliest_starts`: starts known to be no later than the earliest ones.
    """
    if not tasks:
        return idle_tour(outset)
    travels = travels_of(outset, tasks)
    earliest = earliest_starts(outset, tasks, travels, floors)
    if earliest is None:
        return None
    loads = loads_of(outset, tasks)
    if any(
        task.action is Action.PICKUP
        and any(carried > most for carried, most in zip(load, outset.volunteer.capacity, strict=True))
        for task, load in zip(tasks, loads[1:], strict=True)
    ):
        return None
    return Tour(
        outset=outset,
        tasks=tuple(tasks),
        travels=travels,
        earliest=earliest,
        latest=latest_starts(outset, tasks, travels),
        loads=loads,
        places=[outset.place, *(task.place for task in tasks)],
        end_place=outset.volunteer.end_place,
        finishes=sum(task.action.finishes for task in tasks),
    )


def idle_tour(outset: Outset) -> Tour:
    """Return the tour of somebody with nothing open to do: always feasible."""
    return Tour(
        outset=outset,
        tasks=(),
        travels=[0],
        earliest=[],
        latest=[],
        loads=[outset.on_board],
        places=[outset.place],
        end_place=outset.volunteer.end_place,
        finishes=0,
    )
