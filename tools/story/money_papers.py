"""Documents, taxes and proofs of the story of money."""

import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from shared.calendar import day_in_japan
from tools.story.acts import REVIEW_DAYS, Agreed, Stage
from tools.story.member import JsonObject, Member
from tools.story.money_acts import money_of, yen
from tools.story.proofs import Proof, balance_of
from tools.story.tale import StoryBrokenError, expect

MARKET: Final = {
    "market": "たすき",
    "name": "たすき運営協議会",
    "address": "東京都千代田区霞が関1-1-1",
    "registration_number": "T9234567890123",
}
# A month or a year: their sums say where the months are cut.
_PERIODICAL: Final = ("monthly_statement", "payment_record")
# Both parties have these.
_SHARED: Final = ("invoice", "return_invoice")
# Money on its way: when all of these are zero, nothing moves any more.
_UNDER_WAY: Final = (
    "asset:cash_in_transit",
    "asset:dispute_receivable",
    "asset:payee_balance",
    "liability:payout_in_transit",
    "liability:refunds_payable",
)


@dataclass
class Papers:
    """What the story leaves behind: PDFs and a picture by name, and what it takes to check them.

    `totals` are the sums of the documents of the story's people, by kind.
    """

    since: date = date.min
    payout: JsonObject = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    documents: dict[str, JsonObject] = field(default_factory=dict)
    trace: JsonObject = field(default_factory=dict)
    totals: Counter[str] = field(default_factory=Counter)


def name_market(stage: Stage) -> None:
    """Say who issues the market's documents."""
    issuer = stage.operator.put("/payments/issuer", MARKET)
    stage.narrator.says("Operator", f"names the market: {issuer['name']}, {MARKET['market']}")


def preview(stage: Stage, assistant: Member, prices: Sequence[int], net: int) -> JsonObject:
    """Ask what a contract comes to, before it is agreed; all of it due on one day."""
    due_on = (day_in_japan(stage.now()) + timedelta(days=14)).isoformat()
    asked = {
        "category": "writing",
        "mode": "principal",
        "review_days": REVIEW_DAYS,
        "milestones": [{"price": yen(price), "due_on": due_on} for price in prices],
        "hours": 30,
    }
    seen: JsonObject = assistant.post("/payments/previews", asked)
    expect("previewed", seen["net"]["amount"], net)
    hour = seen["per_hour"]["amount"]
    told = f"looks what the next contract comes to: {net:,} yen in the bank, {hour:,} an hour"
    stage.narrator.says(assistant.name, told)
    return seen


def compare_with_preview(seen: JsonObject, agreed: Agreed, payout: JsonObject) -> None:
    """See that what was said before the agreement is what was paid, to the yen."""
    parts = ("funded", "withholding", "platform_fee", "platform_fee_tax", "net")
    for milestone_id, planned in zip(agreed.milestone_ids, seen["milestones"], strict=True):
        money = money_of(agreed, milestone_id)
        for part in parts:
            expect(f"{part}, previewed", planned[part], money[part])
    [planned_payout] = seen["payouts"]
    for part in ("gross", "transfer_fee", "amount"):
        expect(f"{part} of the payout, previewed", planned_payout[part], payout[part])


def gather(stage: Stage, papers: Papers, guide: Agreed, checkout: JsonObject) -> None:
    """Let the parties and an operator fetch their documents, as JSON, PDF and SVG."""
    client, assistant = guide.client, guide.assistant
    release = money_of(guide, guide.milestone_ids[0])["releases"][0]["release_id"]
    way = stage.operator.get(f"/payments/traces/{checkout['checkout_id']}")
    charge_id = next(row["object"] for row in way["rows"] if row["what"] == "captured")
    for member, kind, name in (
        (client, "receipt", charge_id),
        (client, "invoice", release),
        (assistant, "payout_statement", papers.payout["payout_id"]),
    ):
        path = f"/payments/documents/{kind}/{name}"
        papers.documents[kind] = member.get(path)
        papers.files[kind] = member.download(path, format="pdf")
        expect(f"{kind} as PDF", papers.files[kind][:4], b"%PDF")
        shown = papers.documents[kind]
        told = f"fetches {kind} {shown['number']}: {shown['total']:,} yen"
        stage.narrator.says(member.name, told)
    papers.trace = way
    picture = stage.operator.download(f"/payments/traces/{way['id']}", format="svg")
    papers.files["trace"] = picture
    stage.narrator.says("Operator", f"traces the voucher's yen in {len(way['rows'])} moves")


