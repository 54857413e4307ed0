"""Small neighbourhoods for claims about lending, and every way to lend."""

import random
from collections import Counter
from collections.abc import Iterator
from itertools import chain, combinations, product
from typing import Any

from services.matcher.planning.lending import (
    Agreement,
    AreaDuty,
    AreaPerson,
    Lending,
    LendingGap,
    LendingQuestion,
    WhyEmpty,
)
from services.matcher.planning.rota import Credential

HOUR = 60
DAY = ((0, 24 * HOUR),)
TRAVEL = ((0, 20, 60), (20, 0, 30), (60, 30, 0))


def a_person(name: str, area: str, **other: Any) -> AreaPerson:
    fields: dict[str, Any] = {"id": name, "area": area, "windows": DAY}
    return AreaPerson(**(fields | other))


def a_duty(name: str, area: str, when: str = "8-12", **other: Any) -> AreaDuty:
    start, end = (int(hour) * HOUR for hour in when.split("-"))
    fields: dict[str, Any] = {"id": name, "area": area, "service": "patrol", "start": start, "end": end}
    return AreaDuty(**(fields | other))


def a_question(
    people: list[AreaPerson], duties: list[AreaDuty], agreements: tuple[Agreement, ...] = (), **other: Any
) -> LendingQuestion:
    """Ask about the areas East, West and South."""
    names = {name for duty in duties for name in duty.credentials}
    names |= {mine.name for person in people for mine in person.credentials}
    fields: dict[str, Any] = {
        "areas": ("East", "West", "South"),
        "travel_min": TRAVEL,
        "people": tuple(people),
        "duties": tuple(duties),
        "agreements": agreements,
        "credentials": tuple(sorted(names)),
    }
    return LendingQuestion(**(fields | other))


def a_lending(question: LendingQuestion, assigned: Any, alone: Any = ()) -> Lending:
    """Say who stands where, and honestly what is empty."""
    there = Counter(duty for duty, _ in assigned)
    gaps = tuple(
        LendingGap(duty=duty.id, missing=missing, why=WhyEmpty.NOBODY_FREE)
        for duty in question.duties
        if (missing := duty.needed - there[duty.id]) > 0
    )
    return Lending(assigned=tuple(assigned), alone=tuple(alone), gaps=gaps)


def every_choice(question: LendingQuestion) -> Iterator[tuple[tuple[str, str], ...]]:
    """Give everybody's every place, whether it keeps the rules or not, with no duty overfull."""
    names = [person.id for person in question.people]
    choices = [
        list(chain.from_iterable(combinations(names, size) for size in range(duty.needed + 1)))
        for duty in question.duties
    ]
    for chosen in product(*choices):
        yield tuple((duty.id, name) for duty, some in zip(question.duties, chosen, strict=True) for name in some)


def a_random_neighbourhood(seed: int) -> LendingQuestion:
    """Four people of three areas, four duties, and agreements that bite now and then."""
    chance = random.Random(seed)
    areas = ("East", "West", "South")
    duties = []
    for number in range(4):
        start = chance.choice((8, 8, 10, 12, 14))
        duties.append(
            a_duty(
                f"d{number}",
                chance.choice(areas),
                f"{start}-{start + chance.choice((2, 4))}",
                service=chance.choice(("patrol", "canteen")),
                needed=chance.choice((1, 1, 2)),
                credentials=("badge",) if chance.random() < 0.3 else (),
            )
        )
    people = [
        a_person(
            f"p{number}",
            chance.choice(areas),
            credentials=(Credential(name="badge", expires=chance.choice((None, 12 * HOUR))),),
            windows=DAY if chance.random() < 0.6 else ((8 * HOUR, 13 * HOUR), (14 * HOUR, 20 * HOUR)),
            most_min=chance.choice((None, None, 4 * HOUR)),
        )
        for number in range(3)
    ] + [a_person("p3", chance.choice(areas))]
    agreements = tuple(
        Agreement(
            lender=lender,
            borrower=borrower,
            services=chance.choice(((), ("patrol",))),
            most_people=chance.choice((None, 0, 1)),
            most_min=chance.choice((None, 2 * HOUR, 4 * HOUR)),
            windows=chance.choice(((), ((8 * HOUR, 13 * HOUR),))),
        )
        for lender in areas
        for borrower in areas
        if lender != borrower and chance.random() < 0.7
    )
    return a_question(people, duties, agreements)
