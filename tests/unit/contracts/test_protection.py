"""Protected contracts: what isn't met is named, changes are capped, each draft is looked at."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.domain.contract import Contract
from services.contracts.use_cases import agreeing, disputes, protecting, working
from services.contracts.use_cases.working import Place
from shared import protection
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.contracts import OpenDispute, RequestChanges
from shared.messages.program_path import DraftLookedAt, ProtectionChanged
from shared.people import Person
from tests.unit.contracts.acts import CHANGES, DISPUTE, PART, WORK
from tests.unit.contracts.agreed import Agreed, proposal_accepted
from tests.unit.contracts.test_handing_over import Funded
from tests.unit.contracts.test_working import fund

FIRST = RequestChanges(comment="More roses", criterion=1)


class Protected(Agreed):
    """The same client and assistant with a second contract, agreed while they are protected."""

    def __init__(self, *, told: bool = True, most: int | None = None) -> None:
        super().__init__()
        if told:
            self.protect(1)
        accepted = proposal_accepted(self.client, self.assistant)
        [offer] = accepted.milestones
        changes = {
            "milestones": (offer.model_copy(update={"criteria": ("Five pages",)}),),
            "max_revisions": most,
            "protected": not told,
        }
        agreeing.agree(accepted.model_copy(update=changes), self.work)
        self.contract: Contract = list(self.market.contracts.values())[-1]
        self.milestone_id: UUID = offer.milestone_id
        self.place = Place(self.contract.contract_id, self.milestone_id)
        fund(self)

    def protect(self, change: int, *, protected: bool = True) -> None:
        changed = ProtectionChanged(
            person_id=self.assistant.person_id,
            participant_id=new_id(),
            protected=protected,
            change=change,
        )
        protection.follow(changed, self.work.protected_people)

    def look(self, draft_id: UUID | None = None, at: datetime | None = None) -> None:
        looked = DraftLookedAt(
            participant_id=new_id(),
            person_id=self.assistant.person_id,
            program_id=new_id(),
            cohort_id=new_id(),
            draft_id=draft_id or new_id(),
            contract_id=self.contract.contract_id,
            milestone_id=self.milestone_id,
            milestone_title="Draft",
            looked_by_name="Hana",
            comment="Lovely",
            looked_at=at or self.market.clock.now(),
        )
        protecting.note_look(looked, self.work)

    def deliver(self) -> None:
        self.market.clock.forward(minutes=1)
        working.deliver(self.place, WORK, self.assistant, self.work)
        self.market.clock.forward(minutes=1)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


@pytest.mark.parametrize(("most", "capped"), [(None, 2), (5, 2), (1, 1)])
def test_the_terms_cap_changes_at_no_more_than_was_agreed(most: int | None, capped: int) -> None:
    agreed = Protected(most=most)
    terms = agreed.work.contracts.terms(agreed.contract.contract_id)
    assert (agreed.contract.protected, terms.max_revisions) == (True, capped)
    assert agreed.milestone.revisions_left == capped


def test_what_jobs_knew_at_the_acceptance_counts_before_programs_tells_it() -> None:
    assert Protected(told=False).contract.protected


def test_a_contract_agreed_before_is_as_it_was() -> None:
    agreed = Agreed()
    assert (agreed.contract.protected, agreed.contract.max_revisions) == (False, 3)


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(
            lambda a: working.request_changes(a.place, CHANGES, a.client, a.work), id="changes"
        ),
        pytest.param(lambda a: working.accept_part(a.place, PART, a.client, a.work), id="part"),
        pytest.param(
            lambda a: disputes.open_dispute(a.place, DISPUTE, a.client, a.work), id="dispute"
        ),
    ],
)
def test_the_client_names_what_is_not_met(act: Callable[[Agreed], object]) -> None:
    agreed = Protected()
    agreed.look()
    agreed.deliver()
    assert refusal(lambda: act(agreed)) == "criterion_required"


def test_what_is_named_in_a_dispute_is_shown_and_the_assistant_need_not_name_any() -> None:
    def dispute(command: OpenDispute, by: Callable[[Agreed], Person]) -> str | None:
        agreed = Protected()
        agreed.look()
        agreed.deliver()
        disputes.open_dispute(agreed.place, command, by(agreed), agreed.work)
        return agreed.market.disputes[agreed.milestone_id].criterion

    named = OpenDispute(reason="No roses", criterion=1)
    assert dispute(named, lambda each: each.client) == "Five pages"
    assert dispute(DISPUTE, lambda each: each.assistant) is None


def test_each_delivery_needs_a_look_of_its_own() -> None:
    agreed = Protected()
    assert refusal(agreed.deliver) == "draft_not_looked_at"
    draft_id = new_id()
    agreed.look(draft_id)
    agreed.look()
    agreed.deliver()
    working.request_changes(agreed.place, FIRST, agreed.client, agreed.work)
    agreed.look(draft_id)
    assert refusal(agreed.deliver) == "draft_not_looked_at"
    agreed.look()
    agreed.deliver()


def test_a_look_that_is_told_late_does_not_count_for_the_next_delivery() -> None:
    agreed = Protected()
    before = agreed.market.clock.now()
    agreed.look()
    agreed.deliver()
    working.request_changes(agreed.place, FIRST, agreed.client, agreed.work)
    agreed.look(at=before - timedelta(minutes=1))
    assert refusal(agreed.deliver) == "draft_not_looked_at"


def test_whoever_left_is_not_held_up_but_the_cap_stays() -> None:
    agreed = Protected()
    agreed.protect(2, protected=False)
    agreed.deliver()
    assert (
        refusal(lambda: working.request_changes(agreed.place, CHANGES, agreed.client, agreed.work))
        == "criterion_required"
    )
    assert agreed.milestone.revisions_left == 2


@pytest.mark.parametrize("protected", [True, False])
def test_a_substitutes_contract_is_protected_if_the_substitute_is(*, protected: bool) -> None:
    funded = Funded()
    # Their own protection isn't handed over with the work.
    for person, theirs in ((funded.assistant, not protected), (funded.substitute, protected)):
        funded.work.protected_people.note(person.person_id, 1, protected=theirs)
    hand_over = funded.propose()
    funded.consent(hand_over.hand_over_id, funded.client)
    funded.consent(hand_over.hand_over_id, funded.substitute)
    new = funded.new_contract()
    assert (new.protected, new.max_revisions) == (protected, 2 if protected else 3)
