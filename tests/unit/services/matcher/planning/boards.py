"""Readable small boards: a line of houses with readable defaults, and random boards with every rule in play."""

import random
from dataclasses import replace
from typing import Any

import numpy as np

from services.matcher.planning import (
    Batch,
    Frozen,
    Job,
    Pickup,
    Plan,
    Problem,
    Step,
    Travel,
    Volunteer,
)
from services.matcher.planning.step import Action

ALL_DAY = ((0, 86_400),)


def line(length: int = 30, *, step_s: int = 60, step_m: int = 100) -> Travel:
    """Houses in a line, a minute and a hundred metres apart; place k is k minutes from place 0."""
    places = np.arange(length)
    steps = np.abs(places[:, None] - places[None, :])
    return Travel(seconds=((steps * step_s).astype(np.int32),), metres=(steps * step_m).astype(np.int32))


def a_visit(job: str = "visit", place: int = 5, **changes: Any) -> Job:
    defaults: dict[str, Any] = {
        "id": job,
        "need": f"need of {job}",
        "mode": "visit",
        "place": place,
        "windows": ALL_DAY,
        "service_s": 600,
        "load": (0, 0),
        "priority": 36_000,
    }
    return Job(**(defaults | changes))


def a_meal(job: str = "meal", place: int = 5, kitchen: int = 0, **changes: Any) -> Job:
    pickup = Pickup(place=kitchen, windows=changes.pop("kitchen_windows", ALL_DAY), service_s=30, setup_s=120)
    defaults: dict[str, Any] = {
        "id": job,
        "need": f"need of {job}",
        "mode": "delivery",
        "place": place,
        "windows": ALL_DAY,
        "service_s": 120,
        "load": (1, 600),
        "priority": 36_000,
        "pickup": pickup,
    }
    return Job(**(defaults | changes))


def a_volunteer(volunteer: str = "wang", **changes: Any) -> Volunteer:
    defaults: dict[str, Any] = {
        "id": volunteer,
        "start_place": 0,
        "duty": ((0, 50_000),),
        "capacity": (10, 10_000),
    }
    return Volunteer(**(defaults | changes))


def a_problem(*things: Job | Volunteer | Batch | Frozen, now: int = 0, travel: Travel | None = None) -> Problem:
    return Problem(
        now=now,
        jobs=tuple(thing for thing in things if isinstance(thing, Job)),
        volunteers=tuple(thing for thing in things if isinstance(thing, Volunteer)),
        batches=tuple(thing for thing in things if isinstance(thing, Batch)),
        frozen=tuple(thing for thing in things if isinstance(thing, Frozen)),
        travel=travel or line(),
    )


def a_step(job: str, action: Action, place: int, start: int, departure: int, **changes: Any) -> Step:
    defaults: dict[str, Any] = {
        "job": job,
        "action": action,
        "place": place,
        "arrival": start,
        "start": start,
        "departure": departure,
        "load_after": (0, 0),
        "frozen": True,
    }
    return Step(**(defaults | changes))


SKILLS = ("electrician", "driver", "vetted", "counsellor")


def a_random_board(seed: int, *, visits: int = 8, meals: int = 6, pairs: int = 1, volunteers: int = 4) -> Problem:
    """A board with every rule in play: skills, several windows and duties, kitchens, batches, pairs, refusals."""
    chance = random.Random(seed)
    places = 2 + visits + meals + pairs + volunteers
    spots = np.array([(chance.uniform(0, 3000), chance.uniform(0, 3000)) for _ in range(places)])
    metres = np.ceil(np.linalg.norm(spots[:, None] - spots[None], axis=2)).astype(np.int32)
    # Rounding up after scaling keeps the triangle rule.
    seconds = tuple(_closed(np.ceil(metres / speed).astype(np.int32)) for speed in (1.0, 3.0))
    place = iter(range(2, places))
    people = [_a_random_volunteer(chance, f"v{number:02}", next(place)) for number in range(volunteers)]
    people[1::4] = [replace(one, going_out_s=600) for one in people[1::4]]
    ids = [one.id for one in people]
    batches = [
        Batch(id=f"b{number}", place=number % 2, ready=chance.choice([36_000, 38_000]), count=chance.randint(1, 4))
        for number in range(3)
    ]
    jobs = [_a_random_visit(chance, f"visit{number:02}", next(place), ids) for number in range(visits)]
    jobs += [_a_random_meal(chance, f"meal{number:02}", next(place), ids, batches) for number in range(meals)]
    for number in range(pairs):
        moment, spot = chance.randrange(34_000, 44_000), next(place)
        jobs += [
            replace(
                a_visit(f"pair{number}{letter}", spot, service_s=1200, windows=((moment, moment),)),
                need=f"pair{number}",
                together=f"pair{number}",
                skills=frozenset(skills),
            )
            for letter, skills in (("a", {"vetted"}), ("b", set()))
        ]
    chance.shuffle(jobs)
    return a_problem(*jobs, *people, *batches, now=32_000, travel=Travel(seconds=seconds, metres=metres))


