"""Any life of a milestone whose terms change: amendments, moved dates, hand-overs, and all else."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from services.contracts.domain.clocks import check_hold
from services.contracts.domain.milestone import OVER
from services.contracts.domain.terms import digest
from services.contracts.use_cases import amending, caring, handing_over
from services.contracts.use_cases.amending import AmendmentPlace
from services.contracts.use_cases.handing_over import HandOverPlace
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.amendments import (
    AmendmentStatus,
    MilestoneReplaced,
    OfferAmendment,
    PriceReduced,
    TermsAmended,
)
from shared.messages.base import Event
from shared.messages.care import DatesMoved, MoveDates
from shared.messages.contracts import (
    ContractCompleted,
    DisputeResolved,
    MilestoneAccepted,
    MilestoneEnded,
    MilestoneStatus,
)
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverStatus,
    MilestoneHandedOver,
    ProposeHandOver,
)
from shared.messages.payments import RefundMade
from shared.money import YenPart, yen
from shared.people import Person
from tests.unit.contracts.payments import Payments
from tests.unit.contracts.test_life import Life, S

REFUSALS = (Rejected, NotAllowed, NotFound, Invalid)


class TermsPayments(Payments):
    """Payments that also hears of lower prices, of milestones replaced, and of hand-overs."""

    agreed_price: int = 50_000
    moved: int = 0

    def _hear(self, event: Event) -> None:
        match event:
            case PriceReduced():
                self._reduce(event)
            case MilestoneReplaced():
                self.closed, self.paying = True, False
                self.refund(self.left)
            case MilestoneHandedOver():
                assert self.captured, "handed over without money"
                self.release(event.to_assistant.amount)
                self.moved += self.left
                self.left = 0
            case _:
                super()._hear(event)

    def _reduce(self, event: PriceReduced) -> None:
        less = min(self.agreed_price - event.price.amount, self.left)
        self.agreed_price = event.price.amount
        if less <= 0:
            return
        self.left -= less
        self.given_back += less
        self.say(
            RefundMade,
            refund_id=new_id(),
            price=yen(less),
            amount=yen(less),
            reason="agreed",
            from_assistant=yen(0),
            owed=yen(0),
            after_release=False,
            left=yen(self.left),
            amendment_id=event.amendment_id,
        )


class LifeOfTerms(Life):
    payments_of = TermsPayments

    def __init__(self) -> None:
        super().__init__()
        self.substitute = Person(new_id(), frozenset({"assistant"}))

    @initialize(bonus=st.sampled_from([False]), paid=st.sampled_from([True, True, False]))
    def begin(self, bonus: bool, paid: bool) -> None:  # noqa: FBT001
        Life.begin(self, bonus=bonus)
        if paid:
            self.payments.capture()
            self.handle(0)

    def party(self, client: bool) -> Person:  # noqa: FBT001
        return self.agreed.client if client else self.agreed.assistant

    def attempt(self, act: Callable[[], object]) -> None:
        """Let somebody try something; a refusal leaves everything as it was."""
        told = len(self.agreed.market.outbox.events)
        try:
            act()
        except REFUSALS:
            assert self.agreed.status() is self.last
            assert len(self.agreed.market.outbox.events) == told

    @rule(
        client=st.booleans(),
        change=st.sampled_from(
            [
                {"due_in": 10},
                {"due_in": 80},
                {"price": {"amount": 40_000}},
                {"price": {"amount": 12_345}},
                {"price": {"amount": 60_000}},
                {"criteria": ["Roses"]},
            ]
        ),
    )
    def somebody_offers_other_terms(self, client: bool, change: dict[str, Any]) -> None:  # noqa: FBT001
        today = day_in_japan(self.agreed.market.clock.now())
        wanted = dict(change)
        if days := wanted.pop("due_in", None):
            wanted["due_on"] = today + timedelta(days=days)
        offer = OfferAmendment.model_validate(
            {
                "reason": "?",
                "milestones": [{"milestone_id": self.agreed.milestone_id, **wanted}],
            }
        )
        contract_id = self.agreed.contract.contract_id
        self.attempt(
            lambda: amending.offer(contract_id, offer, self.party(client), self.agreed.work)
        )

    @rule(client=st.booleans(), answer=st.sampled_from(["accept", "accept", "decline", "withdraw"]))
    def somebody_answers_an_offer(self, client: bool, answer: str) -> None:  # noqa: FBT001
        standing = [
            each
            for each in self.agreed.market.amendments.values()
            if each.status is AmendmentStatus.OFFERED
        ]
        for amendment in standing:
            place = AmendmentPlace(amendment.contract_id, amendment.amendment_id)
            act = getattr(amending, answer)
            self.attempt(partial(act, place, self.party(client), self.agreed.work))

    @rule(client=st.booleans(), days=st.sampled_from([1, 3, 7]))
    def somebody_moves_dates(self, client: bool, days: int) -> None:  # noqa: FBT001
        contract_id, by = self.agreed.contract.contract_id, self.party(client)
        self.attempt(
            lambda: caring.move_dates(contract_id, MoveDates(days=days), by, self.agreed.work)
        )

    @rule(client=st.booleans(), to_assistant=st.sampled_from([0, 20_000, 49_999]))
    def somebody_proposes_a_substitute(self, client: bool, to_assistant: int) -> None:  # noqa: FBT001
        self.agreed.work.people.remember(self.substitute.person_id, "Substitute", is_assistant=True)
        command = ProposeHandOver(
            substitute_id=self.substitute.person_id,
            to_assistant=YenPart(amount=to_assistant),
            note="?",
        )
        self.attempt(
            lambda: handing_over.propose(
                self.agreed.place, command, self.party(client), self.agreed.work
            )
        )

    @rule(
        who=st.sampled_from(["client", "assistant", "substitute"]),
        refuses=st.sampled_from([False, False, True]),
    )
    def somebody_answers_a_hand_over(self, who: str, refuses: bool) -> None:  # noqa: FBT001
        work = self.agreed.work
        by = self.substitute if who == "substitute" else getattr(self.agreed, who)
        standing = [
            each.hand_over_id
            for each in self.agreed.market.hand_overs.kept.values()
            if each.status is HandOverStatus.PROPOSED
        ]
        for hand_over_id in standing:
            place = HandOverPlace(self.agreed.contract.contract_id, hand_over_id)
            acts: dict[tuple[bool, bool], Callable[[], object]] = {
                (True, True): partial(handing_over.refuse_as_substitute, hand_over_id, by, work),
                (True, False): partial(handing_over.consent_as_substitute, hand_over_id, by, work),
                (False, True): partial(handing_over.refuse, place, by, work),
                (False, False): partial(handing_over.consent, place, ConsentToHandOver(), by, work),
            }
            self.attempt(acts[who == "substitute", refuses])

    @invariant()
    def it_is_accepted_ended_or_divided_at_most_once(self) -> None:
        ends = (
            MilestoneAccepted,
            MilestoneEnded,
            DisputeResolved,
            MilestoneHandedOver,
            MilestoneReplaced,
        )
        assert len(self.told(*ends)) <= 1

    @invariant()
    def versions_of_the_terms_follow_one_another_each_with_both_consents(self) -> None:
        versions = self.agreed.market.agreed[self.agreed.contract.contract_id]
        assert [each.version for each in versions] == list(range(1, len(versions) + 1))
        assert len(versions) == 1 + len(self.told(TermsAmended))
        for each in versions:
            assert digest(each) == each.sha256
            assert {consent.party for consent in each.consents} == {"client", "assistant"}

    @invariant()
    def one_offer_and_one_hand_over_wait_at_a_time(self) -> None:
        amendments = [each.status for each in self.agreed.market.amendments.values()]
        assert amendments.count(AmendmentStatus.OFFERED) <= 1
        hand_overs = [each.status for each in self.agreed.market.hand_overs.kept.values()]
        assert hand_overs.count(HandOverStatus.PROPOSED) <= 1

    @invariant()
    def dates_move_no_further_than_agreed_nor_beyond_the_hold(self) -> None:
        contract_id = self.agreed.contract.contract_id
        used = self.agreed.work.date_moves.used_days(contract_id)
        assert used <= self.agreed.contract.care_days
        assert bool(used) >= bool(self.told(DatesMoved))
        check_hold(self.agreed.milestone, self.agreed.market.policy)

    @invariant()
    def the_contract_is_complete_once_nothing_is_to_be_done(self) -> None:
        contract_id = self.agreed.contract.contract_id
        over = all(
            each.status in OVER
            for each in self.agreed.market.milestones.values()
            if each.contract_id == contract_id
        )
        completed = [
            each
            for each in self.told(ContractCompleted)
            if isinstance(each, ContractCompleted) and each.contract_id == contract_id
        ]
        assert len(completed) == over

    def parts(self) -> int:
        """Return what was accepted in parts, and what the work so far is worth at a hand-over."""
        return super().parts() + sum(
            event.to_assistant.amount
            for event in self.told(MilestoneHandedOver)
            if isinstance(event, MilestoneHandedOver)
        )

    def knows_what_was_given_back(self) -> bool:
        """Tell whether contracts has counted what payments gave back.

        A lower price counts at once: what crosses it may have left nothing to give back.
        """
        refunded = self.agreed.milestone.refunded_price.amount
        return super().knows_what_was_given_back() or (
            not self.payments.left and refunded > self.payments.given_back
        )

    def _over(self) -> set[MilestoneStatus]:
        if self.told(MilestoneHandedOver):
            return {S.HANDED_OVER}
        return super()._over()


TestLifeOfTerms = LifeOfTerms.TestCase
TestLifeOfTerms.settings = settings(max_examples=75, stateful_step_count=50)
