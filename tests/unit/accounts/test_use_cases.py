from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from services.accounts.domain.appointment import AppointOperator
from services.accounts.use_cases import people, registering
from shared.errors import Invalid, NotAuthenticated, NotFound, Rejected, TooMany
from shared.messages.accounts import (
    AskConfirmationLetter,
    ConfirmPerson,
    LetterKind,
    PersonRegistered,
    PersonView,
    RegisterPerson,
    Role,
)
from shared.people import Person
from tests.unit.accounts.doing import (
    HOME,
    PASSWORD,
    ask_for_account,
    follow_link,
    letters,
    open_account,
    sign_in,
    try_sign_in,
)
from tests.unit.accounts.fakes import NOW, Fakes


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def test_an_account_is_opened_once_the_link_of_the_letter_is_followed(fakes: Fakes) -> None:
    asked = ask_for_account(fakes, reading="はなこ")
    assert not asked.email_verified
    assert fakes.people.kept == {}
    view = follow_link(fakes)
    assert view.email_verified
    assert view.person_id == asked.person_id
    assert view.registered_at == NOW
    assert view.roles == {Role.ASSISTANT}
    [told] = fakes.told()
    assert told == PersonRegistered(
        person_id=view.person_id,
        email="Hanako@example.jp",
        display_name="花子",
        reading="はなこ",
        roles=frozenset({Role.ASSISTANT}),
        locale="ja",
    )


def test_the_link_goes_to_the_address_and_holds_for_a_day(fakes: Fakes) -> None:
    ask_for_account(fakes)
    [letter] = letters(fakes)
    assert (letter.kind, letter.email) == (LetterKind.CONFIRM_EMAIL, "Hanako@example.jp")
    assert letter.person_id is None
    assert letter.secret
    assert letter.secret not in str(fakes.links.kept)
    fakes.clock.forward(hours=24)
    with pytest.raises(Rejected, match="link_invalid"):
        registering.confirm_person(ConfirmPerson(secret=SecretStr(letter.secret)), fakes.work)
    assert fakes.people.kept == {}


def test_a_link_that_is_followed_twice_shows_the_account_again_and_opens_one(fakes: Fakes) -> None:
    ask_for_account(fakes)
    [letter] = letters(fakes)
    command = ConfirmPerson(secret=SecretStr(letter.secret or ""))
    first = registering.confirm_person(command, fakes.work)
    assert registering.confirm_person(command, fakes.work) == first
    assert len(fakes.told()) == 1


def test_a_made_up_link_opens_nothing(fakes: Fakes) -> None:
    ask_for_account(fakes)
    with pytest.raises(Rejected, match="link_invalid"):
        registering.confirm_person(ConfirmPerson(secret=SecretStr("made up")), fakes.work)


def test_the_password_itself_is_neither_kept_nor_told(fakes: Fakes) -> None:
    ask_for_account(fakes)
    assert PASSWORD not in str(fakes.registrations.kept)
    assert PASSWORD not in str(fakes.outbox.events)


def test_an_address_that_is_taken_gets_the_same_answer_and_its_owner_a_letter(
    fakes: Fakes,
) -> None:
    owner = open_account(fakes, "hanako@example.jp")
    fresh = ask_for_account(fakes, "nobody@example.jp")
    [_] = letters(fakes)
    answered = ask_for_account(fakes, "HANAKO@Example.JP", display_name="誰か")
    [letter] = letters(fakes)
    assert answered.person_id not in (owner.person_id, fresh.person_id)
    hidden = {"person_id", "email", "display_name"}
    assert answered.model_dump(exclude=hidden) == fresh.model_dump(exclude=hidden)
    assert (letter.kind, letter.email, letter.secret) == (
        LetterKind.ALREADY_REGISTERED,
        "hanako@example.jp",
        None,
    )
    assert letter.display_name == "花子"
    assert len(fakes.links.kept) == 3  # as much is written down either way


def test_of_two_registrations_of_an_address_the_one_whose_link_is_followed_stands(
    fakes: Fakes,
) -> None:
    ask_for_account(fakes, display_name="誰か", password="the password of a thief")
    [_] = letters(fakes)
    mine = ask_for_account(fakes)
    assert follow_link(fakes).person_id == mine.person_id
    assert fakes.registrations.kept == {}
    assert sign_in(fakes).session_id
    with pytest.raises(NotAuthenticated):
        try_sign_in(fakes, "hanako@example.jp", "the password of a thief")


