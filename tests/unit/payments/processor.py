"""A payment processor in memory: it does once what it is asked, and tells of it ever after."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from services.payments.domain.news import (
    CheckoutExpired,
    News,
    NotForUs,
    PayeeChanged,
    PaymentCaptured,
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
PLATFORM = "platform"
KEY_LIFETIME = timedelta(hours=24)


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
    sessions: dict[str, tuple[UUID, int]] = field(default_factory=dict)
    open: set[str] = field(default_factory=set)
    payments: int = 0
    payouts: dict[str, tuple[UUID, str, int]] = field(default_factory=dict)
    moods: list[str] = field(default_factory=list)

    def carry_out(self, operation: Operation) -> Answer:
        mood = self.moods.pop(0) if self.moods else "well"
        if mood == "away":
            return Answer.not_done(Outcome.UNCLEAR, "away", "no answer")
        key, now = operation.idempotency_key, self.clock.now()
        answer, at = self.answers.get(key, (None, now))
        if answer is None or now - at > KEY_LIFETIME:
            answer = self._do(operation)
            self.answers[key] = answer, now
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

    def pay(self, session_id: str) -> None:
        """Let the client pay on a page that is open."""
        self.open.remove(session_id)
        milestone_id, amount = self.sessions[session_id]
        self.payments += 1
        charge = f"ch_{self.payments}"
        fee = amount * FEE_BASIS_POINTS // 10_000
        self.balances[PLATFORM] += amount - fee
        captured = PaymentCaptured(
            milestone_id, session_id, charge, yen(amount), yen(fee), self.clock.now()
        )
        for _ in range(2):  # more than one kind of event tells of a payment
            self._tell(captured)

    def expire(self, session_id: str) -> None:
        """Let a page expire."""
        self.open.remove(session_id)
        self._tell(CheckoutExpired(session_id))

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

    def _tell(self, news: News) -> None:
        self.told[f"evt_{len(self.told)}"] = news

    def _do(self, operation: Operation) -> Answer:
        number, request = len(self.answers), operation.request
        if operation.kind is OperationKind.CREATE_ACCOUNT:
            asked_at = self.clock.now().isoformat()
            return Answer.done(
                account_id=f"acct_{number}",
                step=PayeeStep.ASK,
                requirements=["identity.individual.address"],
                asked_at=asked_at,
            )
        if operation.kind is OperationKind.CREATE_CHECKOUT:
            session = f"cs_{number}"
            self.sessions[session] = (operation.subject, request["amount"])
            self.open.add(session)
            expires_at = (self.clock.now() + timedelta(days=1)).isoformat()
            return Answer.done(session_id=session, url=f"https://{session}", expires_at=expires_at)
        if operation.kind is OperationKind.EXPIRE_CHECKOUT:
            if request["session_id"] in self.open:
                self.expire(request["session_id"])
            return Answer.done()
        if operation.kind is OperationKind.CREATE_REFUND:
            self.balances[PLATFORM] -= request["amount"]
            refund = f"re_{number}"
            self._tell(RefundChanged(operation.subject, refund, failed=False, at=self.clock.now()))
            return Answer.done(refund=refund)
        if operation.kind is OperationKind.CREATE_TRANSFER:
            self.balances[PLATFORM] -= request["amount"]
            self.balances[request["account_id"]] += request["amount"]
            return Answer.done(transfer=f"tr_{number}")
        if self.balances[request["account_id"]] < request["amount"]:
            raise AssertionError("more is paid out than was transferred")
        payout = f"po_{number}"
        self.balances[request["account_id"]] -= request["amount"]
        self.payouts[payout] = (operation.subject, request["account_id"], request["amount"])
        return Answer.done(payout=payout)
