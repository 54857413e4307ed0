"""Says of every empty slot what stands in the way: an agreement, its limits, time, or a credential."""

from services.matcher.planning.lending.lending import LendingGap, WhyEmpty
from services.matcher.planning.lending.question import LendingQuestion
from services.matcher.planning.lending.standing import Pair, Standing, is_qualified
from services.matcher.planning.patience import Patience


def gaps_of(question: LendingQuestion, pairs: tuple[Pair, ...], patience: Patience) -> tuple[LendingGap, ...]:
    """Name the duties with empty slots, and what keeps everybody else from them.

    Parameters
    ----------
    question, pairs
        The question, and who stands where, positions in it.
    patience
        How long is looked.

    Returns
    -------
    tuple of LendingGap
        In the order of duties.
    """
    standing = Standing(question, pairs)
    return tuple(
        _gap(question, standing, number, patience)
        for number in range(len(question.duties))
        if standing.missing(number) > 0
    )


def _gap(question: LendingQuestion, standing: Standing, number: int, patience: Patience) -> LendingGap:
    duty = question.duties[number]
    if patience.is_over:
        return LendingGap(duty=duty.id, missing=standing.missing(number), why=WhyEmpty.OUT_OF_TIME)
    qualified = [
        (at, person)
        for at, person in enumerate(question.people)
        if (number, at) not in standing.pairs and is_qualified(person, duty)
    ]
    allowed = [
        (at, person)
        for at, person in qualified
        if person.area == duty.area or question.agreement_for(person, duty) is not None
    ]
    why, who = WhyEmpty.NOBODY_FREE if allowed else WhyEmpty.NOBODY_QUALIFIED, None
    for kind, some in ((WhyEmpty.AGREEMENT_USED_UP, allowed), (WhyEmpty.NO_AGREEMENT, qualified)):
        free = [person for at, person in some if patience.lasts() and standing.is_free(number, at)]
        if patience.is_over:
            why = WhyEmpty.OUT_OF_TIME
            break
        if free:
            why = kind
            who = min(free, key=lambda person: (question.travel(person.area, duty.area), person.id))
            break
    return LendingGap(
        duty=duty.id,
        missing=standing.missing(number),
        why=why,
        person=who.id if who else "",
        area=who.area if who else "",
    )
