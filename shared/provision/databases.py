"""Each service's own database on a PostgreSQL server, and its two roles.

The owner may change the schema, for migrations; the runtime role may not.
"""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg
from psycopg import sql

from shared.provision.errors import UnpreparedError


@dataclass(frozen=True)
class ServiceDatabase:
    """Where a service finds its database: as its runtime role (no DDL), and as its owner."""

    url: str
    owner_url: str


@dataclass(frozen=True)
class RolePasswords:
    """The passwords of a service's two roles."""

    runtime: str
    owner: str

    @staticmethod
    def generate() -> "RolePasswords":
        """Return new random passwords."""
        return RolePasswords(secrets.token_urlsafe(24), secrets.token_urlsafe(24))


def with_database(url: str, database: str) -> str:
    """Return the same server's URL for another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def service_database(
    admin_url: str, service: str, passwords: RolePasswords, database: str | None = None
) -> ServiceDatabase:
    """Return the two URLs of a service's database on the server of the administrator's URL."""
    parts = urlsplit(admin_url)
    place = parts.netloc.rpartition("@")[2]

    def url(role: str, password: str) -> str:
        return parts._replace(
            netloc=f"{role}:{quote(password, safe='')}@{place}",
            path=f"/{database or _role(service)}",
        ).geturl()

    return ServiceDatabase(
        url=url(_role(service), passwords.runtime), owner_url=url(_owner(service), passwords.owner)
    )


def prepare(admin_url: str, passwords: Mapping[str, RolePasswords]) -> None:
    """Make the database and the roles of each service; what is there already is put right.

    Raises UnpreparedError when the server can't be reached or the administrator may not do it.
    """
    try:
        with psycopg.connect(admin_url, autocommit=True, connect_timeout=10) as admin:
            for service, pair in passwords.items():
                make_roles(admin, service, pair)
                make_database(admin, service, _role(service))
        for service in passwords:
            grant_schema(with_database(admin_url, _role(service)), service)
    except psycopg.Error as error:
        server = urlsplit(admin_url).netloc.rpartition("@")[2]
        raise UnpreparedError(f"PostgreSQL at {server} can't be prepared: {error}") from error


def make_roles(admin: psycopg.Connection, service: str, passwords: RolePasswords) -> None:
    """Make a service's owner and runtime role, or give them these passwords."""
    known = _names(admin, "SELECT rolname FROM pg_roles")
    for role, password in ((_owner(service), passwords.owner), (_role(service), passwords.runtime)):
        statement = (
            "ALTER ROLE {} LOGIN PASSWORD {}"
            if role in known
            else ("CREATE ROLE {} LOGIN PASSWORD {}")
        )
        admin.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(password)))
    # On a managed server the administrator, no superuser, must be a member to act for the owner.
    admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(_owner(service))))


def make_database(
    admin: psycopg.Connection, service: str, database: str, template: str = "template1"
) -> None:
    """Make a database that only its service's roles may connect to, unless it is there."""
    owner, runtime = sql.Identifier(_owner(service)), sql.Identifier(_role(service))
    if database not in _names(admin, "SELECT datname FROM pg_database"):
        admin.execute(
            sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                sql.Identifier(database), owner, sql.Identifier(template)
            )
        )
    for statement in (
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {runtime}",
    ):
        admin.execute(sql.SQL(statement).format(database=sql.Identifier(database), runtime=runtime))


_GRANTS = (
    "ALTER SCHEMA public OWNER TO {owner}",
    "REVOKE ALL ON SCHEMA public FROM PUBLIC",
    "GRANT USAGE ON SCHEMA public TO {runtime}",
    """ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
       GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {runtime}""",
    """ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public
       GRANT USAGE ON SEQUENCES TO {runtime}""",
)


def grant_schema(url: str, service: str) -> None:
    """Let the owner alone make tables, and the runtime role read and write whatever it makes."""
    roles = {"owner": sql.Identifier(_owner(service)), "runtime": sql.Identifier(_role(service))}
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in _GRANTS:
            connection.execute(sql.SQL(statement).format(**roles))


def _names(admin: psycopg.Connection, query: str) -> set[str]:
    rows: Iterable[tuple[str]] = admin.execute(sql.SQL(query)).fetchall()
    return {name for (name,) in rows}


def _role(service: str) -> str:
    return f"tasuki_{service}"


def _owner(service: str) -> str:
    return f"tasuki_{service}_owner"
