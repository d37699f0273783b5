"""Profiles, hours and matches over HTTP and the real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from services.jobs.use_cases import hearing
from shared.ids import new_id
from shared.messages.contracts import ContractAgreed, ContractCompleted, MilestoneAccepted
from shared.messages.jobs import Category, Mode
from shared.messages.payments import PayeeActivated, PayeeRestricted
from shared.messages.talk import PersonBlocked, PersonUnblocked, RatingsRevealed
from tests.integration.jobs.test_api import JOBS, OFFER, posted
from tests.support.apis import Api, Caller
from tests.support.fakes import NOW

PROFILE: dict[str, Any] = {
    "headline": "文章とExcel",
    "about": "十年ほど書いてきました",
    "skills": [{"name": "Excel", "level": "expert"}, {"name": "文章"}],
    "hours": [
        {"day": "mon", "part": "morning", "minutes": 240},
        {"day": "thu", "part": "evening", "minutes": 120},
    ],
    "never": [{"day": "sun", "part": "night"}],
    "hourly_rate": {"amount": 1_500},
    "portfolio": [{"title": "庭の案内", "url": "https://example.jp/garden"}],
    "languages": [{"code": "ja", "level": "expert"}],
    "private_note": "",
}


def kept(assistant: Caller, *, key: str = "", **changes: Any) -> dict[str, Any]:
    headers = assistant.headers | ({"Idempotency-Key": key} if key else {})
    answer = assistant.client.put(f"{JOBS}/profiles/me", json=PROFILE | changes, headers=headers)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


def proposed_for(api: Api, assistant: Caller, hours: int) -> tuple[Caller, str]:
    """Return a client and the path of the assistant's proposal for so many hours a week."""
    client = api.person("client")
    job = posted(client, weekly_hours=hours)
    made = assistant.post(f"{JOBS}/{job['job_id']}/proposals", OFFER).json()
    return client, f"{JOBS}/proposals/{made['proposal_id']}"


def test_a_profile_comes_back_as_it_was_said(api: Api) -> None:
    assistant = api.person("assistant")
    own = kept(assistant)
    assert own["weekly_minutes"] == own["minutes_left"] == 360
    seen = api.person("client").get(f"{JOBS}/profiles/{assistant.person_id}").json()
    assert seen == {name: value for name, value in own.items() if name != "private_note"}
    assert seen["statistics"] == {
        "contracts_completed": 0,
        "milestones_accepted": 0,
        "on_time_percent": None,
        "rating": None,
        "ratings": 0,
    }
    assert kept(assistant, headline="写真も")["headline"] == "写真も"
    assert api.person("client").get(f"{JOBS}/profiles/{new_id()}").status_code == 404


