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
    DISPUTE_RECEIVABLE = "asset:dispute_receivable"
    ASSISTANT_RECEIVABLE = "asset:assistant_receivable"
    ESCROW = "liability:escrow"
    ASSISTANT_PAYABLE = "liability:assistant_payable"
    PAYOUT_IN_TRANSIT = "liability:payout_in_transit"
    REFUNDS_PAYABLE = "liability:refunds_payable"
    CLIENT_CREDIT = "liability:client_credit"
    SPONSOR_WALLET = "liability:sponsor_wallet"
    SPONSORSHIP_RESERVED = "liability:sponsorship_reserved"
    PARTNER_PAYABLE = "liability:partner_payable"
    CONSUMPTION_TAX = "liability:consumption_tax"
    WITHHOLDING = "liability:withholding"
    PLATFORM_FEE = "income:platform_fee"
    TRANSFER_FEE = "income:transfer_fee"
    PROCESSOR_FEE = "expense:processor_fee"
    DISPUTE_FEE = "expense:dispute_fee"
    CHARGEBACK_LOSS = "expense:chargeback_loss"


class Owner(StrEnum):
    """By what an account is divided into sub-accounts."""

    MILESTONE = "milestone"
    ASSISTANT = "assistant"
    CLIENT = "client"
    PAYOUT = "payout"
    REFUND = "refund"
    SUCCESSOR = "successor"  # the milestone that goes on with the work of another
    PROGRAM = "program"
    SPONSORSHIP = "sponsorship"
    PARTNER = "partner"


class AccountRule(NamedTuple):
    """How an account is kept. A guarded one has a stored balance that can't go below zero."""

    meaning: str
    owner: Owner | None = None
    guarded: bool = False


class Fact(StrEnum):
    """What can happen to money."""

    CAPTURED = "captured"
    CREDIT_USED = "credit_used"
    CREDIT_REFUND_ASKED = "credit_refund_asked"
    RELEASED = "released"
    RECEIVABLE_SET_OFF = "receivable_set_off"
    REFUND_ASKED = "refund_asked"
    REFUND_AFTER_RELEASE = "refund_after_release"
    REFUND_CONFIRMED = "refund_confirmed"
    REFUND_FAILED = "refund_failed"
    PAYOUT_REQUESTED = "payout_requested"
    PAYOUT_TRANSFERRED = "payout_transferred"
    PAYOUT_SENT = "payout_sent"
    PAYOUT_PAID = "payout_paid"
    PAYOUT_FAILED = "payout_failed"
    PAYOUT_RETURNED = "payout_returned"
    PAYOUT_DECLINED = "payout_declined"
    PAYOUT_TAKEN_BACK = "payout_taken_back"
    CHARGEBACK_OPENED = "chargeback_opened"
    CHARGEBACK_WON = "chargeback_won"
    CHARGEBACK_LOST = "chargeback_lost"
    ESCROW_TO_CREDIT = "escrow_to_credit"
    ESCROW_MOVED = "escrow_moved"
    WITHHOLDING_REMITTED = "withholding_remitted"
    WALLET_TOPPED_UP = "wallet_topped_up"
    SPONSORSHIP_RESERVED = "sponsorship_reserved"
    SPONSORSHIP_SETTLED = "sponsorship_settled"
    SPONSORSHIP_RETURNED = "sponsorship_returned"
    SPONSORSHIP_TAKEN_BACK = "sponsorship_taken_back"
    WALLET_REFUND_ASKED = "wallet_refund_asked"
    WALLET_CHARGED_BACK = "wallet_charged_back"
    WALLET_LOSS_MADE_UP = "wallet_loss_made_up"
    PARTNER_PAID = "partner_paid"


class Posting(NamedTuple):
    """One row of the table. `credit_to` says whose the credit is, if not whose the account is."""

    fact: Fact
    debit: Account
    credit: Account
    part: str
    credit_to: Owner | None = None


A, F, O = Account, Fact, Owner  # noqa: E741  (the columns of the tables below)

