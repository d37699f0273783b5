"""What is told of work comes in any order, and again: what programs knows is the same at last."""

import contextlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, text

from services.programs.adapters.work import make_work
from services.programs.domain.path import Done
from services.programs.events import Events
from services.programs.use_cases import stepping
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    ContractCompleted,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
)
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.jobs import Category, Mode
from shared.messages.payments import EscrowReleased
from shared.messages.program_people import Step
from shared.money import yen
from tests.integration.programs.town import WALLET_TERMS, town_in
from tests.support.apis import Api

WALLET = WALLET_TERMS | {"tuition": {"amount": 0}, "bonus": {"amount": 5_000}}
HANDLERS = {
    ContractAgreed: Events.note_agreed,
    MilestoneAdded: Events.note_added,
    MilestoneHandedOver: Events.note_handed_over,
    MilestoneDelivered: Events.note_delivered,
    MilestoneAccepted: Events.note_accepted,
    EscrowReleased: Events.note_released,
    ContractCompleted: Events.note_completed,
}
# What is known, but for ids that are made and for what is noted of the hearing itself.
KNOWN = text("""
    SELECT 'contracts' AS name, to_jsonb(contracts_known)::text AS row FROM contracts_known
    UNION ALL SELECT 'milestones', to_jsonb(milestones_known)::text FROM milestones_known
    UNION ALL SELECT 'releases', to_jsonb(releases_known)::text FROM releases_known
    UNION ALL SELECT 'steps', step FROM steps_reached
    UNION ALL SELECT 'sponsorships',
        concat_ws(' ', kind, cause, amount, reference, status, release_id) FROM sponsorships
    UNION ALL SELECT 'facts', concat_ws(' ', kind, person_id, contract_id, client_id, number)
        FROM outcome_facts
    UNION ALL SELECT 'told', concat_ws(' ', type, count(*)) FROM outbox GROUP BY type
    ORDER BY 1, 2
""")
Known = dict[str, list[str]]


@dataclass(frozen=True)
class Worker:
    """Somebody at the first protected job, and all that is told of their work."""

    api: Api
    person_id: UUID
    now: datetime
    all: tuple[Event, ...]

    def known_after(self, heard: Sequence[Event]) -> Known:
        """Return what is known once all was heard; what has to wait is heard again after the rest.

        Nothing of it stays in the database.
        """
        with self.api.database.engine.connect() as connection:
            return self._known(heard, connection)

    def known_after_each_order(self, told: Sequence[Event]) -> Iterator[Known]:
        """Yield what is known after each order of these."""
        with self.api.database.engine.connect() as connection:
            yield from self._go_on(told, [], connection)

    def _go_on(
        self, left: Sequence[Event], waiting: list[Event], connection: Connection
    ) -> Iterator[Known]:
        if not left:
            yield self._known(waiting, connection)
        for each in left:
            heard = connection.begin_nested()
            still = waiting if self._hear(each, connection) else [*waiting, each]
            yield from self._go_on([other for other in left if other != each], still, connection)
            heard.rollback()

    def _known(self, heard: Sequence[Event], connection: Connection) -> Known:
        waiting = list(heard)
        while waiting:
            again = [each for each in waiting if not self._hear(each, connection)]
            assert len(again) < len(waiting)
            waiting = again
        connection.begin_nested().rollback()  # what was told is written before
        found: Known = {}
        for row in connection.execute(KNOWN):
            found.setdefault(row.name, []).append(row.row)
        return found

    def _hear(self, event: Event, connection: Connection) -> bool:
        work = make_work(connection, self.api.clock)
        with contextlib.suppress(Transient), connection.begin_nested():
            HANDLERS[type(event)](Events(), event, work)  # type: ignore[operator]
            return True
        return False


def milestone(number: int) -> AgreedMilestone:
    return AgreedMilestone(
        milestone_id=new_id(),
        title=f"Part {number}",
        price=yen(10_000 + number),
        due_on=datetime(2030, 1, 1).date(),  # noqa: DTZ001  (a day)
    )


