"""Sponsors' wallets: the caps hold whoever asks, and a statement is what the journal says."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.payments.domain.news import PaymentCaptured
from services.payments.domain.wallet import TopUp
from services.payments.use_cases import sponsorships, top_ups, wallets
from shared.db import Database
from shared.errors import NotFound, Transient
from shared.ids import new_id
from shared.messages.payments import PaymentMethod
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
)
from shared.messages.programs import WalletAgreed
from shared.money import yen
from shared.people import Person, Right
from tests.integration.payments.rows import Kept

TOTAL_CAP, PERSON_CAP = 100_000, 30_000


@pytest.fixture
def kept(database: Database) -> Kept:
    return Kept(database)


def agree(kept: Kept, program_id: UUID, change: int = 1, raised: int = 0) -> WalletAgreed:
    agreed = WalletAgreed(
        program_id=program_id,
        sponsor_id=new_id(),
        partner_id=new_id(),
        title="Work from home",
        total_cap=yen(TOTAL_CAP + raised),
        person_cap=yen(PERSON_CAP + raised),
        change=change,
    )
    with kept.begin() as work:
        sponsorships.agree(agreed, work)
    return agreed


def fund(kept: Kept, agreed: WalletAgreed, amount: int) -> None:
    session_id = f"cs_{new_id()}"
    top_up = TopUp(
        checkout_id=new_id(),
        program_id=agreed.program_id,
        sponsor_id=agreed.sponsor_id,
        method=PaymentMethod.CARD,
        amount=yen(amount),
        session_id=session_id,
        url="https://pay.test",
        expires_at=datetime(2030, 1, 1, tzinfo=UTC),
    )
    with kept.begin() as work:
        work.wallets.add_top_up(top_up)
        at = work.clock.now()
        news = PaymentCaptured(session_id, f"ch_{new_id()}", yen(amount), yen(amount // 50), at)
        top_ups.captured(top_up, news, work)


def ask(
    program_id: UUID,
    person_id: UUID,
    amount: int,
    kind: SponsorshipKind = SponsorshipKind.FEES,
) -> SponsorshipAsked:
    return SponsorshipAsked(
        sponsorship_id=new_id(),
        program_id=program_id,
        person_id=person_id,
        kind=kind,
        amount=yen(amount),
        reference="2026-11",
    )


def reserve(kept: Kept, asked: SponsorshipAsked) -> None:
    with kept.begin() as work:
        sponsorships.reserve(asked, work)


def status(kept: Kept, asked: SponsorshipAsked) -> tuple[str, str | None]:
    with kept.begin() as work:
        found = work.wallets.sponsorship(asked.sponsorship_id)
        assert found
        return found.status.value, found.refused


def member(agreed: WalletAgreed) -> Person:
    return Person(new_id(), frozenset(), {agreed.sponsor_id: frozenset(Right)})


def test_what_is_asked_for_before_the_wallet_is_agreed_waits(kept: Kept) -> None:
    with pytest.raises(Transient), kept.begin() as work:
        sponsorships.reserve(ask(new_id(), new_id(), 1), work)


def test_caps_and_money_are_kept_and_what_was_refused_may_be_asked_again(kept: Kept) -> None:
    program_id, person_id = new_id(), new_id()
    agreed = agree(kept, program_id)
    early = ask(program_id, person_id, 20_000)
    reserve(kept, early)
    assert status(kept, early) == ("refused", "wallet_short")
    fund(kept, agreed, 200_000)
    reserve(kept, early)
    assert status(kept, early) == ("refused", "wallet_short")
    again = early.model_copy(update={"attempt": 2})
    reserve(kept, again)
    reserve(kept, again)
    assert status(kept, again) == ("reserved", None)
    more = ask(program_id, person_id, 20_000)
    reserve(kept, more)
    assert status(kept, more) == ("refused", "person_cap")
    agree(kept, program_id, change=2, raised=10_000)
    reserve(kept, more.model_copy(update={"attempt": 2}))
    assert status(kept, more) == ("reserved", None)


def test_the_database_itself_refuses_what_is_beyond_a_cap(kept: Kept) -> None:
    program_id = new_id()
    agree(kept, program_id)
    beyond = text("""
        INSERT INTO sponsorships
            (sponsorship_id, program_id, person_id, kind, reference, amount, attempt, status)
        VALUES (:id, :program, :person, 'fees', '', :amount, 1, 'reserved')
    """)
    person_id = new_id()
    for amount, constraint in ((30_001, "person_cap_kept"), (100_001, "total_cap_kept")):
        which = {"id": new_id(), "program": program_id, "person": person_id, "amount": amount}
        with (
            pytest.raises(DBAPIError, match=constraint),
            kept.database.transaction() as connection,
        ):
            connection.execute(beyond, which)
    for change in (
        "UPDATE wallets SET committed = 0",
        "DELETE FROM sponsorships",
        "UPDATE wallet_people SET cap = 1",
    ):
        with pytest.raises(DBAPIError), kept.database.transaction() as connection:
            connection.execute(text(change))


def test_the_caps_hold_when_many_ask_at_once(kept: Kept) -> None:
    program_id, people = new_id(), [new_id() for _ in range(6)]
    fund(kept, agree(kept, program_id), 500_000)
    asked = [ask(program_id, person_id, 7_000) for person_id in people for _ in range(6)]
    with ThreadPoolExecutor(8) as others:
        list(others.map(lambda each: reserve(kept, each), asked))
    reserved = [each for each in asked if status(kept, each)[0] == "reserved"]
    assert sum(each.amount.amount for each in reserved) == 98_000
    for person_id in people:
        assert sum(7_000 for each in reserved if each.person_id == person_id) <= PERSON_CAP


STEPS = st.lists(
    st.tuples(st.sampled_from(("ask", "due", "drop")), st.integers(0, 5), st.integers(1, 40_000)),
    max_size=25,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_any_order_keeps_caps_and_a_statement_that_reconciles(
    kept: Kept, steps: list[tuple[str, int, int]]
) -> None:
    program_id, people = new_id(), [new_id(), new_id()]
    agreed = agree(kept, program_id)
    fund(kept, agreed, 80_000)
    known: list[SponsorshipAsked] = []
    kinds = list(SponsorshipKind)
    for step, which, amount in steps:
        if step == "ask":
            known.append(ask(program_id, people[which % 2], amount, kinds[which % 3]))
            reserve(kept, known[-1])
        elif known:
            facts = {
                "program_id": program_id,
                "sponsorship_id": known[which % len(known)].sponsorship_id,
            }
            try:
                with kept.begin() as work:
                    if step == "due":
                        sponsorships.settle(SponsorshipDue(**facts), work)
                    else:
                        sponsorships.drop(SponsorshipDropped(**facts), work)
            except Transient:
                assert step == "due"
    with kept.begin() as work:
        view = wallets.get_wallet(program_id, member(agreed), work)
        month = work.clock.now().strftime("%Y-%m")
        statement = wallets.get_statement(program_id, month, member(agreed), work)
        owed = [sum(r.owed.amount for r in work.releases.payable(each)) for each in people]
    paid = {kind: each.amount for kind, each in statement.paid.items()}
    assert statement.reconciles
    assert statement.closing_available == view.available
    assert statement.closing_reserved == view.reserved
    assert view.funded.amount == 80_000
    parts = (view.available, view.reserved, view.paid, view.given_back)
    assert sum(each.amount for each in parts) == 80_000
    assert view.reserved.amount + view.paid.amount <= TOTAL_CAP
    assert paid[SponsorshipKind.TUITION] == view.owed_to_partner.amount
    assert paid[SponsorshipKind.FEES] + paid[SponsorshipKind.BONUS] == sum(owed)
    names = str(statement.model_dump())
    assert not any(str(each) in names for each in people)


def test_what_a_sponsor_pays_is_due_on_a_payday_and_the_rest_goes_back(kept: Kept) -> None:
    program_id, person_id = new_id(), new_id()
    agreed = agree(kept, program_id)
    fund(kept, agreed, 50_000)
    asked = ask(program_id, person_id, 12_000, SponsorshipKind.BONUS)
    reserve(kept, asked)
    facts = {"program_id": program_id, "sponsorship_id": asked.sponsorship_id}
    with kept.begin() as work:
        sponsorships.settle(SponsorshipDue(**facts), work)
        (release,) = work.releases.payable(person_id)
        assert list(work.releases.due(release.payday, 10, None)) == [person_id]
        assert work.releases.frozen([release]) == set()
        view = wallets.refund(program_id, member(agreed), work)
    assert (view.available.amount, view.paid.amount, view.given_back.amount) == (0, 12_000, 38_000)


def test_a_stranger_is_told_of_no_wallet(kept: Kept) -> None:
    agreed = agree(kept, new_id())
    with pytest.raises(NotFound), kept.begin() as work:
        wallets.get_wallet(agreed.program_id, Person(new_id(), frozenset()), work)
