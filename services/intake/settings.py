"""What an operator can set for intake."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import RuntimeSettings


class IntakeSettings(RuntimeSettings):
    """Settings of the intake service."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    city: Path | None = Field(
        default=None,
        description="The city's register of areas and communities (TOML). Without it no need can be taken.",
    )
    follow_up_after_s: int = Field(
        default=7200, ge=60, description="Seconds after the work is done until a person asks who did not answer."
    )
    follow_up_every_s: int = Field(
        default=14400, ge=60, description="Seconds between reminders that somebody must still be asked or told."
    )
    review_within_s: int = Field(
        default=3600, ge=60, description="Seconds in which a community worker should review a need that waits for it."
    )
    change_of_mind_days: int = Field(
        default=7, ge=0, description="Days after the end in which a resident can still say that it was not good."
    )
