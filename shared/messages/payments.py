"""The published language of payments: escrow, payees, payouts and the books."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.messages.base import Command, Event, Line, Storable, View
from shared.money import Money, PositiveMoney, yen


class EscrowStatus(StrEnum):
    """Where the money of a milestone stands."""

    UNFUNDED = "unfunded"
    FUNDING = "funding"
    FUNDED = "funded"
    RELEASED = "released"
    REFUNDING = "refunding"
    REFUNDED = "refunded"
    CLOSED = "closed"
    CHARGED_BACK = "charged_back"
    HANDED_OVER = "handed_over"


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
    DECLINED = "declined"


class BecomePayee(Command):
    """Open an account with the payment processor, to be paid as an assistant."""

    country: Literal["JP"] = "JP"


class BankAccountView(View):
    """Where payouts go. The names of bank and branch are looked up by their codes."""

    bank_code: Annotated[str, Field(description="4 digits")]
    branch_code: Annotated[str, Field(description="3 digits")]
    last4: str
    bank_name: str | None = None
    branch_name: str | None = None


class PayeeView(View):
    """An assistant as somebody to be paid."""

    person_id: UUID
    status: PayeeStatus
    requirements: Annotated[
        tuple[str, ...], Field(description="What the processor still wants to know")
    ] = ()
    bank: BankAccountView | None = None


class OnboardingLinkView(View):
    """Where the assistant gives name, address and bank account to the processor itself."""

    url: str
    expires_at: datetime


class PaymentMethod(StrEnum):
    """Ways to pay."""

    CARD = "card"
    KONBINI = "konbini"
    BANK_TRANSFER = "bank_transfer"


class ReleaseView(View):
    """A released part of a milestone: what everybody has of it, refunds taken off."""

    release_id: UUID
    price: Money
    gross: Money
    platform_fee: Money
    platform_fee_tax: Money
    withholding: Money
    net: Money
    released_at: datetime
    payday: date
    payout_id: Annotated[UUID | None, Field(description="null: not paid out yet")]


class RefundView(View):
    """Money on its way back to a client."""

    refund_id: UUID
    milestone_id: UUID | None
    amount: Money
    reason: str
    status: str
    asked_at: datetime


class MilestoneMoneyView(View):
    """The money of a milestone. `funded` is what the client pays, `in_escrow` what of it is held.

    price + tax = the invoice; in brokered mode the client keeps `withholding` and pays the rest.
    What was released so far is in the sums `platform_fee` to `net`, null before the first release.
    """

    milestone_id: UUID
    contract_id: UUID
    status: EscrowStatus
    price: Money
    tax: Money
    withholding: Money
    funded: Money
    in_escrow: Money
    left: Annotated[Money, Field(description="What of the price is neither released nor refunded")]
    missing: Annotated[Money | None, Field(description="What a bank transfer left to be paid")]
    frozen: Annotated[bool, Field(description="A chargeback is open: nothing is paid out")]
    platform_fee: Money | None = None
    platform_fee_tax: Money | None = None
    net: Money | None = None
    releases: tuple[ReleaseView, ...] = ()
    refunds: tuple[RefundView, ...] = ()


class StartCheckout(Command):
    """Pay for milestones, all of them in one payment."""

    milestone_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]
    method: PaymentMethod = PaymentMethod.CARD


class CheckoutView(View):
    """Where the client pays: a page of the processor. Card numbers never come near us."""

    checkout_id: UUID
    milestone_ids: tuple[UUID, ...]
    method: PaymentMethod
    status: str
    amount: Money
    missing: Annotated[Money, Field(description="What is still to be paid")]
    url: str
    expires_at: datetime
    pay_until: Annotated[datetime | None, Field(description="How long a transfer is waited for")]


class PayFromCredit(Command):
    """Pay for milestones from what lies with us: all of them, or none."""

    milestone_ids: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=20)]


class RefundCredit(Command):
    """Have credit paid back the way it came: one's own, or that of a company (`client_id`).

    An operator says whose, and why.
    """

    amount: PositiveMoney
    client_id: UUID | None = None
    reason: Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Storable] = ""


class CreditView(View):
    """A client's money that no milestone has: it pays for milestones, or is paid back."""

    balance: Money


class RefundMilestone(Command):
    """Give the client a part of a milestone's price back, or all of it; without tax.

    What is in escrow goes first, then what was released.
    """

    price: PositiveMoney
    reason: Line


class PayableView(View):
    """What is owed to an assistant. `receivable` is what they owe: it is set off when they earn."""

    payable: Money
    frozen: Annotated[Money, Field(description="Of it, waiting for a chargeback to be decided")]
    receivable: Money
    minimum: Money
    transfer_fee: Money
    next_payday: Annotated[date | None, Field(description="null: nothing is owed")]
    paused: Annotated[bool, Field(description="The bank sent money back: correct the account")]


class PayoutView(View):
    """Money on its way to an assistant's bank account; `gross` less the fee is `amount`."""

    payout_id: UUID
    gross: Money
    transfer_fee: Money
    amount: Money
    status: PayoutStatus
    payday: date
    on_demand: bool
    requested_at: datetime
    paid_at: datetime | None = None
    failure: str | None = None


