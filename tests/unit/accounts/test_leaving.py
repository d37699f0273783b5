from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr

from services.accounts.domain.session import Ending
from services.accounts.use_cases import companies, leaving, people
from shared.errors import NotAllowed, NotAuthenticated, NotFound, Rejected
from shared.messages.accounts import LetterKind, Role, SecretLetter
from shared.messages.companies import (
    FoundCompany,
    InviteMember,
    MemberRights,
    MembershipChanged,
    RenameCompany,
)
from shared.messages.deletion import (
    AskDeletion,
    DeletionAsked,
    DeletionStatus,
    DeletionView,
    MoneyLookedThrough,
    PersonDeleted,
    PostsLookedThrough,
    WorkLookedThrough,
)
from shared.people import Person
from tests.unit.accounts.doing import HOME, PASSWORD, open_account, person_of, sign_in, try_sign_in
from tests.unit.accounts.fakes import Fakes

SERVICES = (PostsLookedThrough, WorkLookedThrough, MoneyLookedThrough)
GRACE = timedelta(days=7)


@pytest.fixture
def fakes() -> Fakes:
    fakes = Fakes()
    open_account(fakes, roles=[Role.CLIENT])
    return fakes


@pytest.fixture
def me(fakes: Fakes) -> Person:
    signed_in = person_of(fakes, sign_in(fakes))
    return Person(signed_in.person_id, frozenset({"client"}), session_id=signed_in.session_id)


def ask(fakes: Fakes, me: Person, password: str | None = PASSWORD) -> DeletionView:
    command = AskDeletion(password=SecretStr(password) if password else None)
    task = leaving.prepare_deletion(command, me, HOME, fakes.work)
    return leaving.ask_deletion(task.done(), me, HOME, fakes.work)


def answer(fakes: Fakes, me: Person, of_round: int = 1, *reasons: str) -> None:
    """Let every service say what is open: nothing, but for what payments has."""
    for service in SERVICES:
        open_there = reasons if service is MoneyLookedThrough else ()
        looked = service(person_id=me.person_id, round=of_round, reasons=open_there)
        leaving.hear(looked, fakes.work)


