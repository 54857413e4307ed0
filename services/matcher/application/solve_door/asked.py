"""What may be asked in VROOM's JSON, field by field; a field that is not here is refused, never passed over.

The shape is that of VROOM's API (docs/API.md of VROOM-Project/vroom, version 1.15): times in whole seconds, distances
in whole metres, coordinates as [lon, lat], windows closed on both ends.
"""

from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

MOST_TASKS: Final = 2_000  # a shipment is two
MOST_VEHICLES: Final = 500
MOST_PLACES: Final = 4_000
_LONGEST_S: Final = 10_000_000  # a way or a service: 115 days
_LATEST_S: Final = 100_000_000_000  # a moment: the year 5138 as a timestamp
_MOST_LOAD: Final = 1_000_000  # 2,000 of these still fit into 32 bits
_MOST_LOADS: Final = 10
_SLOWEST: Final = 0.001  # so that the longest way at this speed is a number that can be counted with
_DEGREES: Final = 180
_QUARTER: Final = 90

Id = Annotated[int, Field(ge=0, le=2**63 - 1)]
Moment = Annotated[int, Field(ge=0, le=_LATEST_S)]
Seconds = Annotated[int, Field(ge=0, le=_LONGEST_S)]
Load = Annotated[int, Field(ge=0, le=_MOST_LOAD)]
Loads = Annotated[tuple[Load, ...], Field(max_length=_MOST_LOADS)]
Skill = Annotated[int, Field(ge=0, le=2**31)]
Skills = Annotated[tuple[Skill, ...], Field(max_length=1_000)]
Index = Annotated[int, Field(ge=0, lt=MOST_PLACES)]
Priority = Annotated[int, Field(ge=0, le=100)]
Text = Annotated[str, Field(max_length=1_000)]
Lon = Annotated[float, Field(ge=-_DEGREES, le=_DEGREES, allow_inf_nan=False)]
Lat = Annotated[float, Field(ge=-_QUARTER, le=_QUARTER, allow_inf_nan=False)]
Location = tuple[Lon, Lat]
Window = tuple[Moment, Moment]
Table = Annotated[tuple[tuple[Seconds, ...], ...], Field(min_length=1, max_length=MOST_PLACES)]
Profile = Annotated[str, Field(min_length=1, max_length=40)]


NOT_HONOURED: Final = {
    "matrix": "give `matrices` with a profile instead",
    "amount": "for jobs, say `delivery` or `pickup` instead",
    "setup_per_type": "times that differ by type of vehicle are not known here",
    "service_per_type": "times that differ by type of vehicle are not known here",
    "type": "times that differ by type of vehicle are not known here",
    "max_travel_time": "there is no such limit here; `time_window` and `max_tasks` are",
    "max_distance": "there is no such limit here; `time_window` and `max_tasks` are",
    "max_load": "a break does not depend on the load here",
    "service_at": "times are found, not given; use `time_windows`",
    "service_after": "times are found, not given; use `time_windows`",
    "service_before": "times are found, not given; use `time_windows`",
    "options": "the budget is the `seconds` of the request or of the command",
}
"""Fields of VROOM that this door refuses, and what to do instead."""
_ASKED_TIMES: Final = frozenset({"service_at", "service_after", "service_before"})


class Asked(BaseModel):
    """Everything that is read is frozen, of exactly its type, and knows no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _in_order(windows: tuple[Window, ...]) -> None:
    if not windows:
        raise ValueError("time_windows is empty; leave it out if any time will do")
    for number, (opens, closes) in enumerate(windows):
        if closes < opens:
            raise ValueError(f"time_windows.{number} closes at {closes}, before it opens at {opens}")
    for (_, closes), (opens, _) in pairwise(windows):
        if opens <= closes:
            raise ValueError("time_windows must be in order and must not overlap")


class Stop(Asked):
    """What jobs and both steps of a shipment have in common."""

    id: Id
    description: Text | None = None
    location: Location | None = None
    location_index: Index | None = None
    setup: Seconds = 0
    service: Seconds = 0
    time_windows: tuple[Window, ...] | None = None

    @model_validator(mode="after")
    def _windows_are_in_order(self) -> Self:
        if self.time_windows is not None:
            _in_order(self.time_windows)
        return self


class Job(Stop):
    """One place to go to; `delivery` is loaded at the vehicle's start, `pickup` is brought to its end."""

    delivery: Loads | None = None
    pickup: Loads | None = None
    skills: Skills = ()
    priority: Priority = 0

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if any(self.delivery or ()) and any(self.pickup or ()):
            raise ValueError(
                "delivery and pickup are both given: bringing and taking at one stop cannot be honoured here;"
                " make two jobs of it"
            )
        return self


