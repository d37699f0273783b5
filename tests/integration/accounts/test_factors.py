from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.accounts.__main__ import AccountsSettings, make_app
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.owner import PAGES, Owner, code, done, owner_of
from tests.integration.accounts.test_api import rows
from tests.support.authenticator import SoftAuthenticator

PASSKEYS = "/factors/passkeys"


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def settings(settings: AccountsSettings, clock_file: Path) -> AccountsSettings:
    return settings.model_copy(update={"clock_file": clock_file, "public_url": PAGES})


@pytest.fixture
def owner(client: TestClient, clock_file: Path) -> Owner:
    return owner_of(client, clock_file)


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator(PAGES)


def add_passkey(owner: Owner, device: SoftAuthenticator, name: str = "phone") -> Any:
    asked = owner.post(f"{PASSKEYS}/options")
    made = device.create(asked["options"])
    return owner.post(PASSKEYS, challenge=asked["challenge"], name=name, credential=made)


def complete(owner: Owner, **factor: Any) -> Any:
    challenge = owner.try_sign_in()["challenge"]
    return owner.ask("POST", "/sessions/second-factor", {"challenge": challenge, **factor})


def test_an_app_is_set_up_and_asked_for_at_the_next_sign_in(
    owner: Owner, database: ServiceDatabase
) -> None:
    secret, recovery = owner.add_totp()
    assert len(recovery) == 10
    shown = owner.get("/factors")
    assert shown["totp_since"]
    assert shown["recovery_codes_left"] == 10
    assert secret not in str(rows(database, "SELECT * FROM totp_factors"))
    assert ("factor_added", "TOTP") in owner.told()

    asked = owner.try_sign_in()
    assert asked["kind"] == "second_factor"
    assert sorted(asked["factors"]) == ["recovery_code", "totp"]
    answer = complete(owner, totp=owner.code(secret, steps=1))
    owner.use(done(answer))
    [session] = [each for each in owner.get("/sessions") if each["current"]]
    assert (session["method"], session["second_factor"]) == ("password", "totp")


def test_a_code_works_once(owner: Owner) -> None:
    secret, _ = owner.add_totp()
    assert code(complete(owner, totp=owner.last_code)) == (401, "second_factor_wrong")
    done(complete(owner, totp=owner.code(secret, steps=1)))
    assert code(complete(owner, totp=owner.last_code)) == (401, "second_factor_wrong")
    owner.forward(90)
    done(complete(owner, totp=owner.code(secret)))


def test_of_two_who_send_one_code_at_once_one_is_let_in(owner: Owner) -> None:
    secret, _ = owner.add_totp()
    owner.forward(60)
    challenges = [owner.try_sign_in()["challenge"] for _ in range(2)]
    shown = owner.code(secret)

    def send(challenge: str) -> int:
        body = {"challenge": challenge, "totp": shown}
        return int(owner.ask("POST", "/sessions/second-factor", body).status_code)

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, challenges)) == [201, 401]


def test_a_wrong_code_sets_nothing_up_and_guessing_has_to_wait(owner: Owner) -> None:
    owner.post("/factors/totp")
    for _ in range(5):
        answer = owner.ask("POST", "/factors/totp/confirmation", {"code": "000000"})
        assert code(answer) == (422, "code_wrong")
    answer = owner.ask("POST", "/factors/totp/confirmation", {"code": "000000"})
    assert code(answer) == (429, "too_many_attempts")
    assert owner.get("/factors")["totp_since"] is None
    assert owner.try_sign_in()["kind"] == "tokens"


def test_guessing_the_second_factor_has_to_wait_whatever_challenge_it_comes_with(
    owner: Owner,
) -> None:
    secret, _ = owner.add_totp()
    for _ in range(5):
        assert code(complete(owner, totp="000000")) == (401, "second_factor_wrong")
    right = owner.code(secret, steps=1)
    assert code(complete(owner, totp=right)) == (429, "too_many_attempts")


def test_a_recovery_code_stands_in_once_and_its_owner_is_told(
    owner: Owner, database: ServiceDatabase
) -> None:
    _, recovery = owner.add_totp()
    assert recovery[0] not in str(rows(database, "SELECT * FROM recovery_codes"))
    owner.use(done(complete(owner, recovery_code=recovery[0].upper().replace("-", " "))))
    assert owner.get("/factors")["recovery_codes_left"] == 9
    assert owner.told()[-1][0] == "recovery_code_used"
    again = complete(owner, recovery_code=recovery[0])
    assert code(again) == (401, "second_factor_wrong")


