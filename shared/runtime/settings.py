"""Settings of a process: every field has a safe default for one computer and can be set by an environment variable."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError


class RuntimeSettings(BaseSettings):
    """What all services share. Environment variables are the field names in capitals after `LINLI_`."""

    model_config = SettingsConfigDict(env_prefix="LINLI_", frozen=True, extra="ignore")

    mode: Literal["embedded", "distributed"] = Field(
        default="embedded", description="embedded: one process and one file; distributed: Kafka and MongoDB."
    )
    host: str = Field(default="127.0.0.1", description="Address to listen on. In a container: 0.0.0.0.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    data_dir: Path = Field(default=Path("var/linli"), description="Where the embedded mode keeps its SQLite file.")
    survive: Literal["power_loss", "process_crash"] = Field(
        default="power_loss",
        description="What an acknowledged write survives; process_crash leaves flushing to the system.",
    )
    kafka: str = Field(default="127.0.0.1:9092", description="Bootstrap servers, host:port, separated by commas.")
    mongo: str = Field(default="mongodb://127.0.0.1:27017", description="MongoDB connection string.")
    partitions: int = Field(default=8, ge=1, description="Partitions of each topic; never run more replicas than this.")
    replication: int = Field(default=1, ge=1, description="Kafka replication factor of topics that are created.")
    intake_url: str = Field(default="http://127.0.0.1:8081", description="Where the intake service answers.")
    matcher_url: str = Field(default="http://127.0.0.1:8082", description="Where the matcher service answers.")
    notifier_url: str = Field(default="http://127.0.0.1:8083", description="Where the notifier service answers.")
    console_url: str = Field(default="http://127.0.0.1:8084", description="Where the console service answers.")
    timezone: str = Field(default="Asia/Shanghai", description="Time zone of the people: quiet hours, dates, screens.")
    catalogue: tuple[Path, ...] = Field(default=(), description="The city's own catalogue files (TOML), later wins.")
    simulated_from: datetime | None = Field(
        default=None, description="Run under a simulated clock that starts here; only for rehearsals."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="Least level logged.")
    otel_endpoint: str | None = Field(
        default=None, description="OTLP/HTTP endpoint for traces; needs the extra `linli[otel]`."
    )


def faults_in(kind: type[RuntimeSettings], **chosen: Any) -> Iterator[str]:
    """Give a sentence for each variable that does not fit, by its name; `chosen` override the environment."""
    try:
        kind(**chosen)
    except ValidationError as error:
        for one in error.errors():
            yield f"LINLI_{'.'.join(map(str, one['loc'])).upper()}: {one['msg']}."
    except SettingsError as error:
        yield f"""{error}: lists and tables are written as JSON, for example LINLI_CATALOGUE='["city.toml"]'."""
