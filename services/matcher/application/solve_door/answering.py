"""From the text of a question to the text of its answer: what the door and the command both do."""

from collections.abc import Callable
from time import perf_counter
from typing import Final

from services.matcher.application.solve_door.answer import answer_of
from services.matcher.application.solve_door.asked import NOT_HONOURED, Question
from services.matcher.application.solve_door.ground import Survey
from services.matcher.application.solve_door.holding import held
from services.matcher.application.solve_door.present import present_plan
from services.matcher.application.solve_door.question_text import read_text
from services.matcher.application.solve_door.reading import read
from services.matcher.planning import Params, Plan, Problem
from services.matcher.planning.stop import Stop

# Travel alone is weighed, as in VROOM: a vehicle has no wishes.
ONLY_TRAVEL: Final = Params(unfamiliar_s=0, fair_share_jobs=0, crowding_s=0, change_s=0, abandon_s=0)
Solve = Callable[[Problem, Plan, Params, Stop], Plan]


def answer_to(text: bytes, *, stop: Stop, solve: Solve, survey: Survey) -> str:
    """Solve a question.

    Parameters
    ----------
    text
        JSON in VROOM's shape.
    stop
        The budget of all planning.
    solve
        Plans a problem, from a present plan, with weights, within a budget.
    survey
        Gives the ways between coordinates where the question has no matrices.

    Returns
    -------
    str
        JSON in VROOM's shape.

    Raises
    ------
    DoesNotFit
        If the question cannot be answered as it is asked; it names each field.
    """
    begun = perf_counter()
    question = read_text(text, Question, not_honoured=NOT_HONOURED)
    reading = read(question, survey)
    present = present_plan(reading)
    read_at = perf_counter()
    plan = held(reading, present, lambda problem, plan, stop: solve(problem, plan, ONLY_TRAVEL, stop), stop)
    solved_at = perf_counter()
    answer = answer_of(reading, plan, loading_s=read_at - begun, solving_s=solved_at - read_at)
    return answer.model_dump_json(exclude_none=True)
