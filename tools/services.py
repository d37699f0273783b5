"""The services and their processes: the one table that everything here goes by."""

import secrets
from collections.abc import Mapping
from typing import Final

# In the order in which a person would explain them; notify tells nothing, and web has no database
# and no broker user.
PROCESSES: Final[Mapping[str, tuple[str, ...]]] = {
    "accounts": ("api", "events", "relay"),
    "jobs": ("api", "events", "relay"),
    "contracts": ("api", "events", "relay"),
    "payments": ("api", "events", "relay"),
    "programs": ("api", "events", "relay"),
    "notify": ("api", "events"),
    "web": ("api",),
}
WITH_STATE: Final = tuple(service for service in PROCESSES if service != "web")


def new_passwords() -> dict[str, str]:
    """Return a new random password for each service with state."""
    return {service: secrets.token_urlsafe(24) for service in WITH_STATE}
