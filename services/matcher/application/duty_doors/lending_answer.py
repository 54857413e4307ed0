"""Lending in local moments: every duty with its people, every area's balance, every gap with what stands in the way."""

from collections import Counter, defaultdict
from datetime import datetime
from typing import Literal

from pydantic import Field

from services.matcher.application.duty_doors.calendar import Calendar
from services.matcher.application.duty_doors.rota_answer import Said
from services.matcher.planning import Language
from services.matcher.planning.lending import AreaDuty, Lending, LendingQuestion


class LendingSummary(Said):
    """Lending in figures."""

    slots: int = Field(description="How many people are needed, over all duties.")
    empty: int = Field(description="How many of them nobody is found for.")
    empty_alone: int = Field(description="How many it would be if nobody were lent.")
    proven: bool = Field(description="Whether it is proven that no lending that harms no lender leaves fewer empty.")
    wishes_proven: bool = Field(description="Whether none as full needs less travel or shares better, proven too.")
    verified: Literal[True] = Field(default=True, description="Every rule was checked by a program of its own.")
    travel_min: int = Field(description="The ways from home to duties in other areas, in sum.")
    seconds: float = Field(description="How long it took.")


class SentPerson(Said):
    """Somebody on a duty."""

    id: str
    area: str
    lent: bool
    travel_min: int


class AreaDutyStands(Said):
    """One duty and who stands on it."""

    id: str
    area: str
    service: str
    starts: datetime
    ends: datetime
    people: tuple[SentPerson, ...]
    empty: int


class AreaBalance(Said):
    """What an area has and gives."""

    id: str
    slots: int
    empty: int
    empty_alone: int = Field(description="If nobody were lent; `empty` is never more.")
    lends_min: int
    borrows_min: int


class EmptyDuty(Said):
    """Slots of a duty that nobody is found for."""

    duty: str
    area: str
    service: str
    starts: datetime
    ends: datetime
    empty: int
    why: str
    person: str | None = Field(description="Who could come if that gave way.")
    from_area: str | None
    zh: str
    en: str


class LendingAnswer(Said):
    """An answered question."""

    summary: LendingSummary
    gaps: tuple[EmptyDuty, ...]
    areas: tuple[AreaBalance, ...]
    duties: tuple[AreaDutyStands, ...]


def lending_answer(question: LendingQuestion, calendar: Calendar, lending: Lending, *, seconds: float) -> LendingAnswer:
    """Say a verified lending in local moments.

    Parameters
    ----------
    question, calendar
        What was asked.
    lending
        What was found.
    seconds
        How long that took.
    """
    people, on = {person.id: person for person in question.people}, defaultdict[str, list[SentPerson]](list)
    duties = {duty.id: duty for duty in question.duties}
    for duty, person in lending.assigned:
        home, there = people[person].area, duties[duty].area
        on[duty].append(SentPerson(id=person, area=home, lent=home != there, travel_min=question.travel(home, there)))
    slots = sum(duty.needed for duty in question.duties)
    return LendingAnswer(
        summary=LendingSummary(
            slots=slots,
            empty=lending.empty_slots,
            empty_alone=slots - len(lending.alone),
            proven=lending.cover_proven,
            wishes_proven=lending.wishes_proven,
            travel_min=lending.travel_min,
            seconds=round(seconds, 3),
        ),
        gaps=_gaps(duties, calendar, lending),
        areas=_balances(question, lending),
        duties=tuple(
            AreaDutyStands(
                id=duty.id,
                area=duty.area,
                service=duty.service,
                starts=calendar.moment(duty.start),
                ends=calendar.moment(duty.end),
                people=tuple(on[duty.id]),
                empty=duty.needed - len(on[duty.id]),
            )
            for duty in question.duties
        ),
    )


def _gaps(duties: dict[str, AreaDuty], calendar: Calendar, lending: Lending) -> tuple[EmptyDuty, ...]:
    return tuple(
        EmptyDuty(
            duty=gap.duty,
            area=duties[gap.duty].area,
            service=duties[gap.duty].service,
            starts=calendar.moment(duties[gap.duty].start),
            ends=calendar.moment(duties[gap.duty].end),
            empty=gap.missing,
            why=gap.why.value,
            person=gap.person or None,
            from_area=gap.area or None,
            zh=gap.in_words(Language.ZH),
            en=gap.in_words(Language.EN),
        )
        for gap in lending.gaps
    )


def _balances(question: LendingQuestion, lending: Lending) -> tuple[AreaBalance, ...]:
    duties, people = {duty.id: duty for duty in question.duties}, {one.id: one for one in question.people}
    slots, lends, borrows = Counter[str](), Counter[str](), Counter[str]()
    for duty in question.duties:
        slots[duty.area] += duty.needed
    for duty_id, person in lending.assigned:
        home, there = people[person].area, duties[duty_id].area
        if home != there:
            lends[home] += duties[duty_id].minutes
            borrows[there] += duties[duty_id].minutes
    filled = Counter(duties[duty].area for duty, _ in lending.assigned)
    alone = Counter(duties[duty].area for duty, _ in lending.alone)
    return tuple(
        AreaBalance(
            id=area,
            slots=slots[area],
            empty=slots[area] - filled[area],
            empty_alone=slots[area] - alone[area],
            lends_min=lends[area],
            borrows_min=borrows[area],
        )
        for area in question.areas
    )
