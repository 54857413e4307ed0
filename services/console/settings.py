"""What can be set for the console."""

from pathlib import Path

from pydantic import Field

from shared.runtime.settings import RuntimeSettings


class ConsoleSettings(RuntimeSettings):
    """Settings of the console; all have defaults that suit one computer."""

    city: Path | None = Field(
        default=None,
        description="The city's register of areas and communities (TOML). Without it pages show codes, not names.",
    )
    snapshot_every_s: float = Field(
        default=5.0, gt=0, description="Seconds between two saves of the read models; a restart replays at most these."
    )
    stream_every_s: float = Field(
        default=1.0, ge=0, description="Least seconds between two updates that one open page is sent."
    )
    heartbeat_s: float = Field(default=15.0, gt=0, description="Seconds of silence after which a page gets a sign.")
    most_streams: int = Field(default=500, ge=1, description="Open pages that are kept up to date at the same time.")
