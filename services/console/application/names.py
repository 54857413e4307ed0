"""What areas and communities are called, from the city's register; what it does not know is shown by its code."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from shared.catalogue.city import City
from shared.kernel.words import Words

_NO_NAME: Final = Words(zh="", en="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Names for the pages."""

    city: Words = _NO_NAME
    areas: Mapping[str, Words] = field(default_factory=dict)
    communities: Mapping[str, Words] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City) -> "Names":
        """Take the names from a register."""
        return cls(
            city=city.name,
            areas={area.code: area.name for area in city.areas},
            communities={one.code: one.name for area in city.areas for one in area.communities},
        )

    def area(self, code: str) -> Words:
        """Name an area."""
        return self.areas.get(code) or Words(zh=code, en=code)

    def community(self, code: str) -> Words:
        """Name a community."""
        return self.communities.get(code) or Words(zh=code, en=code)
