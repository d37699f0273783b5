"""Invitations by address: what the company, the invited and a stranger learn of each other."""

import pytest

from services.accounts.use_cases import companies, sweeping
from shared.errors import NotFound, Rejected, TooMany
from shared.messages.accounts import Role
from shared.messages.companies import (
    AddressInvited,
    InviteMember,
    MemberInvited,
    MemberRights,
    MembershipChanged,
    MembershipStatus,
    MemberView,
)
from shared.people import Person, Right
from tests.unit.accounts.doing import HOME, ask_for_account
from tests.unit.accounts.test_companies import Office


@pytest.fixture
def office() -> Office:
    return Office()


def invite(office: Office, email: str, *rights: Right) -> MemberView:
    command = InviteMember(email=email, rights=frozenset(rights))
    return companies.invite(office.company_id, command, office.founder, HOME, office.work)


def statuses(office: Office, person: Person) -> list[MembershipStatus]:
    return [each.status for each in companies.list_companies(person, office.work)]


def shape(view: MemberView, email: str) -> dict[str, object]:
    """Return what is shown, without what is of one invitation alone."""
    shown = view.model_dump(exclude={"person_id"})
    return {name: "?" if value == email else value for name, value in shown.items()}


def test_an_invitation_looks_the_same_whether_the_address_has_an_account(office: Office) -> None:
    office.person("hanako")
    pair = {email: invite(office, email) for email in ("hanako@example.jp", "nobody@example.jp")}
    known, unknown = (shape(view, email) for email, view in pair.items())
    assert known == unknown
    shown = companies.show_company(office.company_id, office.founder, office.work).members
    invited = {each.email: each for each in shown if each.status == "invited"}
    assert invited == pair
    hanako = office.work.people.by_email("hanako@example.jp")
    assert hanako
    assert str(hanako.person_id) not in str(shown)


def test_a_person_is_told_and_an_address_without_one_is_written_to(office: Office) -> None:
    hanako = office.person("hanako")
    invite(office, "Hanako@Example.jp")
    invite(office, "Nobody@example.jp")
    [told] = office.told(MemberInvited)
    assert isinstance(told, MemberInvited)
    assert told.person_id == hanako.person_id
    [written] = office.told(AddressInvited)
    assert isinstance(written, AddressInvited)
    assert (written.email, written.locale) == ("Nobody@example.jp", office.company.locale)
    assert written.company_name == office.company.name


def test_whoever_registers_later_finds_the_invitation_and_joins_with_its_rights(
    office: Office,
) -> None:
    invite(office, "Newcomer@example.jp", Right.FUND)
    newcomer = office.person("newcomer", Role.CLIENT)
    assert statuses(office, newcomer) == [MembershipStatus.INVITED]
    assert office.work.companies.rights_of(newcomer.person_id) == {}
    companies.join(office.company_id, newcomer, office.work)
    assert statuses(office, newcomer) == [MembershipStatus.MEMBER]
    assert office.in_it() == {"founder": "member", "newcomer": "member"}
    last = office.told(MembershipChanged)[-1]
    assert isinstance(last, MembershipChanged)
    assert (last.person_id, last.rights) == (newcomer.person_id, frozenset({Right.FUND}))


def test_who_has_not_shown_that_the_address_is_theirs_finds_nothing(office: Office) -> None:
    invite(office, "hanako@example.jp")
    ask_for_account(office.fakes, "hanako@example.jp")
    other = office.person("other")
    assert statuses(office, other) == []
    with pytest.raises(NotFound, match="company_not_found"):
        companies.join(office.company_id, other, office.work)
    with pytest.raises(NotFound, match="company_not_found"):
        office.remove(other, other)


def test_an_invitation_ends_after_30_days_and_can_be_made_again(office: Office) -> None:
    hanako = office.person("hanako")
    invite(office, "hanako@example.jp")
    office.fakes.clock.forward(days=30)
    assert statuses(office, hanako) == []
    assert set(office.in_it()) == {"founder"}
    with pytest.raises(NotFound, match="company_not_found"):
        companies.join(office.company_id, hanako, office.work)
    invite(office, "hanako@example.jp")
    assert len(office.told(MemberInvited)) == 2
    assert statuses(office, hanako) == [MembershipStatus.INVITED]
    sweeping.sweep(office.work)
    assert len(office.fakes.invitations.kept) == 1
    office.fakes.clock.forward(days=31)
    sweeping.sweep(office.work)
    assert office.fakes.invitations.kept == {}


def test_an_invitation_is_changed_and_taken_back_by_its_own_id(office: Office) -> None:
    hanako = office.person("hanako")
    made = invite(office, "hanako@example.jp")
    rights = MemberRights(rights=frozenset({Right.POST}))
    arguments = (office.company_id, made.person_id)
    changed = companies.change_rights(*arguments, rights, office.founder, office.work)
    assert changed == made.model_copy(update={"rights": rights.rights})
    gone = companies.remove(*arguments, office.founder, office.work)
    assert (gone.person_id, gone.status) == (made.person_id, MembershipStatus.GONE)
    assert statuses(office, hanako) == []
    with pytest.raises(NotFound, match="member_not_found"):
        companies.remove(*arguments, office.founder, office.work)


def test_the_persons_own_id_finds_no_invitation_for_an_administrator(office: Office) -> None:
    """Otherwise who knows an id from elsewhere would learn whose the address is."""
    hanako = office.person("hanako")
    invite(office, "hanako@example.jp")
    with pytest.raises(NotFound, match="member_not_found"):
        office.remove(hanako, office.founder)
    with pytest.raises(NotFound, match="member_not_found"):
        office.change(hanako, MemberRights(), office.founder)


def test_who_declines_isnt_invited_any_more(office: Office) -> None:
    hanako = office.person("hanako")
    invite(office, "hanako@example.jp")
    told = len(office.told(MembershipChanged))
    view = companies.remove(office.company_id, hanako.person_id, hanako, office.work)
    assert (view.person_id, view.status) == (hanako.person_id, MembershipStatus.GONE)
    assert set(office.in_it()) == {"founder"}
    assert len(office.told(MembershipChanged)) == told


@pytest.mark.parametrize("registered", ["last", "somebody-else"])
def test_the_limits_are_alike(office: Office, registered: str) -> None:
    office.person(registered)
    for name in ("one", "two", "three"):
        invite(office, f"{name}@example.jp")
    with pytest.raises(Rejected, match="too_many_members"):
        invite(office, "last@example.jp")


@pytest.mark.parametrize("registered", ["hanako", "somebody-else"])
def test_an_address_is_not_written_to_without_end(office: Office, registered: str) -> None:
    office.person(registered)

    def again() -> None:
        made = invite(office, "hanako@example.jp")
        companies.remove(office.company_id, made.person_id, office.founder, office.work)

    for _ in range(5):
        again()
    with pytest.raises(TooMany, match="too_many_attempts"):
        again()


def test_an_invitation_to_a_members_new_address_changes_nothing_for_them(office: Office) -> None:
    hanako = office.member("hanako", Right.FUND)
    invite(office, "new@example.jp", Right.POST)
    account = office.work.people.by_id(hanako.person_id)
    assert account
    renamed = account.changed(
        email="new@example.jp", display_name="花子", reading=None, locale="ja"
    )
    office.work.people.keep(renamed)
    assert statuses(office, hanako) == [MembershipStatus.MEMBER]
    companies.join(office.company_id, hanako, office.work)
    assert office.work.companies.rights_of(hanako.person_id)[office.company_id] == {Right.FUND}
