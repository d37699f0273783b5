"""Money actions that wait for a second operator."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from shared import four_eyes
from shared.errors import NotAllowed, NotFound, Rejected
from shared.four_eyes import Approval, Wanted
from shared.ids import new_id
from shared.messages.operations import ApprovalView, RefuseApproval
from shared.money import yen
from shared.people import Person
from tests.support.fakes import FakeApprovals, SetClock


@dataclass
class Desk:
    approvals: FakeApprovals = field(default_factory=FakeApprovals)
    clock: SetClock = field(default_factory=SetClock)
    carried_out: list[Approval] = field(default_factory=list)

    def carry_out(self, approval: Approval, _work: Any) -> None:
        self.carried_out.append(approval)


def operator() -> Person:
    return Person(new_id(), frozenset({"operator"}))


def wanted(amount: int = 100_000) -> Wanted:
    return Wanted("refund", new_id(), yen(amount), "It was late", {"price": amount})


@pytest.fixture
def desk() -> Desk:
    return Desk()


def waiting(desk: Desk, by: Person) -> ApprovalView:
    view = four_eyes.held(wanted(), by, desk)
    assert view
    return view


def test_below_the_limit_one_operator_is_enough(desk: Desk) -> None:
    assert four_eyes.held(wanted(99_999), operator(), desk) is None
    assert desk.approvals.kept == {}


def test_at_the_limit_it_waits_and_a_second_operator_has_it_carried_out(desk: Desk) -> None:
    first, second = operator(), operator()
    view = waiting(desk, first)
    assert (view.status, view.asked_by, view.order) == (
        "waiting",
        first.person_id,
        {"price": 100_000},
    )
    done = four_eyes.approve(view.approval_id, second, desk.carry_out, desk)
    assert (done.status, done.decided_by) == ("carried_out", second.person_id)
    assert [each.asked_by for each in desk.carried_out] == [first.person_id]


def test_nobody_approves_of_what_they_asked_for_themselves(desk: Desk) -> None:
    first = operator()
    view = waiting(desk, first)
    with pytest.raises(NotAllowed, match="own_approval"):
        four_eyes.approve(view.approval_id, first, desk.carry_out, desk)
    assert desk.carried_out == []
    assert desk.approvals.kept[view.approval_id].status == "waiting"


def test_one_may_take_back_what_one_has_asked_for(desk: Desk) -> None:
    first = operator()
    view = waiting(desk, first)
    refused = four_eyes.refuse(view.approval_id, RefuseApproval(reason="A slip"), first, desk)
    assert (refused.status, refused.note) == ("refused", "A slip")


@pytest.mark.parametrize("before", ["carried_out", "refused"])
def test_what_was_decided_stays_so(desk: Desk, before: str) -> None:
    view = waiting(desk, operator())
    no = RefuseApproval(reason="No")
    if before == "refused":
        four_eyes.refuse(view.approval_id, no, operator(), desk)
    else:
        four_eyes.approve(view.approval_id, operator(), desk.carry_out, desk)
    with pytest.raises(Rejected, match="approval_closed"):
        four_eyes.approve(view.approval_id, operator(), desk.carry_out, desk)
    with pytest.raises(Rejected, match="approval_closed"):
        four_eyes.refuse(view.approval_id, no, operator(), desk)
    assert len(desk.carried_out) == (before == "carried_out")


def test_the_same_waits_once(desk: Desk) -> None:
    again = wanted()
    assert four_eyes.held(again, operator(), desk)
    with pytest.raises(Rejected, match="approval_waiting"):
        four_eyes.held(again, operator(), desk)


def test_only_operators_see_and_decide(desk: Desk) -> None:
    view = waiting(desk, operator())
    client = Person(new_id(), frozenset({"client"}))
    with pytest.raises(NotAllowed, match="role_required"):
        four_eyes.approve(view.approval_id, client, desk.carry_out, desk)
    with pytest.raises(NotAllowed, match="role_required"):
        four_eyes.list_approvals(None, client, desk, after=None, limit=10)
    with pytest.raises(NotFound, match="approval_not_found"):
        four_eyes.approve(new_id(), operator(), desk.carry_out, desk)
