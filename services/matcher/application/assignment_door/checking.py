"""Checks an assignment against the question as it was asked, knowing nothing of how it was found."""

from collections import Counter
from collections.abc import Sequence

from services.matcher.application.assignment_door.asked import AskedAssignment, AskedTask, AskedVolunteer


def broken_rules(asked: AskedAssignment, pairs: Sequence[tuple[str, str]]) -> list[str]:
    """Say which rules an assignment breaks.

    Parameters
    ----------
    asked
        The question.
    pairs
        (task, volunteer) of all that is assigned.
    """
    tasks, people = {one.id: one for one in asked.tasks}, {one.id: one for one in asked.volunteers}
    often = Counter(task for task, _ in pairs)
    load = Counter(person for _, person in pairs)
    return [
        *(f"{task} is assigned {times} times" for task, times in often.items() if times > 1),
        *(f"{person} has {given} tasks" for person, given in load.items() if given > people[person].capacity),
        *(f"{person} must not do {task}" for task, person in pairs if not _may(tasks[task], people[person])),
    ]


def _may(task: AskedTask, person: AskedVolunteer) -> bool:
    named = task.candidates is None or any(one.volunteer == person.id for one in task.candidates)
    found = task.candidates is not None or person.place is not None
    return named and found and set(task.skills) <= set(person.skills) and person.id not in task.not_by
