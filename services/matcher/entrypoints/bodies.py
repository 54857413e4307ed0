"""What people send to the matcher, checked at the door."""

from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.dispatch import Batch, FailureReason
from shared.contracts.places import Cell
from shared.contracts.volunteers import Credential, DutyWindow, Profile, TravelMode
from shared.kernel.places import Place
from shared.runtime.http import PlainText

_CENTURY: Final = range(2000, 2100)


def _of_our_time(moment: datetime) -> datetime:
    if moment.year not in _CENTURY:
        raise ValueError(f"the year {moment.year} is not one of this century; correct the date")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_of_our_time)]
Code = Annotated[PlainText, Field(min_length=1, max_length=64, pattern=r"^[^\s/]+$")]
Name = Annotated[PlainText, Field(min_length=1, max_length=80, pattern=r"\S")]
Reason = Annotated[PlainText, Field(min_length=1, max_length=300, pattern=r"\S")]
Word = Annotated[PlainText, Field(min_length=1, max_length=40, pattern=r"\S")]


class Body(BaseModel):
    """Bodies do not change and know no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PlaceBody(Body):
    """A place, WGS 84, degrees; it is rounded to a cell of about 100 m before it is kept."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]

    def cell(self) -> Cell:
        """Give the cell in which the place lies."""
        return Cell.around(Place(lon=self.lon, lat=self.lat))


class CredentialBody(Body):
    """A certificate and until when it is valid."""

    code: Word
    valid_until: Moment


class ProfileBody(Body):
    """What matching needs to know about a person."""

    home: PlaceBody
    ends_at_home: bool = True
    travel: TravelMode = "walk"
    capacity_meals: Annotated[int, Field(ge=0, le=500)] = 0
    capacity_grams: Annotated[int, Field(ge=0, le=1_000_000)] = 8000
    skills: Annotated[list[Word], Field(max_length=50)] = []
    credentials: Annotated[list[CredentialBody], Field(max_length=20)] = []
    vetted: bool = False
    languages: Annotated[list[Word], Field(max_length=20)] = ["zh"]
    max_tasks_a_day: Annotated[int, Field(ge=1, le=100)] = 6
    max_tasks_a_week: Annotated[int, Field(ge=1, le=700)] | None = None

    def profile(self) -> Profile:
        """Give the profile as facts carry it."""
        return Profile(
            home=self.home.cell(),
            ends_at_home=self.ends_at_home,
            travel=self.travel,
            capacity_meals=self.capacity_meals,
            capacity_grams=self.capacity_grams,
            skills=frozenset(self.skills),
            credentials=tuple(
                sorted(
                    (Credential(code=one.code, valid_until=one.valid_until) for one in self.credentials),
                    key=lambda one: (one.code, one.valid_until),
                )
            ),
            vetted=self.vetted,
            languages=frozenset(self.languages),
            max_tasks_a_day=self.max_tasks_a_day,
            max_tasks_a_week=self.max_tasks_a_week,
        )


class Enrolment(Body):
    """A person joins as a volunteer of an area."""

    number: Annotated[PlainText, Field(max_length=40)] = ""  # what the office calls them
    area: Code
    name: Name
    phone: Annotated[PlainText, Field(max_length=40)] = ""
    email: Annotated[PlainText, Field(max_length=200)] = ""
    language: Literal["zh", "en"] = "zh"
    profile: ProfileBody


class DutyWindowBody(Body):
    """A span in which somebody can be asked, or on standing duty assigned."""

    opens: Moment
    closes: Moment
    standing: bool = False


class Duty(Body):
    """When somebody can be asked; replaces what they said before for these days."""

    windows: Annotated[list[DutyWindowBody], Field(min_length=1, max_length=62)]

    def duty(self) -> tuple[DutyWindow, ...]:
        """Give the windows as facts carry them."""
        return tuple(DutyWindow(opens=one.opens, closes=one.closes, standing=one.standing) for one in self.windows)


class Because(Body):
    """Why."""

    reason: Annotated[PlainText, Field(max_length=300)] = ""


class BatchBody(Body):
    """Meals that leave a kitchen together."""

    id: Code
    ready_at: Moment
    count: Annotated[int, Field(ge=1, le=10_000)]
    diets: Annotated[list[Word], Field(max_length=20)] = []


class CanteenBody(Body):
    """A canteen and what it cooks today."""

    name_zh: Name
    name_en: Name
    place: PlaceBody
    batches: Annotated[list[BatchBody], Field(max_length=40)]

    def cooked(self) -> tuple[Batch, ...]:
        """Give the batches as facts carry them."""
        return tuple(
            Batch(id=one.id, ready_at=one.ready_at, count=one.count, diets=frozenset(one.diets)) for one in self.batches
        )


class Closing(Body):
    """From when a canteen hands out nothing, and why."""

    closed_from: Moment
    reason: Reason


class ReportBody(Body):
    """Which volunteer tells about which of the wanted people."""

    volunteer: Code
    slot: Annotated[int, Field(ge=0, le=100)] = 0


class CompletionBody(ReportBody):
    """It is done; `evidence` names what shows it, never the thing itself."""

    evidence: Annotated[list[Word], Field(max_length=10)] = []


class FailureBody(ReportBody):
    """It could not be done."""

    reason: FailureReason


class ClaimBody(Body):
    """Who takes it."""

    volunteer: Code


class AssignmentBody(Body):
    """Who is to do it, and who says so."""

    volunteer: Code
    by: Name


class GivingUpBody(Body):
    """Why the need cannot be served: the resident is told these words."""

    reason: Reason
    by: Name
