"""What every process reads from its environment; a service adds its own in its `__main__`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, clock


class Settings(BaseSettings):
    """The environment of a process. A missing variable stops the start and is named."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    database_url: str = ""
    migration_database_url: str = ""
    amqp_url: str = ""
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    public_url: str = "http://127.0.0.1:8000"
    jwks_url: str = ""
    clock_file: Path | None = None
    log_level: str = "INFO"
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5

    def clock(self) -> Clock:
        """Return the clock that this process goes by."""
        return clock(self.clock_file)
