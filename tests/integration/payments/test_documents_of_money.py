"""Documents of money that the use cases moved: they equal the books, and stay as they were."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from services.payments.adapters.documents.printing import TypstPrinter
from services.payments.adapters.documents.work import make_documents_work
from services.payments.adapters.work import make_work
from services.payments.api_documents import Documented, router
from services.payments.domain.checkout import Checkout
from services.payments.domain.news import PaymentCaptured
from services.payments.domain.payee import Payee
from services.payments.ports import Contact, Work
from services.payments.use_cases import (
    escrow,
    funding,
    handing_over,
    payouts,
    refunds,
    releases,
)
from shared.ids import new_id
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAccepted,
    MilestonePartlyAccepted,
)
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.jobs import Category, Mode
from shared.messages.payments import PayeeStatus, PaymentMethod, RefundMilestone
from shared.money import PositiveMoney, yen
from shared.people import Person
from shared.provision.databases import ServiceDatabase
from tests.support.apis import Api, Caller, api_of

BASE = "/api/v1/payments"


@dataclass
class Till:
    """One client, one assistant, and use cases over a real database."""

    api: Api
    client: Caller
    assistant: Caller
    operator: Caller

    def at(self, day: str) -> None:
        self.api.clock.time = datetime.fromisoformat(f"{day}T12:00:00+09:00")

    def hear(self, handle: Callable[[Work], object]) -> Any:
        with self.api.begin() as work:
            return handle(work)

    def agree(
        self, *prices: int, mode: Mode = Mode.PRINCIPAL, contract_id: UUID | None = None
    ) -> list[UUID]:
        now = self.api.clock.now()
        milestones = tuple(
            AgreedMilestone(
                milestone_id=new_id(),
                title=f"Part {number}",
                price=yen(price),
                due_on=date(2026, 12, 1),
            )
            for number, price in enumerate(prices, start=1)
        )
        agreed = ContractAgreed(
            contract_id=contract_id or new_id(),
            job_id=new_id(),
            title="A guide to gardens",
            category=Category.WRITING,
            mode=mode,
            review_days=7,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=milestones,
            agreed_at=now,
        )
        self.hear(lambda work: escrow.agree(agreed, work))
        return [each.milestone_id for each in milestones]

    def pay(self, charge_id: str, *milestones: UUID) -> None:
        now = self.api.clock.now()

        def paid(work: Work) -> None:
            items = {each: work.escrows.get(each).cost.funded for each in milestones}
            checkout = Checkout(
                checkout_id=new_id(),
                client_id=self.client.person_id,
                method=PaymentMethod.CARD,
                items=items,
                session_id=f"cs_{charge_id}",
                url="https://pay.example",
                expires_at=now + timedelta(hours=1),
            )
            work.checkouts.add(checkout)
            captured = PaymentCaptured(
                checkout.session_id, charge_id, checkout.amount, yen(36), now
            )
            funding.capture(captured, work)

        self.hear(paid)

    def accept(self, milestone_id: UUID, price: int | None = None) -> None:
        now = self.api.clock.now()
        about = {
            "contract_id": new_id(),
            "milestone_id": milestone_id,
            "title": "Part",
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
            "accepted_at": now,
        }
        if price is None:
            whole = MilestoneAccepted.model_validate({**about, "by": "client"})
            self.hear(lambda work: releases.release_escrows([whole], work))
        else:
            part = MilestonePartlyAccepted.model_validate(
                {**about, "acceptance_id": new_id(), "price": yen(price)}
            )
            self.hear(lambda work: releases.release_part(part, work))

    def refund(self, milestone_id: UUID, price: int) -> None:
        by = Person(self.operator.person_id, frozenset({"operator"}))
        asked = RefundMilestone(price=PositiveMoney(amount=price), reason="a chapter is missing")
        self.hear(lambda work: refunds.refund_milestone(milestone_id, asked, by, work))

    def pay_out(self) -> None:
        by = Person(self.assistant.person_id, frozenset({"assistant"}))

        def asked(work: Work) -> None:
            work.payees.open(by.person_id)
            work.payees.save(Payee(by.person_id, account_id="acct_1", status=PayeeStatus.ACTIVE))
            payouts.request_payout(by, work)

        self.hear(asked)

    def document(self, person: Caller, kind: str, name: object) -> Any:
        answer = person.get(f"{BASE}/documents/{kind}/{name}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def listed(self, person: Caller, kind: str) -> list[Any]:
        answer = person.get(f"{BASE}/documents", params={"month": "2026-11"})
        return [
            self.document(person, kind, each["id"])
            for each in answer.json()["documents"]
            if each["kind"] == kind
        ]

    def in_books(self, condition: str) -> int:
        query = f"""
            SELECT coalesce(sum(credit - debit), 0)::bigint
            FROM journal_lines JOIN journal_entries USING (entry_id) WHERE {condition}
        """  # noqa: S608  (the test's own)
        with self.api.database.transaction() as connection:
            found: int = connection.execute(text(query)).scalar_one()
        return found


@pytest.fixture
def till(payments_database: ServiceDatabase) -> Iterator[Till]:
    """Use cases and documents over a new database."""
    with api_of("payments", [router], make_work, payments_database.url) as api:
        state = api.client.app.state  # type: ignore[attr-defined]  # FastAPI's
        state.documents = Documented(make_documents_work, TypstPrinter())
        people = api.person("client"), api.person("assistant"), api.person("operator")
        till = Till(api, *people)
        till.at("2026-11-02")
        for person, name in zip(people, ("みどり園芸", "山田 花子", "田中"), strict=True):
            contact = Contact(f"{person.person_id}@example.com", name)
            with api.begin() as work:
                work.people.remember(person.person_id, contact)
        yield till


def total(documents: list[Any]) -> int:
    return sum(each["total"] for each in documents)


def test_invoices_stay_as_they_were_and_return_invoices_say_what_went_back(till: Till) -> None:
    first, second = till.agree(100_000, 60_000)
    till.pay("ch_first", first)
    till.pay("ch_second", second)
    till.at("2026-11-05")
    till.accept(first, 40_000)
    till.accept(first)
    till.accept(second)
    invoices = till.listed(till.client, "invoice")
    fees = till.listed(till.assistant, "fee_invoice")
    assert len(invoices) == len(fees) == 3
    till.at("2026-11-12")
    till.refund(first, 75_000)
    assert till.listed(till.client, "invoice") == invoices
    assert till.listed(till.assistant, "fee_invoice") == fees
    (returned,) = till.listed(till.client, "return_invoice")
    (fee,) = till.listed(till.assistant, "fee_return_invoice")
    # The later part goes back first.
    assert [row["price"] for row in returned["tables"][0]["rows"]] == [15_000, 60_000]
    assert returned["total"] == till.in_books(
        "fact = 'refund_after_release' AND account = 'liability:refunds_payable'"
    )
    fees_kept = till.in_books("account IN ('income:platform_fee', 'liability:consumption_tax')")
    assert total(fees) - fee["total"] == fees_kept


def test_statements_and_withholding_equal_the_books_after_a_refund(till: Till) -> None:
    first, second = till.agree(100_000, 60_000)
    till.pay("ch_both", first, second)
    till.at("2026-11-05")
    till.accept(first)
    till.accept(second)
    till.refund(first, 30_000)
    till.at("2026-11-10")
    till.pay_out()
    (statement,) = till.listed(till.assistant, "payout_statement")
    assert statement["total"] == till.in_books("account = 'liability:payout_in_transit'")
    assert [each["name"] for each in statement["sums"]] == ["nets", "transfer_fee", "to_bank"]
    till.at("2026-11-20")
    # What was paid out already comes off what is earned next.
    till.refund(second, 60_000)
    assert till.listed(till.assistant, "payout_statement") == [statement]
    (third,) = till.agree(200_000)
    till.pay("ch_third", third)
    till.accept(third)
    till.at("2026-11-25")
    till.pay_out()
    _, later = till.listed(till.assistant, "payout_statement")
    sums = {each["name"]: each["amount"] for each in later["sums"]}
    assert -sums["set_off"] == till.in_books(
        "fact = 'receivable_set_off' AND account = 'asset:assistant_receivable'"
    )
    assert till.in_books("account = 'liability:payout_in_transit'") == (
        statement["total"] + later["total"]
    )
    till.at("2026-12-01")
    withholding = till.operator.get(f"{BASE}/withholding/2026-11").json()
    assert withholding["withheld"] == till.in_books("account = 'liability:withholding'")
    assert withholding["assistants"][0]["paid"] == (70_000 + 200_000) * 11 // 10
    (record,) = till.operator.get(f"{BASE}/payment-records/2026").json()["records"]
    assert (record["price"], record["withheld"]) == (270_000, withholding["withheld"])
    for person, accounts in (
        (till.client, "'liability:escrow', 'liability:client_credit'"),
        (till.assistant, "'liability:assistant_payable'"),
    ):
        month = till.document(person, "monthly_statement", "2026-11")
        assert month["total"] == till.in_books(f"account IN ({accounts})")


def test_of_what_is_handed_over_each_has_their_own_documents_and_together_they_are_the_books(
    till: Till,
) -> None:
    (old,) = till.agree(50_000)
    till.pay("ch_once", old)
    till.at("2026-11-05")
    theirs = replace(till, assistant=till.api.person("assistant"))
    contract_id = new_id()
    theirs.agree(contract_id=contract_id)
    rest = AgreedMilestone(
        milestone_id=new_id(), title="The rest", price=yen(30_000), due_on=date(2026, 12, 1)
    )
    told = MilestoneHandedOver(
        contract_id=new_id(),
        milestone_id=old,
        title="Part 1",
        client_id=till.client.person_id,
        assistant_id=till.assistant.person_id,
        hand_over_id=new_id(),
        to_assistant=yen(20_000),
        substitute_id=theirs.assistant.person_id,
        to_contract_id=contract_id,
        to_milestone=rest,
        handed_over_at=till.api.clock.now(),
    )
    till.hear(lambda work: handing_over.hand_over(told, work))
    till.at("2026-11-10")
    theirs.accept(rest.milestone_id, 10_000)
    theirs.accept(rest.milestone_id)
    till.at("2026-12-01")
    spent = till.document(till.client, "monthly_statement", "2026-11")
    assert spent["total"] == till.in_books("account = 'liability:escrow'") == 0
    invoices = till.listed(till.client, "invoice")
    assert [each["total"] for each in invoices] == [22_000, 11_000, 22_000]
    fees = till.listed(till.assistant, "fee_invoice") + theirs.listed(
        theirs.assistant, "fee_invoice"
    )
    assert len(fees) == 3
    assert total(fees) == till.in_books(
        "account IN ('income:platform_fee', 'liability:consumption_tax')"
    )
    for each in (till, theirs):
        month = each.document(each.assistant, "monthly_statement", "2026-11")
        assert month["total"] == till.in_books(
            f"account = 'liability:assistant_payable' AND owner = '{each.assistant.person_id}'"
        )
    withholding = till.operator.get(f"{BASE}/withholding/2026-11").json()
    assert withholding["withheld"] == till.in_books("account = 'liability:withholding'") == 5_105