def test_the_letter_is_sent_again_with_a_link_of_its_own(fakes: Fakes) -> None:
    asked = ask_for_account(fakes)
    [first] = letters(fakes)
    command = AskConfirmationLetter(email="hanako@EXAMPLE.jp")
    answers = [registering.send_confirmation_again(command, HOME, fakes.work)]
    [second] = letters(fakes)
    assert second.kind is LetterKind.CONFIRM_EMAIL
    assert second.secret != first.secret
    confirmed = registering.confirm_person(
        ConfirmPerson(secret=SecretStr(second.secret or "")), fakes.work
    )
    assert confirmed.person_id == asked.person_id
    fakes.told()

    answers.append(registering.send_confirmation_again(command, HOME, fakes.work))
    assert [each.kind for each in letters(fakes)] == [LetterKind.ALREADY_REGISTERED]
    unknown = AskConfirmationLetter(email="nobody@example.jp")
    answers.append(registering.send_confirmation_again(unknown, HOME, fakes.work))
    assert letters(fakes) == []
    assert len(set(answers)) == 1


def test_nobody_has_one_address_written_to_again_and_again(fakes: Fakes) -> None:
    for _ in range(5):
        ask_for_account(fakes)
    with pytest.raises(TooMany, match="too_many_attempts"):
        ask_for_account(fakes)
    fakes.clock.forward(minutes=1)
    ask_for_account(fakes)


def test_a_password_that_leaked_is_refused_before_anything_is_written(fakes: Fakes) -> None:
    fakes.breached.known.add(PASSWORD)
    with pytest.raises(Invalid, match="password_breached"):
        ask_for_account(fakes)
    assert fakes.registrations.kept == {}
    assert letters(fakes) == []


def test_nobody_registers_as_an_operator() -> None:
    with pytest.raises(ValidationError, match="roles"):
        RegisterPerson.model_validate(
            {
                "email": "a@example.jp",
                "password": PASSWORD,
                "display_name": "A",
                "roles": ["operator"],
            }
        )


def appoint(fakes: Fakes) -> PersonView:
    command = AppointOperator(
        email="ops@example.jp", password=SecretStr(PASSWORD), display_name="当番"
    )
    return people.appoint_operator(command, fakes.work)


def test_an_operator_is_appointed_and_the_others_are_told(fakes: Fakes) -> None:
    assert appoint(fakes).roles == {Role.OPERATOR}
    [event] = fakes.told()
    assert isinstance(event, PersonRegistered)
    assert event.roles == {Role.OPERATOR}
    with pytest.raises(Rejected, match="email_taken"):
        appoint(fakes)


def test_unknown_unconfirmed_and_wrong_are_refused_alike_after_the_same_work(
    fakes: Fakes,
) -> None:
    open_account(fakes)
    ask_for_account(fakes, "unconfirmed@example.jp")
    refusals = []
    for email, password in (
        ("nobody@example.jp", PASSWORD),
        ("unconfirmed@example.jp", PASSWORD),
        ("hanako@example.jp", "wrong"),
    ):
        with pytest.raises(NotAuthenticated) as refusal:
            try_sign_in(fakes, email, password)
        refusals.append((refusal.value.code, refusal.value.detail, str(refusal.value.facts)))
    assert len(set(refusals)) == 1
    assert refusals[0][0] == "sign_in_failed"
    assert len(fakes.passwords.verified) == 3


def test_an_outdated_hash_is_made_anew_at_sign_in_with_the_right_password(fakes: Fakes) -> None:
    view = open_account(fakes)
    fakes.passwords.parameters = "v2"
    with pytest.raises(NotAuthenticated):
        try_sign_in(fakes, "hanako@example.jp", "wrong")
    assert str(fakes.people.kept[view.person_id].password_hash).startswith("v1:")
    sign_in(fakes)
    assert str(fakes.people.kept[view.person_id].password_hash).startswith("v2:")
    sign_in(fakes)


def test_people_see_their_own_account(fakes: Fakes) -> None:
    view = open_account(fakes)
    me = Person(view.person_id, frozenset({"assistant"}))
    assert people.show_person(me, fakes.work) == view


def test_a_token_of_an_account_that_is_gone_finds_nothing(fakes: Fakes) -> None:
    with pytest.raises(NotFound, match="person_not_found"):
        people.show_person(Person(uuid4(), frozenset()), fakes.work)
