"""Answers questions in VROOM's shape in a process of its own: neither reading nor solving one holds up a board."""

from functools import partial
from math import isqrt
from typing import Final

from services.matcher.adapters.question_desk import QuestionDesk
from services.matcher.application.solve_door.answering import answer_to
from services.matcher.application.solve_door.faults import DoesNotFit, Fault
from services.matcher.planning import AfterSeconds, Params, Plan, Problem
from services.matcher.planning.stop import Stop
from services.matcher.planning.travel import travel_between

_PATIENCE_S: Final = 5.0  # without the kernel, inserting all jobs may overrun a smaller budget by so much
_PAIRS_A_SECOND: Final = 50_000  # of jobs: so fast are they inserted, measured on 150 to 800


def load_engines() -> None:
    """Load what solving needs, before the time of a question runs."""
    from services.matcher.planning.prepare import prepare  # noqa: PLC0415 - loads the engines

    prepare()


def answer_here(text: bytes, seconds: float, cores: int = 1) -> str | tuple[Fault, ...]:
    """Answer in the process in which this is called; faults are returned, so that they travel between processes.

    Parameters
    ----------
    text
        JSON in VROOM's shape.
    seconds, cores
        The budget of the engines: wall time, and how many cores the kernel searches on.
    """
    try:
        stop = AfterSeconds(seconds=seconds)
        return answer_to(text, stop=stop, solve=partial(_solved, seconds, cores), survey=travel_between)
    except DoesNotFit as error:
        return error.faults


def _solved(  # noqa: PLR0913, PLR0917 - the first two are bound
    budget: float, cores: int, problem: Problem, present: Plan, params: Params, stop: Stop
) -> Plan:
    """Solve what can be solved: without the kernel all jobs must be inserted, one after the other.

    The budget is that of the question, the stop that of this plan: where there are breaks, there are several plans.
    """
    from services.matcher.planning.kernel import machine_code  # noqa: PLC0415 - solver processes alone need it
    from services.matcher.planning.solve import ENGINES, engines_on, solve  # noqa: PLC0415 - loads the engines

    jobs, most = len(problem.jobs), isqrt(int(max(budget, _PATIENCE_S) * _PAIRS_A_SECOND))
    if jobs > most and machine_code.state() != "ready":
        raise DoesNotFit.because(
            "jobs",
            f"and shipments are {jobs}; while the kernel is {machine_code.state()}, at most {most} can be solved within"
            " this budget. Run `make kernel`, or give more seconds",
        )
    return solve(problem, stop=stop, params=params, present=present, engines=engines_on(cores, [*ENGINES]))


class VroomSolver(QuestionDesk):
    """A desk for questions in VROOM's shape."""

    def __init__(self) -> None:
        super().__init__(load_engines)

    async def answer(self, text: bytes, seconds: float) -> str:
        """Give the answer as JSON; the errors are those of `QuestionDesk.ask`."""
        return await self.ask(answer_here, text, seconds)