def leave(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    answer(fakes, me)
    fakes.clock.forward(days=7)
    leaving.look_again(fakes.work)
    fakes.told()
    answer(fakes, me, 2)


def status(fakes: Fakes, me: Person) -> DeletionStatus:
    return fakes.deletions.kept[me.person_id].status


def test_nothing_happens_before_the_others_have_said_that_nothing_is_open(
    fakes: Fakes, me: Person
) -> None:
    view = ask(fakes, me)
    assert (view.status, view.due_at) == (DeletionStatus.CHECKING, fakes.clock.now() + GRACE)
    asked, letter = fakes.told()
    assert asked == DeletionAsked(person_id=me.person_id, round=1)
    assert isinstance(letter, SecretLetter)
    assert letter.kind is LetterKind.DELETION_ASKED
    for service in SERVICES[:2]:
        leaving.hear(service(person_id=me.person_id, round=1, reasons=()), fakes.work)
    assert leaving.show_deletion(me, fakes.work).status is DeletionStatus.CHECKING
    leaving.hear(MoneyLookedThrough(person_id=me.person_id, round=1, reasons=()), fakes.work)
    assert leaving.show_deletion(me, fakes.work).status is DeletionStatus.SCHEDULED
    assert people.show_person(me, fakes.work)


def test_what_is_open_stands_in_the_way_and_is_named(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    fakes.told()
    answer(fakes, me, 1, "money_held")
    view = leaving.show_deletion(me, fakes.work)
    assert (view.status, view.reasons) == (DeletionStatus.BLOCKED, ("money_held",))
    [letter] = fakes.told()
    assert isinstance(letter, SecretLetter)
    assert (letter.kind, letter.about) == (LetterKind.DELETION_BLOCKED, "money_held")
    # Asked for anew later, it is looked through anew.
    assert ask(fakes, me).status is DeletionStatus.CHECKING
    answer(fakes, me, 1)
    assert status(fakes, me) is DeletionStatus.CHECKING
    answer(fakes, me, 2)
    assert status(fakes, me) is DeletionStatus.SCHEDULED


def test_all_that_is_open_is_named_at_once(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    about: dict[str, Any] = {"person_id": me.person_id, "round": 1}
    for looked in (
        PostsLookedThrough(**about, reasons=("open_jobs",)),
        WorkLookedThrough(**about, reasons=("open_contracts",)),
    ):
        leaving.hear(looked, fakes.work)
        assert status(fakes, me) is DeletionStatus.CHECKING
    leaving.hear(MoneyLookedThrough(**about, reasons=()), fakes.work)
    view = leaving.show_deletion(me, fakes.work)
    assert (view.status, view.reasons) == (
        DeletionStatus.BLOCKED,
        ("open_contracts", "open_jobs"),
    )


def test_it_is_carried_out_when_it_is_due_after_another_look(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    answer(fakes, me)
    fakes.told()
    fakes.clock.forward(days=6, hours=23)
    leaving.look_again(fakes.work)
    assert fakes.told() == []
    fakes.clock.forward(hours=1)
    leaving.look_again(fakes.work)
    assert fakes.told() == [DeletionAsked(person_id=me.person_id, round=2)]
    answer(fakes, me, 2)
    assert status(fakes, me) is DeletionStatus.CARRIED_OUT


def test_what_was_begun_meanwhile_stops_it(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    answer(fakes, me)
    fakes.clock.forward(days=7)
    leaving.look_again(fakes.work)
    answer(fakes, me, 2, "money_held")
    assert status(fakes, me) is DeletionStatus.BLOCKED
    assert people.show_person(me, fakes.work)


def test_of_who_has_left_only_the_id_is_left(fakes: Fakes, me: Person) -> None:
    leave(fakes, me)
    told = fakes.told()
    [letter] = [each for each in told if isinstance(each, SecretLetter)]
    assert (letter.kind, letter.email) == (LetterKind.DELETED, "Hanako@example.jp")
    assert told[-1] == PersonDeleted(person_id=me.person_id)
    kept = fakes.people.kept[me.person_id]
    assert "Hanako" not in str(kept)
    assert "花子" not in str(kept)
    assert kept.password_hash is None
    assert {each.ending for each in fakes.sessions.kept.values()} == {Ending.DELETED}
    assert fakes.people.answers_forgotten == [me.person_id]
    with pytest.raises(NotAuthenticated, match="sign_in_failed"):
        try_sign_in(fakes, "hanako@example.jp")
    with pytest.raises(NotFound, match="person_not_found"):
        people.show_person(me, fakes.work)
    # The address is free again, for another account.
    assert open_account(fakes).person_id != me.person_id


def test_it_can_be_taken_back_until_it_is_carried_out(fakes: Fakes, me: Person) -> None:
    with pytest.raises(NotFound, match="deletion_not_asked"):
        leaving.withdraw_deletion(me, fakes.work)
    ask(fakes, me)
    answer(fakes, me)
    assert leaving.withdraw_deletion(me, fakes.work).status is DeletionStatus.WITHDRAWN
    with pytest.raises(Rejected, match="deletion_not_open"):
        leaving.withdraw_deletion(me, fakes.work)
    fakes.clock.forward(days=8)
    leaving.look_again(fakes.work)
    answer(fakes, me, 1)
    assert status(fakes, me) is DeletionStatus.WITHDRAWN
    assert sign_in(fakes)


def test_nobody_is_deleted_by_who_finds_their_device_open(fakes: Fakes, me: Person) -> None:
    with pytest.raises(NotAllowed, match="password_wrong"):
        ask(fakes, me, "wrong")
    fakes.clock.forward(minutes=11)
    with pytest.raises(NotAllowed, match="reauthentication_needed"):
        ask(fakes, me, None)
    assert fakes.deletions.kept == {}


def test_asking_twice_is_refused(fakes: Fakes, me: Person) -> None:
    ask(fakes, me)
    with pytest.raises(Rejected, match="deletion_already_asked"):
        ask(fakes, me)


def found(fakes: Fakes, me: Person) -> UUID:
    command = FoundCompany(name="緑園", email="office@example.jp")
    return companies.found_company(command, me, fakes.work).company_id


def test_a_company_that_nobody_else_is_in_goes_too(fakes: Fakes, me: Person) -> None:
    company_id = found(fakes, me)
    fakes.told()
    ask(fakes, me)
    assert fakes.told()[0] == DeletionAsked(
        person_id=me.person_id, round=1, companies=(company_id,)
    )
    answer(fakes, me)
    fakes.clock.forward(days=7)
    leaving.look_again(fakes.work)
    fakes.told()
    answer(fakes, me, 2)
    told = fakes.told()
    assert told[-1] == PersonDeleted(person_id=me.person_id, companies=(company_id,))
    [left] = [each for each in told if isinstance(each, MembershipChanged)]
    assert not left.member
    [company] = fakes.companies.founded.values()
    assert (company.name, company.email) == ("閉鎖した会社", "")


def test_the_only_administrator_of_others_stays(fakes: Fakes, me: Person) -> None:
    company_id = found(fakes, me)
    open_account(fakes, "other@example.jp")
    invitation = InviteMember(email="other@example.jp", administrator=True)
    companies.invite(company_id, invitation, me, HOME, fakes.work)
    found_other = fakes.people.by_email("other@example.jp")
    assert found_other
    other = Person(found_other.person_id, frozenset())
    companies.join(company_id, other, fakes.work)
    companies.change_rights(company_id, other.person_id, MemberRights(), me, fakes.work)
    with pytest.raises(Rejected, match="last_administrator"):
        ask(fakes, me)
    administrator = MemberRights(administrator=True)
    companies.change_rights(company_id, other.person_id, administrator, me, fakes.work)
    assert ask(fakes, me).status is DeletionStatus.CHECKING


def test_who_leaves_for_good_leaves_no_invitation_behind(fakes: Fakes, me: Person) -> None:
    """Not to their address, and none of a company that nobody else is in."""
    boss = Person(open_account(fakes, "boss@example.jp").person_id, frozenset({Role.CLIENT}))
    for by, email in ((boss, "HANAKO@example.jp"), (me, "stranger@example.jp")):
        companies.invite(found(fakes, by), InviteMember(email=email), by, HOME, fakes.work)
    assert len(fakes.invitations.kept) == 2
    ask(fakes, me)
    answer(fakes, me)
    fakes.clock.forward(days=7)
    leaving.look_again(fakes.work)
    answer(fakes, me, 2)
    assert fakes.invitations.kept == {}


def test_an_administrator_renames_the_company_and_the_others_are_told_once(
    fakes: Fakes, me: Person
) -> None:
    company_id = found(fakes, me)
    fakes.told()
    command = RenameCompany(name="緑園株式会社", email="new@example.jp", locale="en")
    view = companies.rename_company(company_id, command, me, fakes.work)
    assert (view.name, view.email, view.locale) == ("緑園株式会社", "new@example.jp", "en")
    [told] = fakes.told()
    assert told.change == 2  # type: ignore[attr-defined]
    companies.rename_company(company_id, command, me, fakes.work)
    assert fakes.told() == []
    stranger = Person(open_account(fakes, "other@example.jp").person_id, frozenset())
    with pytest.raises(NotFound, match="company_not_found"):
        companies.rename_company(company_id, command, stranger, fakes.work)
