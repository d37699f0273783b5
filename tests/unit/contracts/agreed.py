"""A contract in memory, and the messages that it comes from."""

from datetime import date
from uuid import UUID

from services.contracts.domain.milestone import Milestone
from services.contracts.ports import Work
from services.contracts.use_cases import agreeing, bonuses
from services.contracts.use_cases.working import Place
from shared.files import Content
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.base import Event
from shared.messages.contracts import (
    GiveBonus,
    MilestoneStatus,
)
from shared.messages.jobs import Category, MilestoneOffer, Mode, ProposalAccepted
from shared.messages.payments import PaidMilestone, PayoutPaid
from shared.money import PositiveMoney, yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.contracts.fakes import Market

DUE_ON = date(2026, 5, 1)
BONUS = GiveBonus(title="Thank you", price=PositiveMoney(amount=50_000), note="It was lovely")


class Agreed:
    """A client and an assistant with a contract of one milestone, in memory.

    With `bonus` it is about a bonus that was added to the contract, not the milestone in its terms.
    """

    def __init__(self, *, review_days: int = 7, bonus: bool = False) -> None:
        self.market = Market()
        self.client = Person(new_id(), frozenset({"client"}))
        self.assistant = Person(new_id(), frozenset({"assistant"}))
        self.operator = Person(new_id(), frozenset({"operator"}))
        for person, name in ((self.client, "Client"), (self.assistant, "Assistant")):
            agreeing.remember_person(registered(person, name), self.work)
        self.accepted = proposal_accepted(self.client, self.assistant, review_days=review_days)
        agreeing.agree(self.accepted, self.work)
        [self.contract] = self.market.contracts.values()
        [self.milestone_id] = self.market.milestones
        if bonus:
            given = bonuses.give_bonus(self.contract.contract_id, BONUS, self.client, self.work)
            self.milestone_id = given.milestone_id
        self.place = Place(self.contract.contract_id, self.milestone_id)

    @property
    def work(self) -> Work:
        return self.market.work()

    @property
    def milestone(self) -> Milestone:
        return self.market.milestones[self.milestone_id]

    def status(self) -> MilestoneStatus:
        return self.milestone.status

    def facts(self) -> dict[str, UUID | str]:
        """Return what payments says in every event of the milestone."""
        return {
            "contract_id": self.contract.contract_id,
            "milestone_id": self.milestone_id,
            "title": self.milestone.title,
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
        }

    def heard(self, kind: type[Event], **more: object) -> Event:
        """Return an event of payments about the milestone."""
        return kind.model_validate(self.facts() | more)


def payout_of(*agreed: Agreed) -> PayoutPaid:
    """Return a payout of milestones, as payments tells of it."""
    return PayoutPaid(
        payout_id=new_id(),
        assistant_id=agreed[0].assistant.person_id,
        amount=yen(37_295),
        transfer_fee=yen(500),
        milestones=tuple(
            PaidMilestone(
                contract_id=each.contract.contract_id,
                milestone_id=each.milestone_id,
                title=each.milestone.title,
                client_id=each.client.person_id,
                net=yen(37_795),
            )
            for each in agreed
        ),
    )


def registered(person: Person, name: str) -> PersonRegistered:
    return PersonRegistered(
        person_id=person.person_id,
        email="someone@example.jp",
        display_name=name,
        roles=frozenset(Role(role) for role in person.roles),
        locale="ja",
    )


def proposal_accepted(
    client: Person, assistant: Person, *, review_days: int = 7, due_on: date = DUE_ON
) -> ProposalAccepted:
    """Return the acceptance of a proposal with one milestone of 50,000 yen, for 8 hours a week."""
    return ProposalAccepted(
        proposal_id=new_id(),
        job_id=new_id(),
        job_title="Write a guide",
        category=Category.WRITING,
        mode=Mode.BROKERED,
        place="online",
        review_days=review_days,
        client_id=client.person_id,
        assistant_id=assistant.person_id,
        milestones=(
            MilestoneOffer(
                milestone_id=new_id(),
                title="Draft",
                description="Five pages",
                price=yen(50_000),
                due_on=due_on,
            ),
        ),
        accepted_at=NOW,
        weekly_hours=8,
    )


def content(letters: str = "a", size: int = 3) -> Content:
    return Content((letters * 64)[:64], size)
