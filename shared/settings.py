"""What every process reads from its environment; a service adds its own in its `__main__`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.clock import Clock, clock

if TYPE_CHECKING:
    from shared.db import Database


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
    rate_limit_person: Annotated[int, Field(ge=0)] = 600
    rate_limit_anonymous: Annotated[int, Field(ge=0)] = 60

    def clock(self) -> Clock:
        """Return the clock that this process goes by."""
        return clock(self.clock_file)

    def database(self) -> "Database":
        """Return the service's database, as its runtime role."""
        from shared.db import Database  # noqa: PLC0415  (web and relays do without SQLAlchemy)

        return Database(self.database_url, pool_size=self.database_pool_size)