class Shipment(Asked):
    """Something is taken at one place and brought to another by the same vehicle."""

    pickup: Stop
    delivery: Stop
    amount: Loads | None = None
    skills: Skills = ()
    priority: Priority = 0


class Break(Asked):
    """A pause that starts in one of its windows; at any time if it has none."""

    id: Id
    description: Text | None = None
    service: Seconds = 0
    time_windows: tuple[Window, ...] | None = None

    @model_validator(mode="after")
    def _windows_are_in_order(self) -> Self:
        if self.time_windows is not None:
            _in_order(self.time_windows)
        return self


class Costs(Asked):
    """What a vehicle costs: going out, and seconds of travel; for the rest only VROOM's defaults can be honoured."""

    fixed: Annotated[int, Field(ge=0, le=1_000_000)] = 0
    per_hour: Literal[3600] = 3600
    per_task_hour: Literal[0] = 0
    per_km: Literal[0] = 0


class VehicleStep(Asked):
    """One step of the route that the vehicle has now; start, break and end say nothing about the order of tasks.

    It may be a step of an answer: what an answer says beside type and id is not read.
    """

    model_config = ConfigDict(extra="ignore")

    type: Literal["start", "job", "pickup", "delivery", "break", "end"]
    id: Id | None = None

    @model_validator(mode="before")
    @classmethod
    def _no_times_are_asked_for(cls, step: Any) -> Any:
        asked = sorted(_ASKED_TIMES & step.keys()) if isinstance(step, dict) else []
        if asked:
            raise ValueError(f"{asked[0]} cannot be honoured: {NOT_HONOURED[asked[0]]}")
        return step

    @model_validator(mode="after")
    def _task_is_named(self) -> Self:
        if self.id is None and self.type in ("job", "pickup", "delivery"):
            raise ValueError(f"id is missing: which {self.type}?")
        return self


class Vehicle(Asked):
    """Somebody who goes from stop to stop."""

    id: Id
    profile: Profile = "car"
    description: Text | None = None
    start: Location | None = None
    start_index: Index | None = None
    end: Location | None = None
    end_index: Index | None = None
    capacity: Loads | None = None
    costs: Costs = Costs()
    skills: Skills = ()
    time_window: Window | None = None
    breaks: Annotated[tuple[Break, ...], Field(max_length=10)] = ()
    speed_factor: Annotated[float, Field(ge=_SLOWEST, le=5, allow_inf_nan=False)] = 1.0
    max_tasks: Annotated[int, Field(ge=0, le=MOST_TASKS)] | None = None
    steps: Annotated[tuple[VehicleStep, ...], Field(max_length=2 * MOST_TASKS)] | None = None

    @model_validator(mode="after")
    def _window_opens_first(self) -> Self:
        if self.time_window is not None and self.time_window[1] < self.time_window[0]:
            raise ValueError(f"time_window closes at {self.time_window[1]}, before it opens at {self.time_window[0]}")
        return self


class Matrices(Asked):
    """How long, and if wanted how far, it is between all places for one profile."""

    durations: Table
    distances: Table | None = None
    costs: Table | None = None


class Question(Asked):
    """A whole problem, as VROOM reads it."""

    jobs: tuple[Job, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    vehicles: Annotated[tuple[Vehicle, ...], Field(max_length=MOST_VEHICLES)] = ()
    matrices: Annotated[dict[Profile, Matrices], Field(min_length=1, max_length=20)] | None = None

    def named_stops(self) -> Iterator[tuple[str, Stop]]:
        """Give every stop with its path: of jobs, and both of each shipment."""
        yield from ((f"jobs.{number}", job) for number, job in enumerate(self.jobs))
        for number, shipment in enumerate(self.shipments):
            yield f"shipments.{number}.pickup", shipment.pickup
            yield f"shipments.{number}.delivery", shipment.delivery

    @cached_property
    def brings(self) -> bool:
        """Whether any job is loaded at its vehicle's start."""
        return any(any(job.delivery or ()) for job in self.jobs)

    @cached_property
    def takes(self) -> bool:
        """Whether any job hands in something at its vehicle's end."""
        return any(any(job.pickup or ()) for job in self.jobs)

    @model_validator(mode="after")
    def _is_not_too_long(self) -> Self:
        tasks = len(self.jobs) + 2 * len(self.shipments)
        if tasks > MOST_TASKS:
            raise ValueError(f"jobs and shipments are {tasks} tasks; this door solves at most {MOST_TASKS} at a time")
        return self
