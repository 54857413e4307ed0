"""When breaks are held. Our engines know fixed duty windows alone, so they are asked several times.

Each time breaks are held at other moments, and only a plan whose every route can be kept with its breaks wherever they
fit (see `timing.py`) is taken; the cheapest such plan is the answer.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random
from typing import Final

from services.matcher.application.solve_door.asked import Break
from services.matcher.application.solve_door.doings import doings_on
from services.matcher.application.solve_door.duty import Gap, Shift, duty_of, middle_of, moments_of
from services.matcher.application.solve_door.reading import Reading
from services.matcher.application.solve_door.timing import timed
from services.matcher.planning import AfterSeconds, Plan, Problem, Route
from services.matcher.planning.stop import Countdown, Stop

Solve = Callable[[Problem, Plan, Stop], Plan]
"""Plans a problem from a present plan, within a budget."""

Gaps = tuple[Gap, ...]

_ROUNDS: Final = 10  # where a count of solutions is given, which has no end by itself
_MENDS: Final = 4  # so often gaps are widened before others are tried
_MOVED: Final = 0.3  # of the vehicles that have breaks hold one at another moment than in the best plan

# Of the budget: what a round gets of what is left, and the least that is worth another round. On boards of 12 to 2,000
# jobs many short rounds, each from the best plan so far, left less out than few long ones.
_SHARE: Final = 1 / 8
_LEAST: Final = 1 / 25
# A round of a large board needs so many seconds for each job, but gets at most a third of what is left.
_JOB_S: Final = 0.0005
_MOST: Final = 1 / 3


def held(reading: Reading, present: Plan, solve: Solve, stop: Stop) -> Plan:
    """Plan a question, with breaks held where they cost least.

    Parameters
    ----------
    reading, present
        The question, and the plan from which the search starts.
    solve, stop
        Plans with fixed duty windows, and the budget of all such plans together.

    Returns
    -------
    Plan
        One of the question's problem with narrower duty, verified as such. Every route has a timing with its breaks.
    """
    if not any(shift.pauses for shift in reading.shifts):
        return solve(reading.problem, present, stop)
    rounds, dice = _Rounds(solve, stop, len(reading.problem.jobs)), Random(0)  # noqa: S311 - no secret
    best = rounds.first(_with(reading, [_safe(reading, number) for number in range(len(reading.shifts))]), present)
    while not rounds.over:
        gaps = [_moved(reading, number, route, dice) for number, route in enumerate(best.routes)]
        plan = _tried(reading, gaps, best, rounds)
        if plan is not None and plan.cost <= best.cost:
            best = plan
    return best


def _tried(reading: Reading, gaps: Sequence[Gaps], best: Plan, rounds: "_Rounds") -> Plan | None:
    """Plan with these gaps; where a route cannot be kept, widen the gap in its way and go on from there.

    Returns
    -------
    Plan, or None
        One that can be kept; None if none is found that may be better.
    """
    plan = rounds.plan(_with(reading, gaps), best)
    for _ in range(_MENDS):
        broken = () if plan is None else _broken(reading, plan)
        if plan is None or not broken:
            return plan
        if plan.cost >= best.cost:
            return None
        gaps = [
            _widened(reading.shifts[number], one, plan.routes[number]) if number in broken else one
            for number, one in enumerate(gaps)
        ]
        plan = rounds.plan(_with(reading, gaps), plan, short=True)
    return None if plan is None or _broken(reading, plan) else plan


def _broken(reading: Reading, plan: Plan) -> list[int]:
    """Give the vehicles whose routes cannot be kept."""
    return [number for number, route in enumerate(plan.routes) if not _can_be_kept(reading, number, route)]


def _can_be_kept(reading: Reading, number: int, route: Route) -> bool:
    doings = doings_on(reading.doings, route)
    return not reading.shifts[number].pauses or not doings or timed(reading, number, doings) is not None


def _with(reading: Reading, gaps: Sequence[Gaps]) -> Problem:
    """Give the problem with these gaps in the vehicles' duty."""
    volunteers = (
        replace(one, duty=duty_of(shift, gap))
        for one, shift, gap in zip(reading.problem.volunteers, reading.shifts, gaps, strict=True)
    )
    return replace(reading.problem, volunteers=tuple(volunteers))


