"""The published language of payments: escrow, payees, payouts and the books."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, View
from shared.money import Money


class EscrowStatus(StrEnum):
    """Where the money of a milestone stands."""

    UNFUNDED = "unfunded"
    FUNDING = "funding"
    FUNDED = "funded"
    RELEASED = "released"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"


class PayeeStatus(StrEnum):
    """Whether the processor lets an assistant be paid."""

    PENDING = "pending"
    RESTRICTED = "restricted"
    ACTIVE = "active"


class PayoutStatus(StrEnum):
    """Where a payout stands."""

    REQUESTED = "requested"
    TRANSFERRED = "transferred"
    SENT = "sent"
    PAID = "paid"
    RETURNED = "returned"


class BecomePayee(Command):
    """Open an account with the payment processor, to be paid as an assistant."""

    country: Literal["JP"] = "JP"


class PayeeView(View):
    """An assistant as somebody to be paid."""

    person_id: UUID
    status: PayeeStatus
    requirements: Annotated[
        tuple[str, ...], Field(description="What the processor still wants to know")
    ] = ()


class OnboardingLinkView(View):
    """Where the assistant gives name, address and bank account to the processor itself."""

    url: str
    expires_at: datetime


class MilestoneMoneyView(View):
    """The money of a milestone. What is still to come is null; `funded` is what the client pays.

    price + tax = the invoice; in brokered mode the client keeps `withholding` and pays the rest.
    """

    milestone_id: UUID
    contract_id: UUID
    status: EscrowStatus
    price: Money
    tax: Money
    withholding: Money
    funded: Money
    in_escrow: Money
    platform_fee: Money | None = None
    platform_fee_tax: Money | None = None
    net: Money | None = None


class CheckoutView(View):
    """Where the client pays: a page of the processor. Card numbers never come near us."""

    milestone_id: UUID
    amount: Money
    url: str
    expires_at: datetime


class PayoutView(View):
    """Money on its way to an assistant's bank account."""

    payout_id: UUID
    milestone_id: UUID
    amount: Money
    status: PayoutStatus
    requested_at: datetime
    paid_at: datetime | None = None
    failure: str | None = None


class JournalLineView(View):
    """One side of an entry; one of debit and credit is zero. Amounts in minor units."""

    account: str
    owner: Annotated[UUID | None, Field(description="milestone, person or payout of a sub-account")]
    debit: int
    credit: int


class JournalEntryView(View):
    """An entry of the journal."""

    entry_id: int
    fact: str
    reference: UUID
    source: Annotated[str, Field(description="What made it happen: an event, an object of Stripe")]
    currency: str
    occurred_at: datetime
    lines: tuple[JournalLineView, ...]


class AccountBalanceView(View):
    """Sums over one account of the books, in minor units."""

    account: str
    currency: str
    debit: int
    credit: int


class TrialBalanceView(View):
    """All accounts. The books are sound when `difference` is zero."""

    at: datetime
    accounts: tuple[AccountBalanceView, ...]
    difference: int


class ReconciliationItem(View):
    """One balance transaction of the processor beside our entry; null where one is missing."""

    reason: Literal["matched", "ours_only", "theirs_only", "differs"]
    account: Annotated[str, Field(description="The processor's account: platform, or a payee's")]
    balance_transaction: str | None
    source: str
    theirs: int | None
    ours: int | None
    entry_id: int | None


class ReconciliationView(View):
    """The books against the processor, transaction by transaction, in minor units."""

    at: datetime
    currency: str
    books_balance: Annotated[int, Field(description="asset:processor_balance")]
    processor_balance: Annotated[int, Field(description="available + pending, platform account")]
    payees_books_balance: Annotated[int, Field(description="asset:payee_balance")]
    payees_processor_balance: int
    matched: int
    unmatched: tuple[ReconciliationItem, ...]


class PayeeActivated(Event, service="payments"):
    """An assistant can be paid."""

    person_id: UUID


class PayeeRestricted(Event, service="payments"):
    """The processor wants to know more before the assistant can be paid."""

    person_id: UUID
    requirements: tuple[str, ...]


class EscrowFact(Event):
    """What every event of a milestone's money says."""

    contract_id: UUID
    milestone_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID


# Which try to pay this is, from 1: tells an old message that arrives late from a new one.
Attempt = Annotated[int, Field(ge=1, description="Counts the milestone's tries to pay")]


class FundingStarted(EscrowFact, service="payments"):
    """The client is at the processor's page."""

    attempt: Attempt = 1


class FundingAbandoned(EscrowFact, service="payments"):
    """The processor's page expired, or the payment failed for good; the client may start again."""

    attempt: Attempt = 1


class MilestoneFunded(EscrowFact, service="payments"):
    """The money is captured and in escrow."""

    amount: Money


class EscrowReleased(EscrowFact, service="payments"):
    """The escrow has become the assistant's net, the platform's fee and taxes."""

    gross: Money
    platform_fee: Money
    platform_fee_tax: Money
    withholding: Money
    net: Money


class MilestoneRefunded(EscrowFact, service="payments"):
    """The client's money is on its way back, as the processor confirmed."""

    amount: Money


class PayoutPaid(EscrowFact, service="payments"):
    """The bank has been paid."""

    payout_id: UUID
    amount: Money


class PayoutReturned(EscrowFact, service="payments"):
    """The bank has sent the money back; it stays payable."""

    payout_id: UUID
    amount: Money
    failure: str
