"""Answers questions of duties and assignments, here or at a desk: faults are returned, to travel between processes."""

from services.matcher.application.solve_door.faults import DoesNotFit, Fault


def load_solvers() -> None:
    """Load what answering needs, before the time of a question runs."""
    import services.matcher.application.assignment_door.answering  # noqa: PLC0415 - loads the solver
    import services.matcher.application.duty_doors.answering  # noqa: F401, PLC0415 - loads the solver


def rota_here(text: bytes, seconds: float) -> str | tuple[Fault, ...]:
    """Make a rota in the process in which this is called.

    Parameters
    ----------
    text
        The question as JSON.
    seconds
        Budget of the solver, wall time.
    """
    from services.matcher.application.duty_doors.answering import answer_rota  # noqa: PLC0415 - loads the solver

    try:
        return answer_rota(text, seconds).model_dump_json()
    except DoesNotFit as error:
        return error.faults


def lending_here(text: bytes, seconds: float) -> str | tuple[Fault, ...]:
    """Find who is lent, in the process in which this is called; the parameters are those of `rota_here`."""
    from services.matcher.application.duty_doors.answering import answer_lending  # noqa: PLC0415 - loads the solver

    try:
        return answer_lending(text, seconds).model_dump_json()
    except DoesNotFit as error:
        return error.faults


def assignment_here(text: bytes, seconds: float) -> str | tuple[Fault, ...]:
    """Find who does what now, in the process in which this is called; the parameters are those of `rota_here`."""
    from services.matcher.application.assignment_door.answering import answer_assignment  # noqa: PLC0415 - as above

    try:
        return answer_assignment(text, seconds).model_dump_json()
    except DoesNotFit as error:
        return error.faults
