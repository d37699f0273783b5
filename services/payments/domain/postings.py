"""The accountant's page: what each business fact does to the books.

Read a row as: when FACT happens, debit the first account and credit the second with that PART of
the amount. A part of zero gives no line. Every journal entry is built from this table, and
docs/ledger.md is rendered from it (`make ledger-doc`).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final, NamedTuple


class Account(StrEnum):
    """The chart of accounts."""

    PROCESSOR_BALANCE = "asset:processor_balance"
    PAYEE_BALANCE = "asset:payee_balance"
    CASH_IN_TRANSIT = "asset:cash_in_transit"
    BANK = "asset:bank"
    ESCROW = "liability:escrow"
    ASSISTANT_PAYABLE = "liability:assistant_payable"
    PAYOUT_IN_TRANSIT = "liability:payout_in_transit"
    REFUNDS_PAYABLE = "liability:refunds_payable"
    CONSUMPTION_TAX = "liability:consumption_tax"
    WITHHOLDING = "liability:withholding"
    PLATFORM_FEE = "income:platform_fee"
    TRANSFER_FEE = "income:transfer_fee"
    PROCESSOR_FEE = "expense:processor_fee"


class Owner(StrEnum):
    """By what an account is divided into sub-accounts."""

    MILESTONE = "milestone"
    ASSISTANT = "assistant"
    PAYOUT = "payout"


class AccountRule(NamedTuple):
    """How an account is kept. A guarded one has a stored balance that can't go below zero."""

    meaning: str
    owner: Owner | None = None
    guarded: bool = False


class Fact(StrEnum):
    """What can happen to money."""

    CAPTURED = "captured"
    RELEASED = "released"
    PAYOUT_REQUESTED = "payout_requested"
    PAYOUT_TRANSFERRED = "payout_transferred"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"
    REFUND_ASKED = "refund_asked"
    REFUND_CONFIRMED = "refund_confirmed"
    REFUND_FAILED = "refund_failed"
    WITHHOLDING_REMITTED = "withholding_remitted"


class Posting(NamedTuple):
    """One row of the table."""

    fact: Fact
    debit: Account
    credit: Account
    part: str


A, F, O = Account, Fact, Owner  # noqa: E741  (the columns of the tables below)

# fmt: off
ACCOUNTS: Final[Mapping[Account, AccountRule]] = {
    A.PROCESSOR_BALANCE: AccountRule("What we have at the processor, available or pending"),
    A.PAYEE_BALANCE:     AccountRule("What an assistant has at the processor", O.ASSISTANT),
    A.CASH_IN_TRANSIT:   AccountRule("On its way to an assistant's bank", O.PAYOUT),
    A.BANK:              AccountRule("Our own bank account"),
    A.ESCROW:            AccountRule("Held for a milestone", O.MILESTONE, guarded=True),
    A.ASSISTANT_PAYABLE: AccountRule("Owed to an assistant", O.ASSISTANT, guarded=True),
    A.PAYOUT_IN_TRANSIT: AccountRule("Owed, and being paid out", O.PAYOUT, guarded=True),
    A.REFUNDS_PAYABLE:   AccountRule("Owed back to a client", O.MILESTONE, guarded=True),
    A.CONSUMPTION_TAX:   AccountRule("Consumption tax on our fees, owed to the tax office"),
    A.WITHHOLDING:       AccountRule("Income tax withheld from assistants, owed to the tax office"),
    A.PLATFORM_FEE:      AccountRule("Our fee on released milestones, without tax"),
    A.TRANSFER_FEE:      AccountRule("Our fee on payouts"),
    A.PROCESSOR_FEE:     AccountRule("What the processor takes from a payment"),
}

POSTINGS: Final = (
    #       fact                    debit                credit               part
    Posting(F.CAPTURED,             A.PROCESSOR_BALANCE, A.ESCROW,            "gross"),
    Posting(F.CAPTURED,             A.PROCESSOR_FEE,     A.PROCESSOR_BALANCE, "processor_fee"),
    Posting(F.RELEASED,             A.ESCROW,            A.ASSISTANT_PAYABLE, "net"),
    Posting(F.RELEASED,             A.ESCROW,            A.PLATFORM_FEE,      "platform_fee"),
    Posting(F.RELEASED,             A.ESCROW,            A.CONSUMPTION_TAX,   "platform_fee_tax"),
    Posting(F.RELEASED,             A.ESCROW,            A.WITHHOLDING,       "withholding"),
    Posting(F.PAYOUT_REQUESTED,     A.ASSISTANT_PAYABLE, A.PAYOUT_IN_TRANSIT, "amount"),
    Posting(F.PAYOUT_REQUESTED,     A.ASSISTANT_PAYABLE, A.TRANSFER_FEE,      "transfer_fee"),
    Posting(F.PAYOUT_TRANSFERRED,   A.PAYEE_BALANCE,     A.PROCESSOR_BALANCE, "amount"),
    Posting(F.PAYOUT_SENT,          A.CASH_IN_TRANSIT,   A.PAYEE_BALANCE,     "amount"),
    Posting(F.PAYOUT_PAID,          A.PAYOUT_IN_TRANSIT, A.CASH_IN_TRANSIT,   "amount"),
    Posting(F.PAYOUT_FAILED,        A.PAYEE_BALANCE,     A.CASH_IN_TRANSIT,   "amount"),
    Posting(F.PAYOUT_FAILED,        A.PAYOUT_IN_TRANSIT, A.ASSISTANT_PAYABLE, "amount"),
    Posting(F.PAYOUT_RETURNED,      A.PAYEE_BALANCE,     A.PAYOUT_IN_TRANSIT, "amount"),
    Posting(F.PAYOUT_RETURNED,      A.PAYOUT_IN_TRANSIT, A.ASSISTANT_PAYABLE, "amount"),
    Posting(F.REFUND_ASKED,         A.ESCROW,            A.REFUNDS_PAYABLE,   "amount"),
    Posting(F.REFUND_CONFIRMED,     A.REFUNDS_PAYABLE,   A.PROCESSOR_BALANCE, "amount"),
    Posting(F.REFUND_FAILED,        A.PROCESSOR_BALANCE, A.REFUNDS_PAYABLE,   "amount"),
    Posting(F.WITHHOLDING_REMITTED, A.WITHHOLDING,       A.BANK,              "amount"),
)

MEANINGS: Final[Mapping[Fact, str]] = {
    F.CAPTURED: "The client's payment is captured. Gross less fee is one balance transaction.",
    F.RELEASED: "The milestone is accepted: its escrow becomes net, fee and taxes.",
    F.PAYOUT_REQUESTED: "The net is to be paid out to the assistant's bank account.",
    F.PAYOUT_TRANSFERRED: "The processor has moved the amount to the assistant's account with it.",
    F.PAYOUT_SENT: "The processor has taken the amount from there, on its way to the bank.",
    F.PAYOUT_PAID: "The bank has it.",
    F.PAYOUT_FAILED: "It never reached the bank: it is back, and payable again.",
    F.PAYOUT_RETURNED: "The bank returned it after it was paid: it is back, and payable again.",
    F.REFUND_ASKED: "The milestone ended, or was paid twice: the client gets the money back.",
    F.REFUND_CONFIRMED: "The processor has taken the refund on, and the amount from our balance.",
    F.REFUND_FAILED: "The client's bank sent it back: it is still owed, and an operator must see.",
    F.WITHHOLDING_REMITTED: "The income tax withheld is paid to the tax office.",
}
# fmt: on
