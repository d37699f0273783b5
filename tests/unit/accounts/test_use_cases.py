from uuid import uuid4

import pytest
from pydantic import SecretStr, ValidationError

from services.accounts.domain.appointment import AppointOperator
from services.accounts.use_cases import people
from shared.errors import NotAuthenticated, NotFound, Rejected
from shared.messages.accounts import PersonRegistered, PersonView, RegisterPerson, Role, SignIn
from shared.people import Person
from tests.unit.accounts.fakes import NOW, Fakes

PASSWORD = "correct horse battery"


@pytest.fixture
def fakes() -> Fakes:
    return Fakes()


def register(fakes: Fakes, email: str = "Hanako@example.jp") -> PersonView:
    command = RegisterPerson(
        email=email,
        password=SecretStr(PASSWORD),
        display_name="花子",
        roles=frozenset({Role.ASSISTANT}),
    )
    return people.register_person(command, fakes.work)


def sign_in(fakes: Fakes, email: str, password: str = PASSWORD) -> str:
    command = SignIn(email=email, password=SecretStr(password))
    return people.sign_in(command, fakes.work).access_token


def test_whoever_registers_has_an_account_and_the_others_are_told(fakes: Fakes) -> None:
    view = register(fakes)
    assert view.registered_at == NOW
    assert view.roles == {Role.ASSISTANT}
    told = PersonRegistered(
        person_id=view.person_id,
        email="Hanako@example.jp",
        display_name="花子",
        roles=frozenset({Role.ASSISTANT}),
        locale="ja",
    )
    assert fakes.outbox.events == [(told, str(view.person_id))]


def test_the_password_itself_is_neither_kept_nor_told(fakes: Fakes) -> None:
    view = register(fakes)
    assert PASSWORD not in str(fakes.people.kept[view.person_id])
    assert PASSWORD not in str(fakes.outbox.events)


def test_an_address_is_taken_however_it_is_capitalised(fakes: Fakes) -> None:
    register(fakes, "hanako@example.jp")
    with pytest.raises(Rejected, match="email_taken"):
        register(fakes, "HANAKO@Example.JP")
    assert len(fakes.outbox.events) == 1


def test_an_address_that_is_taken_meanwhile_is_refused_and_nobody_is_told(fakes: Fakes) -> None:
    class LosingPeople(type(fakes.people)):  # type: ignore[misc]
        def add(self, _: object) -> bool:
            return False

    fakes.people = LosingPeople()
    with pytest.raises(Rejected, match="email_taken"):
        register(fakes)
    assert fakes.outbox.events == []


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


def test_an_operator_is_appointed_and_the_others_are_told(fakes: Fakes) -> None:
    command = AppointOperator(
        email="ops@example.jp", password=SecretStr(PASSWORD), display_name="当番"
    )
    view = people.appoint_operator(command, fakes.work)
    assert view.roles == {Role.OPERATOR}
    [(event, _)] = fakes.outbox.events
    assert isinstance(event, PersonRegistered)
    assert event.roles == {Role.OPERATOR}


def test_the_right_password_gives_a_token(fakes: Fakes) -> None:
    view = register(fakes)
    assert sign_in(fakes, "hanako@EXAMPLE.jp") == f"token of {view.person_id}"


def test_unknown_address_and_wrong_password_are_refused_alike_after_the_same_work(
    fakes: Fakes,
) -> None:
    register(fakes)
    refusals = []
    for email, password in (("nobody@example.jp", PASSWORD), ("hanako@example.jp", "wrong")):
        with pytest.raises(NotAuthenticated) as refusal:
            sign_in(fakes, email, password)
        refusals.append((refusal.value.code, refusal.value.detail, refusal.value.facts))
    assert refusals[0] == refusals[1]
    assert refusals[0][0] == "sign_in_failed"
    assert len(fakes.passwords.verified) == 2


def test_an_outdated_hash_is_made_anew_at_sign_in(fakes: Fakes) -> None:
    view = register(fakes)
    fakes.passwords.parameters = "v2"
    sign_in(fakes, "hanako@example.jp")
    assert fakes.people.kept[view.person_id].password_hash.startswith("v2:")
    sign_in(fakes, "hanako@example.jp")


def test_a_failed_sign_in_leaves_an_outdated_hash_alone(fakes: Fakes) -> None:
    view = register(fakes)
    fakes.passwords.parameters = "v2"
    with pytest.raises(NotAuthenticated):
        sign_in(fakes, "hanako@example.jp", "wrong")
    assert fakes.people.kept[view.person_id].password_hash.startswith("v1:")


def test_people_see_their_own_account(fakes: Fakes) -> None:
    view = register(fakes)
    me = Person(view.person_id, frozenset({"assistant"}))
    assert people.show_person(me, fakes.work) == view


def test_a_token_of_an_account_that_is_gone_finds_nothing(fakes: Fakes) -> None:
    with pytest.raises(NotFound, match="person_not_found"):
        people.show_person(Person(uuid4(), frozenset()), fakes.work)
