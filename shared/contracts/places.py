"""A coarse place as facts carry it."""

from pydantic import BaseModel, ConfigDict, Field

from shared.kernel.places import Place


class Cell(BaseModel):
    """A place rounded to about 100 m: enough to plan a route, too coarse to find a door."""

    model_config = ConfigDict(frozen=True)

    lon: float = Field(ge=-180, le=180, allow_inf_nan=False)
    lat: float = Field(ge=-90, le=90, allow_inf_nan=False)

    @classmethod
    def around(cls, place: Place) -> "Cell":
        """Give the cell that the place lies in."""
        coarse = place.coarse()
        return cls(lon=coarse.lon, lat=coarse.lat)
