from typing import Any

import pytest
from pydantic import SecretStr

from services.accounts.domain.session import Ending
from services.accounts.use_cases import changing, passwords, people
from services.accounts.use_cases.proving import check_session
from shared.errors import Invalid, NotAllowed, NotAuthenticated, Rejected
from shared.messages.accounts import (
    AskPasswordReset,
    ChangeEmail,
    ChangePassword,
    ChangePerson,
    ConfirmEmail,
    LetterKind,
    PersonChanged,
    PersonView,
    ResetPassword,
)
from shared.people import Person
from tests.unit.accounts.doing import (
    HOME,
    PASSWORD,
    ask_for_account,
    letters,
    open_account,
    person_of,
    sign_in,
    try_sign_in,
)
from tests.unit.accounts.fakes import Fakes

NEW = "another horse, another battery"


@pytest.fixture
def fakes() -> Fakes:
    fakes = Fakes()
    open_account(fakes)
    return fakes


@pytest.fixture
def me(fakes: Fakes) -> Person:
    return person_of(fakes, sign_in(fakes))


def change_password(fakes: Fakes, me: Person, current: str | None, new: str = NEW) -> PersonView:
    command = ChangePassword(current=SecretStr(current) if current else None, new=SecretStr(new))
    task = passwords.prepare_change(command, me, HOME, fakes.work)
    return passwords.change_password(task.done(), me, HOME, fakes.work)


def ask_reset(fakes: Fakes, email: str = "hanako@example.jp") -> Any:
    return passwords.ask_password_reset(AskPasswordReset(email=email), HOME, fakes.work)


def reset(fakes: Fakes, secret: str | None, new: str = NEW) -> None:
    command = ResetPassword(secret=SecretStr(secret or ""), new=SecretStr(new))
    task = passwords.prepare_reset(command, HOME, fakes.work)
    passwords.reset_password(command, task.done(), fakes.work)


def ask_email(fakes: Fakes, me: Person, email: str, password: str | None = PASSWORD) -> PersonView:
    command = ChangeEmail(email=email, password=SecretStr(password) if password else None)
    task = changing.prepare_email_change(command, me, HOME, fakes.work)
    return changing.ask_email_change(command, task.done(), me, HOME, fakes.work)


def confirm_email(fakes: Fakes, secret: str | None) -> PersonView:
    return changing.confirm_email(ConfirmEmail(secret=SecretStr(secret or "")), fakes.work)


def test_a_new_password_holds_at_once_and_ends_every_other_session(
    fakes: Fakes, me: Person
) -> None:
    elsewhere = person_of(fakes, sign_in(fakes))
    change_password(fakes, me, PASSWORD)
    assert [each.kind for each in letters(fakes)] == [LetterKind.PASSWORD_CHANGED]
    check_session(me, fakes.work)
    with pytest.raises(NotAuthenticated, match="session_ended"):
        check_session(elsewhere, fakes.work)
    with pytest.raises(NotAuthenticated, match="sign_in_failed"):
        try_sign_in(fakes, "hanako@example.jp")
    sign_in(fakes, password=NEW)


def test_a_password_is_changed_only_with_the_one_before(fakes: Fakes, me: Person) -> None:
    with pytest.raises(NotAllowed, match="password_wrong"):
        change_password(fakes, me, "wrong")
    with pytest.raises(Rejected, match="password_needed"):
        change_password(fakes, me, None)
    fakes.breached.known.add(NEW)
    with pytest.raises(Invalid, match="password_breached"):
        change_password(fakes, me, PASSWORD)
    sign_in(fakes)


def test_who_signs_in_elsewhere_gives_themselves_a_password_after_a_fresh_proof(
    fakes: Fakes, me: Person
) -> None:
    fakes.people.keep_password_hash(me.person_id, None)  # type: ignore[arg-type]
    assert not people.show_person(me, fakes.work).has_password
    fakes.clock.forward(minutes=11)
    with pytest.raises(NotAllowed, match="reauthentication_needed"):
        change_password(fakes, me, None)
    fakes.sessions.keep(fakes.sessions.kept[me.session_id].proven(fakes.clock.now()))  # type: ignore[index]
    assert change_password(fakes, me, None).has_password
    sign_in(fakes, password=NEW)


def test_a_reset_asks_the_mailbox_and_ends_every_session(fakes: Fakes, me: Person) -> None:
    ask_reset(fakes)
    [letter] = letters(fakes)
    assert (letter.kind, letter.email) == (LetterKind.RESET_PASSWORD, "Hanako@example.jp")
    reset(fakes, letter.secret)
    assert [each.kind for each in letters(fakes)] == [LetterKind.PASSWORD_CHANGED]
    assert fakes.sessions.kept[me.session_id].ending is Ending.PASSWORD_CHANGED  # type: ignore[index]
    sign_in(fakes, password=NEW)
    with pytest.raises(Rejected, match="link_invalid"):
        reset(fakes, letter.secret, "yet another password")