def test_new_recovery_codes_make_the_old_ones_worth_nothing(owner: Owner) -> None:
    _, old = owner.add_totp()
    new = owner.post("/factors/recovery-codes")["codes"]
    assert not set(old) & set(new)
    assert code(complete(owner, recovery_code=old[0])) == (401, "second_factor_wrong")
    done(complete(owner, recovery_code=new[0]))


def test_there_are_no_recovery_codes_without_a_factor(owner: Owner) -> None:
    assert code(owner.ask("POST", "/factors/recovery-codes")) == (409, "no_second_factor")


def test_without_the_last_factor_the_password_is_enough_again(owner: Owner) -> None:
    owner.add_totp()
    assert code(owner.ask("POST", "/factors/totp")) == (409, "totp_exists")
    left = owner.delete("/factors/totp")
    assert (left["totp_since"], left["recovery_codes_left"]) == (None, 0)
    assert owner.told()[-1] == ("factor_removed", "TOTP")
    assert owner.try_sign_in()["kind"] == "tokens"
    assert code(owner.ask("DELETE", "/factors/totp")) == (404, "totp_not_found")


CHANGES = [
    ("POST", "/factors/totp"),
    ("DELETE", "/factors/totp"),
    ("POST", "/factors/recovery-codes"),
    ("POST", "/factors/passkeys/options"),
    ("DELETE", "/factors/passkeys/01890a5d-ac96-774b-bcce-b302099a8057"),
]


def test_who_finds_a_device_open_changes_no_factors(owner: Owner) -> None:
    owner.forward(11 * 60)
    for method, path in CHANGES:
        assert code(owner.ask(method, path)) == (403, "reauthentication_needed"), path


def test_a_challenge_is_met_once_within_ten_minutes_and_by_one_factor(owner: Owner) -> None:
    secret, recovery = owner.add_totp()
    challenge = owner.try_sign_in()["challenge"]
    path, body = "/sessions/second-factor", {"challenge": challenge}
    for bad in ({}, {"totp": "123456", "recovery_code": "x"}):
        assert code(owner.ask("POST", path, body | bad)) == (422, "validation_failed")
    owner.forward(60)
    done(owner.ask("POST", path, body | {"totp": owner.code(secret)}))
    again = owner.ask("POST", path, body | {"recovery_code": recovery[0]})
    assert code(again) == (409, "challenge_invalid")
    late = owner.try_sign_in()["challenge"]
    owner.forward(10 * 60)
    answer = owner.ask("POST", path, {"challenge": late, "totp": owner.code(secret)})
    assert code(answer) == (409, "challenge_invalid")


def test_a_passkey_signs_in_without_a_password(owner: Owner, device: SoftAuthenticator) -> None:
    added = add_passkey(owner, device)
    [key] = added["passkeys"]
    assert (key["name"], key["synced"], key["last_used_at"]) == ("phone", True, None)
    assert len(added["recovery_codes"]) == 10
    owner.headers = {}
    asked = owner.post("/sessions/passkey-options")
    assert "allowCredentials" not in asked["options"] or not asked["options"]["allowCredentials"]
    answer = {"challenge": asked["challenge"], "credential": device.get(asked["options"])}
    owner.use(owner.post("/sessions/passkey", **answer))
    [session] = [each for each in owner.get("/sessions") if each["current"]]
    assert (session["method"], session["second_factor"]) == ("passkey", "passkey")
    assert owner.get("/factors")["passkeys"][0]["last_used_at"]
    assert code(owner.ask("POST", "/sessions/passkey", answer)) == (409, "challenge_invalid")


def test_a_passkey_is_the_second_factor_after_the_password(
    owner: Owner, device: SoftAuthenticator
) -> None:
    add_passkey(owner, device)
    asked = owner.try_sign_in()
    assert sorted(asked["factors"]) == ["passkey", "recovery_code"]
    challenge = asked["challenge"]
    options = owner.post("/sessions/second-factor/passkey-options", challenge=challenge)["options"]
    body = {"challenge": challenge, "passkey": device.get(options)}
    owner.use(done(owner.ask("POST", "/sessions/second-factor", body)))


def test_a_passkey_of_somebody_else_is_no_second_factor(
    owner: Owner, device: SoftAuthenticator, clock_file: Path
) -> None:
    add_passkey(owner, device)
    thief_device = SoftAuthenticator(PAGES)
    thief = owner_of(owner.client, clock_file, email="thief@example.jp")
    add_passkey(thief, thief_device)
    challenge = owner.try_sign_in()["challenge"]
    options = owner.post("/sessions/second-factor/passkey-options", challenge=challenge)["options"]
    body = {
        "challenge": challenge,
        "passkey": thief_device.get({**options, "allowCredentials": []}),
    }
    assert code(owner.ask("POST", "/sessions/second-factor", body)) == (401, "passkey_refused")


