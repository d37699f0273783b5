"""A contract of the sample market, from the job to the ratings, as work.toml tells it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from shared.calendar import day_in_japan
from tools.sample.cast import read
from tools.sample.market import Market
from tools.story import acts, money_acts
from tools.story.acts import Agreed
from tools.story.member import JsonObject, Member
from tools.story.money_acts import yen

REVIEW_DAYS = 7
_OF_THE_JOB = ("title", "description", "category", "mode", "skills", "weekly_hours", "criteria")


@dataclass
class Deal:
    """A contract of the sample market that is under way; `agreed` names its milestones in order."""

    market: Market
    told: Mapping[str, Any]
    agreed: Agreed

    @property
    def client(self) -> Member:
        """Who acts for the client."""
        return self.agreed.client

    @property
    def assistant(self) -> Member:
        """Who does the work."""
        return self.agreed.assistant

    @property
    def path(self) -> str:
        """The path of the contract."""
        return f"/contracts/{self.agreed.contract_id}"

    def milestone(self, number: int, rest: str = "") -> str:
        """Return the path of a milestone, the first being 0."""
        return self.agreed.path(self.agreed.milestone_ids[number], rest)

    def with_milestone(self, milestone_id: str) -> "Deal":
        """Return the contract with one more milestone."""
        ids = (*self.agreed.milestone_ids, milestone_id)
        return replace(self, agreed=replace(self.agreed, milestone_ids=ids))

    def wait(self, number: int, *statuses: str) -> None:
        """Wait until a milestone stands in one of these statuses."""
        milestone_id = self.agreed.milestone_ids[number]
        self.market.stage.wait(
            f"{self.told['title']} is {' or '.join(statuses)}",
            lambda: acts.milestone_of(self.agreed, milestone_id)["status"] in statuses,
        )

    def start_payment(self, *numbers: int, method: str = "card") -> JsonObject:
        """Go to the processor's page for milestones."""
        ids = [self.agreed.milestone_ids[number] for number in numbers]
        return acts.start_checkout(self.market.stage, self.agreed, *ids, method=method)

    def pay(self, *numbers: int, method: str = "card") -> None:
        """Pay for milestones, and see the money arrive."""
        stage, page = self.market.stage, self.start_payment(*numbers, method=method)
        if method == "konbini":
            stage.pages.submit_konbini(page["url"])
            stage.pages.pay_konbini(page["url"])
        elif method == "bank_transfer":
            stage.pages.transfer_in(page["url"], page["amount"]["amount"])
        else:
            stage.pages.pay(page["url"])
        for number in numbers:
            self.wait(number, "funded")

    def deliver(self, number: int, version: int = 0) -> None:
        """Hand in what is written for this milestone, with a file."""
        text = self.told["deliveries"][version or number]
        parts = self.told.get("milestones", ())
        name = f"{parts[number]['title'] if parts else self.told['title']}.md"
        content = f"# {self.told['title']}\n\n{text}\n".encode()
        file = self.assistant.upload(f"{self.path}/files", name, content, "text/markdown")
        delivery = {"text": text, "file_ids": [file["file_id"]]}
        self.assistant.post(self.milestone(number, "/deliveries"), delivery)

    def accept(self, number: int) -> None:
        """Accept a milestone; its money is released."""
        self.client.post(self.milestone(number, "/acceptance"))
        self.wait(number, "released")

    def ask_for_changes(self, number: int) -> None:
        """Ask for the change that is written, about the first criterion if there are any."""
        criteria = self.told["milestones"][number].get("criteria")
        body = {"comment": self.told["change"], **({"criterion": 1} if criteria else {})}
        self.client.post(self.milestone(number, "/change-requests"), body)

    def talk(self) -> None:
        """Say what is written; each reads what the other said before answering."""
        messages = f"{self.path}/messages"
        before: JsonObject | None = None
        for side, text in self.told["said"]:
            member = self.client if side == "client" else self.assistant
            if before and before["side"] != side:
                member.post(f"{messages}/read", {"up_to": before["id"]})
            message = member.post(messages, {"text": text})
            before = {"side": side, "id": message["message_id"]}

    def rate(self) -> None:
        """Rate each other as is written, once the contract is complete."""
        self.market.stage.wait(
            f"{self.told['title']} is complete",
            lambda: self.client.get(self.path)["completed_at"],
        )
        for side, (stars, comment) in self.told["rated"].items():
            member = self.client if side == "client" else self.assistant
            member.post(f"{self.path}/ratings", {"stars": stars, "comment": comment})

    def dispute(self) -> str:
        """Open the dispute that is written, and answer it; return its path."""
        reason = {"reason": self.told["dispute"]}
        disputed = len(self.agreed.milestone_ids) - 1
        opened = self.client.post(self.milestone(disputed, "/disputes"), reason)["dispute"]
        path = f"{self.path}/disputes/{opened['dispute_id']}"
        self.assistant.post(f"{path}/answers", {"text": self.told["answer"]})
        self.client.post(f"{path}/statements", {"text": self.told["statement"]})
        return path