class LatePayableView(View):
    """A release that is not paid yet, and has to be by `pay_by`, the law's last day."""

    release_id: UUID
    milestone_id: UUID
    assistant_id: UUID
    owed: Money
    payday: date
    pay_by: date
    days_left: Annotated[int, Field(description="Below zero: the day has passed")]


class ChargebackView(View):
    """A payment that a client's bank took back, or asks about; `evidence` is what it was told."""

    chargeback_id: UUID
    dispute_id: str
    charge_id: str
    milestone_ids: tuple[UUID, ...]
    amount: Money
    fee: Money
    reason: str
    status: str
    opened_at: datetime
    answer_until: datetime | None
    closed_at: datetime | None
    evidence: dict[str, str] | None


class FraudWarningView(View):
    """A client's bank suspects that a charge was made with a stolen card."""

    warning_id: str
    charge_id: str
    milestone_ids: tuple[UUID, ...]
    fraud_type: str
    actionable: Annotated[bool, Field(description="A refund now would avoid a chargeback")]
    warned_at: datetime


# Tells an old message that arrives late from a new one.
PayeeChangedAt = Annotated[datetime | None, Field(description="null: before it was told")]


class PayeeActivated(Event, service="payments"):
    """An assistant can be paid."""

    person_id: UUID
    changed_at: PayeeChangedAt = None


class PayeeRestricted(Event, service="payments"):
    """The processor wants to know more before the assistant can be paid."""

    person_id: UUID
    requirements: tuple[str, ...]
    changed_at: PayeeChangedAt = None


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


class FundingShort(EscrowFact, service="payments"):
    """Less came in than was asked for (a bank transfer): the milestone waits for the rest."""

    attempt: Attempt = 1
    received: Money
    missing: Money


class MilestoneFunded(EscrowFact, service="payments"):
    """The money is captured and in escrow, or has moved there from another milestone.

    `price` is what of the milestone's price it stands for: less than all when a part had gone back
    to the client before it moved. null: all of it.
    """

    amount: Money
    price: Money | None = None


class EscrowReleased(EscrowFact, service="payments"):
    """A part of the escrow, or all, has become the assistant's net, the fee and taxes.

    `left` is what is still in escrow; `set_off` what of the net pays back an earlier refund.
    """

    gross: Money
    platform_fee: Money
    platform_fee_tax: Money
    withholding: Money
    net: Money
    release_id: UUID | None = None
    left: Money = yen(0)
    set_off: Money = yen(0)
    payday: date | None = None


class MilestoneRefunded(EscrowFact, service="payments"):
    """All that was left in escrow is on its way back to the client, as the processor confirmed."""

    amount: Money


class RefundMade(EscrowFact, service="payments"):
    """A part of a milestone's price goes back to the client, by agreement.

    `from_assistant` is what the assistant gives of it; `to_sponsor` is what they give back to the
    sponsor who had paid the fee that is given back with it. `owed` is what of both was paid out
    already and will be set off against later releases.
    """

    refund_id: UUID
    price: Money
    amount: Money
    after_release: bool
    from_assistant: Money
    owed: Money
    left: Annotated[Money, Field(description="What of the price is still in escrow")]
    reason: str
    amendment_id: Annotated[UUID | None, Field(description="Which asks for it")] = None
    to_sponsor: Money = yen(0)


class ChargebackOpened(EscrowFact, service="payments"):
    """The client's bank took the payment back; what isn't paid out yet waits for the outcome."""

    chargeback_id: UUID
    amount: Money
    answer_until: datetime | None


class ChargebackClosed(EscrowFact, service="payments"):
    """The bank has decided. What waited goes on, unless the money of the escrow is lost."""

    chargeback_id: UUID
    won: bool


class MilestoneChargedBack(EscrowFact, service="payments"):
    """A chargeback took what was in escrow: the milestone has no money any more."""

    chargeback_id: UUID
    amount: Money


class CreditGranted(Event, service="payments"):
    """Money of a client lies with us that nothing awaited: it pays milestones, or is paid back."""

    client_id: UUID
    amount: Money
    balance: Money


class PaidMilestone(View):
    """A milestone's share in a payout."""

    contract_id: UUID
    milestone_id: UUID
    title: str
    client_id: UUID
    net: Money


class PayoutPaid(Event, service="payments", version=2):
    """The bank has been paid. `amount` is what it got: the nets less the transfer fee."""

    payout_id: UUID
    assistant_id: UUID
    amount: Money
    transfer_fee: Money
    milestones: tuple[PaidMilestone, ...]


class PayoutReturned(Event, service="payments", version=2):
    """The bank has sent the money back; it stays payable, transfer fee and all."""

    payout_id: UUID
    assistant_id: UUID
    amount: Money
    failure: str
    milestones: tuple[PaidMilestone, ...] = ()


class PayoutDelayed(Event, service="payments"):
    """It is payday, and the money waits; `reason` says for what."""

    person_id: UUID
    payable: Money
    reason: Literal["no_payee_account", "payee_not_active", "bank_returned", "below_minimum"]
    requirements: tuple[str, ...] = ()


class PayableReminder(Event, service="payments"):
    """Money still waits to be withdrawn. It is never forfeited."""

    person_id: UUID
    payable: Money
    waiting_since: date