def test_a_copy_of_a_passkey_is_refused(owner: Owner, device: SoftAuthenticator) -> None:
    add_passkey(owner, device)

    def sign_in() -> Any:
        asked = owner.post("/sessions/passkey-options")
        body = {"challenge": asked["challenge"], "credential": device.get(asked["options"])}
        return owner.ask("POST", "/sessions/passkey", body)

    done(sign_in())
    done(sign_in())
    device.passkeys[0].sign_count -= 1
    assert code(sign_in()) == (401, "passkey_refused")


def test_a_passkey_is_added_by_who_asked_for_it_and_once(
    owner: Owner, device: SoftAuthenticator, clock_file: Path
) -> None:
    other = owner_of(owner.client, clock_file, email="other@example.jp")
    asked = owner.post(f"{PASSKEYS}/options")
    body = {
        "challenge": asked["challenge"],
        "name": "x",
        "credential": device.create(asked["options"]),
    }
    assert code(other.ask("POST", PASSKEYS, body)) == (409, "challenge_invalid")
    owner.post(PASSKEYS, **body)
    assert code(owner.ask("POST", PASSKEYS, body)) == (409, "challenge_invalid")
    again = owner.post(f"{PASSKEYS}/options")
    assert len(again["options"]["excludeCredentials"]) == 1
    broken = {**body, "challenge": again["challenge"]}
    assert code(owner.ask("POST", PASSKEYS, broken)) == (422, "passkey_not_accepted")


def test_a_passkey_is_removed_by_its_owner_only(
    owner: Owner, device: SoftAuthenticator, clock_file: Path
) -> None:
    [key] = add_passkey(owner, device)["passkeys"]
    path = f"{PASSKEYS}/{key['passkey_id']}"
    other = owner_of(owner.client, clock_file, email="other@example.jp")
    assert code(other.ask("DELETE", path)) == (404, "passkey_not_found")
    left = owner.delete(path)
    assert (left["passkeys"], left["recovery_codes_left"]) == ([], 0)
    assert owner.told()[-1] == ("factor_removed", "phone")
    assert owner.try_sign_in()["kind"] == "tokens"


def test_a_passkey_proves_once_more_who_is_there(owner: Owner, device: SoftAuthenticator) -> None:
    add_passkey(owner, device)
    owner.forward(11 * 60)
    assert code(owner.ask("POST", "/factors/recovery-codes")) == (403, "reauthentication_needed")
    asked = owner.post("/sessions/me/proof/passkey-options")
    answer = {"challenge": asked["challenge"], "credential": device.get(asked["options"])}
    owner.post("/sessions/me/proof/passkey", **answer)
    owner.post("/factors/recovery-codes")


def test_without_a_passkey_there_is_none_to_prove_anything_by(owner: Owner) -> None:
    answer = owner.ask("POST", "/sessions/me/proof/passkey-options")
    assert code(answer) == (404, "passkey_not_found")


def test_nothing_of_what_was_shown_once_is_kept(owner: Owner, database: ServiceDatabase) -> None:
    owner.headers |= {"Idempotency-Key": "k"}
    secret = owner.post("/factors/totp")["secret"]
    recovery = owner.post("/factors/totp/confirmation", code=owner.code(secret))["recovery_codes"]
    kept = str(rows(database, "SELECT answer FROM idempotency_keys"))
    assert secret not in kept
    assert recovery[0] not in kept


def test_an_operator_is_one_once_a_second_factor_is_set_up_and_shown(
    settings: AccountsSettings, database: ServiceDatabase, clock_file: Path
) -> None:
    app = make_app(settings.model_copy(update={"operators_need_second_factor": True}))
    with TestClient(app, raise_server_exceptions=False) as client:
        owner = owner_of(client, clock_file)
        rows(database, "UPDATE accounts SET roles = '{client,operator}' RETURNING 1")
        owner.use(owner.try_sign_in())
        me = owner.get("/people/me")
        assert (me["roles"], me["second_factor_needed"]) == (["client"], True)
        assert code(owner.ask("GET", "/operations/people?q=x")) == (403, "role_required")

        tokens = owner.try_sign_in()
        owner.use(tokens)
        owner.add_totp()
        owner.use(owner.post("/sessions/refresh", refresh_token=tokens["refresh_token"]))
        me = owner.get("/people/me")
        assert (sorted(me["roles"]), me["second_factor_needed"]) == (["client", "operator"], False)
        owner.get("/operations/people?q=hanako")

        assert code(owner.ask("DELETE", "/factors/totp")) == (409, "second_factor_required")
        add_passkey(owner, SoftAuthenticator(PAGES))
        assert owner.delete("/factors/totp")["recovery_codes_left"] == 10
    app.state.edge.database.engine.dispose()
