"""The referee of rotas, written from the rules alone: it knows no solver, and every rota passes it before it is given.

Each rule is one function that reads the question and what each person stands on, and says what is broken.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from services.matcher.planning.require import Window
from services.matcher.planning.rota.duty_time import DutyTime
from services.matcher.planning.rota.question import Duty, Person, RotaQuestion
from services.matcher.planning.rota.rota import Rota, RotaRule


@dataclass(frozen=True, slots=True, kw_only=True)
class RotaViolation:
    """A rule that a rota breaks; `rule` is None where the rota does not belong to the question at all."""

    rule: RotaRule | None
    what: str


Said = Iterator[RotaViolation]
Standing = Mapping[str, tuple[Duty, ...]]
"""The duties of each person, by start."""


def verify_rota(question: RotaQuestion, rota: Rota) -> tuple[RotaViolation, ...]:
    """Check a rota against every rule of its question.

    Parameters
    ----------
    question, rota
        What was asked, and what was answered.

    Returns
    -------
    tuple of RotaViolation
        Empty if nothing is broken.
    """
    foreign = tuple(_belongs(question, rota))
    if foreign:
        return foreign
    standing = _standing(question, rota)
    return tuple(said for rule in _RULES for said in rule(question, standing)) + tuple(_covers(question, rota))


def _belongs(question: RotaQuestion, rota: Rota) -> Said:
    duties, people = {duty.id for duty in question.duties}, {person.id for person in question.people}
    for (duty, person), times in Counter(rota.assigned).items():
        if duty not in duties or person not in people:
            yield RotaViolation(rule=None, what=f"{person} on {duty} is not in the question")
        if times > 1:
            yield RotaViolation(rule=None, what=f"{person} is on {duty} more than once")


def _standing(question: RotaQuestion, rota: Rota) -> Standing:
    duties, standing = {duty.id: duty for duty in question.duties}, defaultdict[str, list[Duty]](list)
    for duty, person in rota.assigned:
        standing[person].append(duties[duty])
    return {person: tuple(sorted(mine, key=lambda duty: (duty.start, duty.end))) for person, mine in standing.items()}


def _covers(question: RotaQuestion, rota: Rota) -> Said:
    """Count: a slot is filled, or said to be empty."""
    there = Counter(duty for duty, _ in rota.assigned)
    said = {gap.duty: gap.missing for gap in rota.gaps}
    for duty in question.duties:
        missing = duty.needed - there[duty.id]
        if missing < 0:
            what = f"{duty.id} has {there[duty.id]} people and needs {duty.needed}"
            yield RotaViolation(rule=RotaRule.HEADCOUNT, what=what)
        elif missing != said.pop(duty.id, 0):
            yield RotaViolation(rule=RotaRule.HEADCOUNT, what=f"{duty.id} has {missing} empty slots, not as told")
    for duty_id in said:
        yield RotaViolation(rule=None, what=f"the gap {duty_id} is not in the question, or told twice")


def _team(question: RotaQuestion, standing: Standing) -> Said:
    for person, duty in _each(question, standing):
        if person.teams and duty.team not in person.teams:
            yield RotaViolation(rule=RotaRule.TEAM, what=f"{person.id} is on {duty.id} of {duty.team}")


def _credential(question: RotaQuestion, standing: Standing) -> Said:
    for person, duty in _each(question, standing):
        until = {mine.name: mine.expires for mine in person.credentials}
        for name in duty.credentials:
            if name not in until:
                yield RotaViolation(rule=RotaRule.CREDENTIAL, what=f"{person.id} has no {name} for {duty.id}")
                continue
            expires = until[name]
            if expires is not None and expires < duty.end:
                what = f"{name} of {person.id} expires at {expires}, before {duty.id} is over at {duty.end}"
                yield RotaViolation(rule=RotaRule.CREDENTIAL, what=what)


def _available(question: RotaQuestion, standing: Standing) -> Said:
    for person, duty in _each(question, standing):
        if not any(opens <= duty.start and duty.end <= closes for opens, closes in person.windows):
            what = f"{person.id} is not available for all of {duty.id}"
            yield RotaViolation(rule=RotaRule.AVAILABILITY, what=what)


def _one_place(question: RotaQuestion, standing: Standing) -> Said:
    for person, earlier, later in _neighbours(question, standing):
        if later[0] < earlier[1]:
            yield RotaViolation(rule=RotaRule.OVERLAP, what=f"{person.id} is twice on duty at {later[0]}")


def _rest(question: RotaQuestion, standing: Standing) -> Said:
    for person, earlier, later in _neighbours(question, standing):
        if 0 < later[0] - earlier[1] < question.rules.rest_min:
            what = f"{person.id} rests {later[0] - earlier[1]} min between {earlier} and {later}"
            yield RotaViolation(rule=RotaRule.REST, what=what)


def _stretch(question: RotaQuestion, standing: Standing) -> Said:
    """Look through every window in which duty can be most: one that begins with a duty, or ends with one."""
    most = question.rules.longest_stretch_min
    length = most + question.rules.grid_min
    for person in question.people:
        mine = [(duty.start, duty.end) for duty in standing.get(person.id, ())]
        everything = [*mine, *person.held]
        begins = {start for start, _ in everything} | {end - length for _, end in everything}
        time, time_of_rota = DutyTime(everything), DutyTime(mine)
        for begin in sorted(begins):
            total = time.between(begin, begin + length)
            if total > most and time_of_rota.between(begin, begin + length):
                what = f"{person.id} has {total} min of duty between {begin} and {begin + length}"
                yield RotaViolation(rule=RotaRule.STRETCH, what=what)


def _day_duties(question: RotaQuestion, standing: Standing) -> Said:
    most = question.rules.most_duties_a_day
    yield from _counted(question, standing, RotaRule.DAY_DUTIES, period=question.day_of, allowed=lambda _: most)


def _week_duties(question: RotaQuestion, standing: Standing) -> Said:
    most = question.rules.most_duties_a_week
    yield from _counted(question, standing, RotaRule.WEEK_DUTIES, period=question.week_of, allowed=lambda _: most)


def _week_minutes(question: RotaQuestion, standing: Standing) -> Said:
    yield from _counted(
        question,
        standing,
        RotaRule.WEEK_MINUTES,
        period=question.week_of,
        allowed=lambda person: person.most_week_min,
        weight=lambda window: window[1] - window[0],
    )


def _counted(  # noqa: PLR0913 - what is counted, when, how, and how much of it is allowed
    question: RotaQuestion,
    standing: Standing,
    rule: RotaRule,
    *,
    period: Callable[[int], int],
    allowed: Callable[[Person], int | None],
    weight: Callable[[Window], int] = lambda _: 1,
) -> Said:
    for person in question.people:
        most = allowed(person)
        if most is None:
            continue
        mine = [(duty.start, duty.end) for duty in standing.get(person.id, ())]
        total = Counter[int]()
        for window in (*mine, *person.held):
            total[period(window[0])] += weight(window)
        for one in sorted({period(window[0]) for window in mine}):
            if total[one] > most:
                yield RotaViolation(rule=rule, what=f"{person.id} has {total[one]} of {most} in period {one}")


def _each(question: RotaQuestion, standing: Standing) -> Iterator[tuple[Person, Duty]]:
    for person in question.people:
        for duty in standing.get(person.id, ()):
            yield person, duty


def _neighbours(question: RotaQuestion, standing: Standing) -> Iterator[tuple[Person, Window, Window]]:
    """Give what follows upon what, unless both were held before."""
    for person in question.people:
        mine = {(duty.start, duty.end) for duty in standing.get(person.id, ())}
        everything = sorted([*((duty.start, duty.end) for duty in standing.get(person.id, ())), *person.held])
        for earlier, later in pairwise(everything):
            if earlier in mine or later in mine:
                yield person, earlier, later


_RULES = (
    _team,
    _credential,
    _available,
    _one_place,
    _rest,
    _stretch,
    _day_duties,
    _week_duties,
    _week_minutes,
)