# Our rules let a way run through a gap as if nothing happened there. In truth the way and the break take their time one
# after the other, in any order, so a plan can be kept for certain only if the gap is as long as both.


def _safe(reading: Reading, number: int) -> Gaps:
    """Give gaps before which stops end so early that whatever is planned can be kept."""
    shift = reading.shifts[number]
    longest = int(reading.ways[reading.kinds[number]].max(initial=0))
    return tuple(Gap(gap.since - longest, gap.until) for gap in _bare(shift, middle_of(shift)))


def _bare(shift: Shift, moments: Sequence[int]) -> Gaps:
    """Give the gaps of breaks alone; they cut nothing off, but what is planned has to be looked at."""
    return tuple(Gap(moment, moment + pause.service_s) for moment, pause in zip(moments, shift.pauses, strict=True))


def _moved(reading: Reading, number: int, route: Route, dice: Random) -> Gaps:
    """Leave the breaks of a vehicle where a plan holds them, or move one."""
    shift, doings = reading.shifts[number], doings_on(reading.doings, route)
    if not shift.pauses:
        return ()
    items = (timed(reading, number, doings) or []) if doings else []
    moments = [item.start for item in items if isinstance(item.what, Break)] or list(middle_of(shift))
    breaking = sum(bool(one.pauses) for one in reading.shifts)
    if dice.random() < max(_MOVED, 1 / breaking):
        which = dice.randrange(len(moments))
        moments[which] = dice.randint(shift.pauses[which].earliest, shift.pauses[which].latest)
    return _bare(shift, moments_of(shift, moments))


def _widened(shift: Shift, gaps: Gaps, route: Route) -> Gaps:
    """Widen the gaps that a route goes through faster than a way and a break take one after the other.

    Stops after such a gap begin when this route's next one could in truth; if it goes home through the gap, stops
    before it end when it would have to set out.
    """
    found, left = list(gaps), shift.opens
    for step in route.steps:
        within = [number for number, gap in enumerate(gaps) if left <= gap.since and gap.until <= step.start]
        there = left + step.travel_s + sum(shift.pauses[number].service_s for number in within)
        if within and there > step.start:
            found[within[-1]] = Gap(found[within[-1]].since, there)
        left = step.departure
    within = [number for number, gap in enumerate(gaps) if left <= gap.since]
    last = shift.closes - route.end_travel_s - sum(shift.pauses[number].service_s for number in within)
    if within and left > last:
        found[within[0]] = Gap(last, found[within[0]].until)
    return tuple(found)


class _Rounds:
    """Shares a budget out among plans; a count of solutions is given to each of them as it is."""

    def __init__(self, solve: Solve, stop: Stop, jobs: int) -> None:
        self._solve = solve
        self._stop = stop
        self._countdown = Countdown(stop)
        self._needs_s = jobs * _JOB_S
        self._given = 0
        self._too_long_s = 0.0  # what a plan took beyond its budget at most: kept in reserve for the next one
        self.over = False

    def first(self, problem: Problem, present: Plan) -> Plan:
        """Give a plan, however small the budget is."""
        return self.plan(problem, present) or self._solve(problem, present, self._stop)

    def plan(self, problem: Problem, present: Plan, *, short: bool = False) -> Plan | None:
        """Plan within the next share, a short one if little has to be mended; None if the budget is used up."""
        before, share = self._countdown.left(), self._share(short=short)
        self.over = before is None or share is None
        if before is None or share is None:
            return None
        plan = self._solve(problem, present, share)
        self._given += 1
        if isinstance(before, AfterSeconds) and isinstance(share, AfterSeconds):
            after = self._countdown.left()
            left_s = after.seconds if isinstance(after, AfterSeconds) else 0.0
            self._too_long_s = max(self._too_long_s, before.seconds - left_s - share.seconds)
        return plan

    def _share(self, *, short: bool) -> Stop | None:
        left = self._countdown.left(margin_s=self._too_long_s)
        if not isinstance(left, AfterSeconds):
            return left if self._given < _ROUNDS else None
        least_s = _LEAST * self._countdown.seconds()
        if left.seconds < least_s:
            return None
        seconds = max(least_s, _SHARE * left.seconds, min(self._needs_s, _MOST * left.seconds))
        return AfterSeconds(seconds=least_s if short else seconds)
