"""Deliveries with versions and comments, changes by criterion, caps, holds and completion."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.contracts.domain.clocks import OwnClock
from services.contracts.use_cases import (
    amending,
    bonuses,
    clocks,
    disputes,
    files,
    reading,
    working,
)
from shared.errors import DomainError, Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import OfferAmendment
from shared.messages.contracts import (
    ChangesRequested,
    CommentDelivery,
    ContractCompleted,
    DeliveryCommented,
    DisputeAnswerNear,
    HoldNear,
    MakeStatement,
    MilestoneAccepted,
    MilestoneView,
    RequestChanges,
)
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.contracts.acts import ANSWER, CHANGES, DISPUTE, END, WORK, dispute_place
from tests.unit.contracts.agreed import BONUS, Agreed, content
from tests.unit.contracts.test_working import fund

SECOND = RequestChanges(comment="Still no roses", criterion=2)


@pytest.fixture
def agreed() -> Agreed:
    agreed = Agreed()
    milestone = replace(agreed.milestone, criteria=("Five pages", "Roses"))
    agreed.work.milestones.save(milestone)
    fund(agreed)
    agreed.market.told()
    return agreed


def deliver(agreed: Agreed) -> MilestoneView:
    return working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def test_deliveries_are_numbered_and_a_change_names_its_criterion(agreed: Agreed) -> None:
    deliver(agreed)
    working.request_changes(agreed.place, SECOND, agreed.client, agreed.work)
    view = deliver(agreed)
    assert [(each.version, each.criterion) for each in view.deliveries] == [(1, "Roses"), (2, None)]
    assert (view.criteria, view.revisions_left) == (("Five pages", "Roses"), 2)
    [requested] = [each for each in agreed.market.told() if isinstance(each, ChangesRequested)]
    assert requested.criterion == "Roses"


@pytest.mark.parametrize(
    ("criterion", "code"), [(None, "criterion_required"), (3, "criterion_unknown")]
)
def test_a_change_names_one_of_the_criteria(
    agreed: Agreed, criterion: int | None, code: str
) -> None:
    deliver(agreed)
    command = RequestChanges(comment="More", criterion=criterion)
    assert refusal(
        lambda: working.request_changes(agreed.place, command, agreed.client, agreed.work)
    ) == (Invalid, code)


def test_without_criteria_none_is_named(agreed: Agreed) -> None:
    agreed.work.milestones.save(replace(agreed.milestone, criteria=()))
    deliver(agreed)
    assert refusal(
        lambda: working.request_changes(agreed.place, SECOND, agreed.client, agreed.work)
    ) == (Invalid, "criterion_unknown")
    working.request_changes(agreed.place, CHANGES, agreed.client, agreed.work)


def test_changes_are_asked_for_as_often_as_agreed(agreed: Agreed) -> None:
    for _ in range(3):
        deliver(agreed)
        working.request_changes(agreed.place, SECOND, agreed.client, agreed.work)
    assert deliver(agreed).revisions_left == 0
    assert refusal(
        lambda: working.request_changes(agreed.place, SECOND, agreed.client, agreed.work)
    ) == (Rejected, "revisions_used_up")
    working.accept(agreed.place, agreed.client, agreed.work)


def test_both_comment_on_a_delivery_and_what_they_say_is_told_to_nobody(agreed: Agreed) -> None:
    [delivery] = deliver(agreed).deliveries
    comment = CommentDelivery(text="The second page is lovely")
    agreed.market.told()
    for by in (agreed.client, agreed.assistant):
        view = working.comment_delivery(
            agreed.place, delivery.delivery_id, comment, by, agreed.work
        )
    assert [each.by for each in view.deliveries[0].comments] == [
        agreed.client.person_id,
        agreed.assistant.person_id,
    ]
    told = agreed.market.told()
    assert [each.to_id for each in told if isinstance(each, DeliveryCommented)] == [
        agreed.assistant.person_id,
        agreed.client.person_id,
    ]
    assert comment.text not in str(told)
    assert refusal(
        lambda: working.comment_delivery(
            agreed.place, new_id(), comment, agreed.client, agreed.work
        )
    ) == (NotFound, "delivery_not_found")


@pytest.mark.parametrize(("days", "late"), [(0, False), (40, True)])
def test_an_acceptance_says_whether_the_work_was_late(
    agreed: Agreed,
    days: int,
    late: bool,  # noqa: FBT001
) -> None:
    agreed.market.clock.forward(days=days)
    deliver(agreed)
    working.accept(agreed.place, agreed.client, agreed.work)
    [accepted] = [each for each in agreed.market.told() if isinstance(each, MilestoneAccepted)]
    assert accepted.late is late


def test_the_parties_are_warned_before_the_processor_lets_go_of_the_money() -> None:
    agreed = Agreed()
    agreed.market.policy = replace(agreed.market.policy, hold_warning_days=(60, 75))
    fund(agreed)
    deliver(agreed)
    disputes.open_dispute(agreed.place, DISPUTE, agreed.client, agreed.work)
    disputes.answer(dispute_place(agreed), ANSWER, agreed.assistant, agreed.work)
    assert [(each.kind, each.due_at) for each in agreed.market.deadlines] == [
        (OwnClock.HOLD_WARNING, NOW + timedelta(days=60)),
        (OwnClock.HOLD_WARNING, NOW + timedelta(days=75)),
    ]
    agreed.market.told()
    warned = []
    for days in (60, 15, 100):
        agreed.market.clock.forward(days=days)
        clocks.fire_deadlines(agreed.market)
        warned += [each for each in agreed.market.told() if isinstance(each, HoldNear)]
    assert [(each.held_until, each.days_left) for each in warned] == [
        (date(2026, 6, 30), 30),
        (date(2026, 6, 30), 15),
    ]


def test_no_new_date_reaches_beyond_the_hold(agreed: Agreed) -> None:
    def offer(due_on: str) -> object:
        changes = [{"milestone_id": agreed.milestone_id, "due_on": due_on}]
        command = OfferAmendment.model_validate({"reason": "Rain", "milestones": changes})
        contract_id = agreed.contract.contract_id
        return amending.offer(contract_id, command, agreed.client, agreed.work)

    # Held until 30 June, and reviewed for seven days.
    assert refusal(lambda: offer("2026-06-24")) == (Rejected, "hold_exceeded")
    offer("2026-06-23")


def test_who_has_to_answer_a_dispute_is_reminded(agreed: Agreed) -> None:
    deliver(agreed)
    disputes.open_dispute(agreed.place, DISPUTE, agreed.client, agreed.work)
    agreed.market.told()
    agreed.market.clock.forward(days=7)  # a day before the end of the fifth business day
    clocks.fire_deadlines(agreed.market)
    [near] = agreed.market.told()
    assert isinstance(near, DisputeAnswerNear)
    assert near.person_id == agreed.assistant.person_id


def test_both_state_their_case_with_files_while_a_dispute_is_open(agreed: Agreed) -> None:
    deliver(agreed)
    disputes.open_dispute(agreed.place, DISPUTE, agreed.client, agreed.work)
    file = files.add_file(
        agreed.contract.contract_id,
        content(),
        agreed.client,
        agreed.work,
        name="roses.jpg",
        media_type="image/jpeg",
    )
    place = dispute_place(agreed)
    said = MakeStatement(text="See the beds", file_ids=(file.file_id,))
    disputes.make_statement(place, said, agreed.client, agreed.work)
    view = disputes.make_statement(
        place, MakeStatement(text="It was winter"), agreed.assistant, agreed.work
    )
    assert [(each.by_id, each.files) for each in view.statements] == [
        (agreed.client.person_id, (file,)),
        (agreed.assistant.person_id, ()),
    ]
    stranger = Person(new_id(), frozenset({"client"}))
    assert refusal(lambda: disputes.make_statement(place, said, stranger, agreed.work)) == (
        NotFound,
        "contract_not_found",
    )
    disputes.decide_by_silence(agreed.milestone, agreed.work)
    assert refusal(lambda: disputes.make_statement(place, said, agreed.client, agreed.work)) == (
        Rejected,
        "milestone_step_not_allowed",
    )


def test_an_operator_reads_a_contract_only_when_there_is_a_dispute(agreed: Agreed) -> None:
    contract_id = agreed.contract.contract_id

    def read() -> object:
        return reading.get_contract(contract_id, agreed.operator, agreed.work)

    assert refusal(read) == (NotFound, "contract_not_found")
    deliver(agreed)
    disputes.open_dispute(agreed.place, DISPUTE, agreed.client, agreed.work)
    assert read()
    disputes.decide_by_silence(agreed.milestone, agreed.work)
    assert read()


def completed(agreed: Agreed) -> list[ContractCompleted]:
    return [each for each in agreed.market.outbox.events if isinstance(each, ContractCompleted)]


def test_a_contract_is_completed_once_when_nothing_is_to_be_done(agreed: Agreed) -> None:
    given = bonuses.give_bonus(agreed.contract.contract_id, BONUS, agreed.client, agreed.work)
    deliver(agreed)
    working.accept(agreed.place, agreed.client, agreed.work)
    assert completed(agreed) == [], "the bonus is still to be paid for"
    place = replace(agreed.place, milestone_id=given.milestone_id)
    working.ask_to_end(place, END, agreed.client, agreed.work)
    working.agree_to_end(place, agreed.assistant, agreed.work)
    [told] = completed(agreed)
    assert told.contract_id == agreed.contract.contract_id
    assert agreed.work.rounds.get(told.contract_id).open_until == NOW + timedelta(days=14)
    again = bonuses.give_bonus(agreed.contract.contract_id, BONUS, agreed.client, agreed.work)
    place = replace(agreed.place, milestone_id=again.milestone_id)
    working.ask_to_end(place, END, agreed.client, agreed.work)
    working.agree_to_end(place, agreed.assistant, agreed.work)
    assert len(completed(agreed)) == 1


def test_a_milestone_that_takes_anothers_place_keeps_the_contract_going() -> None:
    agreed = Agreed()
    changes = [{"milestone_id": agreed.milestone_id, "price": {"amount": 60_000}}]
    command = OfferAmendment.model_validate({"reason": "More", "milestones": changes})
    contract_id = agreed.contract.contract_id
    offered = amending.offer(contract_id, command, agreed.client, agreed.work)
    place = amending.AmendmentPlace(contract_id, offered.amendment_id)
    amending.accept(place, agreed.assistant, agreed.work)
    assert completed(agreed) == []
