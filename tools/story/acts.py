"""The seven acts of the story, played by members through the public API."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import httpx2

from shared.calendar import day_in_japan
from shared.ids import new_id
from tools.story.member import JsonObject, Member, RefusedError
from tools.story.narrator import Narrator
from tools.story.processor import HostedPages
from tools.waiting import until

T = TypeVar("T")

PATIENCE_SECONDS = 60.0
REVIEW_DAYS = 7
REPORT = "# 在宅ワーカー向けの案内文\n\n下書き 第{version}稿\n"

# The link of the letter to whoever has registered.
LINK = re.compile(r"/confirm[?#]secret=([\w-]+)")


@dataclass
class Stage:
    """Where the story is played: addresses, a clock that can be turned, a mailbox to look into.

    `mails_to` are the subjects of the mails to an address, `letters_to` their texts.
    `patience` is how long people go on trying and waiting, in seconds.
    `bookkeeper` runs `python -m services.payments …` with these arguments; returns what it said.
    """

    http: httpx2.Client
    pages: HostedPages
    operator: Member
    now: Callable[[], datetime]
    turn_clock: Callable[[timedelta], None]
    mails_to: Callable[[str], list[str]]
    letters_to: Callable[[str], list[str]]
    narrator: Narrator
    bookkeeper: Callable[..., str]
    told: Callable[[], None] = lambda: None
    patience: float = PATIENCE_SECONDS
    run: str = field(default_factory=lambda: new_id().hex[-8:])

    def wait(
        self, what: str, condition: Callable[[], T | None], patience: float | None = None
    ) -> T:
        """Return what the condition gives, as soon as it gives something."""
        with self.narrator.waiting(what):
            return until(condition, what, timeout=patience or self.patience)

    def member(self, name: str, role: str, locale: str = "ja") -> Member:
        """Return somebody who is not yet registered; the address is new at every run."""
        email = f"{name.lower()}.{new_id().hex[-10:]}@example.org"
        return Member(self.http, email, name, (role,), locale, patience_seconds=self.patience)


@dataclass(frozen=True)
class Agreed:
    """A contract between two members."""

    client: Member
    assistant: Member
    contract_id: str
    milestone_ids: tuple[str, ...]

    def path(self, milestone_id: str, rest: str = "") -> str:
        """Return the path of a milestone in contracts."""
        return f"/contracts/{self.contract_id}/milestones/{milestone_id}{rest}"


def register(stage: Stage, member: Member) -> Member:
    """Open an account, by the link of the letter that comes, and sign in."""
    member.register()
    secret = stage.wait(
        f"{member.name} gets the letter with the link",
        lambda: next(
            (found[1] for text in stage.letters_to(member.email) if (found := LINK.search(text))),
            None,
        ),
    )
    member.confirm(secret)
    member.sign_in()
    stage.narrator.says(
        member.name, f"registers as {' and '.join(member.roles)}, follows the link, and signs in"
    )
    return member


def as_soon_as_known(stage: Stage, act: Callable[[], T], early: str) -> T:
    """Do something once one service has told the other: before that it is refused so."""

    def tried() -> tuple[T] | None:
        try:
            return (act(),)
        except RefusedError as refusal:
            if refusal.code == early:
                return None
            raise

    return stage.wait(f"it isn't refused with {early} any more", tried)[0]


def become_payee(stage: Stage, assistant: Member) -> None:
    """Let the assistant be paid: an account with the processor, and its onboarding page."""
    assistant.post("/payments/payees", {})
    link = assistant.post("/payments/payees/me/onboarding-links")
    stage.narrator.says(assistant.name, "opens a payee account and fills in the processor's page")
    stage.pages.onboard(link["url"])
    stage.wait(
        "the processor says that the payee is active",
        lambda: assistant.get("/payments/payees/me")["status"] == "active",
    )


def agree(
    stage: Stage,
    client: Member,
    assistant: Member,
    title: str,
    prices: tuple[int, ...],
    *,
    mode: str = "brokered",
) -> Agreed:
    """Post a job, propose milestones at these prices (yen without tax), accept the proposal."""
    job = {
        "title": title,
        "description": "町の在宅ワーク講座の案内文を書く。Webページとちらしに使う。",
        "category": "writing",
        "budget": {"amount": sum(prices), "currency": "JPY"},
        "mode": mode,
        "review_days": REVIEW_DAYS,
    }
    due_on = day_in_japan(stage.now()) + timedelta(days=14)
    milestones = [
        {
            "title": f"第{number}回",
            "description": "本文 2,000 字",
            "price": {"amount": price, "currency": "JPY"},
            "due_on": (due_on + timedelta(days=number)).isoformat(),
        }
        for number, price in enumerate(prices, start=1)
    ]
    offer = {"cover": "毎日4時間、子どもが園にいる間に書きます。", "milestones": milestones}
    return agree_on(stage, client, assistant, job, offer)


def agree_on(
    stage: Stage, client: Member, assistant: Member, job: JsonObject, offer: JsonObject
) -> Agreed:
    """Post just this job, make just this proposal, accept it; wait for the contract."""
    budget = job["budget"]["amount"]
    job_id = client.post("/jobs", job)["job_id"]
    stage.narrator.says(client.name, f"posts a job: {job['title']}, budget {budget:,} yen")
    proposal = assistant.post(f"/jobs/{job_id}/proposals", offer)
    prices = [each["price"]["amount"] for each in proposal["milestones"]]
    offered = " and ".join(f"{price:,}" for price in prices)
    stage.narrator.says(assistant.name, f"proposes {len(prices)} milestone(s): {offered} yen")
    client.post(f"/jobs/proposals/{proposal['proposal_id']}/acceptance")
    stage.narrator.says(client.name, "accepts the proposal")

    def contract() -> JsonObject | None:
        found = client.get("/contracts")["items"]
        return next((each for each in found if each["job_id"] == job_id), None)

    contract_id = stage.wait("there is a contract with terms", contract)["contract_id"]
    terms = client.get(f"/contracts/{contract_id}/terms")
    stage.narrator.says("contracts", f"terms v{terms['version']}, sha256 {terms['sha256'][:16]}…")
    agreed = tuple(each["milestone_id"] for each in terms["milestones"])
    return Agreed(client, assistant, contract_id, agreed)


def start_checkout(
    stage: Stage, agreed: Agreed, *milestone_ids: str, method: str = "card"
) -> JsonObject:
    """Ask for the processor's page; payments may hear of the contract a moment later."""
    for each in milestone_ids:
        path = f"/payments/milestones/{each}"
        stage.wait("payments knows the milestone", partial(agreed.client.find, path))
    asked = {"milestone_ids": list(milestone_ids), "method": method}
    checkout: JsonObject = agreed.client.post("/payments/checkouts", asked)
    return checkout


