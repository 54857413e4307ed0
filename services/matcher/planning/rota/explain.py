"""Says of every empty slot whose rule, relaxed alone, would fill it: something that a person can act on."""

from collections import Counter, defaultdict

from services.matcher.planning.patience import Patience
from services.matcher.planning.rota.greedy import Pairs
from services.matcher.planning.rota.question import Duty, Person, RotaQuestion
from services.matcher.planning.rota.rota import Gap, Miss, RotaRule
from services.matcher.planning.rota.standing import Broken, broken_by, lacking

_MILDEST_FIRST = {rule: place for place, rule in enumerate(RotaRule)}


def gaps_of(question: RotaQuestion, chosen: Pairs, patience: Patience) -> tuple[Gap, ...]:
    """Name the duties with empty slots, and what keeps everybody else from them in this rota.

    Parameters
    ----------
    question
        What was asked.
    chosen
        (duty, person) of the rota, positions in the question.
    patience
        How long is looked.

    Returns
    -------
    tuple of Gap
        In the order of duties. Once patience is over, gaps have no misses any more: who has so many gaps has other
        worries than the last of them. Nor has a gap that somebody could fill, had there been time to find them.
    """
    there = Counter(on for on, _ in chosen)
    stands = defaultdict[int, list[Duty]](list)
    for on, person in chosen:
        stands[person].append(question.duties[on])
    filled = set(chosen)
    found = list[Gap]()
    for number, duty in enumerate(question.duties):
        missing = duty.needed - there[number]
        if missing > 0:
            misses: tuple[Miss, ...] = ()
            if not patience.is_over:
                people = enumerate(question.people)
                others = [(person, stands[at]) for at, person in people if (number, at) not in filled]
                misses = _misses(question, duty, missing, others, patience)
            found.append(Gap(duty=duty.id, missing=missing, misses=misses))
    return tuple(found)


def _comes_near(person: Person, duty: Duty) -> bool:
    """Tell whether a person's own team or everything but the team speaks for them: others miss two rules at least."""
    return (
        not person.teams
        or duty.team in person.teams
        or (
            any(opens <= duty.start and duty.end <= closes for opens, closes in person.windows)
            and not lacking(person.credentials, duty.credentials, duty.end)
        )
    )


def _misses(
    question: RotaQuestion, duty: Duty, missing: int, others: list[tuple[Person, list[Duty]]], patience: Patience
) -> tuple[Miss, ...]:
    if not others:
        return (Miss(rules=(RotaRule.HEADCOUNT,), amount=missing),)
    alone, fewest = dict[RotaRule, Miss](), None
    for person, mine in [one for one in others if _comes_near(one[0], duty)] or others:
        broken = broken_by(question, person, mine, duty) if patience.lasts() else None
        if not broken:
            return ()
        miss = _miss(person, broken)
        if len(miss.rules) == 1:
            nearest = alone.setdefault(miss.rules[0], miss)
            alone[miss.rules[0]] = min(nearest, miss, key=lambda one: one.amount)
        elif fewest is None or len(miss.rules) < len(fewest.rules):
            fewest = miss
    if alone:
        return tuple(sorted(alone.values(), key=lambda one: _MILDEST_FIRST[one.rules[0]]))
    return (fewest,) if fewest else ()


def _miss(person: Person, broken: dict[RotaRule, Broken]) -> Miss:
    rules = tuple(sorted(broken, key=_MILDEST_FIRST.__getitem__))
    amount, names = broken[rules[0]]
    return Miss(rules=rules, person=person.id, amount=amount, names=names)
