"""An assignment in the words of the door: who does what, what it costs, and why something is left out."""

from typing import Final

from services.matcher.application.assignment_door.answer import (
    AssignedTask,
    AssignmentAnswer,
    AssignmentSummary,
    UnassignedTask,
)
from services.matcher.application.assignment_door.asked import AskedAssignment
from services.matcher.application.assignment_door.drawing import Drawn
from services.matcher.application.assignment_door.pairs import Pairs
from services.matcher.planning import Language
from services.matcher.planning.assignment import NOBODY, explain

_NOBODY_QUALIFIED: Final = {
    Language.EN: "Nobody here has the skills, or those who have them must not do it. Call somebody in who can.",
    Language.ZH: "在场的人没有所需技能，或者有技能的人不能接这个任务。请召集能做的人。",
}
_NOBODY_HERE: Final = {
    Language.EN: "There are no volunteers in the question. Name those who are here, or call somebody in.",
    Language.ZH: "问题中没有志愿者。请填入在场的志愿者，或召集志愿者。",
}


def assignment_answer(asked: AskedAssignment, pairs: Pairs, drawn: Drawn, *, seconds: float) -> AssignmentAnswer:
    """Say a checked assignment.

    Parameters
    ----------
    asked, pairs
        The question.
    drawn
        What was found.
    seconds
        How long that took.
    """
    assigned, left_out = _assigned(asked, drawn), _left_out(asked, pairs, drawn)
    had = {one.id for one in asked.tasks if one.now_with is not None}
    return AssignmentAnswer(
        summary=AssignmentSummary(
            tasks=len(asked.tasks),
            assigned=len(assigned),
            left_out=len(left_out),
            moved=sum(one.moved for one in assigned) + sum(one.task in had for one in left_out),
            cost_s=drawn.assignment.cost,
            proven=drawn.proven,
            seconds=round(seconds, 3),
        ),
        left_out=left_out,
        assigned=assigned,
    )


def _assigned(asked: AskedAssignment, drawn: Drawn) -> tuple[AssignedTask, ...]:
    problem = drawn.problem
    found = list[AssignedTask]()
    for task, candidate in zip(asked.tasks, drawn.assignment.chosen.tolist(), strict=True):
        if candidate != NOBODY:
            volunteer = problem.volunteers[int(problem.volunteer[candidate])]
            moved = task.now_with not in (None, volunteer)
            found.append(
                AssignedTask(task=task.id, volunteer=volunteer, cost_s=int(problem.cost[candidate]), moved=moved)
            )
    return tuple(found)


def _left_out(asked: AskedAssignment, pairs: Pairs, drawn: Drawn) -> tuple[UnassignedTask, ...]:
    tasks = {one.id: one for one in asked.tasks}
    found = list[UnassignedTask]()
    for one in explain(drawn.problem, drawn.assignment, drawn.price):
        why, said = one.reason.value, {language: one.said_in(language) for language in Language}
        if not asked.volunteers:
            why, said = "nobody_here", _NOBODY_HERE
        elif not pairs.qualified(tasks[one.task]).any():
            why, said = "nobody_qualified", _NOBODY_QUALIFIED
        found.append(
            UnassignedTask(
                task=one.task,
                why=why,
                short_of_s=one.short_of if one.volunteer else None,
                volunteer=one.volunteer or None,
                zh=said[Language.ZH],
                en=said[Language.EN],
            )
        )
    return tuple(found)
