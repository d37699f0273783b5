"""A contract whose client is a company: what its members may do is what each has the right to."""

from collections.abc import Callable

import pytest

from services.contracts.use_cases import agreeing, amending, bonuses, money, reading, working
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.companies import CompanyFounded
from shared.messages.payments import MilestoneFunded
from shared.money import yen
from shared.people import Person, Right
from tests.unit.contracts.acts import AT_MILESTONE, WORK
from tests.unit.contracts.agreed import BONUS, Agreed, proposal_accepted, registered
from tests.unit.contracts.fakes import Market

# The client's acts on a delivery, and on money to come.
REVIEWS = ("accept", "accept_part", "request_changes", "dispute")


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.value.code


@pytest.fixture
def delivered() -> Agreed:
    """Work that was delivered to a company: its account is `client`."""
    agreed = Agreed()
    funded = MilestoneFunded.model_validate(agreed.facts() | {"amount": yen(55_000)})
    money.note_funded(funded, agreed.work)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    return agreed


def member(agreed: Agreed, *rights: Right) -> Person:
    return Person(new_id(), frozenset(), {agreed.client.person_id: frozenset(rights)})


@pytest.mark.parametrize("name", REVIEWS)
def test_only_whoever_may_accept_reviews(delivered: Agreed, name: str) -> None:
    act = AT_MILESTONE[name]
    others = member(delivered, Right.POST, Right.FUND, Right.SEE_MONEY)
    assert refusal(lambda: act(delivered.place, others, delivered)) == "right_required"
    elsewhere = Person(new_id(), frozenset({"client"}), {new_id(): frozenset(Right)})
    assert refusal(lambda: act(delivered.place, elsewhere, delivered)) == "contract_not_found"
    act(delivered.place, member(delivered, Right.ACCEPT), delivered)


def test_only_whoever_may_fund_gives_a_bonus(delivered: Agreed) -> None:
    contract_id = delivered.contract.contract_id
    reviewer, funder = member(delivered, Right.ACCEPT), member(delivered, Right.FUND)
    code = refusal(lambda: bonuses.give_bonus(contract_id, BONUS, reviewer, delivered.work))
    assert code == "right_required"
    bonuses.give_bonus(contract_id, BONUS, funder, delivered.work)


def test_every_member_looks_at_the_companys_work_and_nobody_else_does(delivered: Agreed) -> None:
    contract_id, work = delivered.contract.contract_id, delivered.work
    looker = member(delivered)
    assert reading.get_contract(contract_id, looker, work).contract_id == contract_id
    elsewhere = Person(new_id(), frozenset({"client"}), {new_id(): frozenset(Right)})
    code = refusal(lambda: reading.get_contract(contract_id, elsewhere, work))
    assert code == "contract_not_found"


def test_a_member_does_not_do_the_assistants_part(delivered: Agreed) -> None:
    reviewer = member(delivered, *Right)
    code = refusal(lambda: working.deliver(delivered.place, WORK, reviewer, delivered.work))
    assert code == "other_party_required"


def test_an_assistant_who_is_a_member_too_does_not_accept_the_own_work(delivered: Agreed) -> None:
    both = Person(
        delivered.assistant.person_id,
        delivered.assistant.roles,
        {delivered.client.person_id: frozenset(Right)},
    )
    code = refusal(lambda: working.accept(delivered.place, both, delivered.work))
    assert code == "other_party_required"


def test_the_terms_name_the_company() -> None:
    work = Market().work()
    company, assistant = Person(new_id(), frozenset()), Person(new_id(), frozenset({"assistant"}))
    founded = CompanyFounded(
        company_id=company.person_id,
        name="株式会社みどり園芸",
        email="office@midori.example",
        locale="ja",
        founded_by=new_id(),
    )
    accepted = proposal_accepted(company, assistant)
    agreeing.remember_person(registered(assistant, "花子"), work)
    assert refusal(lambda: agreeing.agree(accepted, work)) == "person_not_known_yet"
    agreeing.remember_company(founded, work)
    agreeing.agree(accepted, work)
    looker = Person(new_id(), frozenset(), {company.person_id: frozenset()})
    [contract] = reading.list_contracts(looker, work, limit=20)
    terms = amending.get_terms(contract.contract_id, looker, work)
    assert terms.client_name == "株式会社みどり園芸"
