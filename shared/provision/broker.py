"""Users and permissions at RabbitMQ, as the file of definitions that a node reads at its start.

That file has hashes of the passwords, not the passwords.
"""

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shared.messaging.topology import permissions

ADMIN = "admin"


@dataclass(frozen=True)
class BrokerUser:
    """A user of the broker and what its permissions (regular expressions) reach."""

    name: str
    password: str
    configure: str = ".*"
    write: str = ".*"
    read: str = ".*"
    tags: str = ""

    @property
    def definition(self) -> dict[str, str]:
        """The user in RabbitMQ's definitions: a salted hash instead of the password."""
        salt = secrets.token_bytes(4)
        digest = hashlib.sha256(salt + self.password.encode()).digest()
        return {
            "name": self.name,
            "password_hash": base64.b64encode(salt + digest).decode(),
            "hashing_algorithm": "rabbit_password_hashing_sha256",
            "tags": self.tags,
        }

    def permission(self, vhost: str) -> dict[str, str]:
        """The user's permissions on a virtual host in RabbitMQ's definitions."""
        return {
            "user": self.name,
            "vhost": vhost,
            "configure": self.configure,
            "write": self.write,
            "read": self.read,
        }


def administrator(password: str) -> BrokerUser:
    """Return the user that may do everything."""
    return BrokerUser(ADMIN, password, tags="administrator")


def service_users(passwords: Mapping[str, str]) -> list[BrokerUser]:
    """Return a user per service, reaching what the topology says it needs."""
    return [
        BrokerUser(service, password, *permissions(service))
        for service, password in passwords.items()
    ]


def definitions(users: Iterable[BrokerUser]) -> str:
    """Return RabbitMQ's definitions of these users and the default virtual host, as JSON."""
    everybody = list(users)
    return json.dumps(
        {
            "vhosts": [{"name": "/"}],
            "users": [user.definition for user in everybody],
            "permissions": [user.permission("/") for user in everybody],
        },
        indent=2,
    )
