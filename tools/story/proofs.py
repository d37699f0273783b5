"""What must hold at the end of a story, whatever happened on the way."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tools.story.acts import Agreed
from tools.story.member import Member
from tools.story.processor import Balance, HostedPages

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Proof:
    """A statement about the books, and whether it holds."""

    claim: str
    holds: bool
    figures: str


def prove(operator: Member, pages: HostedPages, contracts: Iterable[Agreed]) -> list[Proof]:
    """Compare the books with themselves and with the processor's own figures."""
    trial = operator.get("/payments/books/trial-balance")
    reconciliation = operator.post("/payments/reconciliations")
    platform, payees = pages.balances()
    return [
        *_books(trial),
        *_escrows(trial, contracts),
        _same("the platform's balance", trial, "asset:processor_balance", platform.total),
        _same(
            "the payees' balances", trial, "asset:payee_balance", sum(each.total for each in payees)
        ),
        _entry_by_entry(reconciliation, [platform, *payees]),
    ]


def balance_of(trial: JsonObject, account: str) -> int:
    """Return debit less credit of an account, in minor units."""
    return sum(
        line["debit"] - line["credit"] for line in trial["accounts"] if line["account"] == account
    )


def _books(trial: JsonObject) -> Iterator[Proof]:
    debit = sum(line["debit"] for line in trial["accounts"])
    credit = sum(line["credit"] for line in trial["accounts"])
    yield Proof(
        "the trial balance is zero",
        debit == credit and trial["difference"] == 0 and debit > 0,
        f"debit {debit:,}, credit {credit:,}",
    )


def _escrows(trial: JsonObject, contracts: Iterable[Agreed]) -> Iterator[Proof]:
    held = -balance_of(trial, "liability:escrow")
    yield Proof("nothing is left in escrow", held == 0, f"{held:,} yen")
    open_escrows = [
        milestone_id
        for agreed in contracts
        for milestone_id in agreed.milestone_ids
        if agreed.client.get(f"/payments/milestones/{milestone_id}")["in_escrow"]["amount"]
    ]
    yield Proof("every milestone's escrow is zero", not open_escrows, f"{len(open_escrows)} open")


def _same(what: str, trial: JsonObject, account: str, theirs: int) -> Proof:
    ours = balance_of(trial, account)
    claim = f"{what} in the books and at the processor are the same"
    return Proof(claim, ours == theirs, f"books {ours:,}, processor {theirs:,}")


def _entry_by_entry(reconciliation: JsonObject, balances: Iterable[Balance]) -> Proof:
    count = sum(len(balance.transactions) for balance in balances)
    matched, unmatched = reconciliation["matched"], reconciliation["unmatched"]
    return Proof(
        "every balance transaction has its entry, and every entry its transaction",
        not unmatched and matched == count and count > 0,
        f"{matched} of {count} matched, {len(unmatched)} unmatched",
    )
