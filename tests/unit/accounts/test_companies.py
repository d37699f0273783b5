"""Who is in a company, who says so, and what the others are told of it."""

from uuid import uuid4

import pytest

from services.accounts.domain.company import Membership
from services.accounts.use_cases import companies
from shared.errors import NotAllowed, NotFound, Rejected
from shared.messages.accounts import Role
from shared.messages.companies import (
    CompanyFounded,
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberInvited,
    MemberRights,
    MembershipChanged,
    MembershipStatus,
)
from shared.people import Person, Right
from tests.unit.accounts.doing import HOME, open_account, sign_in
from tests.unit.accounts.fakes import Fakes

FUNDER = MemberRights(rights=frozenset({Right.FUND, Right.SEE_MONEY}))


class Office:
    """A company, who founded it, and people whom it may invite."""

    def __init__(self) -> None:
        self.fakes = Fakes()
        self.work = self.fakes.work
        self.founder = self.person("founder", Role.CLIENT)
        self.company = self.found()
        self.company_id = self.company.company_id

    def person(self, name: str, role: Role = Role.ASSISTANT) -> Person:
        already_told = list(self.fakes.outbox.events)
        email = f"{name}@example.jp"
        view = open_account(self.fakes, email, display_name=name, roles=[role])
        self.fakes.outbox.events[:] = already_told
        return Person(view.person_id, frozenset({role}))

    def found(self) -> CompanyView:
        command = FoundCompany(name="株式会社みどり園芸", email="office@midori.example")
        return companies.found_company(command, self.founder, self.work)

    def invite(self, name: str, by: Person, *rights: Right, administrator: bool = False) -> None:
        command = InviteMember(
            email=f"{name}@example.jp", rights=frozenset(rights), administrator=administrator
        )
        companies.invite(self.company_id, command, by, HOME, self.work)

    def member(self, name: str, *rights: Right, administrator: bool = False) -> Person:
        """Return somebody who was invited and has accepted."""
        person = self.person(name)
        self.invite(name, self.founder, *rights, administrator=administrator)
        companies.join(self.company_id, person, self.work)
        return person

    def change(self, of: Person, rights: MemberRights, by: Person) -> None:
        companies.change_rights(self.company_id, of.person_id, rights, by, self.work)

    def remove(self, who: Person, by: Person) -> None:
        companies.remove(self.company_id, who.person_id, by, self.work)

    def told(self, kind: type) -> list[object]:
        return [event for event, _ in self.fakes.outbox.events if type(event) is kind]

    def in_it(self) -> dict[str, MembershipStatus]:
        shown = companies.show_company(self.company_id, self.founder, self.work)
        return {each.display_name: each.status for each in shown.members}


@pytest.fixture
def office() -> Office:
    return Office()


def test_the_founder_administers_the_company_with_all_rights_and_the_others_are_told(
    office: Office,
) -> None:
    [founder] = office.company.members
    assert founder.person_id == office.founder.person_id
    assert founder.administrator
    assert founder.rights == frozenset(Right)
    [founded] = office.told(CompanyFounded)
    assert isinstance(founded, CompanyFounded)
    assert (founded.name, founded.email) == ("株式会社みどり園芸", "office@midori.example")
    [changed] = office.told(MembershipChanged)
    assert isinstance(changed, MembershipChanged)
    assert (changed.member, changed.rights, changed.change) == (True, frozenset(Right), 1)


def test_only_a_client_founds_a_company(office: Office) -> None:
    command = FoundCompany(name="K", email="k@example.jp")
    with pytest.raises(NotAllowed, match="role_required"):
        companies.found_company(command, office.person("hanako"), office.work)


def test_an_invitation_gives_nothing_until_it_is_accepted(office: Office) -> None:
    hanako = office.person("hanako")
    office.invite("hanako", office.founder, Right.FUND)
    [invited] = office.told(MemberInvited)
    assert isinstance(invited, MemberInvited)
    assert invited.person_id == hanako.person_id
    assert office.work.companies.rights_of(hanako.person_id) == {}
    [mine] = companies.list_companies(hanako, office.work)
    assert (mine.name, mine.status) == ("株式会社みどり園芸", MembershipStatus.INVITED)
    with pytest.raises(NotFound, match="company_not_found"):
        companies.show_company(office.company_id, hanako, office.work)
    assert len(office.told(MembershipChanged)) == 1  # the founder's

    companies.join(office.company_id, hanako, office.work)
    last = office.told(MembershipChanged)[-1]
    assert isinstance(last, MembershipChanged)
    assert (last.person_id, last.member) == (hanako.person_id, True)
    assert last.rights == {Right.FUND}
    assert last.changed_by == hanako.person_id


def test_whoever_signs_in_has_the_rights_of_the_moment_in_the_token(office: Office) -> None:
    hanako = office.member("hanako", Right.FUND)
    sign_in(office.fakes, "hanako@example.jp")
    assert office.fakes.tokens.companies == {office.company_id: {Right.FUND}}
    office.change(hanako, FUNDER, office.founder)
    sign_in(office.fakes, "hanako@example.jp")
    assert office.fakes.tokens.companies == {office.company_id: FUNDER.rights}
    office.remove(hanako, office.founder)
    sign_in(office.fakes, "hanako@example.jp")
    assert office.fakes.tokens.companies == {}


def test_what_was_accepted_is_told_once_however_often_it_is_accepted(office: Office) -> None:
    hanako = office.member("hanako", Right.FUND)
    told = len(office.told(MembershipChanged))
    companies.join(office.company_id, hanako, office.work)
    office.change(hanako, MemberRights(rights=frozenset({Right.FUND})), office.founder)
    assert len(office.told(MembershipChanged)) == told


