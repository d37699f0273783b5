from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.contracts import api as contracts_api
from services.contracts import api_hand_overs, api_retainers, api_talk, api_terms
from services.contracts.adapters.terms.printing import TypstTermsPrinter
from services.contracts.adapters.work import make_work
from services.contracts.use_cases import agreeing, clocks, money
from shared.files import LocalFiles
from shared.http.export import export_router
from shared.messages.jobs import ProposalAccepted
from shared.messages.payments import FundingStarted, MilestoneFunded, PaidMilestone
from shared.money import yen
from shared.people import Person
from shared.provision.databases import ServiceDatabase
from tests.support.apis import Api, Caller, api_of
from tests.support.servers import TestPostgres
from tests.unit.contracts.agreed import proposal_accepted, registered

CONTRACTS = "/api/v1/contracts"


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("contracts")


@pytest.fixture
def files_dir(tmp_path: Path) -> Path:
    return tmp_path / "files"


@contextmanager
def contracts_api_at(url: str, files_dir: Path) -> Iterator[Api]:
    """Yield the API of contracts over the database at this URL."""
    with api_of(
        "contracts",
        [
            export_router("contracts"),
            api_talk.router,
            api_terms.router,
            api_hand_overs.router,
            api_retainers.router,
            contracts_api.approvals,
            contracts_api.router,
        ],
        make_work,
        url,
        max_body_bytes=contracts_api.max_body_bytes,
    ) as api:
        state = api.client.app.state  # type: ignore[attr-defined]
        state.file_store = LocalFiles(files_dir)
        state.terms_printer = TypstTermsPrinter()
        yield api


@pytest.fixture
def api(database: ServiceDatabase, files_dir: Path) -> Iterator[Api]:
    with contracts_api_at(database.url, files_dir) as api:
        yield api


@pytest.fixture(scope="module")
def module_api(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One API for all tests of a module."""
    url = postgres.service_database("contracts").url
    with contracts_api_at(url, tmp_path_factory.mktemp("files")) as api:
        yield api


@dataclass
class Agreed:
    """A client and an assistant with a contract of one milestone, in the real database."""

    api: Api
    client: Caller = field(init=False)
    assistant: Caller = field(init=False)
    accepted: ProposalAccepted = field(init=False)
    contract_id: UUID = field(init=False)

    def __post_init__(self) -> None:
        self.client, self.assistant = self.api.person("client"), self.api.person("assistant")
        parties = [Person(each.person_id, frozenset()) for each in (self.client, self.assistant)]
        self.accepted = proposal_accepted(*parties)
        with self.api.begin() as work:
            for person in parties:
                agreeing.remember_person(registered(person, "花子"), work)
            agreeing.agree(self.accepted, work)
        [summary] = self.client.get(CONTRACTS).json()["items"]
        self.contract_id = UUID(summary["contract_id"])

    @property
    def milestone_id(self) -> UUID:
        return self.accepted.milestones[0].milestone_id

    @property
    def path(self) -> str:
        return f"{CONTRACTS}/{self.contract_id}"

    @property
    def milestone_path(self) -> str:
        return f"{self.path}/milestones/{self.milestone_id}"

    def view(self) -> dict[str, Any]:
        """Return the contract as its client sees it."""
        view: dict[str, Any] = self.client.get(self.path).json()
        return view

    def milestone(self) -> dict[str, Any]:
        milestone: dict[str, Any] = self.view()["milestones"][0]
        return milestone

    def facts(self) -> dict[str, Any]:
        """Return what payments says in every event of the milestone."""
        return {
            "contract_id": self.contract_id,
            "milestone_id": self.milestone_id,
            "title": "Draft",
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
        }

    def paid(self) -> PaidMilestone:
        """Return the milestone's share in a payout."""
        about = self.facts()
        del about["assistant_id"]
        return PaidMilestone(**about, net=yen(1))

    def fund(self) -> None:
        with self.api.begin() as work:
            money.note_funding_started(FundingStarted(**self.facts()), work)
            money.note_funded(MilestoneFunded(**self.facts(), amount=yen(55_000)), work)

    def deliver(self) -> Any:
        return self.assistant.post(f"{self.milestone_path}/deliveries", {"text": "Here it is"})

    def fire(self) -> int:
        """Fire what is due, as one replica does."""
        return clocks.fire_deadlines(self.api)

    def told(self) -> list[str]:
        """Return the types of all events in the outbox, in order."""
        with self.api.database.transaction() as connection:
            return list(connection.scalars(text("SELECT type FROM outbox ORDER BY position")))


@pytest.fixture
def agreed(api: Api) -> Agreed:
    return Agreed(api)
