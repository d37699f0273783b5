from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from services.notify import api as notify_api
from services.notify import api_live, api_operators, api_webhooks
from services.notify.adapters.letters import TemplateLetters
from services.notify.adapters.links import SealedLinks
from services.notify.adapters.outside import HttpSender
from services.notify.adapters.traffic import make_traffic_work
from services.notify.adapters.work import Outside, work_with
from services.notify.domain.examples import ASSISTANT, CLIENT, SUBSTITUTE
from services.notify.domain.letters import ClaimedPush, Mail
from services.notify.ports import Outcome, PushOutcome
from services.notify.use_cases import hearing
from shared.http.export import export_router
from shared.http.live import Hub
from shared.messages.accounts import PersonRegistered, Role
from shared.provision.databases import ServiceDatabase
from shared.sealed import Seal, new_key
from tests.support.apis import Api, api_of
from tests.support.servers import TestPostgres

PUBLIC_URL = "https://tasuki.example"
BOUNCE_SECRET = "the relay's own"

TARO = PersonRegistered(
    person_id=CLIENT,
    email="taro@example.jp",
    display_name="太郎",
    roles=frozenset({Role.CLIENT}),
    locale="ja",
)
HANAKO = PersonRegistered(
    person_id=ASSISTANT,
    email="hanako@example.jp",
    display_name="Hanako",
    roles=frozenset({Role.ASSISTANT}),
    locale="en",
)

KENJI = PersonRegistered(
    person_id=SUBSTITUTE,
    email="kenji@example.jp",
    display_name="健二",
    roles=frozenset({Role.ASSISTANT}),
    locale="ja",
)
EVERYBODY = (TARO, HANAKO, KENJI)


class MemoryMailer:
    """Takes every mail. The real one is tested with a real server (test_events)."""

    def __init__(self) -> None:
        self.sent: list[Mail] = []

    def send(self, mails: Sequence[Mail]) -> Iterator[Outcome]:
        for mail in mails:
            self.sent.append(mail)
            yield Outcome(mail)


class MemoryPusher:
    """Takes every push. The real one is tested with a server of the documented shape."""

    available = True

    def __init__(self) -> None:
        self.sent: list[ClaimedPush] = []

    def send(self, pushes: Sequence[ClaimedPush]) -> Iterator[PushOutcome]:
        for push in pushes:
            self.sent.append(push)
            yield PushOutcome(push)

    def is_genuine(self, _body: bytes, signature: str) -> bool:
        return signature == "LINE's own"


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("notify")


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer()


@pytest.fixture
def pusher() -> MemoryPusher:
    return MemoryPusher()


@pytest.fixture
def sender() -> HttpSender:
    return HttpSender()


@contextmanager
def notify_api_at(
    url: str, mailer: MemoryMailer, pusher: MemoryPusher, sender: HttpSender
) -> Iterator[Api]:
    """Yield the API of notify over the database at this URL, and people that are known."""
    letters = TemplateLetters(PUBLIC_URL)
    links = SealedLinks(PUBLIC_URL, Seal(new_key()))
    seal = Seal(new_key())
    outside = Outside(letters, links, mailer, pusher, sender, seal, BOUNCE_SECRET)
    routers = [
        export_router("notify"),
        notify_api.router,
        api_live.router,
        api_webhooks.router,
        api_operators.router,
    ]
    with api_of("notify", routers, work_with(outside), url) as api:
        state = api.client.app.state  # type: ignore[attr-defined]  # FastAPI's
        state.live = Hub(url)
        state.traffic = make_traffic_work
        with api.begin() as begun:
            hearing.remember_people(EVERYBODY, begun)
        yield api


@pytest.fixture
def api(
    database: ServiceDatabase, mailer: MemoryMailer, pusher: MemoryPusher, sender: HttpSender
) -> Iterator[Api]:
    with notify_api_at(database.url, mailer, pusher, sender) as api:
        yield api
