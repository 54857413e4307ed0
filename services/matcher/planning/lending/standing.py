"""Who stands where so far, and whether one more duty fits: for a first answer, and for saying why a slot stays empty.

The referee in `verify.py` does not use it.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable

from services.matcher.planning.lending.question import AreaDuty, AreaPerson, LendingQuestion
from services.matcher.planning.patience import Patience
from services.matcher.planning.rota.standing import lacking

Pair = tuple[int, int]
"""(duty, person), positions in the question."""


class Standing:
    """People on duties, with what is used of every agreement.

    Parameters
    ----------
    question
        The question.
    pairs
        Who stands where, without breaking a rule.
    """

    def __init__(self, question: LendingQuestion, pairs: Iterable[Pair] = ()) -> None:
        self._question = question
        self.pairs = set[Pair]()
        self._mine = defaultdict[int, list[AreaDuty]](list)
        self._lent_from = defaultdict[int, list[int]](list)  # of each agreement, ascending
        self._lent_until = defaultdict[int, list[int]](list)
        self._there = Counter[int]()
        for duty, person in pairs:
            self.add(duty, person)

    def add(self, duty: int, person: int) -> None:
        """Put somebody on a duty."""
        self.pairs.add((duty, person))
        self._mine[person].append(self._question.duties[duty])
        self._there[duty] += 1
        agreement = self._question.agreement_for(self._question.people[person], self._question.duties[duty])
        if agreement is not None:
            insort(self._lent_from[agreement], self._question.duties[duty].start)
            insort(self._lent_until[agreement], self._question.duties[duty].end)

    def missing(self, duty: int) -> int:
        """Count the empty slots of a duty."""
        return self._question.duties[duty].needed - self._there[duty]

    def is_free(self, duty: int, person: int) -> bool:
        """Tell whether somebody could be there with all the ways, beside what they stand on already."""
        there, who, ways = self._question.duties[duty], self._question.people[person], self._question.travel
        minutes = there.minutes + sum(one.minutes for one in self._mine[person])
        return (
            is_available(self._question, who, there)
            and (who.most_min is None or minutes <= who.most_min)
            and all(
                one.end + ways(one.area, there.area) <= there.start
                or there.end + ways(there.area, one.area) <= one.start
                for one in self._mine[person]
            )
        )

    def has_room(self, agreement: int, duty: int) -> bool:
        """Tell whether one more may be lent for a duty under an agreement."""
        limits, there = self._question.agreements[agreement], self._question.duties[duty]
        starts, ends = self._lent_from[agreement], self._lent_until[agreement]
        if limits.most_min is not None and there.minutes + sum(ends) - sum(starts) > limits.most_min:
            return False
        if limits.most_people is None:
            return True
        moments = {there.start, *starts[bisect_left(starts, there.start) : bisect_left(starts, there.end)]}
        most = max(bisect_right(starts, moment) - bisect_right(ends, moment) for moment in moments)
        return most + 1 <= limits.most_people


def is_available(question: LendingQuestion, person: AreaPerson, duty: AreaDuty) -> bool:
    """Tell whether a duty and the ways from home and back lie in one of somebody's windows."""
    leaves = duty.start - question.travel(person.area, duty.area)
    is_back = duty.end + question.travel(duty.area, person.area)
    return any(opens <= leaves and is_back <= closes for opens, closes in person.windows)


def is_qualified(person: AreaPerson, duty: AreaDuty) -> bool:
    """Tell whether somebody has all credentials until a duty is over."""
    return not lacking(person.credentials, duty.credentials, duty.end)


def possible(question: LendingQuestion, patience: Patience, *, at_home: bool) -> tuple[Pair, ...]:
    """Give everybody who could stand on a duty, were they on no other.

    Parameters
    ----------
    question
        The question.
    patience
        How long is looked; whatever is not looked at is left out.
    at_home
        Whether only an area's own people count.

    Returns
    -------
    tuple of Pair
        In the order of people and duties.
    """
    return tuple(
        (duty, person)
        for person, who in enumerate(question.people)
        for duty, there in enumerate(question.duties)
        if patience.lasts()
        and (who.area == there.area or (not at_home and question.agreement_for(who, there) is not None))
        and is_qualified(who, there)
        and is_available(question, who, there)
        and (who.most_min is None or there.minutes <= who.most_min)
    )


def fill(
    question: LendingQuestion, could: Iterable[Pair], patience: Patience, pairs: Iterable[Pair] = ()
) -> tuple[Pair, ...]:
    """Put people on duties until nobody can be added or patience is over; what stands already is kept.

    Those of an area itself come first.
    """
    standing, people, duties = Standing(question, pairs), question.people, question.duties
    for duty, person in sorted(could, key=lambda pair: (people[pair[1]].area != duties[pair[0]].area, pair)):
        agreement = question.agreement_for(people[person], duties[duty])
        if (
            standing.missing(duty) > 0
            and patience.lasts()
            and (duty, person) not in standing.pairs
            and standing.is_free(duty, person)
            and (agreement is None or standing.has_room(agreement, duty))
        ):
            standing.add(duty, person)
    return tuple(sorted(standing.pairs))
