"""From the text of a question to the text of its answer: what the doors and the commands both do."""

from collections.abc import Callable
from time import perf_counter
from typing import TypeVar

from services.matcher.application.duty_doors.lending_answer import LendingAnswer, lending_answer
from services.matcher.application.duty_doors.lending_asked import AskedLending, read_lending
from services.matcher.application.duty_doors.rota_answer import RotaAnswer, rota_answer
from services.matcher.application.duty_doors.rota_asked import AskedRota, read_rota
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.application.solve_door.question_text import read_text
from services.matcher.planning.lending.solve import solve_lending
from services.matcher.planning.rota.solve import solve_rota

Q = TypeVar("Q")


def answer_rota(text: bytes, seconds: float) -> RotaAnswer:
    """Make the rota that is asked for.

    Parameters
    ----------
    text
        An `AskedRota` as JSON.
    seconds
        Budget of the solver, wall time.

    Raises
    ------
    DoesNotFit
        If the question cannot be answered as it is asked; it names each field.
    """
    begun = perf_counter()
    asked = read_text(text, AskedRota)
    question, calendar = _fitting(lambda: read_rota(asked))
    rota = solve_rota(question, seconds=seconds, seed=asked.seed)
    return rota_answer(question, calendar, rota, seconds=perf_counter() - begun)


def answer_lending(text: bytes, seconds: float) -> LendingAnswer:
    """Find who is lent; the parameters and errors are those of `answer_rota`, the text is an `AskedLending`."""
    begun = perf_counter()
    asked = read_text(text, AskedLending)
    question, calendar = _fitting(lambda: read_lending(asked))
    lending = solve_lending(question, seconds=seconds, seed=asked.seed)
    return lending_answer(question, calendar, lending, seconds=perf_counter() - begun)


def _fitting(read: Callable[[], Q]) -> Q:
    """Read a question; what the planner refuses begins with the name of the field."""
    try:
        return read()
    except ValueError as error:
        field, _, message = str(error).partition(" ")
        raise DoesNotFit.because(field, message) from None
