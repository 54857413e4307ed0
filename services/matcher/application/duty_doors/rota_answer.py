"""A rota in local moments: every duty with its people, every person with their duties, every gap with a way out."""

from collections import defaultdict
from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.matcher.application.duty_doors.calendar import Calendar
from services.matcher.planning import Language
from services.matcher.planning.rota import Duty, Gap, Miss, Rota, RotaQuestion


class Said(BaseModel):
    """Everything that is answered is frozen."""

    model_config = ConfigDict(frozen=True)


class RotaSummary(Said):
    """The rota in figures."""

    slots: int = Field(description="How many people are needed, over all duties.")
    empty: int = Field(description="How many of them nobody is found for.")
    proven: bool = Field(description="Whether it is proven that no rota leaves fewer empty.")
    wishes_proven: bool = Field(description="Whether none as full is fairer and keeps more pairs together, proven too.")
    verified: Literal[True] = Field(default=True, description="Every rule was checked by a program of its own.")
    unfairness_min: int = Field(description="The sum that fairness makes small; docs/rotas.md explains it.")
    together: int = Field(description="Duties that a familiar pair has together.")
    seconds: float = Field(description="How long it took.")


class DutyStands(Said):
    """One duty and who stands on it."""

    id: str
    team: str
    starts: datetime
    ends: datetime
    people: tuple[str, ...]
    empty: int


class PersonStands(Said):
    """One person and what they stand on."""

    id: str
    minutes: int = Field(description="On this rota.")
    minutes_last_weeks: int
    duties: tuple[str, ...]


class WayOut(Said):
    """What would have to give way for one person to fill an empty slot; if it is one rule, it alone would do."""

    rules: tuple[str, ...]
    person: str | None
    amount: int = Field(description="By how much the first rule is missed: minutes, duties, credentials or people.")
    zh: str
    en: str


class RotaGap(Said):
    """Slots of a duty that nobody is found for."""

    duty: str
    team: str
    starts: datetime
    ends: datetime
    empty: int
    ways_out: tuple[WayOut, ...]


class RotaAnswer(Said):
    """An answered question."""

    summary: RotaSummary
    gaps: tuple[RotaGap, ...] = Field(description="With `proven`, the smallest set of slots that have to stay empty.")
    duties: tuple[DutyStands, ...]
    people: tuple[PersonStands, ...]


def rota_answer(question: RotaQuestion, calendar: Calendar, rota: Rota, *, seconds: float) -> RotaAnswer:
    """Say a verified rota in local moments.

    Parameters
    ----------
    question, calendar
        What was asked.
    rota
        What was found.
    seconds
        How long that took.
    """
    on, stands = defaultdict[str, list[str]](list), defaultdict[str, list[Duty]](list)
    duties = {duty.id: duty for duty in question.duties}
    for duty, person in rota.assigned:
        on[duty].append(person)
        stands[person].append(duties[duty])
    return RotaAnswer(
        summary=RotaSummary(
            slots=sum(duty.needed for duty in question.duties),
            empty=rota.empty_slots,
            proven=rota.cover_proven,
            wishes_proven=rota.wishes_proven,
            unfairness_min=rota.unfairness_min,
            together=rota.together,
            seconds=round(seconds, 3),
        ),
        gaps=tuple(_gap(duties[gap.duty], gap, calendar) for gap in rota.gaps),
        duties=tuple(
            DutyStands(
                id=duty.id,
                team=duty.team,
                starts=calendar.moment(duty.start),
                ends=calendar.moment(duty.end),
                people=tuple(on[duty.id]),
                empty=duty.needed - len(on[duty.id]),
            )
            for duty in question.duties
        ),
        people=tuple(
            PersonStands(
                id=person.id,
                minutes=sum(duty.minutes for duty in stands[person.id]),
                minutes_last_weeks=person.last_weeks_min,
                duties=tuple(duty.id for duty in sorted(stands[person.id], key=lambda duty: duty.start)),
            )
            for person in question.people
        ),
    )


def _gap(duty: Duty, gap: Gap, calendar: Calendar) -> RotaGap:
    return RotaGap(
        duty=duty.id,
        team=duty.team,
        starts=calendar.moment(duty.start),
        ends=calendar.moment(duty.end),
        empty=gap.missing,
        ways_out=tuple(map(_way_out, gap.misses)),
    )


def _way_out(miss: Miss) -> WayOut:
    return WayOut(
        rules=tuple(rule.value for rule in miss.rules),
        person=miss.person or None,
        amount=miss.amount,
        zh=miss.in_words(Language.ZH),
        en=miss.in_words(Language.EN),
    )