def months_between(first: date, last: date) -> list[str]:
    """Return the months from one day's until the one before another's, as 2026-11."""
    months = []
    day = first.replace(day=1)
    while day < last.replace(day=1):
        months.append(f"{day:%Y-%m}")
        day = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return months


def wait_until_all_arrived(stage: Stage) -> None:
    """Wait until no money is on its way any more, in the books."""

    def arrived() -> bool:
        trial = stage.operator.get("/payments/books/trial-balance")
        return not any(balance_of(trial, account) for account in _UNDER_WAY)

    stage.wait("nothing is on its way any more", arrived)


def remit(stage: Stage, months: Sequence[str]) -> int:
    """Remit what was withheld in these months; return how much it was."""
    sum_ = 0
    for month in months:
        due = stage.operator.get(f"/payments/withholding/{month}")["due"]
        if due:
            stage.operator.post(f"/payments/withholding/{month}/remittance")
            stage.narrator.says("Operator", f"remits {due:,} yen of taxes withheld in {month}")
        sum_ += due
    return sum_


def prove(
    stage: Stage, papers: Papers, client: Member, assistant: Member, months: Sequence[str]
) -> Iterator[Proof]:
    """Prove what only this story has: months, the seal, the export."""
    yield _statements("the client's", client, "client", months)
    yield _statements("the assistant's", assistant, "assistant", months)
    yield _documents(papers, client, assistant, months)
    stage.bookkeeper("seal")
    said = stage.bookkeeper("verify")
    seal = dict(line.split(": ", 1) for line in said.splitlines())
    yield Proof(
        "the seal fits the whole journal",
        "verified" in seal and seal["unsealed"] == "0",
        f"{seal['to_entry']} entries, {seal['sha256'][:12]}…",
    )
    for month in months:
        yield _accountant(stage, month)


def _statements(whose: str, member: Member, side: str, months: Sequence[str]) -> Proof:
    """Every month begins as the one before ended; in the end nothing is left."""
    balance, moved = 0, 0
    for month in months:
        statement = member.get(f"/payments/documents/monthly_statement/{month}")
        sums = {each["name"]: each["amount"] for each in statement["sums"]}
        if sums[f"{side}_opening"] != balance:
            raise StoryBrokenError(f"{month} does not begin as the month before ended")
        [table] = [each for each in statement["tables"] if each["name"] == side]
        expect(f"sum of {month}", sums[f"{side}_moved"], sum(r["amount"] for r in table["rows"]))
        moved += sum(abs(row["amount"]) for row in table["rows"])
        balance = sums[f"{side}_closing"]
    return Proof(
        f"{whose} monthly statements add up to nothing left", not balance, f"{moved:,} yen moved"
    )


def _documents(papers: Papers, client: Member, assistant: Member, months: Sequence[str]) -> Proof:
    """What was received is what is invoiced and what went back, and payouts are what is stated."""
    left_out = {client.name: _PERIODICAL, assistant.name: (*_PERIODICAL, *_SHARED)}
    for whose in (client, assistant):
        for each in _listed(whose, months):
            if each["kind"] not in left_out[whose.name]:
                papers.totals[each["kind"]] += each["total"]
    paid = sum(
        each["amount"]["amount"]
        for each in assistant.get("/payments/payouts", limit=100)["items"]
        if each["status"] == "paid"
    )
    stated = papers.totals["payout_statement"]
    return Proof(
        "payment statements add up to what the bank got",
        stated == paid and stated > 0,
        f"stated {stated:,}, paid {paid:,}",
    )


def _listed(member: Member, months: Sequence[str]) -> Iterator[JsonObject]:
    for month in months:
        yield from member.get("/payments/documents", month=month)["documents"]


def _accountant(stage: Stage, month: str) -> Proof:
    """Let bean-check read the month's export."""
    asked: dict[str, Any] = {"month": month, "format": "beancount", "by_owner": "true"}
    content = stage.operator.download("/payments/books/export", **asked)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"{month}.beancount"
        file.write_bytes(content)
        command = [Path(sys.executable).with_name("bean-check"), file]
        checked = subprocess.run(command, check=False, capture_output=True, text=True)
    found = checked.stdout + checked.stderr
    claim = f"bean-check finds nothing in the export of {month}"
    return Proof(claim, checked.returncode == 0 and not found, found or f"{len(content):,} bytes")