def _closed(matrix: "np.ndarray[Any, np.dtype[np.int32]]") -> "np.ndarray[Any, np.dtype[np.int32]]":
    for middle in range(len(matrix)):
        matrix = np.minimum(matrix, matrix[:, middle, None] + matrix[None, middle, :])
    return matrix


def _a_random_volunteer(chance: random.Random, name: str, home: int) -> Volunteer:
    begins = chance.choice([32_400, 34_200, 36_000])
    duty: tuple[tuple[int, int], ...] = ((begins, begins + chance.choice([5_400, 9_000, 14_400])),)
    if chance.random() < 0.3:
        duty = ((begins, begins + 3_600), (begins + 5_400, begins + 10_800))
    return Volunteer(
        id=name,
        start_place=home,
        end_place=chance.choice([None, home]),
        duty=duty,
        capacity=chance.choice([(2, 1_500), (4, 5_000), (8, 10_000)]),
        travel_mode=chance.choice([0, 1]),
        skills=frozenset(chance.sample(SKILLS, chance.randint(1, 3))),
        max_stops=chance.choice([None, None, 3]),
        expected_jobs=chance.randint(0, 3) * 6 / 7,
    )


def _a_random_window(chance: random.Random) -> tuple[tuple[int, int], ...]:
    opens = chance.randrange(32_000, 44_000)
    if chance.random() < 0.3:
        return ((opens, opens + 900), (opens + 2_700, opens + 3_900))
    return ((opens, opens + chance.choice([900, 3_600, 7_200])),)


def _a_random_visit(chance: random.Random, job: str, place: int, ids: list[str]) -> Job:
    return a_visit(
        job,
        place,
        windows=_a_random_window(chance),
        service_s=chance.choice([300, 900, 1_800]),
        skills=frozenset(chance.sample(SKILLS, chance.choice([0, 1, 1, 2]))),
        not_volunteers=frozenset(chance.sample(ids, chance.choice([0, 0, 1]))) if ids else frozenset(),
        familiar=frozenset(chance.sample(ids, chance.choice([0, 1]))) if ids else frozenset(),
        priority=chance.choice([20_000, 36_000]),
    )


def _a_random_meal(chance: random.Random, job: str, place: int, ids: list[str], batches: list[Batch]) -> Job:
    batch = chance.choice([*batches, None])
    return a_meal(
        job,
        place,
        kitchen=batch.place if batch else chance.choice([0, 1]),
        batch=batch.id if batch else None,
        windows=((chance.choice([36_000, 38_000]), 45_000),),
        load=(chance.choice([1, 1, 2]), 600),
        max_ride_s=chance.choice([900, 1_800, None]),
        kitchen_windows=((34_000, 42_000),),
        not_volunteers=frozenset(chance.sample(ids, chance.choice([0, 0, 1]))) if ids else frozenset(),
    )


def later_that_day(problem: Problem, plan: Plan, now: int) -> Problem:
    """Let the plan happen until a moment: what was left for by then is frozen, the stop being driven to as well."""
    frozen = []
    for one, route in zip(problem.volunteers, plan.routes, strict=True):
        leaves = [max(problem.now, one.duty[0][0]), *(step.departure for step in route.steps)]
        begun = sum(left <= now for left in leaves[:-1])
        steps = tuple(replace(step, frozen=True) for step in route.steps[:begun])
        if steps:
            free_at = max(now, steps[-1].departure)
            frozen.append(Frozen(volunteer=one.id, steps=steps, free_at=free_at, place=steps[-1].place))
    return replace(problem, now=now, frozen=tuple(frozen))
