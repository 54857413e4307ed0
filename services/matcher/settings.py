"""Settings of the matcher: how people are asked, and how much the solver may think."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import RuntimeSettings


class MatcherSettings(RuntimeSettings):
    """Environment variables are the field names in capitals after `LINLI_`."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    offers_quiet_from: time = Field(default=time(21), description="Local time from which volunteers are not asked.")
    offers_quiet_until: time = Field(default=time(7), description="Local time until which volunteers are not asked.")
    pushes_a_day: int = Field(default=3, ge=1, description="How often one volunteer is asked on one day at most.")
    offer_waves: int = Field(default=5, ge=1, description="People asked for one slot before a person takes over.")
    cut_off_min: int = Field(default=30, ge=0, description="Minutes before a batch is ready: plan the whole board.")
    planner_stop: str = Field(
        default="",
        pattern=r"^(|(0\.\d*[1-9]\d*|[1-9]\d*(\.\d+)?)s|[1-9]\d* solutions)$",
        description="How long the solver works on a board: `4s`, or `10 solutions`, which gives the same plan each"
        " time. Empty: 4s, in rehearsals 10 solutions.",
    )
    improve_stop: str = Field(
        default="",
        pattern=r"^(|off|(0\.\d*[1-9]\d*|[1-9]\d*(\.\d+)?)s|[1-9]\d* solutions)$",
        description="How long the solver works on a board after each event: `0.15s`, `2 solutions`, or `off`. At most a"
        " tenth of the others are moved. Empty: 0.15s, in rehearsals off.",
    )
    planner_cores: int = Field(
        default=2, ge=1, description="Cores for the routing kernel in the solver process: a search on each."
    )
    planner_timeout_s: float = Field(default=60.0, gt=0, description="Seconds after which a solver is given up.")
    invariants_every_s: float = Field(default=60.0, gt=0, description="Seconds between checks of all boards.")
    travel_factors: Path | None = Field(
        default=None, description="Detours and speeds of this city (TOML), as `linli fit-travel` writes them."
    )
    travel_streets: Path | None = Field(
        default=None, description="A street map (.osm.pbf) of the city; needs the extra `linli[streets]`."
    )
    travel_osrm: str = Field(
        default="",
        pattern=r"^(|https?://[^\s?#]+)$",
        description="Where an OSRM server answers; `{profile}` in it stands for the profile. A street map goes first.",
    )
    travel_osrm_profiles: Mapping[str, str] = Field(
        default={"walk": "foot", "e_bike": "bike", "car": "car"}, description="The server's profile by travel mode."
    )
    travel_patience_s: float = Field(
        default=0.5, ge=0, description="Seconds that a decision waits for a street map or server; then factors do."
    )