def told_of(person_id: UUID, now: datetime) -> tuple[Event, ...]:
    """Return one contract: agreed with a part, another one added, a third taken over and done."""
    parties = {"contract_id": new_id(), "client_id": new_id(), "assistant_id": person_id}
    first, added, taken_over = (milestone(number) for number in range(3))
    about = parties | {"milestone_id": taken_over.milestone_id}
    delivered_at = now + timedelta(days=1)
    delivered = MilestoneDelivered(
        **about,
        title="Part 2, as it is called by now",
        review_until=now + timedelta(days=8),
        delivered_at=delivered_at,
    )
    return (
        ContractAgreed(
            **parties,
            job_id=new_id(),
            title="Lists",
            category=Category.DATA_ENTRY,
            mode=Mode.BROKERED,
            review_days=7,
            milestones=(first,),
            agreed_at=now,
            weekly_hours=10,
        ),
        MilestoneAdded(contract_id=parties["contract_id"], milestone=added, added_at=now),
        MilestoneHandedOver(
            contract_id=new_id(),
            milestone_id=new_id(),
            title="Part 2",
            client_id=parties["client_id"],
            assistant_id=new_id(),
            hand_over_id=new_id(),
            to_assistant=yen(0),
            substitute_id=person_id,
            to_contract_id=parties["contract_id"],
            to_milestone=taken_over,
            handed_over_at=now,
        ),
        delivered,
        MilestoneAccepted(
            **about,
            title="Part 2, as it was called at last",
            by="client",
            accepted_at=now + timedelta(days=3),
        ),
        EscrowReleased(
            **about,
            title="Part 2",
            gross=yen(11_000),
            platform_fee=yen(2_200),
            platform_fee_tax=yen(220),
            withholding=yen(0),
            net=yen(8_580),
            release_id=new_id(),
        ),
        delivered.model_copy(update={"delivered_at": delivered_at + timedelta(days=1)}),
        ContractCompleted(
            **parties,
            job_id=new_id(),
            title="Lists, as they were called at last",
            completed_at=now + timedelta(days=4),
        ),
    )


@pytest.fixture
def worker(api: Api) -> Worker:
    """Somebody of a town that pays fees and bonuses, who was trained a moment ago."""
    person, participant_id = town_in(api, wallet=WALLET).joined()
    with api.begin() as work:
        participant = work.participants.lock(UUID(participant_id))
        for done in (Done.CONFIRM_ORIENTATION, Done.COMPLETE_UNITS, Done.COMPLETE_PRACTICE):
            participant = stepping.go_on(participant, done, work)
        assert participant.step is Step.PROTECTED_JOB
    now = api.clock.now()
    return Worker(api, person.person_id, now, told_of(person.person_id, now))


@pytest.mark.timeout(300)  # 720 orders, each over the real database
def test_all_orders_of_what_is_told_once_lead_to_the_same(worker: Worker) -> None:
    told = worker.all[:6]
    end = worker.known_after(told)
    assert [len(end[name]) for name in ("contracts", "milestones", "releases")] == [1, 3, 1]
    assert len(end["sponsorships"]) == 2
    assert any(str(Step.FREE_WORK) in each for each in end["steps"])
    ends = list(worker.known_after_each_order(told))
    assert len(ends) == math.factorial(len(told))
    assert all(each == end for each in ends)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_what_is_told_again_or_by_a_later_word_leads_to_the_same(worker: Worker, data: Any) -> None:
    end = worker.known_after(worker.all)
    assert any("as it was called at last" in each for each in end["milestones"])
    assert any("as they were called at last" in each for each in end["contracts"])
    again = data.draw(st.lists(st.sampled_from(worker.all), max_size=6))
    heard = data.draw(st.permutations([*worker.all, *again]))
    assert worker.known_after(heard) == end
