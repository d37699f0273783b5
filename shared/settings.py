"""What every process reads from its environment; a service adds its own in its `__main__`.

Each setting is an environment variable, or a file of its name in lower case in one of the folders
of SECRETS_DIR. A variable wins over a file: what is mounted for all may be changed for one process.
"""

import os
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Self

from pydantic import (
    Field,
    FilePath,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from shared import tls
from shared.clock import Clock, clock

if TYPE_CHECKING:
    from shared.db import Database

# Shown neither in what is logged of the settings nor in what is said of a bad one.
Secret = Annotated[str, Field(repr=False)]

# How the names of addresses end that are checked, and what they need to be private.
_NEEDS_TLS = {
    "database_url": "must end in ?sslmode=verify-full",
    "amqp_url": "must begin with amqps://",
}


class UnusableSettingsError(SystemExit):
    """Ends the process with what is wrong with its settings, without any of their values."""

    def __init__(self, faults: Iterable[str]) -> None:
        super().__init__("\n".join(("This process can't start with these settings:", *faults)))


class Settings(BaseSettings):
    """The environment of a process. What is missing or wrong stops the start and is named."""

    model_config = SettingsConfigDict(frozen=True, env_ignore_empty=True, extra="ignore")

    # First: the addresses below are completed with it.
    tls_ca_file: FilePath | None = None
    require_tls: bool = False
    database_url: Secret = ""
    migration_database_url: Secret = ""
    amqp_url: Secret = ""
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=1, le=65_535)] = 8000
    # Who looks after the process asks here (shared/observability/ops_port.py); 0 is nowhere.
    ops_host: str = "127.0.0.1"
    ops_port: Annotated[int, Field(ge=0, le=65_535)] = 0
    public_url: str = "http://127.0.0.1:8000"
    jwks_url: str = ""
    sentry_dsn: Secret = ""
    clock_file: Path | None = None
    log_level: str = "INFO"
    database_pool_size: Annotated[int, Field(ge=1, le=100)] = 5
    rate_limit_person: Annotated[int, Field(ge=0)] = 600
    rate_limit_anonymous: Annotated[int, Field(ge=0)] = 60

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (pydantic-settings hands it over)
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  (likewise)
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Return where settings come from, what wins first."""
        folders = [each for each in os.environ.get("SECRETS_DIR", "").split(os.pathsep) if each]
        return init_settings, env_settings, _SecretFiles(settings_cls, folders)

    @field_validator("*")
    @classmethod
    def _with_certificates(cls, value: Any, info: ValidationInfo) -> Any:
        if not (info.field_name or "").endswith(tuple(_NEEDS_TLS)):
            return value
        return tls.with_certificates(value, info.data.get("tls_ca_file"))

    @model_validator(mode="wrap")
    @classmethod
    def _or_stop(cls, given: Any, read: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            settings = read(given)
        except ValidationError as error:
            raise UnusableSettingsError(_lines(error)) from None
        if settings.require_tls and (faults := settings.in_clear()):
            raise UnusableSettingsError(f"{fault}, as REQUIRE_TLS is set" for fault in faults)
        return settings

    def in_clear(self) -> list[str]:
        """Return what would leave this machine without TLS, or for a server that proves nothing."""
        faults = [
            f"{name.upper()} {need}"
            for name in type(self).model_fields
            for end, need in _NEEDS_TLS.items()
            if name.endswith(end) and (url := getattr(self, name)) and not tls.is_private(url)
        ]
        if "public_url" in self.model_fields_set and not tls.is_private(self.public_url):
            faults.append("PUBLIC_URL must begin with https://")
        return faults

    def clock(self) -> Clock:
        """Return the clock that this process goes by."""
        return clock(self.clock_file)

    def database(self) -> "Database":
        """Return the service's database, as its runtime role."""
        from shared.db import Database  # noqa: PLC0415  (web and relays do without SQLAlchemy)

        return Database(self.database_url, pool_size=self.database_pool_size)


class _SecretFiles(SecretsSettingsSource):
    """Files of folders, the last folder first. Files of other names are none of our business.

    What pydantic-settings only warns of (no such folder, a link that leads out of it) stops the
    start: the process would go on without the secret.
    """

    def __call__(self) -> dict[str, Any]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                return super().__call__()
        except (OSError, UserWarning, SettingsError, UnicodeDecodeError) as error:
            why = f": {error.__cause__}" if error.__cause__ else ""
            raise UnusableSettingsError([f"SECRETS_DIR: {error}{why}"]) from None


def _lines(error: ValidationError) -> list[str]:
    """Name each fault by its variable; the value may be a secret."""
    return [
        ".".join(map(str, fault["loc"])).upper() + f": {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False, include_context=False)
    ]
