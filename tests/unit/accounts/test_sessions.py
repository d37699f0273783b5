from datetime import timedelta

import pytest
from pydantic import SecretStr

from services.accounts.domain.factors import Factors, Totp
from services.accounts.domain.session import Ending, Visitor, device_of
from services.accounts.use_cases import sessions
from services.accounts.use_cases.proving import check_session, must_be_fresh
from shared.errors import DomainError, NotAllowed, NotAuthenticated, NotFound
from shared.messages.accounts import (
    LetterKind,
    ProvePresence,
    RefreshSession,
    SecondFactorNeeded,
    TokenView,
)
from shared.people import Person
from tests.unit.accounts.doing import (
    HOME,
    PASSWORD,
    letters,
    open_account,
    person_of,
    sign_in,
    try_sign_in,
)
from tests.unit.accounts.fakes import NOW, Fakes

PHONE = Visitor("192.0.2.2", "Safari, iPhone")


@pytest.fixture
def fakes() -> Fakes:
    fakes = Fakes()
    open_account(fakes)
    return fakes


def refresh(fakes: Fakes, tokens: TokenView) -> TokenView | DomainError:
    command = RefreshSession(refresh_token=SecretStr(tokens.refresh_token))
    return sessions.refresh(command, fakes.work)


def refreshed(fakes: Fakes, tokens: TokenView) -> TokenView:
    outcome = refresh(fakes, tokens)
    assert isinstance(outcome, TokenView)
    return outcome


def test_a_refresh_token_gives_new_tokens_of_the_same_session(fakes: Fakes) -> None:
    first = sign_in(fakes)
    assert first.refresh_token.startswith("tkr_")
    assert first.refresh_token not in str(fakes.sessions.tokens)
    fakes.clock.forward(minutes=14)
    second = refreshed(fakes, first)
    assert second.session_id == first.session_id
    assert second.refresh_token != first.refresh_token
    fakes.clock.forward(minutes=14)
    refreshed(fakes, second)


def test_two_tabs_may_use_one_refresh_token_at_once(fakes: Fakes) -> None:
    first = sign_in(fakes)
    one = refreshed(fakes, first)
    fakes.clock.forward(seconds=30)
    other = refreshed(fakes, first)
    fakes.clock.forward(minutes=1)
    assert refreshed(fakes, one).session_id == refreshed(fakes, other).session_id


def test_a_refresh_token_that_comes_again_later_ends_the_session_and_its_owner_is_told(
    fakes: Fakes,
) -> None:
    stolen = sign_in(fakes, at=PHONE)
    mine = refreshed(fakes, stolen)
    letters(fakes)
    fakes.clock.forward(seconds=31)
    refusal = refresh(fakes, stolen)
    assert isinstance(refusal, NotAuthenticated)
    assert refusal.code == "refresh_token_reused"
    assert fakes.sessions.kept[mine.session_id].ending is Ending.TOKEN_REUSED
    [letter] = letters(fakes)
    assert (letter.kind, letter.device) == (LetterKind.SESSION_ENDED, "Safari, iPhone")
    with pytest.raises(NotAuthenticated, match="session_ended"):
        refresh(fakes, mine)


def test_a_made_up_refresh_token_gives_nothing(fakes: Fakes) -> None:
    tokens = sign_in(fakes).model_copy(update={"refresh_token": "tkr_made_up"})
    with pytest.raises(NotAuthenticated, match="refresh_token_invalid"):
        refresh(fakes, tokens)


def test_a_session_goes_on_while_it_is_used_and_ends_after_ninety_days(fakes: Fakes) -> None:
    tokens = sign_in(fakes)
    for _ in range(4):
        fakes.clock.forward(days=20)
        tokens = refreshed(fakes, tokens)
    assert timedelta(seconds=tokens.refresh_expires_in) == timedelta(days=10)
    fakes.clock.forward(days=10)
    with pytest.raises(NotAuthenticated, match="session_ended"):
        refresh(fakes, tokens)


def test_a_session_that_nobody_uses_for_thirty_days_is_over(fakes: Fakes) -> None:
    tokens = sign_in(fakes)
    fakes.clock.forward(days=30)
    with pytest.raises(NotAuthenticated, match="session_ended"):
        refresh(fakes, tokens)


