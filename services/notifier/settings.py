"""Settings of the notifier."""

from datetime import time
from typing import Literal

from pydantic import Field, SecretStr
from pydantic_settings import SettingsConfigDict

from shared.runtime.settings import RuntimeSettings


class NotifierSettings(RuntimeSettings):
    """What a community may want to change about how its people are told."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    quiet_from: time = Field(default=time(21), description="Quiet hours begin, local time; only urgent notices pass.")
    quiet_until: time = Field(default=time(7), description="Quiet hours end; the same as their begin: none.")
    updates_a_day: int = Field(default=6, ge=1, description="Updates of one need a day; more wait an hour and merge.")
    person_within_min: int = Field(
        default=30, ge=1, description="Minutes in which somebody must act on what no channel could deliver."
    )
    notices_at_once: int = Field(default=32, ge=1, le=512, description="Notices that are sent at the same time.")
    smtp_host: str | None = Field(default=None, description="SMTP server; none: everything goes to the console table.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the SMTP server.")
    smtp_tls: Literal["none", "starttls", "tls"] = Field(default="starttls", description="How the line is encrypted.")
    smtp_user: str | None = Field(default=None, description="User at the SMTP server; none: no login.")
    smtp_password: SecretStr | None = Field(default=None, description="Password at the SMTP server.")
    smtp_from: str = Field(default="linli@localhost", description="Sender address of e-mails.")
    smtp_timeout_s: float = Field(default=20, gt=0, le=50, description="Seconds each half of an SMTP call may take.")
