import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.errors import NotAllowed, NotAuthenticated, Transient
from shared.http.tokens import (
    ALGORITHM,
    AUDIENCE,
    EXCHANGE_PATH,
    ISSUER,
    TYPE,
    AccountsExchange,
    JwksKeys,
    TokenVerifier,
)
from shared.people import Person
from tests.support.fakes import SetClock

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
OTHER_KEY = Ed25519PrivateKey.generate()


def token(key: Ed25519PrivateKey = KEY, kid: str = "k1", typ: str = TYPE, **claims: Any) -> str:
    body = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": str(uuid4()),
        "roles": ["client"],
        "iat": NOW,
        "exp": NOW + timedelta(minutes=15),
    }
    return jwt.encode(body | claims, key, algorithm=ALGORITHM, headers={"kid": kid, "typ": typ})


def verifier(at: datetime = NOW) -> TokenVerifier:
    return TokenVerifier({"k1": KEY.public_key()}.get, SetClock(at))


def test_a_good_token_tells_who_is_asking() -> None:
    person_id = uuid4()
    person = verifier().verify(token(sub=str(person_id)))
    assert person == Person(person_id, frozenset({"client"}))


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "not.a.token",
        token(OTHER_KEY),
        token(kid="unknown"),
        token(iss="somebody else"),
        token(aud="another market"),
        token(aud=None),
        token(typ="logout+jwt"),
        token(sub="no id"),
        jwt.encode({"sub": "1"}, "x" * 32, algorithm="HS256", headers={"kid": "k1", "typ": TYPE}),
        jwt.encode({"sub": "1"}, "", algorithm="none", headers={"kid": "k1", "typ": TYPE}),
    ],
)
def test_a_token_that_does_not_hold_is_refused(bad: str) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        verifier().verify(bad)
    assert refused.value.code == "token_invalid"


@pytest.mark.parametrize("at", [NOW + timedelta(minutes=16), NOW - timedelta(minutes=1)])
def test_a_token_is_refused_outside_its_time(at: datetime) -> None:
    with pytest.raises(NotAuthenticated) as refused:
        verifier(at).verify(token())
    assert refused.value.code == "token_expired"


def test_a_token_that_was_verified_is_remembered_for_a_minute() -> None:
    clock, good = SetClock(NOW), token()
    verifier = TokenVerifier({"k1": KEY.public_key()}.get, clock)
    assert verifier.remembered(good) is None
    person = verifier.verify(good)
    assert verifier.remembered(good) == person
    assert verifier.remembered(good + "x") is None
    clock.time += timedelta(seconds=61)
    assert verifier.remembered(good) is None


def test_a_token_is_not_remembered_beyond_its_time() -> None:
    clock, short = SetClock(NOW), token(exp=NOW + timedelta(seconds=1))
    verifier = TokenVerifier({"k1": KEY.public_key()}.get, clock)
    verifier.verify(short)
    clock.time += timedelta(seconds=32)  # the leeway is 30
    assert verifier.remembered(short) is None


def test_a_token_that_does_not_hold_is_not_remembered() -> None:
    judge, bad = verifier(), token(OTHER_KEY)
    with pytest.raises(NotAuthenticated):
        judge.verify(bad)
    assert judge.remembered(bad) is None


def test_no_more_tokens_are_remembered_than_there_is_room_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("shared.http.tokens.MOST_REMEMBERED", 2)
    judge, tokens = verifier(), [token() for _ in range(3)]
    for each in tokens:
        judge.verify(each)
    assert [judge.remembered(each) is not None for each in tokens] == [False, False, True]


def test_a_token_tells_of_the_sign_in_that_it_goes_back_to() -> None:
    session, signed_in = uuid4(), NOW - timedelta(hours=3)
    told = token(sid=str(session), auth_time=int(signed_in.timestamp()))
    person = verifier().verify(told)
    assert (person.session_id, person.authenticated_at) == (session, signed_in)
    assert person.scopes is None
    person.must_hold("jobs:write")
    person.must_have_signed_in()


def test_a_token_with_scopes_is_for_these_only() -> None:
    person = verifier().verify(token(scope="jobs:read jobs:write"))
    person.must_hold("jobs:write")
    with pytest.raises(NotAllowed) as refused:
        person.must_hold("payments:read")
    assert (refused.value.code, refused.value.facts) == (
        "scope_missing",
        {"scope": "payments:read"},
    )
    with pytest.raises(NotAllowed, match="sign_in_required"):
        person.must_have_signed_in()


def test_an_empty_scope_is_for_nothing_and_not_for_everything() -> None:
    person = verifier().verify(token(scope=""))
    with pytest.raises(NotAllowed, match="scope_missing"):
        person.must_hold("jobs:read")


@dataclass
class Accounts:
    """Exchanges one personal access token, until it is revoked, unless it is away."""

    asked: int = 0
    revoked: bool = False
    away: bool = False

    def __call__(self, personal: str) -> str:
        self.asked += 1
        if self.away:
            raise Transient("token_exchange_unavailable", "away")
        if self.revoked or personal != "tsk_good":
            raise NotAuthenticated("token_invalid", "no such token")
        return token(scope="jobs:read", exp=NOW + timedelta(minutes=5))


@pytest.fixture
def accounts() -> Accounts:
    return Accounts()


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture
def judge(accounts: Accounts, clock: SetClock) -> TokenVerifier:
    return TokenVerifier({"k1": KEY.public_key()}.get, clock, accounts)


