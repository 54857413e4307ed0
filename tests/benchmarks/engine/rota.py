"""Rotas and lending, timed and refereed: `python -m tests.benchmarks.engine.rota patrol`.

Subjects: `patrol` (24 teams round the clock for a week, each with its own members), `substitutes` (the same with fewer
members and people who stand in for four teams each, so that teams are no longer apart), `short` (too few members),
`halves` (shifts of 4 hours, two of which may follow each other), `room` (a reading room, 56 hours a week), `lending`
(13 areas and their agreements). Everything is made from a seed; each line is one question.
"""

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from time import perf_counter

from services.matcher.planning.lending import (
    Agreement,
    AreaDuty,
    AreaPerson,
    LendingQuestion,
    verify_lending,
)
from services.matcher.planning.lending.solve import solve_lending
from services.matcher.planning.rota import Credential, Duty, Person, RotaQuestion, Rules, verify_rota
from services.matcher.planning.rota.solve import solve_rota

HOUR = 60
DAY = 24 * HOUR
DAYS = 7
TEAMS = 24
BADGE = Credential(name="badge")


def a_member(chance: random.Random, name: str, teams: tuple[str, ...]) -> Person:
    """Somebody who is away on some days, stands 24 to 40 hours a week, and may have a badge that expires."""
    days = [(day * DAY, (day + 1) * DAY) for day in range(-1, DAYS + 1) if chance.random() < 0.85]
    windows = list[tuple[int, int]]()
    for opens, closes in days:
        if windows and windows[-1][1] == opens:
            windows[-1] = (windows[-1][0], closes)
        else:
            windows.append((opens, closes))
    expires = None if chance.random() < 0.9 else chance.randrange(4 * DAY, 12 * DAY)
    return Person(
        id=name,
        teams=teams,
        credentials=(Credential(name="badge", expires=expires),),
        windows=tuple(windows),
        most_week_min=chance.choice((24, 32, 40)) * HOUR,
        last_weeks_min=chance.randrange(5) * 8 * HOUR,
    )


def patrol(seed: int, *, members: int = 14, substitutes: int = 0, shift_h: int = 8) -> RotaQuestion:
    """24 teams x 3 shifts x 2 people: 144 slots a day, 1,008 a week; all with a valid badge, 11 hours of rest."""
    chance = random.Random(seed)
    teams = [f"team{number}" for number in range(TEAMS)]
    duties = tuple(
        Duty(id=f"{team}/{start}", team=team, start=start, end=start + shift_h * HOUR, needed=2, credentials=("badge",))
        for team in teams
        for start in range(0, DAYS * DAY, shift_h * HOUR)
    )
    people = [a_member(chance, f"{team}-{number}", (team,)) for team in teams for number in range(members)]
    people += [
        a_member(chance, f"substitute-{number}", tuple(chance.sample(teams, 4))) for number in range(substitutes)
    ]
    familiar = tuple((f"{team}-{2 * pair}", f"{team}-{2 * pair + 1}") for team in teams for pair in range(2))
    return RotaQuestion(people=tuple(people), duties=duties, credentials=("badge",), familiar=familiar)


def room(seed: int) -> RotaQuestion:
    """Ask for a reading room that is open 8 hours a day, 56 a week: 14 half-day shifts of 2 people."""
    chance = random.Random(seed)
    duties = tuple(
        Duty(id=f"{day}/{hour}", start=day * DAY + hour * HOUR, end=day * DAY + (hour + 4) * HOUR, needed=2)
        for day in range(DAYS)
        for hour in (9, 13)
    )
    people = tuple(a_member(chance, f"p{number}", ()) for number in range(9))
    return RotaQuestion(people=people, duties=duties, rules=Rules(rest_min=HOUR), credentials=("badge",))


