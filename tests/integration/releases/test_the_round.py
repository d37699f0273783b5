"""A milestone's way from agreement to wages, told by a release's messages to today's services.

No relay of today runs: contracts, payments and notify hear nothing but what the release said, over
real queues, into real databases. What they would say themselves stays in their outboxes, and is
held against what the release's readers expect.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import httpx2
import jwt
import psycopg
import pytest

from services.accounts.adapters.tokens import read_keys
from shared.http.tokens import ALGORITHM, ISSUER
from tests.contract.test_messages_of_releases import faults, schema_of
from tests.support.releases import Release, releases
from tools.releases.overheard import say
from tools.stack import Stack
from tools.story.acts import (
    Agreed,
    Stage,
    accept,
    deliver,
    milestone_of,
    request_changes,
    start_checkout,
)
from tools.story.member import Member
from tools.story.narrator import Silent
from tools.story.processor import HostedPages
from tools.waiting import until

PROCESSES: Final = {
    "accounts": ("api", "relay"),
    "jobs": ("relay",),
    "contracts": ("api", "events", "relay"),
    "payments": ("api", "events", "relay"),
    # Has nothing to say here; who hears it waits for its exchange.
    "programs": ("relay",),
    "notify": ("api", "events"),
    "web": ("api",),
}
OUTBOX = "SELECT type, data FROM outbox ORDER BY position"


@dataclass
class Retelling:
    """What the release said of its first milestone, told to today's services bit by bit."""

    stack: Stack
    stage: Stage
    release: Release
    _told: int = field(default=0, init=False)

    @cached_property
    def agreement(self) -> dict[str, Any]:
        """The first contract, as the release told it."""
        return self.first("contracts.contract_agreed.v1")

    @property
    def milestone_id(self) -> str:
        """Its first milestone."""
        milestone_id: str = self.agreement["milestones"][0]["milestone_id"]
        return milestone_id

    def first(self, event_type: str) -> dict[str, Any]:
        """Return the first event of a type."""
        return next(each.facts() for each in self.release.messages if each.event_type == event_type)

    def tell_through(self, event_type: str) -> None:
        """Tell what comes next, up to the next event of this type."""
        left = self.release.messages[self._told :]
        number = next(n for n, each in enumerate(left) if each.event_type == event_type)
        say(self.stack.broker.url, left[: number + 1])
        self._told += number + 1

    def member(self, of: str, name: str) -> Member:
        """Return one of the parties of the agreement, signed in."""
        person_id, key = self.agreement[of], read_keys(self.stack.folder.token_keys).signing
        role = of.removesuffix("_id")
        claims = {
            "iss": ISSUER,
            "sub": person_id,
            "roles": [role],
            "companies": {},
            "iat": 0,
            "exp": int(datetime(2500, 1, 1, tzinfo=UTC).timestamp()),
        }
        token = jwt.encode(claims, key.private_key, ALGORITHM, headers={"kid": key.key_id})
        http = self.stage.http
        return Member(http, f"{role}@example.org", name, person_id=person_id, _token=token)

    def agreed(self) -> Agreed:
        """Return the contract that today's service made of the release's agreement."""
        client, assistant = self.member("client_id", "Hanako"), self.member("assistant_id", "Aki")

        def contract() -> Any:
            return next(iter(client.get("/contracts")["items"]), None)

        contract_id = until(contract, "contracts made the contract", timeout=30)["contract_id"]
        return Agreed(client, assistant, contract_id, (self.milestone_id,))

    def said_today(self, service: str) -> list[tuple[str, dict[str, Any]]]:
        """Return what a service would say: type and facts."""
        with psycopg.connect(self.stack.env(service)["DATABASE_URL"]) as connection:
            rows = connection.execute(OUTBOX).fetchall()
        return [(event_type, json.loads(data)) for event_type, data in rows]

    def waiting(self) -> dict[str, int]:
        """Return the queues in which something waits: new, to be tried again, or dead."""
        lengths = self.stack.broker.queue_lengths()
        return {queue: length for queue, length in lengths.items() if length}


