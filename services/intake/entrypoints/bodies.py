"""The bodies that intake takes: bounded, plain, and nothing that nobody asked for."""

from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool, StrictInt, model_validator

from services.intake.application.ask import MOST_PORTIONS, Wanted
from services.intake.application.resident import Address, Resident
from shared.kernel.places import Place
from shared.runtime.http import PlainText

PHONE = r"^\+?[0-9][0-9 -]{3,22}[0-9]$"
EMAIL = r"^[^@\s<>,;]{1,64}@[A-Za-z0-9.-]{1,190}$"
LANGUAGE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$"
CODE = r"^[A-Za-z0-9_-]{1,64}$"
NUMBER = r"^[A-Za-z0-9][A-Za-z0-9_/-]{0,39}$"

Short = Annotated[PlainText, Field(max_length=60)]
Named = Annotated[PlainText, Field(min_length=1, max_length=60)]
Words = Annotated[PlainText, Field(max_length=500)]
Reason = Annotated[PlainText, Field(min_length=1, max_length=200)]
Diets = Annotated[list[Annotated[PlainText, Field(min_length=1, max_length=20)]], Field(max_length=8)]


class Body(BaseModel):
    """What every body has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class PlaceBody(Body):
    """A point, WGS 84."""

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False, examples=[105.2781])
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False, examples=[29.3462])

    def place(self) -> Place:
        """Give the point."""
        return Place(lon=self.lon, lat=self.lat)


class AddressBody(Body):
    """Where to ring."""

    compound: Short = Field(default="", examples=["锦绣花园"])
    building: Short = Field(default="", examples=["3"])
    unit: Short = Field(default="", examples=["2"])
    door: Short = Field(default="", examples=["501"])


class ResidentBody(Body):
    """Who the need is for. A name is enough; without a phone the window tells them in person."""

    name: Named = Field(examples=["王秀英"])
    phone: str | None = Field(default=None, pattern=PHONE, examples=["19900000001"])
    email: str | None = Field(default=None, pattern=EMAIL, max_length=254)
    language: str = Field(default="zh", pattern=LANGUAGE, description="BCP 47; notices are written in zh or en.")
    address: AddressBody = AddressBody()
    place: PlaceBody | None = Field(default=None, description="Without it the area's place is used.")


class WindowBody(Body):
    """A span in which the work is to be done."""

    opens: AwareDatetime = Field(examples=["2026-05-12T11:00:00+08:00"])
    closes: AwareDatetime | None = Field(
        default=None, description="Without it the service's usual length.", examples=["2026-05-12T12:30:00+08:00"]
    )


class NeedBody(Body):
    """One resident asks for one service."""

    community: Named = Field(description="Code or name.", examples=["511083001011"])
    area: Short | None = Field(default=None, description="Code or name; follows from the community.")
    service: Named = Field(description="Code or name of the catalogue.", examples=["meal.lunch"])
    channel: Literal["window", "online", "wish_wall"] = "online"
    resident: ResidentBody
    window: WindowBody | None = Field(
        default=None, description="Needed where the catalogue row says `chosen`, `fixed`."
    )
    portions: StrictInt = Field(default=1, ge=1, le=MOST_PORTIONS)
    diets: Diets = Field(default=[], examples=[["软食"]])
    pickup: PlaceBody | None = Field(default=None, description="For deliveries that do not start at a canteen.")
    number: str | None = Field(default=None, pattern=NUMBER, description="The office's own number, if it has one.")
    note: Words = Field(default="", description="For the volunteer; never published.", examples=["门铃坏了，请敲门"])


class AmendBody(Body):
    """What changes; everything else stays."""

    window: WindowBody | None = None
    portions: StrictInt | None = Field(default=None, ge=1, le=MOST_PORTIONS)
    diets: Diets | None = None
    pickup: PlaceBody | None = None
    note: Words | None = None

    @model_validator(mode="after")
    def _something_changes(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("nothing is changed; send window, portions, diets, pickup or note")
        return self


class WithdrawBody(Body):
    """Why it is no longer wanted."""

    reason: Annotated[PlainText, Field(max_length=200)] = Field(default="", examples=["孩子回来了"])


class ReopenBody(Body):
    """Why it has to be done again."""

    reason: Reason = Field(examples=["灯又不亮了"])


class ReviewBody(Body):
    """What the community worker decides; a refusal needs a reason that the resident is told."""

    decision: Literal["accept", "refuse"]
    reason: Annotated[PlainText, Field(max_length=200)] = ""
    by: Named = Field(examples=["community_worker"])

    @model_validator(mode="after")
    def _a_refusal_has_a_reason(self) -> Self:
        if self.decision == "refuse" and not self.reason.strip():
            raise ValueError("a refusal needs a reason; the resident is told it")
        return self


class RatingBody(Body):
    """The answer to the one question."""

    good: StrictBool
    comment: Words | None = Field(default=None, description="Stays in intake.")
    by: Literal["resident", "community_worker"] = "resident"


def resident_of(body: ResidentBody) -> Resident:
    """Give the resident; area and community are filed later from the register."""
    return Resident(
        area="",
        community="",
        name=body.name,
        phone=body.phone,
        email=body.email,
        language=body.language,
        address=Address(**body.address.model_dump()),
        place=body.place.place() if body.place else None,
    )


def wanted_of(body: NeedBody | AmendBody) -> Wanted:
    """Give the part that can be changed later."""
    return Wanted(
        opens=body.window.opens if body.window else None,
        closes=body.window.closes if body.window else None,
        portions=body.portions,
        diets=None if body.diets is None else tuple(body.diets),
        pickup=body.pickup.place() if body.pickup else None,
    )
