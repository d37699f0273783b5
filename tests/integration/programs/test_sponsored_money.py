"""A town's money as programs and payments know it: the same, to the yen and person by person."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import text

from services.payments.domain.charge import Funding
from services.payments.domain.ledger import Happening, journal_entry
from services.payments.domain.news import PaymentCaptured
from services.payments.domain.postings import Fact
from services.payments.domain.wallet import TopUp
from services.payments.use_cases import refunds, releases, sponsorships, top_ups, wallets
from services.programs.use_cases import following, sponsoring
from shared.db import Database
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import ContractAgreed, MilestoneAccepted
from shared.messages.jobs import Category, Mode
from shared.messages.payments import (
    EscrowReleased,
    EscrowStatus,
    PaymentMethod,
    RefundMilestone,
)
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
)
from shared.messages.programs import WalletAgreed
from shared.messages.wallets import (
    SponsorshipRefused,
    SponsorshipReserved,
    SponsorshipReturned,
    SponsorshipSettled,
    SponsorshipTakenBack,
    WalletFunded,
    WalletStatementView,
)
from shared.money import PositiveMoney, yen
from shared.people import Person, Right
from tests.integration.payments.rows import Kept, agreed, charge_of
from tests.integration.programs.town import (
    PROGRAMS,
    WALLET_TERMS,
    Town,
    done,
    program_of,
    put,
    town_in,
)
from tests.support.apis import Api
from tests.support.servers import TestPostgres

WALLET = WALLET_TERMS | {"tuition": {"amount": 20_000}, "bonus": {"amount": 19_000}}
PRICE, FEE = 5_000, 1_100 + 110
TO_PAYMENTS: Final[Mapping[type[Event], Callable[[Any, Any], None]]] = {
    WalletAgreed: sponsorships.agree,
    SponsorshipAsked: sponsorships.reserve,
    SponsorshipDue: sponsorships.settle,
    SponsorshipDropped: sponsorships.drop,
}
TO_PROGRAMS: Final[Mapping[type[Event], Callable[[Any, Any], None]]] = {
    EscrowReleased: sponsoring.on_released,
    WalletFunded: sponsoring.on_funded,
    SponsorshipReserved: sponsoring.on_reserved,
    SponsorshipRefused: sponsoring.on_refused,
    SponsorshipSettled: sponsoring.on_settled,
    SponsorshipReturned: sponsoring.on_returned,
    SponsorshipTakenBack: sponsoring.on_taken_back,
}


@dataclass
class Wire:
    """Carries what a service told to another, everything twice."""

    told: Database
    heard: Callable[[], AbstractContextManager[Any]]
    handlers: Mapping[type[Event], Callable[[Any, Any], None]]
    read: int = 0

    def carry(self) -> int:
        """Carry what is new; return how much it was."""
        query = text("SELECT position, type, data FROM outbox WHERE position > :read ORDER BY 1")
        with self.told.transaction() as connection:
            rows = list(connection.execute(query, {"read": self.read}))
        by_type = {each.event_type(): (each, handle) for each, handle in self.handlers.items()}
        for row in rows:
            self.read = row.position
            if row.type in by_type:
                model, handle = by_type[row.type]
                for _ in range(2):
                    with self.heard() as work:
                        handle(model.model_validate_json(row.data), work)
        return len(rows)


@dataclass
class Two:
    """Programs and payments, each over its database."""

    town: Town
    kept: Kept
    wires: list[Wire] = field(default_factory=list)

    def __post_init__(self) -> None:
        api = self.town.api
        self.wires.append(Wire(api.database, self.kept.begin, TO_PAYMENTS))
        self.wires.append(Wire(self.kept.database, api.begin, TO_PROGRAMS))

    def talk(self) -> None:
        """Let them tell each other everything, until nothing is new."""
        while sum(wire.carry() for wire in self.wires):
            pass

    def fund(self, amount: int) -> None:
        """Let the town pay in."""
        program_id, now = UUID(self.town.program_id), self.kept.clock.now()
        session_id = f"cs_{new_id()}"
        top_up = TopUp(
            checkout_id=new_id(),
            program_id=program_id,
            sponsor_id=self.town.sponsor.person_id,
            method=PaymentMethod.CARD,
            amount=yen(amount),
            session_id=session_id,
            url="https://pay.test",
            expires_at=now + timedelta(days=1),
        )
        news = PaymentCaptured(session_id, f"ch_{new_id()}", yen(amount), yen(0), now)
        with self.kept.begin() as work:
            work.wallets.add_top_up(top_up)
            top_ups.captured(top_up, news, work)
        self.talk()

    def train(self, participant_id: str) -> None:
        """Let somebody have passed all units."""
        with self.town.api.begin() as work:
            participant = work.participants.get(UUID(participant_id))
            program = work.programs.get(participant.program_id)
            sponsoring.on_trained(participant, program, work)
        self.talk()

    def earn(self, person_id: UUID) -> UUID:
        """Let a first milestone of theirs be accepted and released; return it."""
        now = self.town.api.clock.now()
        contract, (escrow,) = agreed(PRICE)
        contract = replace(contract, assistant_id=person_id, agreed_at=now)
        escrow = replace(escrow, contract=contract, agreed_at=now, status=EscrowStatus.FUNDED)
        about = {
            "contract_id": contract.contract_id,
            "client_id": contract.client_id,
            "assistant_id": person_id,
        }
        told = ContractAgreed(
            **about,
            job_id=new_id(),
            title="A guide",
            category=Category.WRITING,
            mode=Mode.BROKERED,
            review_days=7,
            milestones=(),
            agreed_at=now,
        )
        accepted = MilestoneAccepted(
            **about,
            milestone_id=escrow.milestone_id,
            title=escrow.title,
            by="client",
            accepted_at=now,
        )
        with self.town.api.begin() as work:
            following.note_agreed(told, work)
            sponsoring.on_accepted(accepted, work)
        with self.kept.begin() as work:
            work.escrows.agree(contract, [escrow])
            charge = charge_of(contract.client_id, escrow.cost.funded.amount)
            work.charges.add(charge)
            work.charges.fund([Funding(escrow.milestone_id, charge.charge_id, charge.amount)])
            happening = Happening(escrow.milestone_id, charge.charge_id, now, escrow.owners)
            paid = {"escrow": charge.amount, "credit": yen(0), "processor_fee": charge.fee}
            work.books.post([journal_entry(Fact.CAPTURED, happening, **paid)])
            releases.release_escrows([accepted], work)
        self.talk()
        return escrow.milestone_id

    def refund(self, milestone_id: UUID, price: int) -> None:
        """Let the assistant give a part of what was released back."""
        command = RefundMilestone(price=PositiveMoney(amount=price), reason="less was done")
        with self.kept.begin() as work:
            (escrow,) = work.escrows.lock([milestone_id]).values()
            assistant = Person(escrow.contract.assistant_id, frozenset())
            refunds.refund_milestone(milestone_id, command, assistant, work)
        self.talk()

    def raise_caps(self) -> None:
        """Let the town raise what it pays for a person."""
        wallet = WALLET | {"person_cap": {"amount": 60_000}}
        body = program_of(self.town.sponsor, self.town.partner, wallet=wallet)
        done(put(self.town.sponsor, self.town.program, body))
        self.talk()

    def listed(self) -> list[Any]:
        """Return what the town sees in programs."""
        path = f"{self.town.program}/sponsorships"
        first = done(self.town.sponsor.get(path, params={"limit": 1}))
        rest = done(self.town.sponsor.get(path, params={"after": first["next"], "limit": 50}))
        found: list[Any] = [*first["items"], *rest["items"]]
        return found

    def statement(self) -> WalletStatementView:
        """Return what the town sees in payments."""
        sponsor = self.town.sponsor.person_id
        member = Person(new_id(), frozenset(), {sponsor: frozenset({Right.SEE_MONEY})})
        month = self.kept.clock.now().strftime("%Y-%m")
        with self.kept.begin() as work:
            return wallets.get_statement(UUID(self.town.program_id), month, member, work)


@pytest.fixture
def two(api: Api, postgres: TestPostgres) -> Iterator[Two]:
    payments = Database(postgres.service_database("payments").url)
    yield Two(town_in(api, wallet=WALLET), Kept(payments, api.clock))
    payments.engine.dispose()


def test_programs_list_and_payments_statement_agree_to_the_yen(two: Two) -> None:
    hanako, hanako_as = two.town.joined("Hanako")
    taro, taro_as = two.town.joined("Taro")
    two.talk()
    assert {each["refused"] for each in two.listed()} == {"wallet_short"}
    two.fund(90_000)
    two.train(hanako_as)
    two.earn(hanako.person_id)
    # 20,000 and 19,000 are paid: the fee is beyond the cap of 40,000 for a person.
    assert Counter(each["status"] for each in two.listed()) == {
        "settled": 2,
        "refused": 1,
        "reserved": 1,
    }
    two.raise_caps()
    done(taro.post(f"{PROGRAMS}/participants/{taro_as}/departure"))
    two.talk()

    listed, statement = two.listed(), two.statement()
    assert Counter(each["status"] for each in listed) == {"settled": 3, "dropped": 1}
    settled = {
        (each["sponsorship_id"], each["beneficiary"], each["amount"]["amount"], each["reference"])
        for each in listed
        if each["status"] == "settled"
    }
    assert settled == {
        (str(line.sponsorship_id), str(line.beneficiary), line.amount.amount, line.reference)
        for line in statement.lines
        if line.kind == "paid"
    }
    assert {kind: paid.amount for kind, paid in statement.paid.items()} == {
        SponsorshipKind.TUITION: 20_000,
        SponsorshipKind.BONUS: 19_000,
        SponsorshipKind.FEES: FEE,
    }
    assert statement.reconciles
    assert statement.closing_reserved.amount == 0
    assert statement.closing_available.amount == 90_000 - 39_000 - FEE


def test_a_fee_that_is_given_back_is_so_in_both_to_the_yen(two: Two) -> None:
    hanako, hanako_as = two.town.joined("Hanako")
    two.talk()
    two.fund(90_000)
    milestone_id = two.earn(hanako.person_id)
    two.train(hanako_as)
    # With 20,000 and 19,000, the fee is beyond the cap of 40,000 for a person.
    assert {each["kind"]: each["status"] for each in two.listed()} == {
        "tuition": "settled",
        "bonus": "settled",
        "fees": "refused",
    }
    two.raise_caps()
    two.refund(milestone_id, 2_000)
    (fees,) = (each for each in two.listed() if each["kind"] == "fees")
    statement = two.statement()
    assert fees["status"] == "settled"
    assert 0 < fees["taken_back"]["amount"] < FEE
    assert statement.taken_back.amount == fees["taken_back"]["amount"]
    two.refund(milestone_id, PRICE - 2_000)
    (fees,) = (each for each in two.listed() if each["kind"] == "fees")
    statement = two.statement()
    assert (fees["status"], fees["taken_back"]["amount"]) == ("taken_back", FEE)
    assert statement.taken_back.amount == FEE
    assert statement.reconciles
    assert statement.closing_available.amount == 90_000 - 39_000
