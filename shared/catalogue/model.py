"""One row of the catalogue, and the rules that keep it honest before it is promised to a resident."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

from shared.kernel.words import Words

Mode = Literal["visit", "delivery", "shift", "claim"]
"""How the work is done.

visit
    One person (or a few) comes to a place: errands, repairs, counselling, safety visits.
delivery
    Something is picked up at one place and handed over at another: meals, parcels, water and rice.
shift
    A fixed block of time at a place or zone: patrol, reading room, canteen duty, campaign, lecture.
claim
    Nobody is offered the work at first; whoever likes it takes it: wishes on the wall.
"""

WindowPolicy = Literal["asap", "chosen", "fixed", "mealtime"]
"""Who sets the time window of a need.

asap
    Nobody: the window opens when the need is accepted and closes ``window_min`` later.
chosen
    The resident: the window opens at the chosen time and is ``window_min`` wide.
fixed
    The organiser: start and end are announced and do not move, because several people have to be there
    together or a place has opening hours.
mealtime
    The kitchen: the window opens when the batch is ready and closes with the meal, ``window_min`` later.
"""

Evidence = Literal["photo", "signature", "code", "receipt", "note", "checkin"]
"""What shows that the work was done; a sensitive service never asks for a photo."""

ServiceCode = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*(\.[a-z][a-z0-9]*(-[a-z0-9]+)*)+$")
]
"""Group and service in small letters, joined by a dot: ``meal.lunch``."""

Word = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
"""A skill or credential as the community's own lists write it: ``理发``, ``电工证``."""

Minutes = Annotated[int, Field(ge=1, le=24 * 60)]

ADULTS_WITH_MINORS = 2


class Row(BaseModel):
    """What every part of the catalogue has in common: it does not change, and it knows no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Load(Row):
    """What one need puts into a volunteer's bag; both parts count against the volunteer's capacity."""

    meals: int = Field(default=0, ge=0)
    grams: int = Field(default=0, ge=0)


class Promise(Row):
    """What the resident is told to expect, in minutes."""

    offer_within_min: Minutes
    """From acceptance to the first offer to a volunteer."""
    finish_within_min: int = Field(ge=1)
    """From the opening of the window (for ``asap``: from acceptance) to the end of the work."""


class Service(Row):
    """A row of the catalogue: what it takes to accept, match, do and confirm one kind of need."""

    code: ServiceCode
    name: Words
    """What people read: Chinese on screen, English beside it."""
    mode: Mode
    duration_min: Minutes
    """Time at the place, without travel."""
    window: WindowPolicy
    window_min: int = Field(ge=1)
    """Default length of the window in minutes; a need may bring its own."""
    skills: frozenset[Word] = frozenset()
    """All of these are needed by everyone who comes; a skill stays once it is known."""
    credentials: frozenset[Word] = frozenset()
    """All of these are needed by everyone who comes, and must still be valid when the work ends."""
    people: int = Field(default=1, ge=1, le=50)
    """Fewest people who do it together."""
    load: Load = Load()
    hot_limit_min: int | None = Field(default=None, ge=1)
    """Most minutes from the kitchen to the door."""
    priority: int = Field(default=3, ge=1, le=5)
    """5 is the most urgent."""
    review: Literal["accept", "review"] = "accept"
    """Accepted at once, or read by a community worker first."""
    promise: Promise
    sensitive: bool = False
    """Never on a public page, map or wish wall."""
    evidence: frozenset[Evidence] = Field(min_length=1)
    standing: bool = False
    """Done by volunteers on standing duty, who are assigned without being asked and may still refuse."""
    points: int = Field(default=0, ge=0)
    """Points per person for one confirmed need."""
    minors: bool = False
    """Children take part: two vetted adults at least, always."""

    @field_validator("name")
    @classmethod
    def _both_languages_have_a_name(cls, name: Words) -> Words:
        if not (name.zh.strip() and name.en.strip()):
            raise ValueError("a service has a name in both languages: fill in name.zh and name.en")
        return name

    @model_validator(mode="after")
    def _several_people_need_one_time(self) -> Self:
        if self.minors and self.people < ADULTS_WITH_MINORS:
            raise ValueError(f"minors are never alone with one adult: set people to {ADULTS_WITH_MINORS} or more")
        if self.people > 1 and self.window != "fixed":
            raise ValueError(
                f"{self.people} people meet at one time, but window is '{self.window}': set window to 'fixed'"
            )
        return self

    @model_validator(mode="after")
    def _a_mode_has_its_window(self) -> Self:
        if self.mode == "shift" and self.window != "fixed":
            raise ValueError(f"a shift has announced hours, but window is '{self.window}': set window to 'fixed'")
        if self.window == "mealtime" and not self.load.meals:
            raise ValueError("window 'mealtime' follows a kitchen's batch: set load.meals, or choose another window")
        if self.window_min < self.duration_min:
            raise ValueError(f"{self.duration_min} minutes do not fit a window of {self.window_min}: raise window_min")
        return self

    @model_validator(mode="after")
    def _what_is_carried_is_weighed(self) -> Self:
        if self.mode == "delivery" and not (self.load.meals or self.load.grams):
            raise ValueError("a delivery carries something: set load.meals or load.grams")
        if self.load.meals and self.hot_limit_min is None:
            raise ValueError("a meal cools down on the way: set hot_limit_min (60 by default practice)")
        if self.hot_limit_min is not None and not self.load.meals:
            raise ValueError("hot_limit_min is for meals: set load.meals, or remove hot_limit_min")
        return self

    @model_validator(mode="after")
    def _a_promise_can_be_kept(self) -> Self:
        if self.promise.finish_within_min < self.duration_min:
            raise ValueError(
                f"promise.finish_within_min ({self.promise.finish_within_min}) is shorter than the work:"
                f" raise it to {self.duration_min} or more"
            )
        return self

    @model_validator(mode="after")
    def _sensitive_stays_private(self) -> Self:
        if self.sensitive and self.mode == "claim":
            raise ValueError("a sensitive service cannot hang on the public wish wall: use mode 'visit'")
        if self.sensitive and "photo" in self.evidence:
            raise ValueError("a sensitive service takes no photo: use 'checkin', 'signature' or 'note' as evidence")
        return self
