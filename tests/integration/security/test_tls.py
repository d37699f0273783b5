"""Processes as in production: secrets from files, TLS only, and nobody believed without proof."""

import json
import re
import ssl
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pika
import psycopg
import pytest

from shared.db import Database
from shared.errors import Transient
from shared.messaging.pika_connections import parameters
from shared.messaging.publisher import Publisher, PublisherClosed
from shared.messaging.queues import Depths
from shared.messaging.topology import HEARS, Exchange, events_exchange
from shared.migrations import migrate
from shared.provision.databases import RolePasswords, prepare, service_database
from shared.sealed import new_key
from tests.integration.security.conftest import PASSWORD, Authorities, mail_server
from tests.support.wait import eventually
from tests.unit.accounts.test_tokens import write_key
from tools.broker import Broker
from tools.mail import caught
from tools.ports import LOOPBACK, free_port
from tools.postgres import Postgres
from tools.processes import Child, environment, spawn
from tools.stack import ROOT

SERVICES = ("accounts", "notify")
PASSWORDS = RolePasswords(PASSWORD, PASSWORD)
HANAKO = {
    "email": "hanako@example.jp",
    "password": "correct horse battery",
    "display_name": "花子",
    "roles": ["assistant"],
    "locale": "ja",
}
PROCESSES = (("accounts", "api"), ("accounts", "relay"), ("notify", "events"))


@dataclass(frozen=True)
class Production:
    """Processes that read everything secret from files, and nothing in clear."""

    folder: Path
    authorities: Authorities
    postgres: Postgres
    broker: Broker

    def secrets(self, service: str, **more: str) -> Path:
        """Write a service's secrets as a cluster mounts them; return the folder."""
        folder = self.folder / service
        folder.mkdir()
        url = service_database(self.postgres.url, service, PASSWORDS).url
        user = next(user for user in self.broker.users if user.name == service)
        # Without the certificates: TLS_CA_FILE names them.
        given = {
            "database_url": url.partition("&sslrootcert")[0],
            "amqp_url": self.broker.user_url(user).partition("?")[0],
        }
        for name, value in (given | more).items():
            (folder / name).write_text(f"{value}\n", encoding="utf-8")
        return folder

    @contextmanager
    def processes(self, settings: Mapping[str, str]) -> Iterator[dict[str, Child]]:
        """Run the processes until the end of the block."""
        with ExitStack() as stack:
            started = {}
            for service, kind in PROCESSES:
                name = f"{service}-{kind}"
                own = {"SECRETS_DIR": str(self.folder / service)}
                env = environment(**settings, **own)
                command = [sys.executable, "-m", f"services.{service}", kind]
                log = self.folder / f"{name}.log"
                started[name] = spawn(name, command, env=env, log=log, cwd=ROOT)
                stack.callback(started[name].stop)
            yield started


@pytest.fixture
def production(
    tmp_path: Path, authorities: Authorities, tls_postgres: Postgres, tls_broker: Broker
) -> Production:
    prepare(tls_postgres.url, dict.fromkeys(SERVICES, PASSWORDS))
    for service in SERVICES:
        migrate(service, service_database(tls_postgres.url, service, PASSWORDS).owner_url)
    connection = pika.BlockingConnection(parameters(tls_broker.url))
    for source in HEARS["notify"]:
        connection.channel().exchange_declare(events_exchange(source), "topic", durable=True)
    connection.close()
    return Production(tmp_path, authorities, tls_postgres, tls_broker)


def test_a_letter_goes_from_the_api_to_the_mail_server_without_a_word_in_clear(
    production: Production,
) -> None:
    mails, port = production.folder / "mails.jsonl", free_port()
    keys = production.folder / "keys"
    keys.mkdir()
    write_key(keys / "1.pem")
    with mail_server(production.authorities.server, mails, "smtp+starttls") as smtp:
        production.secrets("accounts", factor_keys=new_key())
        mailing = {"smtp_url": f"smtp+starttls://localhost:{smtp}", "webhook_keys": new_key()}
        production.secrets("notify", **mailing)
        authority = str(production.authorities.ours.file)
        settings = {
            "REQUIRE_TLS": "true",
            "TLS_CA_FILE": authority,
            "SMTP_CA_FILE": authority,
            "TOKEN_KEYS_DIR": str(keys),
            "HTTP_PORT": str(port),
        }
        with production.processes(settings) as running:
            api = f"http://{LOOPBACK}:{port}"
            eventually(lambda: _ready(api), 40, 0.2, "the api is ready")
            eventually(lambda: b'"consuming"' in running["notify-events"].said(), 40, 0.2)

            answer = httpx.post(f"{api}/api/v1/accounts/people", json=HANAKO)
            assert answer.status_code == httpx.codes.CREATED, answer.text

            mail = eventually(lambda: caught(mails), 30, 0.1, "a mail")[0]
    assert mail.recipients == [HANAKO["email"]]


