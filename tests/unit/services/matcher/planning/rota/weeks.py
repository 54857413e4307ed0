"""Small weeks for claims about rotas: who stands where, and every rota that there is."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

from services.matcher.planning.rota import Credential, Duty, Gap, Person, Rota, RotaQuestion, Rules

HOUR = 60
DAY = 24 * HOUR
WEEK = ((0, 7 * DAY),)


def hours(text: str, day: int = 0) -> tuple[int, int]:
    """Read "8-16" as minutes of a day."""
    start, end = text.split("-")
    return day * DAY + int(start) * HOUR, day * DAY + int(end) * HOUR


def a_person(name: str, **other: Any) -> Person:
    return Person(**({"id": name, "windows": WEEK} | other))


def a_duty(name: str, when: str, day: int = 0, **other: Any) -> Duty:
    start, end = hours(when, day)
    fields: dict[str, Any] = {"id": name, "start": start, "end": end}
    return Duty(**(fields | other))


def a_question(people: list[Person], duties: list[Duty], **other: Any) -> RotaQuestion:
    names = {name for duty in duties for name in duty.credentials}
    names |= {mine.name for person in people for mine in person.credentials}
    return RotaQuestion(**({"people": tuple(people), "duties": tuple(duties), "credentials": tuple(names)} | other))


def a_rota(question: RotaQuestion, *assigned: tuple[str, str]) -> Rota:
    """Say who stands where, and honestly what is empty."""
    there = Counter(duty for duty, _ in assigned)
    gaps = tuple(
        Gap(duty=duty.id, missing=missing, misses=())
        for duty in question.duties
        if (missing := duty.needed - there[duty.id]) > 0
    )
    return Rota(assigned=assigned, gaps=gaps)


def every_rota(question: RotaQuestion) -> Iterator[Rota]:
    """Give every rota, whether it keeps the rules or not, with no duty overfull."""
    names = [person.id for person in question.people]
    choices = [
        list(chain.from_iterable(combinations(names, size) for size in range(duty.needed + 1)))
        for duty in question.duties
    ]
    for chosen in product(*choices):
        pairs = [(duty.id, name) for duty, some in zip(question.duties, chosen, strict=True) for name in some]
        yield a_rota(question, *pairs)


def a_random_week(seed: int) -> RotaQuestion:
    """Three people, four duties of two days, and rules that bite now and then."""
    chance = random.Random(seed)
    duties = []
    for number in range(4):
        start = chance.choice((0, 4, 8, 12, 20, 24, 28, 32)) * HOUR
        length = chance.choice((2, 4, 4, 8)) * HOUR
        credentials = ("badge",) if chance.random() < 0.3 else ()
        team = chance.choice("xxy")
        duties.append(
            Duty(
                id=f"d{number}",
                team=team,
                start=start,
                end=start + length,
                needed=chance.choice((1, 1, 2)),
                credentials=credentials,
            )
        )
    teams = {duty.team for duty in duties}
    people = []
    for name in ("Wang", "Li", "Zhao"):
        from_, until = sorted(chance.sample(range(0, 49, 4), 2))
        held = ((-4 * HOUR, 0),) if chance.random() < 0.2 else ((16 * HOUR, 20 * HOUR),)
        people.append(
            Person(
                id=name,
                teams=tuple(sorted(teams & {chance.choice("xy")})),
                credentials=(Credential(name="badge", expires=chance.choice((None, 20 * HOUR))),)
                if chance.random() < 0.7
                else (),
                windows=WEEK if chance.random() < 0.6 else ((from_ * HOUR, until * HOUR),),
                most_week_min=chance.choice((None, None, 8 * HOUR)),
                held=held if chance.random() < 0.4 else (),
                last_weeks_min=chance.choice((0, 0, 4, 8)) * HOUR,
            )
        )
    rules = Rules(
        rest_min=chance.choice((0, 30, 4 * HOUR, 11 * HOUR)),
        longest_stretch_min=chance.choice((4, 8, 12)) * HOUR,
        grid_min=chance.choice((10, 60)),
        most_duties_a_day=chance.choice((None, 1, 2)),
        most_duties_a_week=chance.choice((None, None, 2)),
    )
    familiar = (("Wang", "Li"),) if chance.random() < 0.5 else ()
    return a_question(people, duties, rules=rules, familiar=familiar)
