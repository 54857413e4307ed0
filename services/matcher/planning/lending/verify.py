"""The referee of lending, written from the agreements alone: it knows no solver, and every answer passes it."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from services.matcher.planning.lending.lending import Lending
from services.matcher.planning.lending.question import AreaDuty, AreaPerson, LendingQuestion


class LendingRule(StrEnum):
    """What lending may never break."""

    BELONGS = "belongs"  # duties and people are those of the question, and slots are counted right
    AGREEMENT = "agreement"  # nobody stands in another area without an agreement for that service at that time
    PEOPLE_AT_A_TIME = "people_at_a_time"  # an agreement's most people at any one time
    MINUTES_LENT = "minutes_lent"  # an agreement's most minutes in all
    CREDENTIAL = "credential"  # credentials are there and valid until the duty is over
    AVAILABILITY = "availability"  # people are available, ways to another area and back included
    TRAVEL = "travel"  # one place at a time, with the way between two
    PERSON_MINUTES = "person_minutes"  # a person's most minutes
    WORSE_OFF = "worse_off"  # no area has more empty slots than it would have alone


@dataclass(frozen=True, slots=True, kw_only=True)
class LendingViolation:
    """A rule that a lending breaks."""

    rule: LendingRule
    what: str


Said = Iterator[LendingViolation]
Pairs = tuple[tuple[AreaDuty, AreaPerson], ...]


def verify_lending(question: LendingQuestion, lending: Lending) -> tuple[LendingViolation, ...]:
    """Check a lending against every rule of its question.

    Parameters
    ----------
    question, lending
        What was asked, and what was answered.

    Returns
    -------
    tuple of LendingViolation
        Empty if nothing is broken.
    """
    foreign = (*_belongs(question, lending.assigned), *_belongs(question, lending.alone))
    if foreign:
        return foreign
    together, alone = _pairs(question, lending.assigned), _pairs(question, lending.alone)
    return (
        *_kept(question, together),
        *_kept(question, alone),
        *_at_home(alone),
        *_lent(question, together),
        *_worse_off(question, together, alone),
        *_counted(question, lending),
    )


def _belongs(question: LendingQuestion, assigned: tuple[tuple[str, str], ...]) -> Said:
    duties, people = {duty.id for duty in question.duties}, {person.id for person in question.people}
    for (duty, person), times in Counter(assigned).items():
        if duty not in duties or person not in people:
            yield LendingViolation(rule=LendingRule.BELONGS, what=f"{person} on {duty} is not in the question")
        if times > 1:
            yield LendingViolation(rule=LendingRule.BELONGS, what=f"{person} is on {duty} more than once")


def _pairs(question: LendingQuestion, assigned: tuple[tuple[str, str], ...]) -> Pairs:
    duties = {duty.id: duty for duty in question.duties}
    people = {person.id: person for person in question.people}
    return tuple((duties[duty], people[person]) for duty, person in assigned)


def _kept(question: LendingQuestion, pairs: Pairs) -> Said:
    """Check what holds for everybody, lent or not."""
    for duty, person in pairs:
        valid = {one.name for one in person.credentials if one.expires is None or one.expires >= duty.end}
        if missing := set(duty.credentials) - valid:
            what = f"{person.id} has no valid {sorted(missing)} for {duty.id}"
            yield LendingViolation(rule=LendingRule.CREDENTIAL, what=what)
        leaves = duty.start - question.travel(person.area, duty.area)
        is_back = duty.end + question.travel(duty.area, person.area)
        if not any(opens <= leaves and is_back <= closes for opens, closes in person.windows):
            what = f"{person.id} is not available from {leaves} to {is_back} for {duty.id}"
            yield LendingViolation(rule=LendingRule.AVAILABILITY, what=what)
    for person, mine in _by_person(pairs):
        for earlier, later in pairwise(mine):
            if later.start < earlier.end + question.travel(earlier.area, later.area):
                what = f"{person.id} cannot be on {earlier.id} and {later.id}"
                yield LendingViolation(rule=LendingRule.TRAVEL, what=what)
        total = sum(duty.minutes for duty in mine)
        if person.most_min is not None and total > person.most_min:
            what = f"{person.id} has {total} min of {person.most_min}"
            yield LendingViolation(rule=LendingRule.PERSON_MINUTES, what=what)


def _by_person(pairs: Pairs) -> Iterator[tuple[AreaPerson, list[AreaDuty]]]:
    found = defaultdict[AreaPerson, list[AreaDuty]](list)
    for duty, person in pairs:
        found[person].append(duty)
    for person, mine in found.items():
        yield person, sorted(mine, key=lambda duty: (duty.start, duty.end))


def _at_home(alone: Pairs) -> Said:
    for duty, person in alone:
        if duty.area != person.area:
            what = f"{person.id} of {person.area} is no help of {duty.area}'s own on {duty.id}"
            yield LendingViolation(rule=LendingRule.AGREEMENT, what=what)


def _lent(question: LendingQuestion, pairs: Pairs) -> Said:
    """Check every agreement against what is lent under it."""
    under, known = defaultdict[int, list[AreaDuty]](list), dict[tuple[str, str], list[int]]()
    for duty, person in pairs:
        if duty.area == person.area:
            continue
        if (person.area, duty.id) not in known:
            agreed = [number for number, one in enumerate(question.agreements) if one.lender == person.area]
            known[person.area, duty.id] = [number for number in agreed if question.agreements[number].covers(duty)]
        agreed = known[person.area, duty.id]
        if not agreed:
            what = f"{person.id} of {person.area} is on {duty.id} of {duty.area} without an agreement"
            yield LendingViolation(rule=LendingRule.AGREEMENT, what=what)
        for number in agreed:
            under[number].append(duty)
    for number, duties in under.items():
        one = question.agreements[number]
        starts, ends = sorted(duty.start for duty in duties), sorted(duty.end for duty in duties)
        for moment in sorted(set(starts)):
            there = bisect_right(starts, moment) - bisect_right(ends, moment)
            if one.most_people is not None and there > one.most_people:
                what = f"{one.lender} lends {there} of {one.most_people} people to {one.borrower} at {moment}"
                yield LendingViolation(rule=LendingRule.PEOPLE_AT_A_TIME, what=what)
        minutes = sum(duty.minutes for duty in duties)
        if one.most_min is not None and minutes > one.most_min:
            what = f"{one.lender} lends {minutes} of {one.most_min} min to {one.borrower}"
            yield LendingViolation(rule=LendingRule.MINUTES_LENT, what=what)


def _worse_off(question: LendingQuestion, together: Pairs, alone: Pairs) -> Said:
    now, before = _filled(together), _filled(alone)
    for area in question.areas:
        if now[area] < before[area]:
            what = f"{area} fills {now[area]} slots and could fill {before[area]} alone"
            yield LendingViolation(rule=LendingRule.WORSE_OFF, what=what)


def _filled(pairs: Pairs) -> Mapping[str, int]:
    return Counter(duty.area for duty, _ in pairs)


def _counted(question: LendingQuestion, lending: Lending) -> Said:
    """Count: a slot is filled, or said to be empty; also alone, no duty has more people than it needs."""
    alone = Counter(duty for duty, _ in lending.alone)
    there = Counter(duty for duty, _ in lending.assigned)
    said = {gap.duty: gap.missing for gap in lending.gaps}
    for duty in question.duties:
        missing = duty.needed - there[duty.id]
        if missing < 0 or alone[duty.id] > duty.needed or missing != said.pop(duty.id, 0):
            what = f"{duty.id} has {there[duty.id]} of {duty.needed} people, not as told"
            yield LendingViolation(rule=LendingRule.BELONGS, what=what)
    for duty_id in said:
        yield LendingViolation(rule=LendingRule.BELONGS, what=f"the gap {duty_id} is not in the question")
