from collections.abc import Iterator, Sequence

import pytest

from services.notify import api as notify_api
from services.notify.adapters.letters import TemplateLetters
from services.notify.adapters.work import work_with
from services.notify.domain.letters import Mail
from services.notify.ports import Outcome
from services.notify.use_cases import hearing
from shared.messages.accounts import PersonRegistered, Role
from tests.support.apis import Api, api_of
from tests.support.servers import TestPostgres
from tests.unit.notify.examples import ASSISTANT, CLIENT, SUBSTITUTE
from tools.postgres import ServiceDatabase

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


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("notify")


@pytest.fixture
def mailer() -> MemoryMailer:
    return MemoryMailer()


@pytest.fixture
def api(database: ServiceDatabase, mailer: MemoryMailer) -> Iterator[Api]:
    """The API, and people that are known."""
    work = work_with(TemplateLetters("https://tasuki.example"), mailer)
    with api_of("notify", [notify_api.router], work, database.url) as api:
        with api.begin() as begun:
            hearing.remember_people(EVERYBODY, begun)
        yield api
