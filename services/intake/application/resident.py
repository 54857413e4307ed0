"""Who a need is for. Names, phones and doors stay in intake; everybody else sees only the id."""

import re
from dataclasses import dataclass

from shared.kernel.ids import derived_id
from shared.kernel.places import Place

_NOT_A_DIGIT = re.compile(r"[^0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where to ring, as a resident says it; building and unit are empty in a village."""

    compound: str = ""
    building: str = ""
    unit: str = ""
    door: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resident:
    """How a resident is reached."""

    area: str
    community: str
    name: str
    phone: str | None = None
    email: str | None = None
    language: str = "zh"
    address: Address = Address()
    place: Place | None = None

    @property
    def id(self) -> str:
        """Derive the id: one phone is one resident of the area; without a phone, one name behind one door."""
        if self.phone:
            return derived_id("resident", self.area, plain_number(self.phone))
        door = (self.address.compound, self.address.building, self.address.unit, self.address.door)
        return derived_id("resident", self.area, self.community, self.name, *door)


def plain_number(phone: str) -> str:
    """Write a phone number one way: digits only, without China's country code."""
    digits = _NOT_A_DIGIT.sub("", phone)
    mainland = digits.removeprefix("0086") if digits.startswith("00") else digits
    return mainland.removeprefix("86") if len(mainland) == _WITH_COUNTRY else mainland


_WITH_COUNTRY = 13  # 86 and the eleven digits of a mobile number
_MANY_DIGITS = re.compile(r"\d[\d \-]{5,}\d")


def masked(words: str) -> str:
    """Hide what looks like a phone or identity number: a reason travels in facts."""
    return _MANY_DIGITS.sub("***", words)
