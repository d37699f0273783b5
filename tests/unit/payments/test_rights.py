"""Who may do what with a client's money: each command, tried by everybody there is.

The client is a company; its members have one right each, and one has none.
"""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from services.payments.domain.charge import CreditLot
from services.payments.domain.documents import Party
from services.payments.domain.ledger import Happening, journal_entry
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import NOTHING
from services.payments.ports_books import Traced
from services.payments.use_cases import (
    checkouts,
    credit,
    documents,
    escrow,
    funding,
    operations,
    payees,
    refunds,
    tracing,
    withholding,
)
from shared.errors import DomainError, Invalid
from shared.ids import new_id
from shared.messages.companies import CompanyFounded
from shared.messages.documents import DocumentKind
from shared.messages.payments import (
    PayFromCredit,
    PaymentMethod,
    RefundCredit,
    RefundMilestone,
    StartCheckout,
)
from shared.money import PositiveMoney, yen
from shared.people import Person, Right
from tests.support.fakes import NOW
from tests.unit.payments.scene import Scene
from tests.unit.payments.test_documents import charged

CREDIT = yen(200_000)
MONTH, YEAR = f"{NOW:%Y-%m}", NOW.year
ONE_YEN = PositiveMoney(amount=1, currency="JPY")


class Company(Scene):
    """A company with contracts, a page to pay on, credit, and a member for each right."""

    def __init__(self) -> None:
        super().__init__()
        self.company_id = new_id()
        self.agreed = [
            each.model_copy(update={"client_id": self.company_id}) for each in self.agreed
        ]
        self.people = {
            "poster": self.member(Right.POST),
            "funder": self.member(Right.FUND),
            "accepter": self.member(Right.ACCEPT),
            "bookkeeper": self.member(Right.SEE_MONEY),
            "looker": self.member(),
            "others": Person(new_id(), frozenset(), {new_id(): frozenset(Right)}),
            "stranger": Person(new_id(), frozenset({"client"})),
            "assistant": self.assistant,
            "operator": self.operator,
        }
        founded = CompanyFounded(
            company_id=self.company_id,
            name="株式会社みどり園芸",
            email="office@midori.example",
            locale="ja",
            founded_by=new_id(),
        )
        with self.transactions.begin() as work:
            payees.remember_company(founded, work)
            for each in self.agreed:
                escrow.agree(each, work)
            self.give_credit(work)
        self.page_id = self.pay_on_page(0)

    def member(self, *rights: Right) -> Person:
        return Person(new_id(), frozenset(), {self.company_id: frozenset(rights)})

    def give_credit(self, work: Any) -> None:
        owners = {Owner.CLIENT: self.company_id}
        happening = Happening(self.company_id, "ch_1", NOW, owners)
        work.books.post(
            [
                journal_entry(
                    Fact.CAPTURED, happening, escrow=NOTHING, credit=CREDIT, processor_fee=NOTHING
                )
            ]
        )
        work.charges.add_lots([CreditLot(new_id(), self.company_id, "ch_1", CREDIT, CREDIT)])

    def pay_on_page(self, number: int) -> Any:
        asked = StartCheckout(milestone_ids=self.ids([number]), method=PaymentMethod.BANK_TRANSFER)
        with self.transactions.begin() as work:
            call = checkouts.prepare_checkout(asked, self.people["funder"], work)
        assert call
        answer = operations.ask_now(call, self.processor)
        with self.transactions.begin() as work:
            operations.record(call, answer, work)
        return call.subject

    def outcome(self, act: "Act", who: str) -> str:
        """Return how an attempt ends: `done`, or the code of the refusal."""
        try:
            with self.transactions.begin() as work:
                act(self, self.people[who], work)
        except DomainError as refused:
            return refused.code
        return "done"


Act = Callable[[Company, Person, Any], object]


def check_out(at: Company, by: Person, work: Any) -> None:
    checkouts.prepare_checkout(StartCheckout(milestone_ids=at.ids([1])), by, work)


def see_page(at: Company, by: Person, work: Any) -> None:
    checkouts.get_checkout(at.page_id, by, work)


def give_page_up(at: Company, by: Person, work: Any) -> None:
    checkouts.cancel_checkout(at.page_id, by, work)


def pay_from_credit(at: Company, by: Person, work: Any) -> None:
    funding.pay_from_credit(PayFromCredit(milestone_ids=at.ids([2])), by, work)


def take_credit_back(at: Company, by: Person, work: Any) -> None:
    credit.refund_credit(RefundCredit(amount=ONE_YEN, client_id=at.company_id), by, work)


def see_credit(at: Company, by: Person, work: Any) -> None:
    credit.view_credit(by, work, of=at.company_id)


def see_milestone(at: Company, by: Person, work: Any) -> None:
    escrow.get_money(at.ids([0])[0], by, work)


def see_trace(at: Company, by: Person, _work: Any) -> None:
    none: frozenset[Any] = frozenset()
    parties = frozenset({at.company_id, at.assistant.person_id})
    traced = Traced("milestone", "x", none, none, none, none, none, none, none, parties)
    traces = SimpleNamespace(
        find=lambda _: traced, payout_parts=lambda _: [], entries=lambda _: iter(())
    )
    tracing.view_trace("x", by, SimpleNamespace(traces=traces))  # type: ignore[arg-type]


