"""Fills slots one by one: a first rota at once, where the solver starts and what it leaves in haste is filled up."""

from collections import Counter, defaultdict
from collections.abc import Iterable

from services.matcher.planning.patience import Patience
from services.matcher.planning.rota.parts import Part
from services.matcher.planning.rota.question import Duty, RotaQuestion, load_before
from services.matcher.planning.rota.standing import broken_by_more

Pairs = tuple[tuple[int, int], ...]
"""(duty, person), positions in the question."""


def fill(question: RotaQuestion, part: Part, patience: Patience, standing: Iterable[tuple[int, int]] = ()) -> Pairs:
    """Put people on duties until nobody can be added or patience is over; what stands already is kept.

    Parameters
    ----------
    question, part
        The rules, and the part to be filled.
    patience
        How long is looked.
    standing
        Who stands where already, without breaking a rule.

    Returns
    -------
    tuple of (duty, person)
        In the order of duties and people.

    Notes
    -----
    Duties with few people to spare come first; each goes to whoever has stood least.
    """
    could = defaultdict[int, list[int]](list)
    for person, mine in zip(part.people, part.may, strict=True):
        for number in mine:
            could[number].append(person)
    stands = defaultdict[int, list[Duty]](list)
    load = {person: load_before(question.people[person]) for person in part.people}
    chosen = set(standing)
    for number, person in chosen:
        stands[person].append(question.duties[number])
        load[person] += question.duties[number].minutes
    there = Counter(number for number, _ in chosen)
    for number in sorted(part.duties, key=lambda one: (len(could[one]) - question.duties[one].needed, one)):
        if patience.is_over:
            break
        duty = question.duties[number]
        for person in sorted(could[number], key=lambda one: (load[one], one)):
            if there[number] >= duty.needed or not patience.lasts():
                break
            if (number, person) in chosen:
                continue
            if not broken_by_more(question, question.people[person], stands[person], duty):
                chosen.add((number, person))
                stands[person].append(duty)
                load[person] += duty.minutes
                there[number] += 1
    return tuple(sorted(chosen))