@contextmanager
def stage_of(stack: Stack) -> Iterator[Stage]:
    """Yield a stage on which nobody has signed in yet."""
    with (
        httpx2.Client(base_url=stack.url("web"), timeout=30) as http,
        httpx2.Client(timeout=30) as browser,
    ):
        yield Stage(
            http=http,
            pages=HostedPages(stack.url("stripe"), browser),
            operator=Member(http, "nobody@example.org", "Nobody"),
            now=lambda: datetime.now(UTC),
            bookkeeper=lambda *_: "",
            turn_clock=lambda _: None,
            mails_to=lambda address: [
                mail.subject for mail in stack.mails() if address in mail.recipients
            ],
            letters_to=lambda _: [],
            narrator=Silent(),
        )


@pytest.fixture(params=releases(), ids=str)
def retelling(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Retelling]:
    folder = tmp_path_factory.mktemp("round")
    with Stack(folder, processes=PROCESSES) as stack, stage_of(stack) as stage:
        # They have declared their exchanges, and there has been nothing to tell so far.
        for service in ("contracts", "payments"):
            stack.kill(f"{service}-relay")
        yield Retelling(stack, stage, request.param)


def release_the_escrow(retelling: Retelling) -> Agreed:
    """Let the parties do what they did then, and the release say what it said of it."""
    stage, milestone_id = retelling.stage, retelling.milestone_id
    retelling.tell_through("contracts.contract_agreed.v1")
    agreed = retelling.agreed()
    checkout = start_checkout(stage, agreed, milestone_id)
    stage.pages.pay(checkout["url"])
    money_is(agreed, milestone_id, "funded")
    retelling.tell_through("payments.milestone_funded.v1")
    work_is(agreed, milestone_id, "funded")
    deliver(stage, agreed, milestone_id)
    request_changes(stage, agreed, milestone_id)
    deliver(stage, agreed, milestone_id, version=2)
    accept(stage, agreed, milestone_id)
    retelling.tell_through("contracts.milestone_accepted.v1")
    money_is(agreed, milestone_id, "released")
    retelling.tell_through("payments.payout_paid.v2")
    work_is(agreed, milestone_id, "released")
    return agreed


def money_is(agreed: Agreed, milestone_id: str, status: str) -> None:
    path = f"/payments/milestones/{milestone_id}"
    until(lambda: agreed.client.get(path)["status"] == status, f"the money is {status}", timeout=30)


def work_is(agreed: Agreed, milestone_id: str, status: str) -> None:
    until(
        lambda: milestone_of(agreed, milestone_id)["status"] == status,
        f"the work is {status}",
        timeout=30,
    )


def released_then_and_now(retelling: Retelling) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what each says of the release, but for ids of its own and for the day."""
    then = retelling.first("payments.escrow_released.v1")
    said = dict(retelling.said_today("payments"))
    own = {name for name in then if name.endswith(("_at", "_on"))} | {"release_id"}
    now = {name: said["payments.escrow_released.v1"][name] for name in then.keys() - own}
    return {name: then[name] for name in now}, now


@pytest.mark.timeout(300)
def test_todays_services_act_on_a_releases_messages_and_speak_so_that_it_understands(
    retelling: Retelling,
) -> None:
    agreed = release_the_escrow(retelling)
    until(lambda: not retelling.waiting(), "all is handled, and nothing is dead", timeout=30)
    money = agreed.assistant.get(f"/payments/milestones/{retelling.milestone_id}")
    assert money["in_escrow"]["amount"] == 0
    then, now = released_then_and_now(retelling)
    assert now == then
    hanako = retelling.first("accounts.person_registered.v1")["email"]
    until(lambda: retelling.stage.mails_to(hanako), "notify writes to the client", timeout=30)
    said = [*retelling.said_today("contracts"), *retelling.said_today("payments")]
    assert {event_type for event_type, _ in said} >= {
        "contracts.contract_agreed.v1",
        "contracts.milestone_delivered.v1",
        "contracts.milestone_accepted.v1",
        "payments.milestone_funded.v1",
        "payments.escrow_released.v1",
    }
    for event_type, facts in said:
        assert faults(schema_of(retelling.release, event_type), facts) == [], event_type
