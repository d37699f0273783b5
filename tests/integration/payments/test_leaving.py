"""Another address, all one's data, and leaving for good: what payments makes of each."""

from uuid import UUID

import pytest

from services.payments.domain.escrow import EscrowStep
from services.payments.domain.refund import RefundStatus
from services.payments.ports import Account, Contact
from shared import account_data
from shared.db import Database
from shared.ids import new_id
from shared.messages.accounts import PersonChanged
from shared.messages.deletion import DeletionAsked, PersonDeleted
from shared.messages.payments import PayoutStatus
from shared.money import yen
from tests.integration.payments.rows import Kept, lot_of, payout_of, refund_of


@pytest.fixture
def kept(database: Database) -> Kept:
    """A new database, one transaction at a time."""
    return Kept(database)


def person(kept: Kept) -> UUID:
    person_id = new_id()
    with kept.begin() as work:
        work.people.remember(person_id, Contact("old@example.jp", "花子"))
    return person_id


def open_of(kept: Kept, person_id: UUID) -> tuple[str, ...]:
    with kept.begin() as work:
        return account_data.look_through(DeletionAsked(person_id=person_id, round=1), work)


def test_the_later_of_two_addresses_is_written_to_whichever_is_told_first(kept: Kept) -> None:
    hanako = person(kept)
    later = PersonChanged(
        person_id=hanako, email="new@example.jp", display_name="佐藤", locale="ja", change=3
    )
    with kept.begin() as work:
        account_data.follow_person(later, work)
        account_data.follow_person(
            later.model_copy(update={"email": "typo@example.jp", "change": 2}), work
        )
        # What somebody registered with comes late, or again.
        work.people.remember(hanako, Contact("old@example.jp", "花子"))
        assert work.people.contact(hanako) == Contact("new@example.jp", "佐藤")


def test_nobody_leaves_while_money_is_held_for_a_milestone(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    parties = (escrow.contract.client_id, escrow.contract.assistant_id)
    assert [open_of(kept, party) for party in parties] == [(), ()]
    for step, held in (
        (EscrowStep.START_FUNDING, True),
        (EscrowStep.CAPTURE, True),
        (EscrowStep.END, True),
        (EscrowStep.CONFIRM_REFUND, False),
    ):
        assert escrow.move(step)
        with kept.begin() as work:
            work.escrows.save([escrow])
        assert [open_of(kept, party) for party in parties] == [("money_held",) * held] * 2


def test_an_assistant_stays_until_all_of_it_is_paid(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    assistant = escrow.contract.assistant_id
    release = kept.release(escrow, 10_000)
    assert open_of(kept, assistant) == ("money_owed",)
    payout = payout_of(assistant, 10_000)
    release.payout_id = payout.payout_id
    with kept.begin() as work:
        work.payouts.add(payout)
        work.releases.save([release])
    assert open_of(kept, assistant) == ("payout_on_its_way",)
    payout.status = PayoutStatus.PAID
    with kept.begin() as work:
        work.payouts.save(payout)
    assert open_of(kept, assistant) == ()
    with kept.begin() as work:
        work.assistants.lock([assistant])
        work.assistants.save([Account(assistant, yen(100), None)])
    assert open_of(kept, assistant) == ("money_owed",)


def test_a_client_stays_while_there_is_credit_or_a_refund_on_its_way(kept: Kept) -> None:
    client = person(kept)
    charge = kept.charge(client)
    refund = refund_of(charge, None, 20_000)
    with kept.begin() as work:
        work.charges.add_lots([lot := lot_of(charge, 5_000)])
        work.refunds.add([refund])
    assert open_of(kept, client) == ("money_held", "money_owed")
    refund.status, lot.remaining = RefundStatus.CONFIRMED, yen(0)
    with kept.begin() as work:
        work.refunds.save(refund)
        work.charges.save_lots([lot])
    assert open_of(kept, client) == ()


def test_people_take_along_their_own_money_and_nobody_elses(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    release = kept.release(escrow, 10_000)
    charge = kept.charge(escrow.contract.client_id)
    with kept.begin() as work:
        client = work.people.all_of(escrow.contract.client_id)
        assistant = work.people.all_of(escrow.contract.assistant_id)
        nobody = work.people.all_of(new_id())
    assert [each["charge_id"] for each in client["charges"]] == [charge.charge_id]
    assert client["releases"] == assistant["charges"] == []
    assert [each["release_id"] for each in assistant["releases"]] == [release.release_id]
    assert {name for name, rows in nobody.items() if rows} == set()


def test_who_has_left_has_no_address_and_a_name_only_in_the_books(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    paid, unpaid = escrow.contract.client_id, person(kept)
    with kept.begin() as work:
        work.people.remember(paid, Contact("client@example.jp", "緑園"))
        for each in (paid, unpaid):
            account_data.forget(PersonDeleted(person_id=each), work)
        assert work.people.contact(paid) == Contact("", "緑園")
        assert work.people.contact(unpaid) == Contact("", account_data.FORMER)
        later = PersonChanged(
            person_id=paid, email="new@example.jp", display_name="緑園", locale="ja", change=9
        )
        account_data.follow_person(later, work)
        assert work.people.contact(paid) == Contact("", "緑園")