def fund(stage: Stage, agreed: Agreed, milestone_id: str) -> JsonObject:
    """Pay for a milestone on the processor's page; wait until contracts knows."""
    checkout = start_checkout(stage, agreed, milestone_id)
    amount = checkout["amount"]["amount"]
    stage.pages.pay(checkout["url"])
    stage.narrator.says(agreed.client.name, f"pays {amount:,} yen on the processor's page")
    wait_for_status(stage, agreed, milestone_id, "funded")
    money: JsonObject = agreed.client.get(f"/payments/milestones/{milestone_id}")
    return money


def deliver(stage: Stage, agreed: Agreed, milestone_id: str, version: int = 1) -> None:
    """Deliver a text and a file, and see that the client can download just that file."""
    content = REPORT.format(version=version).encode()
    file = agreed.assistant.upload(
        f"/contracts/{agreed.contract_id}/files", f"案内文-{version}.md", content, "text/markdown"
    )
    agreed.assistant.post(
        agreed.path(milestone_id, "/deliveries"),
        {"text": f"第{version}稿です。ご確認ください。", "file_ids": [file["file_id"]]},
    )
    stage.narrator.says(agreed.assistant.name, f"delivers a text and {file['name']}")
    seen = agreed.client.download(f"/contracts/{agreed.contract_id}/files/{file['file_id']}")
    if hashlib.sha256(seen).hexdigest() != file["sha256"]:
        raise AssertionError(f"{file['name']} came back changed")