# fmt: off
ACCOUNTS: Final[Mapping[Account, AccountRule]] = {
    A.PROCESSOR_BALANCE:    AccountRule("What we have at the processor, available or pending"),
    A.PAYEE_BALANCE:        AccountRule("What an assistant has at the processor", O.ASSISTANT),
    A.CASH_IN_TRANSIT:      AccountRule("On its way to an assistant's bank", O.PAYOUT),
    A.BANK:                 AccountRule("Our own bank account"),
    A.DISPUTE_RECEIVABLE:   AccountRule("Taken by a client's bank, and not decided yet"),
    A.ASSISTANT_RECEIVABLE: AccountRule("Owed by an assistant, refunded late", O.ASSISTANT),
    A.ESCROW:               AccountRule("Held for a milestone", O.MILESTONE, guarded=True),
    A.ASSISTANT_PAYABLE:    AccountRule("Owed to an assistant", O.ASSISTANT, guarded=True),
    A.PAYOUT_IN_TRANSIT:    AccountRule("Owed, and being paid out", O.PAYOUT, guarded=True),
    A.REFUNDS_PAYABLE:      AccountRule("Owed back to a client", O.REFUND, guarded=True),
    A.CLIENT_CREDIT:        AccountRule("A client's money, not yet used", O.CLIENT, guarded=True),
    A.SPONSOR_WALLET:       AccountRule("A sponsor's money, free", O.PROGRAM, guarded=True),
    A.SPONSORSHIP_RESERVED: AccountRule("Set aside for a person", O.SPONSORSHIP, guarded=True),
    A.PARTNER_PAYABLE:      AccountRule("Tuition owed to a partner", O.PARTNER, guarded=True),
    A.CONSUMPTION_TAX:      AccountRule("Consumption tax on our fees, owed to the tax office"),
    A.WITHHOLDING:          AccountRule("Income tax withheld, owed to the tax office"),
    A.PLATFORM_FEE:         AccountRule("Our fee on released milestones, without tax"),
    A.TRANSFER_FEE:         AccountRule("Our fee on payouts"),
    A.PROCESSOR_FEE:        AccountRule("What the processor takes from a payment"),
    A.DISPUTE_FEE:          AccountRule("What the processor takes for a chargeback"),
    A.CHARGEBACK_LOSS:      AccountRule("Lost by a chargeback after the release, and borne by us"),
}