def test_people_see_where_they_are_signed_in_and_end_one_or_all_others(fakes: Fakes) -> None:
    here = person_of(fakes, sign_in(fakes))
    phone = sign_in(fakes, at=PHONE)
    sign_in(fakes, at=Visitor("192.0.2.3", "Edge, Windows"))
    listed = sessions.list_sessions(here, fakes.work)
    assert {each.device for each in listed} == {
        "Firefox, Linux",
        "Safari, iPhone",
        "Edge, Windows",
    }
    assert [each.device for each in listed if each.current] == ["Firefox, Linux"]

    left = sessions.end_session(phone.session_id, here, fakes.work)
    assert {each.device for each in left} == {"Firefox, Linux", "Edge, Windows"}
    with pytest.raises(NotFound, match="session_not_found"):
        sessions.end_session(phone.session_id, here, fakes.work)
    with pytest.raises(NotAuthenticated, match="session_ended"):
        check_session(person_of(fakes, phone), fakes.work)

    [mine] = sessions.end_others(here, fakes.work)
    assert mine.current
    check_session(here, fakes.work)
    assert sessions.sign_out(here, fakes.work) == []
    with pytest.raises(NotAuthenticated, match="session_ended"):
        check_session(here, fakes.work)


def test_nobody_ends_the_session_of_somebody_else(fakes: Fakes) -> None:
    theirs = sign_in(fakes)
    open_account(fakes, "other@example.jp")
    other = person_of(fakes, sign_in(fakes, "other@example.jp"))
    with pytest.raises(NotFound, match="session_not_found"):
        sessions.end_session(theirs.session_id, other, fakes.work)
    assert fakes.sessions.kept[theirs.session_id].holds_at(NOW)


def test_a_program_with_a_personal_token_sees_and_ends_no_sessions(fakes: Fakes) -> None:
    tokens = sign_in(fakes)
    owner = fakes.sessions.kept[tokens.session_id].person_id
    program = Person(owner, frozenset(), scopes=frozenset({"accounts:read", "accounts:write"}))
    with pytest.raises(NotAllowed, match="sign_in_required"):
        sessions.list_sessions(program, fakes.work)
    with pytest.raises(NotAllowed, match="sign_in_required"):
        sessions.end_session(tokens.session_id, program, fakes.work)


def test_the_owner_is_written_to_when_somebody_signs_in_from_a_new_device(fakes: Fakes) -> None:
    sign_in(fakes)
    sign_in(fakes)
    assert letters(fakes) == []
    sign_in(fakes, at=PHONE)
    [letter] = letters(fakes)
    assert (letter.kind, letter.device) == (LetterKind.NEW_SIGN_IN, "Safari, iPhone")
    sign_in(fakes, at=PHONE)
    assert letters(fakes) == []


def test_what_needs_a_fresh_proof_asks_for_one_after_ten_minutes(fakes: Fakes) -> None:
    me = person_of(fakes, sign_in(fakes))
    fakes.clock.forward(minutes=10)
    must_be_fresh(me, fakes.work)
    fakes.clock.forward(seconds=1)
    with pytest.raises(NotAllowed, match="reauthentication_needed"):
        must_be_fresh(me, fakes.work)

    prove(fakes, me, PASSWORD)
    must_be_fresh(me, fakes.work)


def prove(fakes: Fakes, me: Person, password: str) -> None:
    command = ProvePresence(password=SecretStr(password))
    task = sessions.prepare_proof(command, me, HOME, fakes.work)
    sessions.prove_presence(task.done(), me, HOME, fakes.work)


def test_a_wrong_password_proves_nothing(fakes: Fakes) -> None:
    me = person_of(fakes, sign_in(fakes))
    fakes.clock.forward(minutes=11)
    with pytest.raises(NotAllowed, match="password_wrong"):
        prove(fakes, me, "wrong")
    with pytest.raises(NotAllowed, match="reauthentication_needed"):
        must_be_fresh(me, fakes.work)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
                "Chrome/120.0.0.0 Safari/537.36 Edg/120.0"
            ),
            "Edge, Windows",
        ),
        (
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
                "(KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1"
            ),
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0",
            "Firefox, Linux",
        ),
        ("python-httpx/0.28.1", "python-httpx"),
        ("curl\r\nX: y", "curlX: y"),
        (None, ""),
    ],
)
def test_a_device_has_a_name_that_no_update_changes(agent: str | None, device: str) -> None:
    assert device_of(None, agent) == device


def test_a_second_factor_is_asked_for_before_there_is_any_session(fakes: Fakes) -> None:
    [person_id] = fakes.people.kept
    totp = Totp(person_id, "SECRET", NOW, confirmed_at=NOW)
    fakes.factors.kept[person_id] = Factors(totp, (), 3)
    needed = try_sign_in(fakes, "hanako@example.jp")
    assert isinstance(needed, SecondFactorNeeded)
    assert needed.factors == {"totp", "recovery_code"}
    assert fakes.sessions.kept == {}
    assert needed.challenge not in str(fakes.challenges.kept)