def lending(seed: int) -> LendingQuestion:
    """Ask for a day of 13 areas, some short of people; who has agreed with whom is chance."""
    chance = random.Random(seed)
    areas = tuple(f"area{number}" for number in range(13))
    places = [(chance.random() * 60, chance.random() * 60) for _ in areas]
    travel = tuple(tuple(int(abs(x - u) + abs(y - v)) for u, v in places) for x, y in places)
    people = list[AreaPerson]()
    duties = list[AreaDuty]()
    for area in areas:
        for number in range(chance.randrange(5, 60)):
            opens = chance.randrange(12) * HOUR
            people.append(
                AreaPerson(
                    id=f"{area}-p{number}",
                    area=area,
                    windows=((opens, opens + chance.randrange(6, 13) * HOUR),),
                    credentials=(BADGE,) if chance.random() < 0.4 else (),
                    most_min=chance.choice((4, 8)) * HOUR,
                )
            )
        for number in range(chance.randrange(5, 30)):
            start = chance.randrange(6, 20) * HOUR
            duties.append(
                AreaDuty(
                    id=f"{area}-d{number}",
                    area=area,
                    service=chance.choice(("patrol", "canteen")),
                    start=start,
                    end=start + chance.choice((2, 4)) * HOUR,
                    needed=chance.choice((1, 2, 3)),
                    credentials=("badge",) if chance.random() < 0.3 else (),
                )
            )
    agreements = tuple(
        Agreement(
            lender=lender,
            borrower=borrower,
            services=chance.choice(((), ("patrol",))),
            most_people=chance.choice((2, 5)),
            most_min=chance.choice((None, 20 * HOUR)),
        )
        for lender in areas
        for borrower in areas
        if lender != borrower and chance.random() < 0.4
    )
    return LendingQuestion(
        areas=areas,
        travel_min=travel,
        people=tuple(people),
        duties=tuple(duties),
        agreements=agreements,
        credentials=("badge",),
    )


ROTAS: dict[str, Callable[[int], RotaQuestion]] = {
    "patrol": patrol,
    "substitutes": lambda seed: patrol(seed, members=12, substitutes=24),
    "short": lambda seed: patrol(seed, members=10),
    "halves": lambda seed: patrol(seed, shift_h=4),
    "room": room,
}


def measure(subject: str, seed: int, seconds: float) -> str:
    """Answer one question and say how long it took, what is proven, and what the referee says."""
    if subject == "lending":
        asked = lending(seed)
        begun = perf_counter()
        lent = solve_lending(asked, seconds=seconds)
        wall = perf_counter() - begun
        slots = sum(duty.needed for duty in asked.duties)
        verified, proof = not verify_lending(asked, lent), (lent.cover_proven, lent.wishes_proven)
        beside = f"alone {slots - len(lent.alone)} empty"
        size, empty = f"{len(asked.people)} people, {slots} slots", lent.empty_slots
    else:
        question = ROTAS[subject](seed)
        begun = perf_counter()
        rota = solve_rota(question, seconds=seconds)
        wall = perf_counter() - begun
        slots = sum(duty.needed for duty in question.duties)
        verified, proof = not verify_rota(question, rota), (rota.cover_proven, rota.wishes_proven)
        beside = f"{rota.together} duties of familiar pairs"
        size, empty = f"{len(question.people)} people, {slots} slots", rota.empty_slots
    said = f"cover {'proven' if proof[0] else 'open'}, wishes {'proven' if proof[1] else 'open'}"
    kept = "verified" if verified else "BROKEN"
    return f"{subject:11s} seed {seed}  {size}: {wall:6.2f} s  {empty} empty  {said}  {kept}  {beside}"


def main(arguments: Sequence[str]) -> int:
    """Measure the chosen subjects, one question after the other."""
    parser = argparse.ArgumentParser(description=__doc__)
    subjects = [*ROTAS, "lending"]
    parser.add_argument("subjects", nargs="*", choices=[*subjects, []], help="all, if none is named")
    parser.add_argument("--seconds", type=float, default=10.0, help="budget of one question")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args(arguments)
    for subject in options.subjects or subjects:
        for seed in range(1, options.seeds + 1):
            sys.stdout.write(measure(subject, seed, options.seconds) + "\n")
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