POSTINGS: Final = (
    #       fact                    debit                 credit                part
    Posting(F.CAPTURED,             A.PROCESSOR_BALANCE,  A.ESCROW,             "escrow"),
    Posting(F.CAPTURED,             A.PROCESSOR_BALANCE,  A.CLIENT_CREDIT,      "credit"),
    Posting(F.CAPTURED,             A.PROCESSOR_FEE,      A.PROCESSOR_BALANCE,  "processor_fee"),
    Posting(F.CREDIT_USED,          A.CLIENT_CREDIT,      A.ESCROW,             "amount"),
    Posting(F.CREDIT_REFUND_ASKED,  A.CLIENT_CREDIT,      A.REFUNDS_PAYABLE,    "amount"),
    Posting(F.RELEASED,             A.ESCROW,             A.ASSISTANT_PAYABLE,  "net"),
    Posting(F.RELEASED,             A.ESCROW,             A.PLATFORM_FEE,       "platform_fee"),
    Posting(F.RELEASED,             A.ESCROW,             A.CONSUMPTION_TAX,    "platform_fee_tax"),
    Posting(F.RELEASED,             A.ESCROW,             A.WITHHOLDING,        "withholding"),
    Posting(F.RECEIVABLE_SET_OFF,   A.ASSISTANT_PAYABLE,  A.ASSISTANT_RECEIVABLE, "amount"),
    Posting(F.REFUND_ASKED,         A.ESCROW,             A.REFUNDS_PAYABLE,    "amount"),
    Posting(F.REFUND_AFTER_RELEASE, A.ASSISTANT_PAYABLE,  A.REFUNDS_PAYABLE,    "payable"),
    Posting(F.REFUND_AFTER_RELEASE, A.ASSISTANT_RECEIVABLE, A.REFUNDS_PAYABLE,    "receivable"),
    Posting(F.REFUND_AFTER_RELEASE, A.PLATFORM_FEE,       A.REFUNDS_PAYABLE,    "platform_fee"),
    Posting(F.REFUND_AFTER_RELEASE, A.CONSUMPTION_TAX,    A.REFUNDS_PAYABLE,    "platform_fee_tax"),
    Posting(F.REFUND_AFTER_RELEASE, A.WITHHOLDING,        A.REFUNDS_PAYABLE,    "withholding"),
    Posting(F.REFUND_CONFIRMED,     A.REFUNDS_PAYABLE,    A.PROCESSOR_BALANCE,  "amount"),
    Posting(F.REFUND_FAILED,        A.PROCESSOR_BALANCE,  A.REFUNDS_PAYABLE,    "amount"),
    Posting(F.PAYOUT_REQUESTED,     A.ASSISTANT_PAYABLE,  A.PAYOUT_IN_TRANSIT,  "amount"),
    Posting(F.PAYOUT_REQUESTED,     A.ASSISTANT_PAYABLE,  A.TRANSFER_FEE,       "transfer_fee"),
    Posting(F.PAYOUT_TRANSFERRED,   A.PAYEE_BALANCE,      A.PROCESSOR_BALANCE,  "amount"),
    Posting(F.PAYOUT_SENT,          A.CASH_IN_TRANSIT,    A.PAYEE_BALANCE,      "amount"),
    Posting(F.PAYOUT_PAID,          A.PAYOUT_IN_TRANSIT,  A.CASH_IN_TRANSIT,    "amount"),
    Posting(F.PAYOUT_FAILED,        A.PAYEE_BALANCE,      A.CASH_IN_TRANSIT,    "amount"),
    Posting(F.PAYOUT_FAILED,        A.PAYOUT_IN_TRANSIT,  A.ASSISTANT_PAYABLE,  "amount"),
    Posting(F.PAYOUT_FAILED,        A.TRANSFER_FEE,       A.ASSISTANT_PAYABLE,  "transfer_fee"),
    Posting(F.PAYOUT_RETURNED,      A.PAYEE_BALANCE,      A.PAYOUT_IN_TRANSIT,  "amount"),
    Posting(F.PAYOUT_RETURNED,      A.PAYOUT_IN_TRANSIT,  A.ASSISTANT_PAYABLE,  "amount"),
    Posting(F.PAYOUT_RETURNED,      A.TRANSFER_FEE,       A.ASSISTANT_PAYABLE,  "transfer_fee"),
    Posting(F.PAYOUT_DECLINED,      A.PAYOUT_IN_TRANSIT,  A.ASSISTANT_PAYABLE,  "amount"),
    Posting(F.PAYOUT_DECLINED,      A.TRANSFER_FEE,       A.ASSISTANT_PAYABLE,  "transfer_fee"),
    Posting(F.PAYOUT_TAKEN_BACK,    A.PROCESSOR_BALANCE,  A.PAYEE_BALANCE,      "amount"),
    Posting(F.CHARGEBACK_OPENED,    A.DISPUTE_RECEIVABLE, A.PROCESSOR_BALANCE,  "amount"),
    Posting(F.CHARGEBACK_OPENED,    A.DISPUTE_FEE,        A.PROCESSOR_BALANCE,  "dispute_fee"),
    Posting(F.CHARGEBACK_WON,       A.PROCESSOR_BALANCE,  A.DISPUTE_RECEIVABLE, "amount"),
    Posting(F.CHARGEBACK_LOST,      A.REFUNDS_PAYABLE,    A.DISPUTE_RECEIVABLE, "refunds"),
    Posting(F.CHARGEBACK_LOST,      A.CLIENT_CREDIT,      A.DISPUTE_RECEIVABLE, "credit"),
    Posting(F.CHARGEBACK_LOST,      A.ESCROW,             A.DISPUTE_RECEIVABLE, "escrow"),
    Posting(F.CHARGEBACK_LOST,      A.ASSISTANT_PAYABLE,  A.DISPUTE_RECEIVABLE, "payable"),
    Posting(F.CHARGEBACK_LOST,      A.ASSISTANT_RECEIVABLE, A.DISPUTE_RECEIVABLE, "receivable"),
    Posting(F.CHARGEBACK_LOST,      A.CHARGEBACK_LOSS,    A.DISPUTE_RECEIVABLE, "loss"),
    Posting(F.ESCROW_TO_CREDIT,     A.ESCROW,             A.CLIENT_CREDIT,      "amount"),
    Posting(F.ESCROW_MOVED,         A.ESCROW,             A.ESCROW,             "amount",
            credit_to=O.SUCCESSOR),
    Posting(F.WITHHOLDING_REMITTED, A.WITHHOLDING,        A.BANK,               "amount"),
    Posting(F.WALLET_TOPPED_UP,     A.PROCESSOR_BALANCE,  A.SPONSOR_WALLET,     "amount"),
    Posting(F.WALLET_TOPPED_UP,     A.PROCESSOR_FEE,      A.PROCESSOR_BALANCE,  "processor_fee"),
    Posting(F.SPONSORSHIP_RESERVED, A.SPONSOR_WALLET,     A.SPONSORSHIP_RESERVED, "amount"),
    Posting(F.SPONSORSHIP_SETTLED,  A.SPONSORSHIP_RESERVED, A.ASSISTANT_PAYABLE, "payable"),
    Posting(F.SPONSORSHIP_SETTLED,  A.SPONSORSHIP_RESERVED, A.PARTNER_PAYABLE,  "tuition"),
    Posting(F.SPONSORSHIP_RETURNED, A.SPONSORSHIP_RESERVED, A.SPONSOR_WALLET,   "amount"),
    Posting(F.SPONSORSHIP_TAKEN_BACK, A.ASSISTANT_PAYABLE, A.SPONSORSHIP_RESERVED, "payable"),
    Posting(F.SPONSORSHIP_TAKEN_BACK, A.ASSISTANT_RECEIVABLE, A.SPONSORSHIP_RESERVED, "receivable"),
    Posting(F.SPONSORSHIP_TAKEN_BACK, A.SPONSORSHIP_RESERVED, A.SPONSOR_WALLET, "amount"),
    Posting(F.WALLET_REFUND_ASKED,  A.SPONSOR_WALLET,     A.REFUNDS_PAYABLE,    "amount"),
    Posting(F.WALLET_CHARGED_BACK,  A.SPONSOR_WALLET,     A.DISPUTE_RECEIVABLE, "amount"),
    Posting(F.WALLET_CHARGED_BACK,  A.REFUNDS_PAYABLE,    A.DISPUTE_RECEIVABLE, "refunds"),
    Posting(F.WALLET_CHARGED_BACK,  A.CHARGEBACK_LOSS,    A.DISPUTE_RECEIVABLE, "loss"),
    Posting(F.WALLET_LOSS_MADE_UP,  A.SPONSOR_WALLET,     A.CHARGEBACK_LOSS,    "amount"),
    Posting(F.PARTNER_PAID,         A.PARTNER_PAYABLE,    A.BANK,               "amount"),
)

