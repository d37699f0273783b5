"""`python -m services.accounts api|events|relay|migrate|add-operator`: wiring only."""

from shared.process import main, migrations_of, relay_of, waiting_for  # isort: skip  (see shared.process)

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from shared.errors import DomainError
from shared.settings import Secret, Settings

if TYPE_CHECKING:
    from fastapi import FastAPI
    from sqlalchemy import Connection

    from services.accounts.adapters.tokens import Signers
    from services.accounts.ports import Work
    from services.accounts.ports_factors import Providers
    from shared.clock import Clock
    from shared.sealed import Seal


class AccountsSettings(Settings):
    """What accounts reads beside what every process does.

    The cost of a password hash is RFC 9106's low-memory profile: 3 passes over 64 MiB. Raise it as
    machines get faster; a hash is made anew when its owner signs in.
    """

    token_keys_dir: Path = Path("token-keys")
    token_minutes: Annotated[int, Field(ge=1, le=60)] = 15
    argon2_time_cost: Annotated[int, Field(ge=1)] = 3
    argon2_memory_kib: Annotated[int, Field(ge=32)] = 65_536
    argon2_parallelism: Annotated[int, Field(ge=1, le=4)] = 4
    argon2_at_once: Annotated[int, Field(ge=1)] = 2
    breached_passwords_url: str = ""
    client_attempts: Annotated[int, Field(ge=1)] = 30
    deletion_grace_days: Annotated[int, Field(ge=0, le=90)] = 7
    factor_keys: Secret = ""
    oidc_providers: Secret = ""
    operators_need_second_factor: bool = True


def make_app(settings: AccountsSettings) -> "FastAPI":
    """Return the app of the HTTP API."""
    from services.accounts import (  # noqa: PLC0415  (see shared.process)
        api,
        api_companies,
        api_factors,
        api_leaving,
        api_oidc,
        api_operators,
        api_sessions,
        api_tokens,
    )
    from services.accounts.adapters import gauges  # noqa: PLC0415
    from services.accounts.adapters.live_keys import LiveKeys  # noqa: PLC0415
    from shared.http.app import create_app  # noqa: PLC0415
    from shared.http.edge import Edge  # noqa: PLC0415
    from shared.http.tokens import TokenVerifier  # noqa: PLC0415
    from shared.messaging.trial import Trials  # noqa: PLC0415

    keys = LiveKeys.of(settings.token_keys_dir)
    signed = TokenVerifier(keys.find, settings.clock())
    edge = Edge.of(settings, _work(settings, keys), signed)
    edge = replace(edge, tokens=replace(signed, exchange=api_tokens.exchange_in(edge)))
    routers = (
        api.router,
        api_sessions.router,
        api_sessions.own,
        api_companies.router,
        api_leaving.router,
        api_factors.router,
        api_factors.signing_in,
        api_oidc.router,
        api_tokens.router,
        api_tokens.exchange,
        api_operators.router,
        api.well_known(keys.jwks),
    )
    app = create_app("accounts", routers, edge, gauges=gauges.read, trials=Trials.of("accounts"))
    app.state.providers = _providers(settings)
    return app


def serve_api() -> None:
    """Serve the HTTP API."""
    from services.accounts.adapters.tokens import KeysUnusableError  # noqa: PLC0415
    from shared.http.app import serve  # noqa: PLC0415

    settings = AccountsSettings()
    try:
        app = make_app(settings)
    except KeysUnusableError as error:
        sys.exit(str(error))
    serve(app, settings)


def run_events() -> None:
    """Hear what is open of whoever wants to leave, and forget what nobody needs any more."""
    from services.accounts.adapters.live_keys import LiveKeys  # noqa: PLC0415
    from services.accounts.events import Events  # noqa: PLC0415
    from shared.messaging import bootstrap  # noqa: PLC0415

    settings = AccountsSettings()
    work = _work(settings, LiveKeys.of(settings.token_keys_dir))
    bootstrap.run_events(Events, bootstrap.config_of(settings, work))