def test_nobody_learns_by_a_reset_who_has_an_account(fakes: Fakes) -> None:
    assert ask_reset(fakes) == ask_reset(fakes, "nobody@example.jp")
    assert len(letters(fakes)) == 1


def test_the_link_of_a_reset_is_worth_nothing_after_an_hour_or_another_change(
    fakes: Fakes, me: Person
) -> None:
    ask_reset(fakes)
    [late] = letters(fakes)
    fakes.clock.forward(hours=1)
    with pytest.raises(Rejected, match="link_invalid"):
        reset(fakes, late.secret)

    ask_reset(fakes)
    [early] = letters(fakes)
    change_password(fakes, me, PASSWORD)
    with pytest.raises(Rejected, match="link_invalid"):
        reset(fakes, early.secret)


def test_a_confirmation_link_resets_no_password(fakes: Fakes) -> None:
    ask_for_account(fakes, "other@example.jp")
    [letter] = letters(fakes)
    with pytest.raises(Rejected, match="link_invalid"):
        reset(fakes, letter.secret)


def test_a_new_name_is_told_with_what_it_is_now_and_only_when_it_is_new(
    fakes: Fakes, me: Person
) -> None:
    fakes.told()
    command = ChangePerson(display_name="佐藤 花子", reading="さとう はなこ", locale="en")
    view = changing.change_person(command, me, fakes.work)
    assert (view.display_name, view.reading, view.locale) == (
        "佐藤 花子",
        "さとう はなこ",
        "en",
    )
    changed = PersonChanged(
        person_id=me.person_id,
        email="Hanako@example.jp",
        display_name="佐藤 花子",
        reading="さとう はなこ",
        locale="en",
        change=2,
    )
    assert fakes.told() == [changed]
    changing.change_person(command, me, fakes.work)
    assert fakes.told() == []


def test_another_address_holds_once_its_link_is_followed_and_the_one_before_is_told(
    fakes: Fakes, me: Person
) -> None:
    fakes.told()
    view = ask_email(fakes, me, "new@example.jp")
    assert (view.email, view.new_email) == ("Hanako@example.jp", "new@example.jp")
    [letter] = letters(fakes)
    assert (letter.kind, letter.email) == (LetterKind.CHANGE_EMAIL, "new@example.jp")

    view = confirm_email(fakes, letter.secret)
    assert (view.email, view.new_email) == ("new@example.jp", None)
    changed, told = fakes.told()
    assert isinstance(changed, PersonChanged)
    assert changed.email == "new@example.jp"
    assert (told.kind, told.email, told.about) == (  # type: ignore[attr-defined]
        LetterKind.EMAIL_CHANGED,
        "Hanako@example.jp",
        "new@example.jp",
    )
    assert confirm_email(fakes, letter.secret) == view
    assert fakes.told() == []
    sign_in(fakes, "new@example.jp")
    with pytest.raises(NotAuthenticated):
        try_sign_in(fakes, "hanako@example.jp")


def test_only_the_address_asked_for_last_can_be_confirmed(fakes: Fakes, me: Person) -> None:
    ask_email(fakes, me, "typo@example.jp")
    [first] = letters(fakes)
    ask_email(fakes, me, "new@example.jp")
    with pytest.raises(Rejected, match="link_invalid"):
        confirm_email(fakes, first.secret)


def test_an_address_that_has_an_account_is_answered_alike_and_cant_be_taken(
    fakes: Fakes, me: Person
) -> None:
    open_account(fakes, "taken@example.jp")
    fakes.told()
    assert ask_email(fakes, me, "taken@example.jp").new_email == "taken@example.jp"
    [letter] = letters(fakes)
    assert (letter.kind, letter.secret) == (LetterKind.ALREADY_REGISTERED, None)

    ask_email(fakes, me, "new@example.jp")
    [letter] = letters(fakes)
    open_account(fakes, "new@example.jp")
    with pytest.raises(Rejected, match="link_invalid"):
        confirm_email(fakes, letter.secret)
    assert people.show_person(me, fakes.work).email == "Hanako@example.jp"


def test_the_address_is_changed_only_by_who_proves_who_they_are(fakes: Fakes, me: Person) -> None:
    fakes.told()
    with pytest.raises(NotAllowed, match="password_wrong"):
        ask_email(fakes, me, "new@example.jp", "wrong")
    fakes.clock.forward(minutes=11)
    with pytest.raises(NotAllowed, match="reauthentication_needed"):
        ask_email(fakes, me, "new@example.jp", None)
    assert letters(fakes) == []


def test_a_reset_asked_for_at_the_address_before_is_worth_nothing_at_the_new_one(
    fakes: Fakes, me: Person
) -> None:
    ask_reset(fakes)
    [asked] = letters(fakes)
    ask_email(fakes, me, "new@example.jp")
    [change] = letters(fakes)
    confirm_email(fakes, change.secret)
    with pytest.raises(Rejected, match="link_invalid"):
        reset(fakes, asked.secret)