def _ready(api: str) -> bool:
    try:
        return httpx.get(f"{api}/.well-known/jwks.json").is_success
    except httpx.TransportError:
        return False


def unproved(url: str, certificates: str, authorities: Authorities) -> list[tuple[str, str]]:
    """Return URLs of a server that must all be refused: a name it isn't, a signer unheard of."""
    there, _, here = url.partition(f"{certificates}=")
    assert here == str(authorities.ours.file)
    return [
        (url.replace("localhost", LOOPBACK), "address mismatch|does not match host name"),
        (f"{there}{certificates}={authorities.other.file}", "verify failed"),
    ]


def test_the_database_is_believed_only_by_its_name_and_its_signer(
    authorities: Authorities, tls_postgres: Postgres
) -> None:
    for url, why in unproved(tls_postgres.url, "sslrootcert", authorities):
        with pytest.raises(Transient) as refused, Database(url).transaction():
            pass
        assert re.search(why, str(refused.value.__cause__))
    # Proved: the same, and encrypted.
    with psycopg.connect(tls_postgres.url) as connection:
        encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.execute(encrypted).fetchone() == (True,)


def test_the_database_takes_nobody_in_clear(tls_postgres: Postgres) -> None:
    clear = tls_postgres.url.partition("?")[0] + "?sslmode=disable"
    with pytest.raises(Transient) as refused, Database(clear).transaction():
        pass
    assert "no encryption" in str(refused.value.__cause__)


def test_the_relay_believes_the_broker_only_by_its_name_and_its_signer(
    authorities: Authorities, tls_broker: Broker
) -> None:
    exchange = Exchange("accounts.events", "topic")
    for url, why in unproved(tls_broker.url, "cacertfile", authorities):
        with pytest.raises(PublisherClosed, match=why):
            Publisher(url, exchange, "a test")
    Publisher(tls_broker.url, exchange, "a test").close()


def test_the_api_believes_the_broker_only_by_its_name_and_its_signer(
    authorities: Authorities, tls_broker: Broker
) -> None:
    for url, _ in unproved(tls_broker.url, "cacertfile", authorities):
        assert Depths("accounts", url).of([]) is None
    assert Depths("accounts", tls_broker.url).of([]) is not None


def test_green_threads_believe_the_broker_only_by_its_name_and_its_signer(
    authorities: Authorities, tls_broker: Broker
) -> None:
    refused = unproved(tls_broker.url, "cacertfile", authorities)
    urls = [tls_broker.url, *(url for url, _ in refused), _in_clear(tls_broker.url)]

    told = _connected_in_green(urls)

    assert told[0] == "connected"
    for said, (_, why) in zip(told[1:3], refused, strict=True):
        assert "certificate verify failed" in said, said
        assert why.split("|")[0] in said, said
    assert told[3] != "connected"


def test_the_broker_takes_nobody_in_clear(tls_broker: Broker) -> None:
    with pytest.raises(PublisherClosed, match=r"IncompatibleProtocol|StreamLost|ConnectionReset"):
        Publisher(_in_clear(tls_broker.url), Exchange("accounts.events", "topic"), "a test")


def test_no_authority_at_all_is_no_proof_either(tls_broker: Broker) -> None:
    """The system's certificates hold, and ours is not among them."""
    with pytest.raises(ssl.SSLCertVerificationError, match="verify failed"):
        _handshake(tls_broker.url.partition("?")[0])


def _handshake(url: str) -> None:
    given = parameters(url)
    given.connection_attempts = 1
    try:
        pika.BlockingConnection(given)
    except pika.exceptions.AMQPConnectionError as error:
        raise error.args[0].exception from error


def _in_clear(url: str) -> str:
    return url.replace("amqps://", "amqp://").partition("?")[0]


_GREEN = """
import shared.messaging.bootstrap
import json, sys
from shared.messaging.connections import BROKEN, close, connect, deadline
for url in json.loads(sys.stdin.read()):
    try:
        with deadline(10):
            close(connect(url, "a test"))
        print(json.dumps("connected"))
    except BROKEN as error:
        print(json.dumps(repr(error)))
"""


def _connected_in_green(urls: list[str]) -> list[str]:
    """Return what an events process hears of each URL; pytest itself must not be patched."""
    done = subprocess.run(
        [sys.executable, "-c", _GREEN],
        input=json.dumps(urls),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