def add_operator(arguments: list[str]) -> None:
    """Open an account for an operator; the password comes from the terminal or standard input."""
    from services.accounts.adapters.live_keys import LiveKeys  # noqa: PLC0415
    from services.accounts.adapters.tokens import KeysUnusableError  # noqa: PLC0415
    from services.accounts.domain.appointment import AppointOperator  # noqa: PLC0415
    from services.accounts.use_cases import people  # noqa: PLC0415
    from shared.http.audit import DONE, Action  # noqa: PLC0415

    parser = argparse.ArgumentParser(prog="python -m services.accounts add-operator")
    parser.add_argument("email")
    parser.add_argument("--name", default="Operator", help="as others see it")
    parser.add_argument("--locale", choices=("ja", "en"), default="ja")
    asked = parser.parse_args(arguments)
    settings = AccountsSettings()
    try:
        appointment = AppointOperator.model_validate(
            {
                "email": asked.email,
                "password": _password(),
                "display_name": asked.name,
                "locale": asked.locale,
            }
        )
        make_work = _work(settings, LiveKeys.of(settings.token_keys_dir))
        with settings.database().transaction() as connection:
            work = make_work(connection, settings.clock())
            view = people.appoint_operator(appointment, work)
            appointed = Action(None, "command line", "add-operator", {})
            appointed.write(connection, work.clock.now(), DONE, view)
    except ValidationError as error:
        faults = (f"{fault['loc'][0]}: {fault['msg']}" for fault in error.errors())
        sys.exit("\n".join(faults))
    except KeysUnusableError as error:
        sys.exit(str(error))
    except DomainError as error:
        sys.exit(f"{error.code}: {error.detail}")
    sys.stdout.write(f"{view.person_id}\n")


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass("Password (12 characters or more): ")
    if getpass("The same again: ") != password:
        sys.exit("The two passwords differ. Try again.")
    return password


def _work(settings: AccountsSettings, keys: "Signers") -> "Callable[[Connection, Clock], Work]":
    from argon2 import PasswordHasher  # noqa: PLC0415

    from services.accounts.adapters.authenticators import WebAuthn  # noqa: PLC0415
    from services.accounts.adapters.breached import KnownPasswords  # noqa: PLC0415
    from services.accounts.adapters.one_time_codes import PyotpCodes  # noqa: PLC0415
    from services.accounts.adapters.passwords import Argon2Passwords  # noqa: PLC0415
    from services.accounts.adapters.tokens import JwtTokens  # noqa: PLC0415
    from services.accounts.adapters.work import Parts, work_with  # noqa: PLC0415
    from services.accounts.ports import Rules  # noqa: PLC0415

    hasher = PasswordHasher(
        settings.argon2_time_cost, settings.argon2_memory_kib, settings.argon2_parallelism
    )
    parts = Parts(
        passwords=Argon2Passwords(hasher, at_once=settings.argon2_at_once),
        breached=KnownPasswords(settings.breached_passwords_url),
        tokens=JwtTokens(keys, settings.clock(), timedelta(minutes=settings.token_minutes)),
        seal=_seal(settings),
        codes=PyotpCodes(),
        authenticators=WebAuthn(settings.public_url),
        rules=Rules(
            client_attempts=settings.client_attempts,
            deletion_grace=timedelta(days=settings.deletion_grace_days),
            operators_need_second_factor=settings.operators_need_second_factor,
        ),
    )
    return work_with(parts)


def _providers(settings: AccountsSettings) -> "Providers":
    from services.accounts.adapters.providers import (  # noqa: PLC0415
        OidcProviders,
        read_providers,
    )

    try:
        return OidcProviders(read_providers(settings.oidc_providers), settings.public_url)
    except ValidationError as error:
        faults = (f"{fault['loc']}: {fault['msg']}" for fault in error.errors())
        sys.exit("OIDC_PROVIDERS: " + "; ".join(faults))


def _seal(settings: AccountsSettings) -> "Seal":
    from shared.sealed import Seal  # noqa: PLC0415

    try:
        return Seal(settings.factor_keys)
    except ValueError as error:
        sys.exit(f"FACTOR_KEYS: {error}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["add-operator"]:
        add_operator(sys.argv[2:])
    else:
        main(
            "accounts",
            {
                "api": serve_api,
                "events": run_events,
                "relay": relay_of("accounts"),
                "migrate": migrations_of("accounts"),
                "wait": waiting_for("accounts"),
            },
        )