def agree(market: Market, name: str, *, due_in: Sequence[int]) -> Deal:
    """Post the job, make the proposal and accept it; each milestone is due in so many days."""
    told = read("work")[name]
    client, assistant = market[told["client"]], market[told["assistant"]]
    job = posted(market, told)
    today = day_in_japan(market.stage.now())
    offers = [
        {**each, "price": yen(each["price"]), "due_on": (today + timedelta(days)).isoformat()}
        for each, days in zip(told["milestones"], due_in, strict=True)
    ]
    proposal = assistant.post(
        f"/jobs/{job['job_id']}/proposals",
        {
            "cover": told["cover"],
            "milestones": offers,
            "weekly_hours": told.get("weekly_hours", 0),
        },
    )
    client.post(f"/jobs/proposals/{proposal['proposal_id']}/acceptance")
    return _contract(market, told, job, assistant)


def agree_by_the_hour(market: Market, name: str) -> Deal:
    """Agree on a retainer that starts today."""
    told = read("work")[name]
    assistant = market[told["assistant"]]
    job = posted(market, told, kind="retainer", period="month")
    retainer = {
        "hourly_price": yen(told["hourly"]),
        "hours_limit": told["hours"],
        "starts_on": day_in_japan(market.stage.now()).isoformat(),
    }
    offer = {"cover": told["cover"], "retainer": retainer}
    proposal = assistant.post(f"/jobs/{job['job_id']}/proposals", offer)
    market[told["client"]].post(f"/jobs/proposals/{proposal['proposal_id']}/acceptance")
    return _contract(market, told, job, assistant)


def take(market: Market, told: Mapping[str, Any], job: JsonObject) -> Deal:
    """Take one of a job's small tasks."""
    assistant = market[told["assistant"]]
    assistant.post(f"/jobs/{job['job_id']}/takes", {})
    return _contract(market, told, job, assistant)


def posted(market: Market, told: Mapping[str, Any], **more: object) -> JsonObject:
    """Post the job of a contract."""
    said = {name: told[name] for name in _OF_THE_JOB if name in told}
    tasks = told.get("tasks")
    if tasks:
        more |= {
            "kind": "tasks",
            "tasks": {**tasks, "price": yen(tasks["price"])},
            "max_revisions": 3,
            "deadline": (day_in_japan(market.stage.now()) + timedelta(60)).isoformat(),
            "beginner_friendly": True,
        }
    job = {
        **said,
        **more,
        "budget": yen(_budget(told)),
        "review_days": REVIEW_DAYS,
        "client_id": market.client_id(told["client"]),
    }
    made: JsonObject = market[told["client"]].post("/jobs", job)
    return made


def payout(market: Market, assistant: Member) -> JsonObject:
    """Have all that is payable paid out today; return the payout."""
    return acts.ask_for_payout(market.stage, assistant)


def hand_over(deal: Deal, number: int) -> Deal:
    """Let the substitute that is written go on with a milestone; return their contract."""
    market, told = deal.market, deal.told
    substitute = market[told["substitute"]]
    asked = {
        "substitute_id": substitute.person_id,
        "to_assistant": yen(told["so_far"]),
        "note": told["handover_note"],
        "share_deliveries": True,
    }
    proposed = deal.assistant.post(deal.milestone(number, "/hand-overs"), asked)
    hand_over_id = proposed["hand_over_id"]
    substitute.post(f"/contracts/hand-overs/{hand_over_id}/consent")
    deal.client.post(f"{deal.path}/hand-overs/{hand_over_id}/consent", {})
    mine = substitute.get(f"/contracts/hand-overs/{hand_over_id}")
    contract = substitute.get(f"/contracts/{mine['contract_id']}")
    ids = tuple(each["milestone_id"] for each in contract["milestones"])
    theirs = Deal(market, told, Agreed(deal.client, substitute, contract["contract_id"], ids))
    theirs.wait(0, "funded")
    return theirs


def bonus(deal: Deal) -> Deal:
    """Give the bonus that is written; return the contract with it as its last milestone."""
    title, price, note = deal.told["bonus"]
    body = {"title": title, "price": yen(price), "note": note}
    milestone_id = deal.client.post(f"{deal.path}/bonuses", body)["milestone_id"]
    given = deal.with_milestone(milestone_id)
    number = len(given.agreed.milestone_ids) - 1
    deal.market.stage.pages.pay(given.start_payment(number)["url"])
    given.wait(number, "released")
    return given


def charge_of(deal: Deal, number: int) -> str:
    """Return the processor's name for the payment of a milestone."""
    return money_acts.charge_of(deal.market.stage, deal.agreed.milestone_ids[number])


def _contract(market: Market, told: Mapping[str, Any], job: JsonObject, assistant: Member) -> Deal:
    """Wait for the contract of an accepted proposal."""
    client = market[told["client"]]
    found = partial(_contract_of, assistant, job["job_id"])
    contract = market.stage.wait(f"there is a contract: {told['title']}", found)
    terms = client.get(f"/contracts/{contract['contract_id']}/terms")
    ids = tuple(each["milestone_id"] for each in terms["milestones"])
    return Deal(market, told, Agreed(client, assistant, contract["contract_id"], ids))


def _contract_of(member: Member, job_id: str) -> JsonObject | None:
    contracts = member.get("/contracts", limit=100)["items"]
    return next((each for each in contracts if each["job_id"] == job_id), None)


def _budget(told: Mapping[str, Any]) -> int:
    if "hourly" in told:
        return int(told["hourly"] * told["hours"])
    if "tasks" in told:
        return int(told["tasks"]["price"] * told["tasks"]["slots"])
    return sum(each["price"] for each in told["milestones"])
