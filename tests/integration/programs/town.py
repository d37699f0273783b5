"""A town with a program: what tests over HTTP begin with."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.programs.domain.known_work import KnownMilestone
from shared.ids import new_id
from tests.support.apis import Api, Caller

PROGRAMS = "/api/v1/programs"
TOWN = "131016"  # Chiyoda, Tokyo
SESSION = {
    "title": "First evening",
    "starts_at": "2026-05-01T09:00:00Z",
    "ends_at": "2026-05-01T11:00:00Z",
    "place": "hall",
    "where": "Town hall, room 3",
}
COHORT = {
    "name": "Spring",
    "capacity": 2,
    "apply_until": "2026-04-20",
    "starts_on": "2026-05-01",
    "ends_on": "2026-07-31",
    "sessions": [SESSION],
}
CURRICULUM = {
    "units": [
        {
            "title": "Writing to clients",
            "text": "How to begin, and how to end.",
            "hours": 3,
            "questions": [{"text": "Which?", "choices": ["this", "that"], "right": 1}],
            "pass_mark": 1,
        },
        {"title": "Your own desk", "text": "Set it up, and show it.", "hours": 2},
    ],
    "practice": {
        "title": "A list of shops",
        "description": "Find twenty.",
        "criteria": ["There are twenty"],
        "price": {"amount": 3000, "currency": "JPY"},
    },
}
# A wallet pays tuition and a bonus, too, once their amounts are said.
WALLET_TERMS = {
    "total_cap": {"amount": 100_000},
    "person_cap": {"amount": 40_000},
    "pays_fees": True,
    "fee_months": 3,
    "bonus_months": 2,
}
APPLICATION = {
    "lives_in": TOWN,
    "adult": True,
    "weekly_hours": 10,
    "motivation": "I want to work from home.",
    "outcomes_consent": True,
}


@dataclass(frozen=True)
class Town:
    """A confirmed sponsor, its partner, and an open program with a cohort of two places."""

    api: Api
    sponsor: Caller
    partner: Caller
    operator: Caller
    program_id: str
    cohort_id: str

    @property
    def cohort(self) -> str:
        """Where the cohort is."""
        return f"{PROGRAMS}/cohorts/{self.cohort_id}"

    @property
    def program(self) -> str:
        """Where the program is."""
        return f"{PROGRAMS}/{self.program_id}"

    def applied(self, name: str = "Hanako") -> tuple[Caller, str]:
        """Return an assistant who has applied, and the application's id."""
        person = known(self.api, name, "assistant")
        made = person.post(f"{self.cohort}/applications", APPLICATION)
        assert made.status_code == 201, made.text
        return person, made.json()["application_id"]

    def accept(self, application_id: str) -> Any:
        """Return an application after the partner accepted it."""
        return done(self.partner.post(f"{PROGRAMS}/applications/{application_id}/acceptance"))

    def joined(self, name: str = "Hanako") -> tuple[Caller, str]:
        """Return an assistant who takes part, and as whom."""
        person, application_id = self.applied(name)
        assert self.accept(application_id)["status"] == "accepted"
        return person, done(person.get(f"{PROGRAMS}/participants/mine"))["participant_id"]

    def supporter(self, name: str = "Sachi", limit: int = 2) -> Caller:
        """Return somebody who supports people of the program."""
        person = known(self.api, name)
        body = {"email": email_of(person.person_id), "limit": limit}
        done(self.partner.post(f"{self.program}/supporters", body))
        return person

    def assign(self, participant_id: str, supporter: Caller) -> Any:
        """Return the answer to giving somebody this supporter."""
        path = f"{PROGRAMS}/participants/{participant_id}/supporter"
        return put(self.partner, path, {"supporter_id": str(supporter.person_id)})


def done(answer: Any) -> Any:
    """Return what was answered to what was done."""
    assert answer.status_code < 400, answer.text
    return answer.json()


def put(caller: Caller, path: str, body: object) -> Any:
    """Return the answer to a PUT."""
    return caller.client.put(path, headers=caller.headers, json=body)


def delete(caller: Caller, path: str) -> Any:
    """Return the answer to a DELETE."""
    return caller.client.delete(path, headers=caller.headers)


def email_of(person_id: UUID) -> str:
    """Return somebody's address."""
    return f"{person_id}@example.org"


def known(api: Api, name: str, *roles: str, company: bool = False) -> Caller:
    """Return somebody of whom accounts has told."""
    person_id = new_id()
    with api.begin() as work:
        work.people.remember(
            person_id, name, email_of(person_id), assistant="assistant" in roles, company=company
        )
    return api.person(*roles, person_id=person_id)


def milestone_of(assistant_id: UUID) -> KnownMilestone:
    """Return a milestone of somebody's, as contracts tells of it."""
    return KnownMilestone(
        milestone_id=new_id(),
        contract_id=new_id(),
        assistant_id=assistant_id,
        client_id=new_id(),
        title="The first list",
    )


def program_of(sponsor: Caller, partner: Caller, **changed: object) -> dict[str, object]:
    """Return what describes a program."""
    return {
        "sponsor_id": str(sponsor.person_id),
        "partner_id": str(partner.person_id),
        "title": "Work from home",
        "about": "For everybody who begins.",
    } | changed


def registered(api: Api, sponsor: Caller) -> None:
    """Say that an account is the town's, and have an operator confirm it."""
    body = {"account_id": str(sponsor.person_id), "municipality_code": TOWN, "note": "Call us."}
    done(sponsor.post(f"{PROGRAMS}/sponsors", body))
    where = f"{PROGRAMS}/sponsors/{sponsor.person_id}/decision"
    done(api.person("operator").post(where, {"confirmed": True}))


def town_in(api: Api, **changed: object) -> Town:
    """Return a town with an open program, described with these changes."""
    sponsor = known(api, "Chiyoda City", "client", company=True)
    partner = known(api, "Hatarako", "client", company=True)
    registered(api, sponsor)
    described = done(sponsor.post(PROGRAMS, program_of(sponsor, partner, **changed)))
    program = f"{PROGRAMS}/{described['program_id']}"
    done(put(partner, f"{program}/curriculum", CURRICULUM))
    done(sponsor.post(f"{program}/opening"))
    cohort = done(partner.post(f"{program}/cohorts", COHORT))
    operator = api.person("operator")
    return Town(api, sponsor, partner, operator, described["program_id"], cohort["cohort_id"])
