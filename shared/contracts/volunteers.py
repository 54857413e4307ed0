"""What the matcher says about volunteers (topic `volunteers.v1`; subject: the volunteer)."""

from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.contracts.fact import FactData, NameSet
from shared.contracts.places import Cell

TravelMode = Literal["walk", "e_bike", "car"]


class Credential(BaseModel):
    """A certificate and the last moment at which it is valid."""

    model_config = ConfigDict(frozen=True)

    code: str
    valid_until: AwareDatetime


class DutyWindow(BaseModel):
    """A span in which the volunteer can be asked. On standing duty they are assigned without asking."""

    model_config = ConfigDict(frozen=True)

    opens: AwareDatetime
    closes: AwareDatetime
    standing: bool = False


class Profile(BaseModel):
    """What matching needs to know about a person; no name, no phone, no door."""

    model_config = ConfigDict(frozen=True)

    home: Cell
    ends_at_home: bool = True
    travel: TravelMode = "walk"
    capacity_meals: int = Field(default=0, ge=0)
    capacity_grams: int = Field(default=8000, ge=0)
    skills: NameSet = frozenset()
    credentials: tuple[Credential, ...] = ()
    vetted: bool = False
    languages: NameSet = frozenset({"zh"})
    max_tasks_a_day: int = Field(default=6, ge=1)
    max_tasks_a_week: int | None = Field(default=None, ge=1)


class VolunteerEnrolled(FactData):
    """A person joined as a volunteer."""

    TYPE: ClassVar[str] = "linli.volunteer.enrolled.v1"
    profile: Profile
    area: str = ""  # where they help


class VolunteerChanged(FactData):
    """Skills, credentials, limits or home changed."""

    TYPE: ClassVar[str] = "linli.volunteer.changed.v1"
    profile: Profile


class VolunteerOnDuty(FactData):
    """The volunteer said when they can be asked; replaces what they said before for these windows' day."""

    TYPE: ClassVar[str] = "linli.volunteer.on_duty.v1"
    profile: Profile
    windows: tuple[DutyWindow, ...]


class VolunteerOffDuty(FactData):
    """The volunteer cannot be asked any more until they say so again."""

    TYPE: ClassVar[str] = "linli.volunteer.off_duty.v1"
    reason: str = ""


class VolunteerLeft(FactData):
    """The person no longer volunteers."""

    TYPE: ClassVar[str] = "linli.volunteer.left.v1"


VOLUNTEER_FACTS = (VolunteerEnrolled, VolunteerChanged, VolunteerOnDuty, VolunteerOffDuty, VolunteerLeft)
