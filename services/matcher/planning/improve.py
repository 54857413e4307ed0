"""Improve a plan after one event, in a moment, without sending everybody somewhere else."""

from collections.abc import Mapping
from dataclasses import replace

from services.matcher.planning.insert import carry_over
from services.matcher.planning.params import Params
from services.matcher.planning.plan import Plan
from services.matcher.planning.problem import Problem
from services.matcher.planning.solve import ENGINES, Engine, solve
from services.matcher.planning.stop import Countdown, Stop

MOST_MOVED_PCT = 10  # DESIGN 7.2: at most a tenth of other people's stops move


def improve(  # noqa: PLR0913 - all but the board, the plan and the stop have defaults
    problem: Problem,
    known: Plan,
    *,
    stop: Stop,
    seed: int = 0,
    params: Params | None = None,
    engines: Mapping[str, Engine] = ENGINES,
) -> Plan:
    """Plan a board anew after a need, a refusal, a no-show, a delay or a closed kitchen.

    Parameters
    ----------
    problem
        The board as the event left it.
    known
        The plan that people know. What of it still fits is carried over; the rest is the event's own, and may go to
        anybody.
    stop, seed, params, engines
        As for `solve`.

    Returns
    -------
    Plan
        As `solve` gives it. Of the jobs that could be carried over, at most a tenth are done by another person.
    """
    countdown, params = Countdown(stop), params or Params.default()
    carried = carry_over(problem, known, params=params, present=known)
    limited = replace(params, most_moved_pct=min(params.most_moved_pct, MOST_MOVED_PCT))
    rest = countdown.left(margin_s=countdown.seconds() / 20)
    if rest is None:  # carrying over took all the time: insertion is what can still be had
        rest, engines = stop, {}
    return solve(problem, stop=rest, seed=seed, params=limited, present=carried, engines=engines, hurried=True)
