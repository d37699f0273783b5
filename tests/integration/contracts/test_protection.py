"""Protected contracts on the real database: the looks in any order, and what the API shows."""

from datetime import timedelta

from services.contracts.use_cases import agreeing
from shared.ids import new_id
from shared.people import Person
from tests.integration.contracts.conftest import CONTRACTS, Agreed
from tests.support.apis import Api
from tests.support.fakes import NOW
from tests.unit.contracts.agreed import proposal_accepted


def test_a_protected_contract_is_capped_and_shown_as_such(api: Api) -> None:
    agreed = Agreed(api)
    parties = [Person(each.person_id, frozenset()) for each in (agreed.client, agreed.assistant)]
    with api.begin() as work:
        work.protected_people.note(agreed.assistant.person_id, 2, protected=True)
        work.protected_people.note(agreed.assistant.person_id, 1, protected=False)
        agreeing.agree(proposal_accepted(*parties), work)
    found = agreed.client.get(CONTRACTS).json()["items"]
    shown = [agreed.client.get(f"{CONTRACTS}/{each['contract_id']}").json() for each in found]
    assert [(each["protected"], each["terms"]["max_revisions"]) for each in shown] == [
        (True, 2),
        (False, 3),
    ]


def test_a_look_is_kept_once_and_used_up_once(api: Api) -> None:
    agreed = Agreed(api)
    milestone_id, draft_id = agreed.milestone_id, new_id()
    with api.begin() as work:
        assert not work.drafts.use_look(milestone_id, NOW)
        for _ in range(2):
            work.drafts.note_look(draft_id, milestone_id, NOW)
        work.drafts.note_look(new_id(), new_id(), NOW)
        assert work.drafts.use_look(milestone_id, NOW + timedelta(hours=1))
        work.drafts.note_look(draft_id, milestone_id, NOW)
        assert not work.drafts.use_look(milestone_id, NOW + timedelta(hours=2))