MEANINGS: Final[Mapping[Fact, str]] = {
    F.CAPTURED: "A client's payment is captured. Gross less fee is one balance transaction.",
    F.CREDIT_USED: "A client pays for a milestone from credit.",
    F.CREDIT_REFUND_ASKED: "A client wants credit back.",
    F.RELEASED: "A milestone, or a part, is accepted: its escrow becomes net, fee and taxes.",
    F.RECEIVABLE_SET_OFF: "What an assistant owes is taken from what is owed to them.",
    F.REFUND_ASKED: "What is in escrow goes back: the milestone ended, costs less, or was split.",
    F.REFUND_AFTER_RELEASE: "A released part goes back: what each had of it. Paid out: receivable.",
    F.REFUND_CONFIRMED: "The processor has taken the refund on, and the amount from our balance.",
    F.REFUND_FAILED: "The client's bank sent it back: it is still owed, and an operator must see.",
    F.PAYOUT_REQUESTED: "What is payable is to be paid out to the assistant's bank account.",
    F.PAYOUT_TRANSFERRED: "The processor has moved the amount to the assistant's account with it.",
    F.PAYOUT_SENT: "The processor has taken the amount from there, on its way to the bank.",
    F.PAYOUT_PAID: "The bank has it.",
    F.PAYOUT_FAILED: "It never reached the bank: it is payable again, the transfer fee too.",
    F.PAYOUT_RETURNED: "The bank returned it after it was paid: payable again, with the fee.",
    F.PAYOUT_DECLINED: "The processor refused it: it is payable again, the transfer fee too.",
    F.PAYOUT_TAKEN_BACK: "What came back from the bank is on our balance at the processor again.",
    F.CHARGEBACK_OPENED: "The client's bank has taken a payment back, and the processor a fee.",
    F.CHARGEBACK_WON: "The bank decided for us: the amount is back. The fee isn't.",
    F.CHARGEBACK_LOST: "The bank decided for the client: who had the money, and so bears it.",
    F.ESCROW_TO_CREDIT: "What a lost chargeback leaves of an escrow is the client's credit.",
    F.ESCROW_MOVED: "Another assistant goes on: what is left moves to the milestone that follows.",
    F.WITHHOLDING_REMITTED: "The income tax withheld is paid to the tax office.",
    F.WALLET_TOPPED_UP: "A sponsor has paid into a program's wallet.",
    F.SPONSORSHIP_RESERVED: "A part of a wallet is set aside for somebody, within the caps.",
    F.SPONSORSHIP_SETTLED: "What was set aside is owed: to the assistant; tuition, to the partner.",
    F.SPONSORSHIP_RETURNED: "What was set aside isn't needed: it is free again.",
    F.SPONSORSHIP_TAKEN_BACK: "A sponsored fee is given back: free again. Paid out: receivable.",
    F.WALLET_REFUND_ASKED: "A sponsor wants what is free of a wallet back, the way it came.",
    F.WALLET_CHARGED_BACK: "The bank took a sponsor's payment back for good. Spent: our loss.",
    F.WALLET_LOSS_MADE_UP: "What is free again makes up for such a loss: the sponsor has it back.",
    F.PARTNER_PAID: "An operator has paid tuition to the partner from our bank account.",
}
# fmt: on
