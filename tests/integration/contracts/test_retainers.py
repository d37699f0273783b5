"""Retainers over HTTP and a real database."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from services.contracts.use_cases import agreeing, clocks, money
from shared.calendar import end_of_day_in_japan
from shared.messages.jobs import Period
from shared.messages.payments import FundingStarted, MilestoneFunded
from shared.money import yen
from shared.people import Person
from tests.integration.contracts.conftest import CONTRACTS
from tests.support.apis import Api, Caller
from tests.unit.contracts.agreed import registered
from tests.unit.contracts.retained import LAST_DAY, STARTS_ON, noon, retainer_accepted

END = end_of_day_in_japan(LAST_DAY[Period.MONTH])


@dataclass
class Retained:
    """A monthly retainer in the real database, its first period not paid for yet."""

    api: Api
    client: Caller = field(init=False)
    assistant: Caller = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        self.client, self.assistant = self.api.person("client"), self.api.person("assistant")
        client, assistant = (
            Person(each.person_id, frozenset()) for each in (self.client, self.assistant)
        )
        with self.api.begin() as work:
            for person in (client, assistant):
                agreeing.remember_person(registered(person, "花子"), work)
            agreeing.agree(retainer_accepted(client, assistant, Period.MONTH), work)
        [contract] = self.client.get(CONTRACTS).json()["items"]
        self.path = f"{CONTRACTS}/{contract['contract_id']}"

    def view(self) -> dict[str, Any]:
        view: dict[str, Any] = self.client.get(f"{self.path}/retainer").json()
        return view

    def statuses(self) -> list[str]:
        """Return how its periods stand, oldest first."""
        return [each["status"] for each in reversed(self.view()["periods"])]

    def hours_path(self, number: int = 1) -> str:
        period = self.view()["periods"][-number]
        return f"{self.path}/milestones/{period['milestone_id']}/hours"

    def fund(self, number: int = 1) -> None:
        contract = self.client.get(self.path).json()
        facts = {
            "contract_id": contract["contract_id"],
            "milestone_id": self.view()["periods"][-number]["milestone_id"],
            "title": contract["title"],
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
        }
        with self.api.begin() as work:
            money.note_funding_started(FundingStarted(**facts), work)
            money.note_funded(MilestoneFunded(**facts, amount=yen(33_000)), work)

    def turn_to_end(self, **after: float) -> int:
        """Turn the clock to the end of the first period, or so long after it; fire what is due."""
        self.api.clock.time = END + timedelta(**after)
        return clocks.fire_deadlines(self.api)

    def happened(self) -> list[str]:
        return [each["what"] for each in self.client.get(self.path).json()["timeline"]]


@pytest.fixture
def retained(api: Api) -> Retained:
    return Retained(api)


def test_hours_are_logged_settled_and_the_next_period_waits_for_its_money(
    retained: Retained,
) -> None:
    assistant = retained.assistant
    retained.fund()
    retained.api.clock.time = noon(STARTS_ON + timedelta(days=3))
    hours = retained.hours_path()
    for day in (1, 0):
        entry = {"day": str(STARTS_ON + timedelta(days=day)), "minutes": 120, "note": "薔薇"}
        logged = assistant.post(hours, entry)
        assert logged.status_code == 201, logged.text
    [first, second] = logged.json()["entries"]
    assert first["day"] < second["day"]
    changed = assistant.client.put(
        f"{hours}/{first['entry_id']}", json=entry | {"minutes": 30}, headers=assistant.headers
    )
    assert changed.json()["minutes"] == 150
    assert retained.client.get(hours).json() == changed.json()
    removed = assistant.client.delete(f"{hours}/{second['entry_id']}", headers=assistant.headers)
    assert removed.json()["worth"]["amount"] == 750
    retained.turn_to_end(hours=-1)
    retained.turn_to_end(hours=24)
    assert retained.statuses() == ["delivered", "agreed"]
    contract = retained.client.get(retained.path).json()
    [delivery] = contract["milestones"][0]["deliveries"]
    assert delivery["text"] == "2026-04-10 0:30 薔薇\n= 0:30 x 1,500 JPY = 750 JPY"
    retained.turn_to_end(hours=24, days=7)
    assert retained.statuses() == ["settled", "agreed"]
    assert retained.happened()[3:] == ["period_added", "work_stopped", "delivered", "settled"]


def test_a_lapsed_retainer_is_resumed_and_notice_completes_it(retained: Retained) -> None:
    retained.turn_to_end()
    assert retained.statuses() == ["ended"]
    assert retained.view()["waits_for_resumption"]
    resumed = retained.client.post(f"{retained.path}/retainer/resumption")
    assert resumed.status_code == 201, resumed.text
    assert retained.statuses() == ["ended", "agreed"]
    again = retained.client.post(f"{retained.path}/retainer/resumption")
    assert (again.status_code, again.json()["code"]) == (409, "retainer_not_waiting")
    notice = retained.assistant.post(f"{retained.path}/retainer/notice")
    assert notice.status_code == 201, notice.text
    assert notice.json()["ended_by"] == str(retained.assistant.person_id)
    assert retained.client.get(retained.path).json()["completed_at"] is None


def test_replicas_make_the_next_period_once_also_while_notice_is_given(api: Api) -> None:
    retainers = [Retained(api) for _ in range(4)]
    for each in retainers:
        each.fund()
    api.clock.time = END - timedelta(days=1)
    together = Barrier(6)

    def replica(_: int) -> None:
        together.wait(timeout=10)
        clocks.fire_deadlines(api)

    def give_notice(retained: Retained) -> None:
        together.wait(timeout=10)
        assert retained.client.post(f"{retained.path}/retainer/notice").status_code == 201

    with ThreadPoolExecutor(6) as threads:
        futures = [threads.submit(replica, each) for each in range(4)]
        futures += [threads.submit(give_notice, each) for each in retainers[:2]]
        for future in futures:
            future.result()
    clocks.fire_deadlines(api)
    assert [len(each.view()["periods"]) for each in retainers] == [2] * 4