def papers_of(at: Company) -> Any:
    """Return the Work of documents, where there is one receipt of the company's and no more."""
    client = Party("株式会社みどり園芸", person_id=at.company_id)
    nothing = SimpleNamespace(
        charge=lambda _: charged(client=client),
        charges=lambda *_: [],
        releases=lambda *_: [],
        refunds=lambda *_: [],
        payouts=lambda *_: [],
        records=lambda *_: [],
    )
    return SimpleNamespace(papers=nothing, taxes=nothing, clock=at.clock)


def see_receipt(at: Company, by: Person, _work: Any) -> None:
    documents.get_document(DocumentKind.RECEIPT, "ch_1", by, papers_of(at))


def list_papers(at: Company, by: Person, _work: Any) -> None:
    documents.list_documents(MONTH, by, papers_of(at), of=at.company_id)


def see_year(at: Company, by: Person, _work: Any) -> None:
    withholding.get_records(YEAR, by, papers_of(at), of=at.company_id)


def refund_by_agreement(at: Company, by: Person, work: Any) -> None:
    command = RefundMilestone(price=ONE_YEN, reason="One less.")
    refunds.refund_milestone(at.ids([2])[0], command, by, work)


# Who may; to the others of the company `right_required`, to everybody else the code beside it.
MAY: dict[Act, tuple[set[str], str]] = {
    check_out: ({"funder"}, "milestone_not_found"),
    give_page_up: ({"funder"}, "checkout_not_found"),
    pay_from_credit: ({"funder"}, "milestone_not_found"),
    take_credit_back: ({"funder", "operator"}, "client_not_found"),
    see_page: ({"funder", "bookkeeper"}, "checkout_not_found"),
    see_credit: ({"funder", "bookkeeper", "operator"}, "client_not_found"),
    see_milestone: ({"bookkeeper", "assistant"}, "milestone_not_found"),
    see_trace: ({"bookkeeper", "assistant", "operator"}, "trace_not_found"),
    see_receipt: ({"bookkeeper", "operator"}, "document_not_found"),
    list_papers: ({"bookkeeper", "operator"}, "role_required"),
    see_year: ({"bookkeeper", "operator"}, "role_required"),
}
MEMBERS = {"poster", "funder", "accepter", "bookkeeper", "looker"}
EVERYBODY = (*sorted(MEMBERS), "others", "stranger", "assistant", "operator")


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("act", MAY, ids=lambda act: act.__name__)
def test_only_those_with_the_right_may(act: Act, who: str) -> None:
    may, hidden = MAY[act]
    expected = "done" if who in may else "right_required" if who in MEMBERS else hidden
    assert Company().outcome(act, who) == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_money_goes_back_by_agreement_from_the_assistant_or_an_operator_only(who: str) -> None:
    company = Company()
    assert company.outcome(pay_from_credit, "funder") == "done"
    expected = "done" if who in {"assistant", "operator"} else "milestone_not_found"
    assert company.outcome(refund_by_agreement, who) == expected


def test_a_refusal_changes_nothing() -> None:
    company = Company()
    before = len(company.transactions.now.operations.operations)
    for act in (check_out, give_page_up, pay_from_credit, take_credit_back):
        assert company.outcome(act, "bookkeeper") == "right_required"
    assert len(company.transactions.now.operations.operations) == before


def test_the_company_is_the_customer_whoever_of_it_pays() -> None:
    company = Company()
    page = company.transactions.now.checkouts.get(company.page_id)
    assert page.client_id == company.company_id
    [call] = company.transactions.now.operations.operations.values()
    assert (call.request["email"], call.request["name"]) == (
        "office@midori.example",
        "株式会社みどり園芸",
    )
    assert company.transactions.now.clients.customers.keys() == {company.company_id}


def test_credit_that_pays_is_the_companys_and_not_the_members_own() -> None:
    company = Company()
    funder = company.people["funder"]
    with company.transactions.begin() as work:
        left = funding.pay_from_credit(PayFromCredit(milestone_ids=company.ids([2])), funder, work)
        assert left.balance.amount < CREDIT.amount
        assert left == credit.view_credit(funder, work, of=company.company_id)
        assert credit.view_credit(funder, work).balance == NOTHING


def test_milestones_of_two_clients_are_not_paid_for_together() -> None:
    company = Company()
    own = company.agreed[1].model_copy(
        update={
            "contract_id": new_id(),
            "client_id": company.people["funder"].person_id,
            "milestones": (
                company.agreed[1].milestones[0].model_copy(update={"milestone_id": new_id()}),
            ),
        }
    )
    asked = StartCheckout(milestone_ids=(*company.ids([1]), own.milestones[0].milestone_id))
    with company.transactions.begin() as work:
        escrow.agree(own, work)
        with pytest.raises(Invalid, match="one_client_at_a_time"):
            checkouts.prepare_checkout(asked, company.people["funder"], work)