def request_changes(stage: Stage, agreed: Agreed, milestone_id: str) -> None:
    """Ask for changes."""
    agreed.client.post(
        agreed.path(milestone_id, "/change-requests"),
        {"comment": "申込みの締切を冒頭に書いてください。"},
    )
    stage.narrator.says(agreed.client.name, "asks for a change")


def accept(stage: Stage, agreed: Agreed, milestone_id: str) -> None:
    """Accept the delivery."""
    agreed.client.post(agreed.path(milestone_id, "/acceptance"))
    stage.narrator.says(agreed.client.name, "accepts the delivery")


def wait_for_release(stage: Stage, agreed: Agreed, milestone_id: str) -> JsonObject:
    """Wait until contracts knows that the escrow was released; return the milestone's money."""
    wait_for_status(stage, agreed, milestone_id, "released")
    money: JsonObject = agreed.assistant.get(f"/payments/milestones/{milestone_id}")
    parts = ("net", "platform_fee", "platform_fee_tax", "withholding")
    told = ", ".join(f"{part} {money[part]['amount']:,}" for part in parts)
    stage.narrator.says("payments", f"released: {told}")
    return money


def ask_for_payout(stage: Stage, assistant: Member) -> JsonObject:
    """The assistant doesn't wait for the payday; wait until the bank has paid."""
    payout = assistant.post("/payments/payouts")
    stage.narrator.says(assistant.name, "asks for the money today")
    payout_id = payout["payout_id"]
    return wait_for_payout(stage, assistant, lambda each: each["payout_id"] == payout_id)


def wait_for_payout(
    stage: Stage, assistant: Member, wanted: Callable[[JsonObject], bool]
) -> JsonObject:
    """Wait until the bank has paid a payout of this kind; return the newest one."""

    def paid() -> JsonObject | None:
        payouts = assistant.get("/payments/payouts", limit=100)["items"]
        return next((each for each in payouts if wanted(each) and each["status"] == "paid"), None)

    payout = stage.wait("the bank has paid", paid)
    amount, fee = payout["amount"]["amount"], payout["transfer_fee"]["amount"]
    stage.narrator.says("bank", f"pays {amount:,} yen to {assistant.name} ({fee} for the transfer)")
    return payout


def wait_for_payday(stage: Stage, assistant: Member) -> JsonObject:
    """Let the days go by until the next payday; wait until the bank has paid."""
    payday = assistant.get("/payments/payables/me")["next_payday"]
    days = (date.fromisoformat(payday) - day_in_japan(stage.now())).days
    stage.turn_clock(timedelta(days=days))
    stage.narrator.says("clock", f"{days} days go by, until the payday {payday}")
    return wait_for_payout(stage, assistant, lambda each: bool(each["payday"] >= payday))


def wait_for_status(stage: Stage, agreed: Agreed, milestone_id: str, status: str) -> None:
    """Wait until contracts has the milestone in this status."""
    stage.wait(
        f"the milestone is {status}",
        lambda: milestone_of(agreed, milestone_id)["status"] == status,
    )


def milestone_of(agreed: Agreed, milestone_id: str) -> JsonObject:
    """Return the milestone as contracts sees it."""
    milestones: list[JsonObject] = agreed.client.get(f"/contracts/{agreed.contract_id}")[
        "milestones"
    ]
    return next(each for each in milestones if each["milestone_id"] == milestone_id)


def wait_for_mail(stage: Stage, member: Member, words: str) -> None:
    """Wait for an e-mail to this member whose subject has these words."""
    subject = stage.wait(
        f"{member.name} gets an e-mail",
        lambda: next((each for each in stage.mails_to(member.email) if words in each), None),
    )
    stage.narrator.says("mail", f"to {member.name}: {subject}")


def end_by_agreement(stage: Stage, agreed: Agreed, milestone_id: str) -> Any:
    """The client asks to end the milestone, the assistant agrees; wait for the refund."""
    agreed.client.post(agreed.path(milestone_id, "/ending"), {"reason": "計画が変わりました。"})
    stage.narrator.says(agreed.client.name, "asks to end the milestone")
    agreed.assistant.post(agreed.path(milestone_id, "/ending/agreement"))
    stage.narrator.says(agreed.assistant.name, "agrees")
    wait_for_status(stage, agreed, milestone_id, "refunded")
    return agreed.client.get(f"/payments/milestones/{milestone_id}")
