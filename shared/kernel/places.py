"""Places as (lon, lat), and the coarse cell that is all a fact may say about where somebody lives."""

from dataclasses import dataclass

CELL_DECIMALS = 3  # 0.001 degree: about 111 m north-south and 97 m east-west at Longchang's latitude


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Place:
    """A point on earth, WGS 84, degrees."""

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if not -180 <= self.lon <= 180:  # noqa: PLR2004 - the definition of longitude
            raise ValueError(f"longitude {self.lon} lies outside -180..180; are lon and lat swapped?")
        if not -90 <= self.lat <= 90:  # noqa: PLR2004 - the definition of latitude
            raise ValueError(f"latitude {self.lat} lies outside -90..90; are lon and lat swapped?")

    def coarse(self) -> "Place":
        """Round to the cell that facts may carry: a compound, never a door."""
        return Place(lon=round(self.lon, CELL_DECIMALS), lat=round(self.lat, CELL_DECIMALS))
