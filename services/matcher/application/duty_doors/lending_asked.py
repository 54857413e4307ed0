"""What may be asked of lending, field by field, and how it becomes a question in minutes."""

from typing import Annotated, Final

from pydantic import Field

from services.matcher.application.duty_doors.asked import (
    MOST_PEOPLE,
    Available,
    Day,
    Days,
    Held,
    Id,
    Minutes,
    Name,
    People,
    Span,
)
from services.matcher.application.duty_doors.calendar import Calendar
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.planning.lending import Agreement, AreaDuty, AreaPerson, LendingQuestion

MOST_AREAS: Final = 60
MOST_AREA_DUTIES: Final = 1_000
MOST_PAIRS: Final = 250_000  # people x duties: what needs a second beside the budget, see `solve_lending`

Services = Annotated[tuple[Name, ...], Field(max_length=100)]


class AskedAreaPerson(Available):
    """Somebody of an area; the way to another area and back has to lie within the times of being available."""

    id: Id
    area: Id
    credentials: Annotated[tuple[Held, ...], Field(max_length=50)] = ()
    most_minutes: Minutes | None = Field(default=None, description="Of duty in all, travel not counted.")


class AskedAreaDuty(Span):
    """One duty of an area."""

    id: Id
    area: Id
    service: Name
    people: People = 1
    credentials: Annotated[tuple[Name, ...], Field(max_length=20)] = Field(
        default=(), description="What each of the people needs."
    )


class AskedAgreement(Available):
    """Who lends to whom; it holds on the spans `available` and in the hours `weekly`, if neither is given always."""

    lender: Id
    borrower: Id
    services: Services = Field(default=(), description="Empty: every service.")
    most_people: Annotated[int, Field(ge=0, le=MOST_PEOPLE)] | None = Field(
        default=None, description="At any one time."
    )
    most_minutes: Annotated[int, Field(ge=0, le=10_000_000)] | None = Field(
        default=None, description="Of duty, in all that is asked about."
    )
    until: Day | None = Field(default=None, description="The last day on which it holds.")


class AskedLending(Days):
    """A question about lending."""

    areas: Annotated[tuple[Id, ...], Field(min_length=1, max_length=MOST_AREAS)]
    travel_min: dict[Id, dict[Id, Minutes]] = Field(
        default={}, description="Minutes from area to area; the way back is as long unless it is given, too."
    )
    people: Annotated[tuple[AskedAreaPerson, ...], Field(min_length=1, max_length=MOST_PEOPLE)]
    duties: Annotated[tuple[AskedAreaDuty, ...], Field(min_length=1, max_length=MOST_AREA_DUTIES)]
    agreements: Annotated[tuple[AskedAgreement, ...], Field(max_length=MOST_AREAS**2)] = ()


def read_lending(asked: AskedLending) -> tuple[LendingQuestion, Calendar]:
    """Turn what was asked into a question in minutes.

    Parameters
    ----------
    asked
        What was asked; each field is possible by itself.

    Returns
    -------
    LendingQuestion, Calendar
        The question, and what turns its minutes into local moments again.

    Raises
    ------
    DoesNotFit
        If fields do not fit each other; it names them.
    """
    if len(asked.duties) * len(asked.people) > MOST_PAIRS:
        raise DoesNotFit.because(
            "duties",
            f"are {len(asked.duties)} for {len(asked.people)} people; at most {MOST_PAIRS} as duties times people can"
            " be answered. Ask for fewer days or areas at a time",
        )
    calendar = Calendar(asked)
    people, duties = tuple(_person(one, calendar) for one in asked.people), _duties(asked, calendar)
    known = {name for duty in duties for name in duty.credentials}
    known |= {mine.name for person in people for mine in person.credentials}
    question = LendingQuestion(
        areas=asked.areas,
        travel_min=_travel(asked),
        people=people,
        duties=duties,
        agreements=tuple(one for each in asked.agreements if (one := _agreement(each, calendar)) is not None),
        credentials=tuple(sorted(known)) if asked.credentials is None else asked.credentials,
    )
    return question, calendar


def _travel(asked: AskedLending) -> tuple[tuple[int, ...], ...]:
    for here, ways in asked.travel_min.items():
        for area in (here, *ways):
            if area not in asked.areas:
                raise DoesNotFit.because(f"travel_min.{here}", f"names {area!r}, which is not among the areas")
    return tuple(tuple(_way(asked, here, there) for there in asked.areas) for here in asked.areas)


def _way(asked: AskedLending, here: str, there: str) -> int:
    there_and_back = asked.travel_min.get(here, {}).get(there), asked.travel_min.get(there, {}).get(here)
    found = next((minutes for minutes in there_and_back if minutes is not None), 0 if here == there else None)
    if found is None:
        raise DoesNotFit.because(f"travel_min.{here}.{there}", "is missing; give the minutes between every two areas")
    return found


def _person(asked: AskedAreaPerson, calendar: Calendar) -> AreaPerson:
    return AreaPerson(
        id=asked.id,
        area=asked.area,
        credentials=calendar.credentials(asked.credentials),
        windows=calendar.windows(asked),
        most_min=asked.most_minutes,
    )


def _duties(asked: AskedLending, calendar: Calendar) -> tuple[AreaDuty, ...]:
    found = list[AreaDuty]()
    for number, one in enumerate(asked.duties):
        start, end = calendar.window(one)
        if not 0 <= start < calendar.ends:
            raise DoesNotFit.because(
                f"duties.{number}.starts", f"is {one.starts.isoformat()}; it has to lie within the days asked about"
            )
        found.append(
            AreaDuty(
                id=one.id,
                area=one.area,
                service=one.service,
                start=start,
                end=end,
                needed=one.people,
                credentials=one.credentials,
            )
        )
    return tuple(found)


def _agreement(asked: AskedAgreement, calendar: Calendar) -> Agreement | None:
    """Read an agreement, cut off at its last day; None if nothing is left of it."""
    windows = calendar.windows(asked)
    if asked.until is not None:
        over = calendar.after(asked.until)
        windows = tuple((opens, min(closes, over)) for opens, closes in windows if opens < over)
    if not windows:
        return None
    return Agreement(
        lender=asked.lender,
        borrower=asked.borrower,
        services=asked.services,
        most_people=asked.most_people,
        most_min=asked.most_minutes,
        windows=windows,
    )
