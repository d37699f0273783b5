"""The gateway of payments over a simulated Stripe, and operations as payments would keep them."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import httpx

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_gateway import StripeGateway
from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import (
    Answer,
    Operation,
    OperationKind,
    OperationStatus,
)
from services.payments.use_cases.operations import ask
from shared.clock import TurnedClock
from shared.ids import new_id
from tests.support.stripe_process import KEY, RunningSimulator
from tests.support.stripe_steps import CARD_AVAILABLE_AT_ONCE
from tests.support.wait import eventually

ANSWER_SECONDS = 0.5
ATTEMPTS = 6
NOBODY = "http://127.0.0.1:9"
ITEMS = (30_000, 12_000)
TOTAL = sum(ITEMS)


@dataclass(frozen=True, eq=False)
class Desk:
    """Where calls are made; it doesn't sleep between quick tries."""

    simulator: RunningSimulator

    @property
    def clock(self) -> TurnedClock:
        """The simulator's own clock."""
        return TurnedClock(self.simulator.record.parent / "clock")

    def gateway(self, base: str = "") -> StripeGateway:
        """Return a new gateway, as a process has that was just started."""
        api = StripeApi.connect(KEY, base or self.simulator.url, answer_seconds=ANSWER_SECONDS)
        return StripeGateway(replace(api, sleep=lambda _: None), self.clock, "http://web.example")

    def operation(self, kind: OperationKind, subject: UUID, **request: Any) -> Operation:
        """Return a call that is due now."""
        now = self.clock.now()
        request = {"since": now.isoformat(), **request}
        return Operation(new_id(), kind, subject, request, next_attempt_at=now)

    def attempt(self, operation: Operation, gateway: StripeGateway | None = None) -> Answer:
        """Do what a worker of payments does with a call, once."""
        operation.lease(self.clock.now())
        answer = ask(operation, gateway or self.gateway())
        operation.record(answer, self.clock.now())
        return answer

    def carry_out(self, operation: Operation) -> dict[str, Any]:
        """Attempt it until it's done; return the facts of the answer."""
        for _ in range(ATTEMPTS):
            if operation.status is not OperationStatus.PENDING:
                break
            self.attempt(operation)
        assert operation.status is OperationStatus.DONE, operation.answer
        return operation.answer

    def news(self, kind: str, object_id: str) -> News:
        """Wait for an event about an object; return what it says now."""
        delivery = eventually(
            lambda: [
                each
                for each in self.simulator.listener.deliveries
                if each.event["type"] == kind and object_id in each.body.decode()
            ],
            message=f"{kind} about {object_id}",
        )[0]
        return self.read(delivery.body)

    def read(self, body: bytes) -> News:
        """Return what the body of an event says now."""
        event = httpx.Response(200, content=body).json()
        now = self.clock.now()
        return self.gateway().news(ProcessorEvent(event["id"], event["type"], body, now, now))

    def checkout(self, method: str, **request: Any) -> Operation:
        """Return the call for a page that pays for two milestones."""
        items = [
            {"milestone_id": str(new_id()), "title": f"翻訳 {n}", "amount": amount}
            for n, amount in enumerate(ITEMS)
        ]
        wanted = {
            "method": method,
            "currency": "JPY",
            "items": items,
            "client_id": str(new_id()),
            "customer_id": None,
            "email": "client@example.jp",
            "name": "山田 花子",
        }
        return self.operation(OperationKind.CREATE_CHECKOUT, new_id(), **{**wanted, **request})

    def paid_charge(self, card: str = CARD_AVAILABLE_AT_ONCE) -> str:
        """Return a charge of ours."""
        answer = self.carry_out(self.checkout("card"))
        form = {"card_number": card, "expiry": "12/40", "cvc": "123"}
        assert httpx.post(answer["url"], data=form).status_code == httpx.codes.SEE_OTHER
        session = self.simulator.client.v1.checkout.sessions.retrieve(
            answer["session_id"], {"expand": ["payment_intent"]}
        )
        intent: Any = session.payment_intent
        return str(intent.latest_charge)

    def receive(self, intent_id: str, amount: int) -> None:
        """Let a bank transfer of that amount come in."""
        self.simulator.control("POST", f"payment_intents/{intent_id}/receive", amount=amount)

    def cash(self, customer_id: str) -> int:
        """Return what lies in a customer's cash balance."""
        found: Any = self.simulator.client.v1.customers.cash_balance.retrieve(customer_id)
        return int(found.available["jpy"]) if found.available else 0
