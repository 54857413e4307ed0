"""From the text of a question to the text of its answer: what the door and the command both do."""

from time import perf_counter

from services.matcher.application.assignment_door.answer import AssignmentAnswer
from services.matcher.application.assignment_door.asked import AskedAssignment, require_fitting
from services.matcher.application.assignment_door.checking import broken_rules
from services.matcher.application.assignment_door.drawing import best_of_all
from services.matcher.application.assignment_door.pairs import Pairs
from services.matcher.application.assignment_door.saying import assignment_answer
from services.matcher.application.solve_door.question_text import read_text
from services.matcher.planning.assignment import lowest_possible


def answer_assignment(text: bytes, seconds: float) -> AssignmentAnswer:
    """Find who does what now.

    Parameters
    ----------
    text
        An `AskedAssignment` as JSON.
    seconds
        When they are over, no further candidates are looked for, wall time.

    Raises
    ------
    DoesNotFit
        If the question cannot be answered as it is asked; it names each field.
    AssertionError
        If the answer breaks a rule or its prices do not prove it, which no question should make happen.
    """
    begun = perf_counter()
    asked = read_text(text, AskedAssignment)
    require_fitting(asked)
    pairs = Pairs(asked)
    drawn = best_of_all(asked, pairs, seconds=seconds)
    broken = broken_rules(asked, drawn.assignment.pairs(drawn.problem))
    assert not broken, broken  # noqa: S101 - an answer that is wrong is never given
    assert lowest_possible(drawn.problem, drawn.price) == drawn.assignment.cost  # noqa: S101
    return assignment_answer(asked, pairs, drawn, seconds=perf_counter() - begun)
