"""What may be asked of a rota, field by field, and how it becomes a question in minutes."""

from typing import Annotated, Final

from pydantic import Field

from services.matcher.application.duty_doors.asked import (
    MOST_DUTIES,
    MOST_PEOPLE,
    Asked,
    Available,
    Days,
    Held,
    Hours,
    Id,
    Minutes,
    Name,
    People,
    Span,
)
from services.matcher.application.duty_doors.calendar import Calendar
from services.matcher.application.solve_door.faults import DoesNotFit
from services.matcher.planning.rota import Duty, Person, RotaQuestion, Rules

MOST_PAIRS: Final = 1_500_000  # people x duties: what needs a second beside the budget, see `solve_rota`

Several = Annotated[int, Field(ge=1, le=100)]
Credentials = Annotated[tuple[Name, ...], Field(max_length=20)]


class AskedRules(Asked):
    """What protects everybody; minutes."""

    rest_min: Minutes = Field(
        default=11 * 60, description="Between two duties, unless the second begins the moment the first ends."
    )
    longest_stretch_min: Annotated[int, Field(ge=1, le=7 * 24 * 60)] = Field(
        default=8 * 60, description="Duty without a break, also across midnight."
    )
    grid_min: Annotated[int, Field(ge=1, le=24 * 60)] = Field(default=10, description="The shortest break that counts.")
    most_duties_a_day: Several | None = None
    most_duties_a_week: Several | None = Field(default=None, description="Weeks begin with the first day.")


class AskedPerson(Available):
    """Somebody who can stand on duties."""

    id: Id
    teams: Annotated[tuple[Id, ...], Field(max_length=200)] = Field(
        default=(), description="Empty: every team's duties."
    )
    credentials: Annotated[tuple[Held, ...], Field(max_length=50)] = ()
    most_minutes_a_week: Minutes | None = None
    held: Annotated[tuple[Span, ...], Field(max_length=200)] = Field(
        default=(), description="Duties that stand already, also of the days before: they count and are not changed."
    )
    minutes_last_weeks: Annotated[int, Field(ge=0, le=100_000)] = Field(
        default=0, description="Minutes of duty in the weeks before, for fairness."
    )


class AskedDuty(Span):
    """One duty."""

    id: Id
    team: Id
    people: People = 1
    credentials: Credentials = Field(default=(), description="What each of the people needs.")


class Shift(Hours):
    """A duty that comes back: of each team, on each of the weekdays. Its id becomes team/date/id."""

    id: Id
    teams: Annotated[tuple[Id, ...], Field(min_length=1, max_length=500)]
    people: People = 1
    credentials: Credentials = ()


class AskedRota(Days):
    """A question about a rota."""

    rules: AskedRules = AskedRules()
    people: Annotated[tuple[AskedPerson, ...], Field(min_length=1, max_length=MOST_PEOPLE)]
    duties: Annotated[tuple[AskedDuty, ...], Field(max_length=MOST_DUTIES)] = ()
    shifts: Annotated[tuple[Shift, ...], Field(max_length=500)] = ()
    familiar: Annotated[tuple[tuple[Id, Id], ...], Field(max_length=5_000)] = Field(
        default=(), description="Pairs of people who like to stand together."
    )
    familiar_min: Minutes = Field(
        default=60, description="What one duty of such a pair together is worth, in minutes of unfairness."
    )


def read_rota(asked: AskedRota) -> tuple[RotaQuestion, Calendar]:
    """Turn what was asked into a question in minutes.

    Parameters
    ----------
    asked
        What was asked; each field is possible by itself.

    Returns
    -------
    RotaQuestion, Calendar
        The question, and what turns its minutes into local moments again.

    Raises
    ------
    DoesNotFit
        If fields do not fit each other; it names them.
    """
    calendar = Calendar(asked)
    duties = (*_single_duties(asked, calendar), *_shift_duties(asked, calendar))
    if len(duties) > MOST_DUTIES or len(duties) * len(asked.people) > MOST_PAIRS:
        raise DoesNotFit.because(
            "shifts" if asked.shifts else "duties",
            f"make {len(duties)} duties for {len(asked.people)} people; at most {MOST_DUTIES} duties, and {MOST_PAIRS}"
            " as duties times people, can be answered. Ask for fewer days or teams at a time",
        )
    people = tuple(_person(one, calendar) for one in asked.people)
    known = {name for duty in duties for name in duty.credentials}
    known |= {mine.name for person in people for mine in person.credentials}
    rules = asked.rules
    question = RotaQuestion(
        people=people,
        duties=duties,
        rules=Rules(
            rest_min=rules.rest_min,
            longest_stretch_min=rules.longest_stretch_min,
            grid_min=rules.grid_min,
            most_duties_a_day=rules.most_duties_a_day,
            most_duties_a_week=rules.most_duties_a_week,
        ),
        credentials=tuple(sorted(known)) if asked.credentials is None else asked.credentials,
        familiar=asked.familiar,
        familiar_min=asked.familiar_min,
        day_starts=calendar.day_starts,
    )
    return question, calendar


def _person(asked: AskedPerson, calendar: Calendar) -> Person:
    return Person(
        id=asked.id,
        teams=asked.teams,
        credentials=calendar.credentials(asked.credentials),
        windows=calendar.windows(asked),
        most_week_min=asked.most_minutes_a_week,
        held=tuple(sorted(map(calendar.window, asked.held))),
        last_weeks_min=asked.minutes_last_weeks,
    )


def _single_duties(asked: AskedRota, calendar: Calendar) -> tuple[Duty, ...]:
    found = list[Duty]()
    for number, one in enumerate(asked.duties):
        start, end = calendar.window(one)
        if not 0 <= start < calendar.ends:
            raise DoesNotFit.because(
                f"duties.{number}.starts", f"is {one.starts.isoformat()}; it has to lie within the days of the rota"
            )
        found.append(
            Duty(id=one.id, team=one.team, start=start, end=end, needed=one.people, credentials=one.credentials)
        )
    return tuple(found)


def _shift_duties(asked: AskedRota, calendar: Calendar) -> tuple[Duty, ...]:
    return tuple(
        Duty(
            id=f"{team}/{day.isoformat()}/{shift.id}",
            team=team,
            start=window[0],
            end=window[1],
            needed=shift.people,
            credentials=shift.credentials,
        )
        for team in dict.fromkeys(team for shift in asked.shifts for team in shift.teams)
        for day in calendar.dates
        for shift in asked.shifts
        if team in shift.teams and (window := calendar.hours_on(shift, day)) is not None
    )
