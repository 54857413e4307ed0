"""What one person may still take on: the rules that one more duty would break, and by how much.

Used where a rota is built step by step and where a gap is explained. The referee in `verify.py` does not use it.
"""

from collections.abc import Sequence
from typing import NamedTuple

from services.matcher.planning.require import Window
from services.matcher.planning.rota.duty_time import DutyTime
from services.matcher.planning.rota.question import Credential, Duty, Person, RotaQuestion
from services.matcher.planning.rota.rota import RotaRule


class Broken(NamedTuple):
    """By how much a rule would be missed, as in `Miss`."""

    amount: int
    names: tuple[str, ...] = ()


def lacking(owned: Sequence[Credential], wanted: Sequence[str], until: int) -> tuple[str, ...]:
    """Name the credentials that somebody lacks for a duty, or that expire before it is over."""
    if not wanted:
        return ()
    valid = {one.name for one in owned if one.expires is None or one.expires >= until}
    return tuple(name for name in wanted if name not in valid)


def fits_alone(question: RotaQuestion, person: Person, duty: Duty) -> bool:
    """Tell whether somebody could stand on a duty beside what they hold; rest may come with a duty between the two."""
    return (
        (not person.teams or duty.team in person.teams)
        and any(opens <= duty.start and duty.end <= closes for opens, closes in person.windows)
        and not lacking(person.credentials, duty.credentials, duty.end)
        and _fits_beside_held(question, person, duty)
    )


def _fits_beside_held(question: RotaQuestion, person: Person, duty: Duty) -> bool:
    if person.held:
        return broken_by_more(question, person, (), duty).keys() <= {RotaRule.REST}
    most = person.most_week_min
    return duty.minutes <= question.rules.longest_stretch_min and (most is None or duty.minutes <= most)


def broken_by(question: RotaQuestion, person: Person, mine: Sequence[Duty], duty: Duty) -> dict[RotaRule, Broken]:
    """Find every rule that one more duty would break.

    Parameters
    ----------
    question
        The rules.
    person, mine
        Somebody, and the duties on which they stand.
    duty
        The one more.

    Returns
    -------
    dict
        Empty if they may take it.
    """
    broken = broken_by_more(question, person, mine, duty)
    if person.teams and duty.team not in person.teams:
        broken[RotaRule.TEAM] = Broken(0)
    if names := lacking(person.credentials, duty.credentials, duty.end):
        broken[RotaRule.CREDENTIAL] = Broken(len(names), names)
    if not any(opens <= duty.start and duty.end <= closes for opens, closes in person.windows):
        there = sum(inside(window, duty.start, duty.end) for window in person.windows)
        broken[RotaRule.AVAILABILITY] = Broken(duty.minutes - there)
    return broken


def broken_by_more(question: RotaQuestion, person: Person, mine: Sequence[Duty], duty: Duty) -> dict[RotaRule, Broken]:
    """Find the rules that a duty breaks together with others; the parameters are those of `broken_by`."""
    others = [*((one.start, one.end) for one in mine), *person.held]
    found = {
        RotaRule.OVERLAP: sum(inside(one, duty.start, duty.end) for one in others),
        RotaRule.REST: _rest_short(question.rules.rest_min, others, duty),
        RotaRule.STRETCH: _stretch_over(question, others, duty),
        RotaRule.DAY_DUTIES: _day_over(question, others, duty),
        RotaRule.WEEK_DUTIES: _week_over(question, others, duty),
        RotaRule.WEEK_MINUTES: _minutes_over(question, person, others, duty),
    }
    return {rule: Broken(amount) for rule, amount in found.items() if amount > 0}


def inside(window: Window, begin: int, end: int) -> int:
    """Give the minutes of a window between two moments."""
    return max(0, min(window[1], end) - max(window[0], begin))


def _rest_short(rest: int, others: Sequence[Window], duty: Duty) -> int:
    """Look at the nearest before and after; who follows at once belongs to the same stretch."""
    before = min((duty.start - end for _, end in others if end <= duty.start), default=0)
    after = min((start - duty.end for start, _ in others if start >= duty.end), default=0)
    return max((rest - gap for gap in (before, after) if 0 < gap < rest), default=0)


def _stretch_over(question: RotaQuestion, others: Sequence[Window], duty: Duty) -> int:
    most = question.rules.longest_stretch_min
    length = most + question.rules.grid_min
    near = [
        (duty.start, duty.end),
        *(one for one in others if one[1] > duty.start - length and one[0] < duty.end + length),
    ]
    begins = {start for start, _ in near} | {end - length for _, end in near}
    time = DutyTime(near)
    totals = [
        time.between(begin, begin + length) for begin in begins if inside((duty.start, duty.end), begin, begin + length)
    ]
    return max(totals) - most


def _day_over(question: RotaQuestion, others: Sequence[Window], duty: Duty) -> int:
    most = question.rules.most_duties_a_day
    if most is None:
        return 0
    day = question.day_of(duty.start)
    return 1 + sum(question.day_of(start) == day for start, _ in others) - most


def _week_over(question: RotaQuestion, others: Sequence[Window], duty: Duty) -> int:
    most = question.rules.most_duties_a_week
    if most is None:
        return 0
    week = question.week_of(duty.start)
    return 1 + sum(question.week_of(start) == week for start, _ in others) - most


def _minutes_over(question: RotaQuestion, person: Person, others: Sequence[Window], duty: Duty) -> int:
    if person.most_week_min is None:
        return 0
    week = question.week_of(duty.start)
    there = sum(end - start for start, end in others if question.week_of(start) == week)
    return there + duty.minutes - person.most_week_min