def test_a_personal_access_token_is_exchanged_once_a_minute(
    accounts: Accounts, clock: SetClock, judge: TokenVerifier
) -> None:
    person = judge.verify("tsk_good")
    assert person.scopes == frozenset({"jobs:read"})
    assert judge.remembered("tsk_good") == person
    assert accounts.asked == 1
    clock.forward(seconds=61)
    assert judge.remembered("tsk_good") is None


def test_a_personal_access_token_that_was_revoked_is_worth_nothing_a_minute_later(
    accounts: Accounts, clock: SetClock, judge: TokenVerifier
) -> None:
    judge.verify("tsk_good")
    accounts.revoked = True
    clock.forward(seconds=61)
    with pytest.raises(NotAuthenticated, match="token_invalid"):
        judge.verify("tsk_good")


def test_while_accounts_is_away_nobody_is_let_in_by_what_it_said_before(
    accounts: Accounts, clock: SetClock, judge: TokenVerifier
) -> None:
    judge.verify("tsk_good")
    accounts.away = True
    clock.forward(seconds=61)
    assert judge.remembered("tsk_good") is None
    with pytest.raises(Transient, match="token_exchange_unavailable"):
        judge.verify("tsk_good")


def test_who_has_no_accounts_to_ask_takes_no_personal_access_tokens() -> None:
    with pytest.raises(NotAuthenticated, match="token_invalid"):
        verifier().verify("tsk_good")


def test_a_missing_role_is_named() -> None:
    with pytest.raises(NotAllowed) as refused:
        Person(uuid4(), frozenset({"client"})).must_be("operator")
    assert refused.value.facts == {"role": "operator"}


@dataclass
class Jwks:
    """A server of keys that counts how often it is asked and can be told to fail."""

    keys: dict[str, Ed25519PrivateKey] = field(default_factory=dict)
    asked: int = 0
    broken: bool = False
    url: str = ""
    exchanged: list[tuple[str, bytes]] = field(default_factory=list)
    answer: tuple[int, bytes] = (200, b"{}")

    def document(self) -> bytes:
        keys = [
            json.loads(jwt.algorithms.OKPAlgorithm.to_jwk(key.public_key())) | {"kid": kid}
            for kid, key in self.keys.items()
        ]
        return json.dumps({"keys": keys}).encode()


@pytest.fixture
def jwks() -> Iterator[Jwks]:
    state = Jwks({"k1": KEY})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked += 1
            self.send_response(500 if state.broken else 200)
            self.end_headers()
            self.wfile.write(state.document())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.exchanged.append((self.path, body))
            status, answer = state.answer
            self.send_response(status)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/"
    yield state
    server.shutdown()
    server.server_close()
    thread.join()


def test_keys_are_read_once_and_then_kept(jwks: Jwks) -> None:
    keys = JwksKeys(jwks.url, SetClock(NOW))
    assert keys("k1") == KEY.public_key()
    assert keys("k1") == KEY.public_key()
    assert jwks.asked == 1


def test_a_new_key_is_found_without_a_restart(jwks: Jwks) -> None:
    clock = SetClock(NOW)
    keys = JwksKeys(jwks.url, clock)
    assert keys("k1") is not None
    jwks.keys["k2"] = OTHER_KEY
    clock.time += timedelta(seconds=6)
    assert keys("k2") == OTHER_KEY.public_key()


def test_forged_key_ids_do_not_make_us_ask_each_time(jwks: Jwks) -> None:
    keys = JwksKeys(jwks.url, SetClock(NOW))
    assert [keys(f"forged-{number}") for number in range(20)] == [None] * 20
    assert jwks.asked == 1


def test_known_keys_stay_good_while_accounts_is_away(jwks: Jwks) -> None:
    clock = SetClock(NOW)
    keys = JwksKeys(jwks.url, clock)
    assert keys("k1") is not None
    jwks.broken = True
    clock.time += timedelta(hours=1)
    assert keys("k1") == KEY.public_key()
    assert jwks.asked == 2


def test_without_any_key_the_caller_is_told_to_come_again(jwks: Jwks) -> None:
    jwks.broken = True
    with pytest.raises(Transient, match="token_keys_unavailable"):
        JwksKeys(jwks.url, SetClock(NOW))("k1")


def test_accounts_is_asked_at_the_address_of_its_keys(jwks: Jwks) -> None:
    jwks.answer = 200, b'{"access_token": "a.b.c"}'
    exchange = AccountsExchange(jwks.url + ".well-known/jwks.json")
    assert exchange("tsk_1") == "a.b.c"
    assert jwks.exchanged == [(EXCHANGE_PATH, b'{"token": "tsk_1"}')]


@pytest.mark.parametrize("status", [401, 422])
def test_what_accounts_refuses_is_no_token(jwks: Jwks, status: int) -> None:
    jwks.answer = status, b"{}"
    with pytest.raises(NotAuthenticated, match="token_invalid"):
        AccountsExchange(jwks.url)("tsk_1")


@pytest.mark.parametrize("answer", [(500, b"{}"), (429, b"{}"), (200, b"{}"), (200, b"<html>")])
def test_an_answer_that_tells_nothing_about_the_token_is_no_refusal(
    jwks: Jwks, answer: tuple[int, bytes]
) -> None:
    jwks.answer = answer
    with pytest.raises(Transient, match="token_exchange_unavailable"):
        AccountsExchange(jwks.url)("tsk_1")


def test_a_redirect_to_other_keys_is_not_followed(jwks: Jwks) -> None:
    """Whoever answers with one isn't accounts."""

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(302)
            self.send_header("Location", jwks.url)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        Thread(target=server.serve_forever).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with pytest.raises(Transient, match="token_keys_unavailable"):
            JwksKeys(url, SetClock(NOW))("k1")
        server.shutdown()
    assert jwks.asked == 0