def test_rights_that_change_are_told_in_their_order(office: Office) -> None:
    hanako = office.member("hanako", Right.FUND)
    office.change(hanako, FUNDER, office.founder)
    office.remove(hanako, office.founder)
    told = [
        (each.change, each.member, each.rights)
        for each in office.told(MembershipChanged)
        if isinstance(each, MembershipChanged) and each.person_id == hanako.person_id
    ]
    assert [rights for _, _, rights in told] == [{Right.FUND}, FUNDER.rights, frozenset()]
    assert [member for _, member, _ in told] == [True, True, False]
    assert sorted(told, key=lambda each: each[0]) == told


@pytest.mark.parametrize("right", Right)
def test_no_right_makes_an_administrator(office: Office, right: Right) -> None:
    hanako = office.member("hanako", right)
    office.person("taro")
    with pytest.raises(NotAllowed, match="administrator_required"):
        office.invite("taro", hanako)
    with pytest.raises(NotAllowed, match="administrator_required"):
        office.change(hanako, FUNDER, hanako)
    with pytest.raises(NotAllowed, match="administrator_required"):
        office.remove(office.founder, hanako)


def test_an_administrator_needs_no_other_right(office: Office) -> None:
    deputy = office.member("deputy", administrator=True)
    office.person("taro")
    office.invite("taro", deputy, Right.POST)
    assert office.in_it()["taro@example.jp"] is MembershipStatus.INVITED
    assert office.work.companies.rights_of(deputy.person_id) == {office.company_id: frozenset()}


def test_to_outsiders_there_is_no_company(office: Office) -> None:
    stranger = office.person("stranger", Role.CLIENT)
    with pytest.raises(NotFound, match="company_not_found"):
        companies.show_company(office.company_id, stranger, office.work)
    with pytest.raises(NotFound, match="company_not_found"):
        companies.join(office.company_id, stranger, office.work)
    with pytest.raises(NotFound, match="company_not_found"):
        office.invite("stranger", stranger)
    with pytest.raises(NotFound, match="company_not_found"):
        office.change(office.founder, FUNDER, stranger)
    for who in (stranger, office.founder):
        with pytest.raises(NotFound, match="company_not_found"):
            office.remove(who, stranger)
    with pytest.raises(NotFound, match="company_not_found"):
        companies.show_company(uuid4(), stranger, office.work)


def test_the_last_administrator_stays(office: Office) -> None:
    hanako = office.member("hanako", Right.FUND)
    office.person("taro")
    office.invite("taro", office.founder, administrator=True)  # and hasn't accepted
    with pytest.raises(Rejected, match="last_administrator"):
        office.remove(office.founder, office.founder)
    with pytest.raises(Rejected, match="last_administrator"):
        office.change(office.founder, FUNDER, office.founder)

    office.change(hanako, MemberRights(administrator=True), office.founder)
    office.remove(office.founder, office.founder)
    with pytest.raises(NotFound, match="company_not_found"):
        companies.show_company(office.company_id, office.founder, office.work)


def test_people_leave_and_decline_by_themselves_and_can_be_invited_again(office: Office) -> None:
    hanako, taro = office.member("hanako"), office.person("taro")
    office.invite("taro", office.founder)
    told = len(office.told(MembershipChanged))
    office.remove(taro, taro)
    assert len(office.told(MembershipChanged)) == told  # nobody else ever knew
    office.remove(hanako, hanako)
    assert set(office.in_it()) == {"founder"}
    with pytest.raises(NotFound, match="company_not_found"):
        companies.join(office.company_id, taro, office.work)
    with pytest.raises(Rejected, match="not_invited"):
        companies.join(office.company_id, hanako, office.work)
    with pytest.raises(NotFound, match="member_not_found"):
        office.change(taro, FUNDER, office.founder)

    office.invite("taro", office.founder, Right.POST)
    companies.join(office.company_id, taro, office.work)
    assert office.in_it()["taro"] is MembershipStatus.MEMBER
    assert len(office.told(MemberInvited)) == 3


def test_an_invitation_can_be_changed_but_is_told_once(office: Office) -> None:
    taro = office.person("taro")
    for right in (Right.POST, Right.FUND):
        office.invite("taro", office.founder, right)
    assert len(office.told(MemberInvited)) == 1
    companies.join(office.company_id, taro, office.work)
    assert office.work.companies.rights_of(taro.person_id) == {office.company_id: {Right.FUND}}


def test_a_member_is_not_invited_again(office: Office) -> None:
    office.member("hanako")
    with pytest.raises(Rejected, match="already_member"):
        office.invite("hanako", office.founder)


def test_neither_a_company_nor_a_persons_companies_grow_without_end(office: Office) -> None:
    for name in ("one", "two", "three"):
        office.person(name)
        office.invite(name, office.founder)
    office.person("four")
    with pytest.raises(Rejected, match="too_many_members"):
        office.invite("four", office.founder)
    office.found()
    with pytest.raises(Rejected, match="too_many_companies"):
        office.found()


def test_joining_and_leaving_count_as_one_change_each_and_again_as_none() -> None:
    before = Membership(uuid4(), uuid4(), change=3)
    assert before.left() is before
    joined = before.joined(FUNDER)
    assert (joined.status, joined.rights, joined.change) == ("member", FUNDER.rights, 4)
    assert joined.joined(MemberRights(administrator=True)) is joined
    assert (joined.left().status, joined.left().change) == ("gone", 5)
