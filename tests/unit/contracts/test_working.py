"""What the parties do to a milestone, and what payments tells, with the outside in memory."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from services.contracts.domain.clocks import clocks_of
from services.contracts.use_cases import agreeing, amending, files, money, reading, working
from services.contracts.use_cases.working import Place
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.contracts import (
    ChangesRequested,
    ContractAgreed,
    Deliver,
    EndingAsked,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneStatus,
)
from shared.messages.payments import (
    EscrowReleased,
    FundingAbandoned,
    FundingStarted,
    MilestoneFunded,
    MilestoneRefunded,
)
from shared.money import yen
from shared.people import Person
from tests.unit.contracts.acts import ACTS, AT_MILESTONE, CHANGES, END, WORK
from tests.unit.contracts.agreed import Agreed, content, payout_of, proposal_accepted
from tests.unit.contracts.fakes import Market

S = MilestoneStatus


@pytest.fixture
def agreed() -> Agreed:
    return Agreed()


def fund(agreed: Agreed) -> None:
    funded = MilestoneFunded.model_validate(agreed.facts() | {"amount": yen(55_000)})
    money.note_funded(funded, agreed.work)


def release(agreed: Agreed) -> None:
    amounts = ("gross", "platform_fee", "platform_fee_tax", "withholding", "net")
    facts = agreed.facts() | {name: yen(1) for name in amounts}
    money.note_released(EscrowReleased.model_validate(facts), agreed.work)


def refund(agreed: Agreed) -> None:
    refunded = MilestoneRefunded.model_validate(agreed.facts() | {"amount": yen(55_000)})
    money.note_refunded(refunded, agreed.work)


def test_an_accepted_proposal_becomes_one_contract_with_terms(agreed: Agreed) -> None:
    [told] = agreed.market.told()
    assert isinstance(told, ContractAgreed)
    assert told.contract_id == agreed.contract.contract_id
    assert told.proposal_id == agreed.accepted.proposal_id
    assert [each.milestone_id for each in told.milestones] == [agreed.milestone_id]
    assert amending.get_terms(agreed.contract.contract_id, agreed.client, agreed.work).sha256

    agreeing.agree(agreed.accepted, agreed.work)
    assert len(agreed.market.contracts) == 1
    assert agreed.market.told() == []


def test_a_contract_waits_until_both_names_are_known() -> None:
    market, someone = Market(), Agreed()
    accepted = proposal_accepted(someone.client, someone.assistant)
    market.names[someone.client.person_id] = "Client"
    with pytest.raises(Transient, match="person_not_known_yet"):
        agreeing.agree(accepted, market.work())
    market.names[someone.assistant.person_id] = "Assistant"
    agreeing.agree(accepted, market.work())
    assert market.contracts


def test_the_whole_life_up_to_the_payday(agreed: Agreed) -> None:
    agreed.market.told()
    place, work = agreed.place, agreed.work
    started = FundingStarted.model_validate(agreed.facts())
    money.note_funding_started(started, work)
    fund(agreed)
    working.deliver(place, WORK, agreed.assistant, work)
    working.request_changes(place, CHANGES, agreed.client, work)
    working.deliver(place, WORK, agreed.assistant, work)
    view = working.accept(place, agreed.client, work)
    assert view.status is S.ACCEPTED
    assert [delivery.change_request for delivery in view.deliveries] == ["More roses", None]
    release(agreed)
    assert agreed.status() is S.RELEASED
    paid = payout_of(agreed)
    for _ in range(2):
        money.note_payout_paid(paid, work)

    assert [type(event) for event in agreed.market.told()] == [
        MilestoneDelivered,
        ChangesRequested,
        MilestoneDelivered,
        MilestoneAccepted,
    ]
    assert agreed.market.happened() == [
        "agreed",
        "funding_started",
        "funded",
        "delivered",
        "changes_requested",
        "delivered",
        "accepted",
        "released",
        "paid_out",
    ]
    assert agreed.market.deadlines == []


def test_ending_by_agreement_of_the_other_party_and_refund(agreed: Agreed) -> None:
    fund(agreed)
    agreed.market.told()
    view = working.ask_to_end(agreed.place, END, agreed.assistant, agreed.work)
    assert (view.status, view.ending_asked_by) == (S.ENDING, agreed.assistant.person_id)
    with pytest.raises(NotAllowed, match="other_party_required"):
        working.agree_to_end(agreed.place, agreed.assistant, agreed.work)
    working.agree_to_end(agreed.place, agreed.client, agreed.work)
    asked, ended = agreed.market.told()
    assert isinstance(asked, EndingAsked)
    assert isinstance(ended, MilestoneEnded)
    assert ended.by == "agreement"
    refund(agreed)
    assert agreed.status() is S.REFUNDED
    refund(agreed)
    assert agreed.market.happened()[-3:] == ["ending_asked", "ended", "refunded"]


def test_a_milestone_that_was_never_funded_stays_ended(agreed: Agreed) -> None:
    working.ask_to_end(agreed.place, END, agreed.client, agreed.work)
    working.agree_to_end(agreed.place, agreed.assistant, agreed.work)
    assert agreed.status() is S.ENDED
    # A payment that was under way arrives after all: payments returns it.
    fund(agreed)
    assert agreed.status() is S.ENDED
    refund(agreed)
    assert agreed.status() is S.REFUNDED


def test_nobody_ends_while_the_client_is_paying(agreed: Agreed) -> None:
    money.note_funding_started(FundingStarted.model_validate(agreed.facts()), agreed.work)
    with pytest.raises(Rejected, match="milestone_step_not_allowed"):
        working.ask_to_end(agreed.place, END, agreed.assistant, agreed.work)
    money.note_funding_abandoned(FundingAbandoned.model_validate(agreed.facts()), agreed.work)
    assert working.ask_to_end(agreed.place, END, agreed.assistant, agreed.work)


def test_accepting_twice_or_after_the_end_is_refused_with_status_and_step(agreed: Agreed) -> None:
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.accept(agreed.place, agreed.client, agreed.work)
    other = Agreed()
    working.ask_to_end(other.place, END, other.client, other.work)
    working.agree_to_end(other.place, other.assistant, other.work)
    for late, status in ((agreed, S.ACCEPTED), (other, S.ENDED)):
        late.market.told()
        with pytest.raises(Rejected) as refusal:
            working.accept(late.place, late.client, late.work)
        assert refusal.value.code == "milestone_step_not_allowed"
        assert refusal.value.facts["status"] is status
        assert refusal.value.facts["step"] == "accept"
        assert late.market.told() == []


def test_money_is_not_heard_of_before_its_cause(agreed: Agreed) -> None:
    for early in (release, refund):
        with pytest.raises(Transient, match="milestone_not_there_yet"):
            early(agreed)
    assert agreed.status() is S.AGREED


@pytest.mark.parametrize("act", sorted(ACTS.keys() - {"decide"}))
def test_to_strangers_there_is_no_contract(agreed: Agreed, act: str) -> None:
    stranger = Person(new_id(), frozenset({"client", "assistant"}))
    with pytest.raises(NotFound, match="contract_not_found"):
        ACTS[act](agreed.place, stranger, agreed)


@pytest.mark.parametrize("act", AT_MILESTONE)
def test_a_milestone_is_found_in_its_own_contract_only(agreed: Agreed, act: str) -> None:
    other = Agreed()
    place = Place(agreed.contract.contract_id, other.milestone_id)
    for known in ({}, other.market.milestones):
        agreed.market.milestones |= known
        with pytest.raises(NotFound, match="milestone_not_found"):
            ACTS[act](place, agreed.client, agreed)


@pytest.mark.parametrize("act", ["deliver", "request_changes", "accept_part", "accept"])
def test_each_party_does_its_own_part_only(agreed: Agreed, act: str) -> None:
    wrong = agreed.client if act == "deliver" else agreed.assistant
    with pytest.raises(NotAllowed, match="other_party_required"):
        ACTS[act](agreed.place, wrong, agreed)


def test_only_parties_read(agreed: Agreed) -> None:
    stranger = Person(new_id(), frozenset({"client"}))
    contract_id = agreed.contract.contract_id
    reads: tuple[Callable[[], object], ...] = (
        lambda: reading.get_contract(contract_id, stranger, agreed.work),
        lambda: amending.get_terms(contract_id, stranger, agreed.work),
        lambda: files.check_party(contract_id, stranger, agreed.work),
        lambda: files.get_file(contract_id, new_id(), stranger, agreed.work),
    )
    for read in reads:
        with pytest.raises(DomainError, match="contract_not_found"):
            read()
    assert reading.list_contracts(stranger, agreed.work, limit=10) == []
    [mine] = reading.list_contracts(agreed.assistant, agreed.work, limit=10)
    assert mine.contract_id == contract_id


def test_a_delivery_holds_files_of_its_contract_only(agreed: Agreed) -> None:
    fund(agreed)
    contract_id = agreed.contract.contract_id
    file = files.add_file(
        contract_id, content(), agreed.assistant, agreed.work, name="a.txt", media_type="text/plain"
    )
    unknown = new_id()
    delivery = Deliver(text="Here", file_ids=(file.file_id, unknown))
    with pytest.raises(Invalid, match="file_not_in_contract") as refusal:
        working.deliver(agreed.place, delivery, agreed.assistant, agreed.work)
    assert refusal.value.facts["file_ids"] == [unknown]
    delivery = Deliver(text="Here", file_ids=(file.file_id, file.file_id))
    view = working.deliver(agreed.place, delivery, agreed.assistant, agreed.work)
    assert view.deliveries[0].files == (file,)


def test_the_same_file_twice_is_one_and_an_empty_one_none(agreed: Agreed) -> None:
    def add(size: int) -> object:
        return files.add_file(
            agreed.contract.contract_id,
            content(size=size),
            agreed.client,
            agreed.work,
            name="a.txt",
            media_type="text/plain",
        )

    assert add(3) == add(3)
    assert agreed.market.happened().count("file_added") == 1
    with pytest.raises(Invalid, match="file_empty"):
        add(0)


def test_statuses_in_which_nobody_has_to_act_have_no_clock(agreed: Agreed) -> None:
    policy, now = agreed.market.policy, agreed.market.clock.now()
    for status in (S.AGREED, S.FUNDING, S.ACCEPTED, S.RELEASED, S.ENDED, S.REFUNDED):
        assert clocks_of(replace(agreed.milestone, status=status), now, policy) == []