def test_of_two_acceptances_at_once_the_week_has_room_for_one(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    offers = [proposed_for(api, assistant, 4) for _ in range(3)]

    def accept(offer: tuple[Caller, str]) -> tuple[int, str]:
        client, path = offer
        answer = client.post(f"{path}/acceptance")
        return answer.status_code, answer.json().get("code", "")

    with ThreadPoolExecutor(3) as threads:
        answers = sorted(threads.map(accept, offers))
    assert answers == [(200, ""), (409, "over_capacity"), (409, "over_capacity")]
    client, path = offers[[accept(each)[1] for each in offers].index("over_capacity")]
    known = client.post(f"{path}/acceptance", {"over_capacity": True})
    assert known.status_code == 200


def test_what_others_tell_is_in_the_profile(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    client, path = proposed_for(api, assistant, 4)
    job_id = UUID(client.post(f"{path}/acceptance").json()["job_id"])
    parties = {"client_id": client.person_id, "assistant_id": assistant.person_id}
    about = parties | {"title": "庭", "contract_id": new_id()}
    shown = f"{JOBS}/profiles/{assistant.person_id}"
    assert client.get(shown).json()["minutes_left"] == 120
    with api.begin() as work:
        for late in (False, True, True):
            accepted = MilestoneAccepted(
                **about, milestone_id=new_id(), by="client", accepted_at=NOW, late=late
            )
            for _ in range(2):
                hearing.note_accepted(accepted, work)
        completed = ContractCompleted(**about, job_id=job_id, completed_at=NOW)
        revealed = RatingsRevealed(**about, by_client=4, by_assistant=None, revealed_at=NOW)
        for _ in range(2):
            hearing.note_completed(completed, work)
            hearing.note_ratings(revealed, work)
            hearing.note_payee(PayeeActivated(person_id=assistant.person_id), work)
    profile = client.get(shown).json()
    assert (profile["verified"], profile["minutes_left"]) == (True, 360)
    assert profile["statistics"] == {
        "contracts_completed": 1,
        "milestones_accepted": 3,
        "on_time_percent": 33,
        "rating": 4.0,
        "ratings": 1,
    }


class Told:
    """What contracts tells of an assistant's contracts on one job."""

    def __init__(self, api: Api, assistant: Caller, client: Caller, job_id: UUID) -> None:
        self.api, self.assistant, self.client, self.job_id = api, assistant, client, job_id

    def agreed(self, hours: int, proposal_id: UUID | None = None) -> ContractAgreed:
        return ContractAgreed(
            contract_id=new_id(),
            job_id=self.job_id,
            title="庭",
            category=Category.WRITING,
            mode=Mode.BROKERED,
            review_days=7,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=(),
            agreed_at=NOW,
            weekly_hours=hours,
            proposal_id=proposal_id,
        )

    def note(self, *agreed: ContractAgreed) -> tuple[int, int]:
        """Tell that these are agreed, twice; return the minutes left, and the contracts done."""
        with self.api.begin() as work:
            for each in 2 * agreed:
                hearing.note_agreed(each, work)
        return self.shown()

    def complete(self, *agreed: ContractAgreed) -> tuple[int, int]:
        """Tell that these are completed, twice."""
        with self.api.begin() as work:
            for each in 2 * agreed:
                facts = each.model_dump(
                    include={"contract_id", "job_id", "title", "client_id", "assistant_id"}
                )
                hearing.note_completed(ContractCompleted(**facts, completed_at=NOW), work)
        return self.shown()

    def shown(self) -> tuple[int, int]:
        profile = self.client.get(f"{JOBS}/profiles/{self.assistant.person_id}").json()
        return profile["minutes_left"], profile["statistics"]["contracts_completed"]


def test_each_contract_of_a_job_takes_and_frees_hours_of_its_own(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    client, path = proposed_for(api, assistant, 2)
    accepted = client.post(f"{path}/acceptance").json()
    told = Told(api, assistant, client, UUID(accepted["job_id"]))
    first = told.agreed(2, UUID(accepted["proposal_id"]))
    back, again = told.agreed(1), told.agreed(2)
    assert told.note(back) == (180, 0)  # told of before the contract that it comes from
    assert told.complete(back) == (360, 1)
    assert told.note(first) == (240, 1)
    assert told.note(again) == (120, 1)
    assert told.complete(first) == (240, 2)
    assert told.complete(again) == told.note(first, back, again) == (360, 3)


def test_a_completion_that_is_told_of_first_leaves_no_hours_taken(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    client, path = proposed_for(api, assistant, 4)
    accepted = client.post(f"{path}/acceptance").json()
    told = Told(api, assistant, client, UUID(accepted["job_id"]))
    first = told.agreed(4, UUID(accepted["proposal_id"]))
    assert told.shown() == (120, 0)
    assert told.complete(first) == told.note(first) == (360, 1)


def test_hours_that_the_version_before_has_taken_are_joined_with_their_contract(api: Api) -> None:
    assistant, client = api.person("assistant"), api.person("client")
    kept(assistant)
    told = Told(api, assistant, client, new_id())
    row = {"job": told.job_id, "person": assistant.person_id, "at": NOW}
    taken = text(
        "INSERT INTO commitments (job_id, assistant_id, weekly_hours, began_at)"
        " VALUES (:job, :person, 4, :at) ON CONFLICT DO NOTHING"
    )
    with api.database.transaction() as connection:
        for _ in range(2):
            connection.execute(taken, row)
    assert told.shown() == (120, 0)
    first = told.agreed(4, new_id())
    assert told.note(first) == (120, 0)
    assert told.complete(first) == (360, 1)


def test_of_what_is_told_of_a_payee_the_latest_holds_in_any_order(api: Api) -> None:
    assistant = api.person("assistant")
    kept(assistant)
    person_id = assistant.person_id
    restricted = PayeeRestricted(person_id=person_id, requirements=(), changed_at=NOW)
    activated = PayeeActivated(person_id=person_id, changed_at=NOW + timedelta(hours=1))
    for told, verified in (
        (PayeeActivated(person_id=person_id), True),
        (restricted, False),
        (PayeeActivated(person_id=person_id), False),
        (activated, True),
        (restricted, True),
    ):
        with api.begin() as work:
            hearing.note_payee(told, work)
        assert assistant.get(f"{JOBS}/profiles/me").json()["verified"] is verified


def test_matches_both_ways_with_their_reasons(api: Api) -> None:
    client, good, fair, closed = (
        api.person("client"),
        api.person("assistant"),
        api.person("assistant"),
        api.person("assistant"),
    )
    kept(good)
    kept(fair, skills=[{"name": "文章"}])
    kept(closed, open_to_work=False)
    job = posted(client, skills=["excel", "文章"], weekly_hours=3)
    posted(client, skills=["写真"])
    path = f"{JOBS}/{job['job_id']}/matches"
    first = client.get(path, params={"limit": 1}).json()
    second = client.get(path, params={"limit": 1, "after": first["next"]}).json()
    assert second["next"] is None
    found = first["items"] + second["items"]
    assert [each["profile"]["person_id"] for each in found] == [
        str(good.person_id),
        str(fair.person_id),
    ]
    skills, hours = found[1]["reasons"]
    assert (skills["matched"], skills["missing"], skills["points"]) == (["文章"], ["excel"], 20)
    assert (hours["needed"], hours["there"], hours["points"]) == (3, 6, 25)
    [match] = good.get(f"{JOBS}/profiles/me/matches").json()["items"]
    assert (match["job"]["job_id"], match["score"], match["of"]) == (job["job_id"], 65, 65)
    assert good.get(f"{JOBS}/{job['job_id']}/matches").status_code == 403


def test_a_block_hides_both_from_each_other_until_it_is_taken_back(api: Api) -> None:
    client, assistant = api.person("client"), api.person("assistant")
    kept(assistant)
    job = posted(client)
    pair = {"blocked_by": client.person_id, "account_id": assistant.person_id}
    with api.begin() as work:
        hearing.note_block(PersonBlocked(**pair, blocked_at=NOW), work)
    assert assistant.get(f"{JOBS}/{job['job_id']}").status_code == 404
    assert assistant.get(JOBS).json()["items"] == []
    assert client.get(f"{JOBS}/{job['job_id']}/matches").json()["items"] == []
    later = NOW.replace(year=NOW.year + 1)
    with api.begin() as work:
        hearing.note_unblock(PersonUnblocked(**pair, unblocked_at=later), work)
        hearing.note_block(PersonBlocked(**pair, blocked_at=NOW), work)
    assert len(assistant.get(JOBS).json()["items"]) == 1
