"""A payment processor in memory: it does once what it is asked, and tells of it ever after."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.payments.domain.news import (
    ChargebackChanged,
    CheckoutExpired,
    CheckoutSubmitted,
    CreditArrived,
    News,
    NotForUs,
    PayeeChanged,
    PaymentCaptured,
    PaymentShort,
    PayoutFailed,
    PayoutPaid,
    ProcessorEvent,
    RefundChanged,
)
from services.payments.domain.operation import Answer, Operation, OperationKind, Outcome
from services.payments.domain.payee import AccountState, PayeeStep
from services.payments.ports import Link
from shared.money import yen
from tests.support.fakes import SetClock

FEE_BASIS_POINTS = 360
DISPUTE_FEE = 1_500
PLATFORM = "platform"
KEY_LIFETIME = timedelta(hours=24)


@dataclass
class Session:
    """A page. What is transferred too early lies on the customer's account number."""

    name: str
    method: str
    amount: int
    customer: str | None
    status: str = "open"
    received: int = 0


@dataclass
class Paid:
    """A charge: what of it went back, and how its dispute stands."""

    amount: int
    refunded: int = 0
    dispute: str = ""
    disputed: int = 0


@dataclass
class FakeProcessor:
    """Implements the port PaymentGateway. `moods` are what becomes of the next calls.

    A call is known by its idempotency key for a day: made again after that, it is done again.
    """

    clock: SetClock
    balances: Counter[str] = field(default_factory=Counter)
    answers: dict[str, tuple[Answer, datetime]] = field(default_factory=dict)
    done: dict[UUID, Answer] = field(default_factory=dict)
    told: dict[str, News] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    charges: dict[str, Paid] = field(default_factory=dict)
    cash: Counter[str] = field(default_factory=Counter)
    payouts: dict[str, tuple[UUID, str, int]] = field(default_factory=dict)
    refunds: dict[str, tuple[UUID, str, int]] = field(default_factory=dict)
    moods: list[str] = field(default_factory=list)

    def carry_out(self, operation: Operation) -> Answer:
        mood = self.moods.pop(0) if self.moods else "well"
        if mood == "refuses" and operation.kind in _REFUSABLE:
            return Answer.not_done(Outcome.DECLINED, "account_invalid", "no such account")
        if mood == "away":
            return Answer.not_done(Outcome.UNCLEAR, "away", "no answer")
        key, now = operation.idempotency_key, self.clock.now()
        answer, at = self.answers.get(key, (None, now))
        if answer is None or now - at > KEY_LIFETIME:
            answer = self._do(operation)
            self.answers[key] = answer, now
            if answer.outcome is Outcome.DONE:
                self.done[operation.operation_id] = answer
        if mood == "silent":
            return Answer.not_done(Outcome.UNCLEAR, "silent", "no answer", spent=True)
        return answer

    def find(self, operation: Operation) -> Answer | None:
        return self.done.get(operation.operation_id)

    def onboarding_link(self, account_id: str) -> Link:
        return Link(f"https://processor.example/{account_id}", self.clock.now())

    def news(self, event: ProcessorEvent) -> News:
        return self.told.get(event.event_id, NotForUs("unknown"))

    def open(self, status: str = "open") -> list[str]:
        """Return the pages that stand like this."""
        return sorted(name for name, each in self.sessions.items() if each.status == status)

    def pay(self, session: str) -> None:
        """Let the client pay on a page that is open, or submit it where that takes its time."""
        page = self.sessions[session]
        if page.method == "card" or page.status == "submitted":
            self._capture(page)
            return
        page.status = "submitted"
        self._tell(CheckoutSubmitted(session))
        if page.customer:
            self._reconcile(page.customer)

    def expire(self, session: str) -> None:
        """Let a page expire, or give up a payment that is on its way."""
        page = self.sessions[session]
        page.status = "expired"
        self._tell(CheckoutExpired(session))
        if page.received and page.customer:
            self.cash[page.customer] += page.received
            self._tell(CreditArrived(page.customer))
            self._reconcile(page.customer)

    def transfer_in(self, customer: str, amount: int) -> None:
        """Let a bank transfer arrive on a customer's account number."""
        self.cash[customer] += amount
        self._tell(CreditArrived(customer))
        self._reconcile(customer)

    def account(self, account_id: str, step: PayeeStep) -> None:
        """Change its mind about an account."""
        needs = () if step is PayeeStep.ACTIVATE else ("identity.individual.address",)
        self._tell(PayeeChanged(AccountState(account_id, step, needs, self.clock.now())))

    def arrive(self, payout: str) -> None:
        """Let a payout arrive at the bank."""
        self._tell(PayoutPaid(self.payouts[payout][0], payout, self.clock.now()))

    def come_back(self, payout: str) -> None:
        """Let the bank send a payout back."""
        payout_id, account, amount = self.payouts.pop(payout)
        self.balances[account] += amount
        self._tell(PayoutFailed(payout_id, payout, "no account", self.clock.now()))

    def bounce(self, refund: str) -> None:
        """Let the client's bank send a refund back."""
        refund_id, charge, amount = self.refunds.pop(refund)
        self.balances[PLATFORM] += amount
        self.charges[charge].refunded -= amount
        for _ in range(2):  # more than one kind of event tells of it
            self._tell(RefundChanged(refund_id, refund, failed=True, at=self.clock.now()))

    def dispute(self, charge: str, share: int) -> None:
        """Let the client's bank take so many hundredths of a charge back."""
        paid = self.charges[charge]
        paid.dispute = "open"
        paid.disputed = max(1, (paid.amount - paid.refunded) * share // 100)
        self.balances[PLATFORM] -= paid.disputed + DISPUTE_FEE
        self._tell_dispute(charge)

    def decide(self, charge: str, *, won: bool) -> None:
        """Let the bank decide."""
        paid = self.charges[charge]
        paid.dispute = "won" if won else "lost"
        if won:
            self.balances[PLATFORM] += paid.disputed
        self._tell_dispute(charge)

    def _tell_dispute(self, charge: str) -> None:
        paid, now = self.charges[charge], self.clock.now()
        self._tell(
            ChargebackChanged(
                dispute_id=f"dp_{charge}",
                charge_id=charge,
                amount=yen(paid.disputed),
                reason="fraudulent",
                withdrawn=True,
                fee=yen(DISPUTE_FEE),
                reinstated=paid.dispute == "won",
                won={"open": None, "won": True, "lost": False}[paid.dispute],
                answer_until=now + timedelta(days=9),
                opened_at=now,
                at=now,
            )
        )

    def _capture(self, page: Session) -> None:
        page.status = "paid"
        charge, fee = self._charge(page.amount)
        captured = PaymentCaptured(page.name, charge, yen(page.amount), yen(fee), self.clock.now())
        for _ in range(2):  # more than one kind of event tells of a payment
            self._tell(captured)

    def _charge(self, amount: int) -> tuple[str, int]:
        charge = f"ch_{len(self.charges)}"
        fee = amount * FEE_BASIS_POINTS // 10_000
        self.charges[charge] = Paid(amount)
        self.balances[PLATFORM] += amount - fee
        return charge, fee

    def _reconcile(self, customer: str) -> None:
        for page in self.sessions.values():
            if page.customer != customer or page.status != "submitted" or page.method == "konbini":
                continue
            part = min(self.cash[customer], page.amount - page.received)
            self.cash[customer] -= part
            page.received += part
            if page.received == page.amount:
                self._capture(page)
            elif part:
                self._tell(PaymentShort(page.name, yen(page.received)))

    def _tell(self, news: News) -> None:
        self.told[f"evt_{len(self.told)}"] = news

    def _do(self, operation: Operation) -> Answer:
        return _CALLS[operation.kind](self, operation, len(self.answers))

    def create_account(self, operation: Operation, number: int) -> Answer:
        """Open an account."""
        assert operation
        return Answer.done(
            account_id=f"acct_{number}",
            step=PayeeStep.ASK,
            requirements=["identity.individual.address"],
            asked_at=self.clock.now().isoformat(),
        )

    def create_checkout(self, operation: Operation, number: int) -> Answer:
        """Make a page."""
        request, name = operation.request, f"cs_{number}"
        customer = request["customer_id"]
        if request["method"] == "bank_transfer" and customer is None:
            customer = f"cus_{number}"
        amount = sum(each["amount"] for each in request["items"])
        self.sessions[name] = Session(name, request["method"], amount, customer)
        return Answer.done(
            session_id=name,
            url=f"https://{name}",
            expires_at=(self.clock.now() + timedelta(days=1)).isoformat(),
            customer_id=customer,
        )

    def expire_checkout(self, operation: Operation, number: int) -> Answer:
        """Close a page."""
        assert number >= 0
        name = operation.request["session_id"]
        if self.sessions[name].status in {"open", "submitted"}:
            self.expire(name)
        return Answer.done(status=self.sessions[name].status)

    def create_refund(self, operation: Operation, number: int) -> Answer:
        """Give back a part of a charge."""
        request = operation.request
        paid = self.charges[request["charge_id"]]
        if paid.dispute in {"open", "lost"}:
            return Answer.not_done(Outcome.NOT_NOW, "charge_disputed", "disputed", spent=True)
        assert paid.refunded + request["amount"] <= paid.amount, "more goes back than came"
        paid.refunded += request["amount"]
        self.balances[PLATFORM] -= request["amount"]
        refund = f"re_{number}"
        self.refunds[refund] = operation.subject, request["charge_id"], request["amount"]
        self._tell(RefundChanged(operation.subject, refund, failed=False, at=self.clock.now()))
        return Answer.done(refund=refund)

    def create_transfer(self, operation: Operation, number: int) -> Answer:
        """Move money to an account."""
        request = operation.request
        if self.balances[PLATFORM] < request["amount"]:
            return Answer.not_done(Outcome.NOT_NOW, "balance_insufficient", "later", spent=True)
        self.balances[PLATFORM] -= request["amount"]
        self.balances[request["account_id"]] += request["amount"]
        return Answer.done(transfer=f"tr_{number}")

    def reverse_transfer(self, operation: Operation, number: int) -> Answer:
        """Take money back from an account."""
        request = operation.request
        assert self.balances[request["account_id"]] >= request["amount"]
        self.balances[request["account_id"]] -= request["amount"]
        self.balances[PLATFORM] += request["amount"]
        return Answer.done(reversal=f"trr_{number}")

    def create_payout(self, operation: Operation, number: int) -> Answer:
        """Send money to a bank."""
        request, payout = operation.request, f"po_{number}"
        account = request["account_id"]
        assert self.balances[account] >= request["amount"], "more paid out than transferred"
        self.balances[account] -= request["amount"]
        self.payouts[payout] = operation.subject, account, request["amount"]
        return Answer.done(payout=payout)

    def sweep(self, operation: Operation, number: int) -> Answer:
        """Make a charge of what lies on an account number."""
        assert number >= 0
        customer = operation.request["customer_id"]
        amount = self.cash.pop(customer, 0)
        if not amount:
            return Answer.done(amount=0)
        charge, fee = self._charge(amount)
        return Answer.done(
            charge_id=charge,
            amount=amount,
            fee=fee,
            currency="JPY",
            captured_at=self.clock.now().isoformat(),
        )

    def submit_evidence(self, operation: Operation, number: int) -> Answer:
        """Hear our side."""
        assert operation.request["evidence"]
        assert number >= 0
        return Answer.done(status="under_review")


_REFUSABLE = {OperationKind.CREATE_TRANSFER, OperationKind.CREATE_PAYOUT}
_CALLS: Mapping[OperationKind, Callable[[FakeProcessor, Operation, int], Answer]] = {
    OperationKind.CREATE_ACCOUNT: FakeProcessor.create_account,
    OperationKind.CREATE_CHECKOUT: FakeProcessor.create_checkout,
    OperationKind.EXPIRE_CHECKOUT: FakeProcessor.expire_checkout,
    OperationKind.CREATE_REFUND: FakeProcessor.create_refund,
    OperationKind.CREATE_TRANSFER: FakeProcessor.create_transfer,
    OperationKind.CREATE_PAYOUT: FakeProcessor.create_payout,
    OperationKind.REVERSE_TRANSFER: FakeProcessor.reverse_transfer,
    OperationKind.SWEEP_CREDIT: FakeProcessor.sweep,
    OperationKind.SUBMIT_EVIDENCE: FakeProcessor.submit_evidence,
}
