"""`python -m shared.provision databases | broker FILE`: prepare a new server, or put one right.

Settings are read as everywhere (shared/settings.py), so that passwords may be files.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field, Json

from shared.messaging.topology import HEARS
from shared.provision.broker import administrator, definitions, service_users
from shared.provision.databases import RolePasswords, prepare
from shared.provision.errors import UnpreparedError
from shared.settings import Secret, Settings


class DatabasesSettings(Settings):
    """The administrator of the server, and the passwords of each service's two roles."""

    admin_database_url: Annotated[Secret, Field(min_length=1)]
    role_passwords: Annotated[Json[dict[str, RolePasswords]], Field(repr=False)]


class BrokerSettings(Settings):
    """The passwords of the administrator and of each service's user."""

    broker_admin_password: Annotated[Secret, Field(min_length=1)]
    broker_passwords: Annotated[Json[dict[str, str]], Field(repr=False)]


def main(arguments: list[str]) -> None:
    """Do what the command line says; exit with a sentence when it can't be done."""
    options = _parser().parse_args(arguments)
    try:
        if options.command == "databases":
            prepare_databases()
        else:
            write_definitions(options.file)
    except UnpreparedError as error:
        sys.exit(str(error))


def prepare_databases() -> None:
    """Make each service's database and roles. Raises UnpreparedError."""
    settings = DatabasesSettings()
    _require_all_services("ROLE_PASSWORDS", settings.role_passwords)
    prepare(settings.admin_database_url, settings.role_passwords)
    print(f"databases and roles are ready: {', '.join(settings.role_passwords)}")  # noqa: T201


def write_definitions(file: Path) -> None:
    """Write the broker's definitions, for the node to read. Raises UnpreparedError."""
    settings = BrokerSettings()
    _require_all_services("BROKER_PASSWORDS", settings.broker_passwords)
    users = [
        administrator(settings.broker_admin_password),
        *service_users(settings.broker_passwords),
    ]
    try:
        file.write_text(definitions(users), encoding="utf-8")
    except OSError as error:
        raise UnpreparedError(f"{file} can't be written: {error.strerror}") from error
    print(f"users of the broker are defined in {file}: {', '.join(settings.broker_passwords)}")  # noqa: T201


def _require_all_services(setting: str, passwords: Mapping[str, object]) -> None:
    if missing := [service for service in HEARS if service not in passwords]:
        raise UnpreparedError(f"{setting} has no password for {', '.join(missing)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m shared.provision", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("databases", help="make the databases and roles of all services")
    broker = commands.add_parser("broker", help="write the broker's users and permissions")
    broker.add_argument("file", type=Path, metavar="FILE", help="what RabbitMQ loads at its start")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
