"""Says of every empty slot whose rule, relaxed alone, would fill it: something that a person can act on."""

from collections import Counter, defaultdict

from services.matcher.planning.rota.greedy import Pairs
from services.matcher.planning.rota.question import Duty, Person, RotaQuestion
from services.matcher.planning.rota.rota import Gap, Miss, RotaRule
from services.matcher.planning.rota.standing import Broken, broken_by, lacking

_MOST_LOOKS = 100_000  # at a person for a duty: about 2 s
_MILDEST_FIRST = {rule: place for place, rule in enumerate(RotaRule)}


def gaps_of(question: RotaQuestion, chosen: Pairs) -> tuple[Gap, ...]:
    """Name the duties with empty slots, and what keeps everybody else from them in this rota.

    Parameters
    ----------
    question
        What was asked.
    chosen
        (duty, person) of the rota, positions in the question.

    Returns
    -------
    tuple of Gap
        In the order of duties. After very many looks at who could, gaps have no misses any more: who has so many gaps
        has other worries than the last of them.
    """
    there = Counter(on for on, _ in chosen)
    stands = defaultdict[int, list[Duty]](list)
    for on, person in chosen:
        stands[person].append(question.duties[on])
    filled = set(chosen)
    found, looks = list[Gap](), 0
    for number, duty in enumerate(question.duties):
        missing = duty.needed - there[number]
        if missing > 0:
            others = [(person, stands[at]) for at, person in enumerate(question.people) if (number, at) not in filled]
            near = [one for one in others if _comes_near(one[0], duty)] or others
            looks += len(near)
            misses = _misses(question, duty, missing, near) if looks <= _MOST_LOOKS else ()
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
    question: RotaQuestion, duty: Duty, missing: int, others: list[tuple[Person, list[Duty]]]
) -> tuple[Miss, ...]:
    if not others:
        return (Miss(rules=(RotaRule.HEADCOUNT,), amount=missing),)
    alone, fewest = dict[RotaRule, Miss](), None
    for person, mine in others:
        miss = _miss(person, broken_by(question, person, mine, duty))
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
