"""What may be asked of an assignment, field by field."""

from collections import Counter
from typing import Annotated, Final, Literal, Self

from pydantic import Field, model_validator

from services.matcher.application.duty_doors.asked import Asked, Id, Name
from services.matcher.application.solve_door.asked import Location
from services.matcher.application.solve_door.faults import DoesNotFit, Fault

MOST_TASKS: Final = 10_000
MOST_VOLUNTEERS: Final = 20_000
MOST_PAIRS: Final = 100_000_000  # tasks x volunteers: each is looked at once, a few seconds for all
_MOST_NAMED: Final = 50
_LONGEST_S: Final = 10_000_000

Cost = Annotated[int, Field(ge=0, le=_LONGEST_S)]
Skills = Annotated[tuple[Name, ...], Field(max_length=50)]
Ids = Annotated[tuple[Id, ...], Field(max_length=1_000)]


class NamedCandidate(Asked):
    """Somebody who could do a task."""

    volunteer: Id
    cost_s: Cost = Field(description="What it costs if they do it, in seconds of travel.")


class AskedTask(Asked):
    """Something that is to be done now, by one person."""

    id: Id
    place: Location | None = Field(default=None, description="[lon, lat]: whoever has the skills could do it.")
    candidates: Annotated[tuple[NamedCandidate, ...], Field(max_length=_MOST_NAMED)] | None = Field(
        default=None, description="In place of `place`: who could do it, and what that costs."
    )
    skills: Skills = Field(default=(), description="What one needs to do it.")
    penalty_s: Cost = Field(default=7_200, description="What leaving it out costs, in seconds of travel.")
    not_by: Ids = Field(default=(), description="Who must not do it, because they refused for example.")
    now_with: Id | None = Field(default=None, description="Who has it now; they may have gone home meanwhile.")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if (self.place is None) == (self.candidates is None):
            raise ValueError("needs either `place` or `candidates`")
        return self


class AskedVolunteer(Asked):
    """Somebody who is free now."""

    id: Id
    place: Location | None = Field(
        default=None, description="[lon, lat]; without it they do only what names them as a candidate."
    )
    skills: Skills = ()
    travel: Literal["walk", "e_bike", "car"] = "e_bike"
    capacity: Annotated[int, Field(ge=0, le=100)] = Field(default=1, description="How many tasks they can be given.")


class AskedAssignment(Asked):
    """A question about who does what now."""

    tasks: Annotated[tuple[AskedTask, ...], Field(min_length=1, max_length=MOST_TASKS)]
    volunteers: Annotated[tuple[AskedVolunteer, ...], Field(max_length=MOST_VOLUNTEERS)]
    moving_s: Cost = Field(
        default=600, description="What it costs to take a task from who has it now, in seconds of travel."
    )


def require_fitting(asked: AskedAssignment) -> None:
    """Refuse a question whose fields do not fit each other.

    Raises
    ------
    DoesNotFit
        If ids come twice, a candidate is not among the volunteers, or the question is too large; it names the fields.
    """
    pairs = len(asked.tasks) * len(asked.volunteers)
    if pairs > MOST_PAIRS:
        raise DoesNotFit.because(
            "tasks",
            f"are {len(asked.tasks)} for {len(asked.volunteers)} volunteers; at most {MOST_PAIRS} as tasks times"
            " volunteers can be answered. Ask for fewer areas at a time",
        )
    there = {one.id for one in asked.volunteers}
    faults = [
        *_twice("tasks", [one.id for one in asked.tasks]),
        *_twice("volunteers", [one.id for one in asked.volunteers]),
    ]
    for number, task in enumerate(asked.tasks):
        named = [one.volunteer for one in task.candidates or ()]
        faults += _twice(f"tasks.{number}.candidates", named)
        faults += [
            Fault(field=f"tasks.{number}.candidates.{place}.volunteer", message=f"{one!r} is not among the volunteers")
            for place, one in enumerate(named)
            if one not in there
        ]
    if faults:
        raise DoesNotFit(*faults)


def _twice(field: str, ids: list[str]) -> list[Fault]:
    if len(set(ids)) == len(ids):
        return []
    again, _ = Counter(ids).most_common(1)[0]
    return [Fault(field=field, message=f"has {again!r} more than once")]
