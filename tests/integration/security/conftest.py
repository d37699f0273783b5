"""Servers that speak TLS only: a broker, a database, and one that takes mail."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller

from shared.provision.broker import service_users
from tests.support.certificates import Authority
from tools.broker import Broker, BrokerPorts
from tools.mail import Catcher
from tools.ports import LOOPBACK, free_port
from tools.postgres import Postgres
from tools.server_tls import ServerTls
from tools.services import WITH_STATE

PASSWORD = "for-tests-only"
# Debian's own: the embedded PostgreSQL knows no TLS.
PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@dataclass(frozen=True)
class Authorities:
    """Who signed the servers' certificate, and somebody else of whom nobody has heard."""

    ours: Authority
    other: Authority
    server: ServerTls = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "server", self.ours.server())


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Authorities:
    folder = tmp_path_factory.mktemp("certificates")
    return Authorities(Authority(folder, "ours"), Authority(folder, "other"))


@pytest.fixture(scope="module")
def tls_postgres(
    tmp_path_factory: pytest.TempPathFactory, authorities: Authorities
) -> Iterator[Postgres]:
    assert PROGRAMS, "a PostgreSQL with TLS is missing: make setup-browser installs it"
    server = Postgres(
        tmp_path_factory.mktemp("postgres"),
        port=free_port(),
        password=PASSWORD,
        durable=False,
        programs=PROGRAMS[-1],
        tls=authorities.server,
    )
    try:
        server.start()
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def tls_broker(
    tmp_path_factory: pytest.TempPathFactory, authorities: Authorities
) -> Iterator[Broker]:
    node = Broker(
        tmp_path_factory.mktemp("rabbitmq"),
        BrokerPorts.free(),
        PASSWORD,
        service_users(dict.fromkeys(WITH_STATE, PASSWORD)),
        tls=authorities.server,
    )
    try:
        node.start()
        yield node
    finally:
        node.stop()


@contextmanager
def mail_server(tls: ServerTls, mails: Path, scheme: str) -> Iterator[int]:
    """Run a server that takes mail over TLS only, into a file; yield its port."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(tls.certificate, tls.key)
    port = free_port()
    controller = Controller(
        Catcher(mails),
        hostname=LOOPBACK,
        port=port,
        ssl_context=context if scheme == "smtps" else None,
        enable_SMTPUTF8=True,
        tls_context=context if scheme == "smtp+starttls" else None,
        require_starttls=scheme == "smtp+starttls",
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
