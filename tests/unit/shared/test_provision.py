import base64
import hashlib
import json
from pathlib import Path

import pytest

from shared.messaging.topology import HEARS
from shared.provision.__main__ import main
from shared.provision.broker import ADMIN

PASSWORDS = {service: f"{service}-secret" for service in HEARS}


@pytest.fixture
def secrets_of_the_broker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    (folder / "broker_admin_password").write_text("admin-secret\n", encoding="utf-8")
    (folder / "broker_passwords").write_text(json.dumps(PASSWORDS), encoding="utf-8")
    monkeypatch.setenv("SECRETS_DIR", str(folder))
    return folder


@pytest.mark.usefixtures("secrets_of_the_broker")
def test_the_definitions_have_each_service_with_its_own_rights(tmp_path: Path) -> None:
    file = tmp_path / "definitions.json"

    main(["broker", str(file)])

    made = json.loads(file.read_text("utf-8"))
    tags = {user["name"]: user["tags"] for user in made["users"]}
    assert tags == {ADMIN: "administrator"} | dict.fromkeys(HEARS, "")
    configure = {rights["user"]: rights["configure"] for rights in made["permissions"]}
    assert configure == {ADMIN: ".*"} | {service: rf"^{service}\." for service in HEARS}


@pytest.mark.usefixtures("secrets_of_the_broker")
def test_the_definitions_have_a_salted_hash_of_each_password_and_no_password(
    tmp_path: Path,
) -> None:
    file = tmp_path / "definitions.json"

    main(["broker", str(file)])

    text = file.read_text("utf-8")
    assert not any(password in text for password in (*PASSWORDS.values(), "admin-secret"))
    for user in json.loads(text)["users"]:
        password = PASSWORDS.get(user["name"], "admin-secret")
        salted = base64.b64decode(user["password_hash"])
        assert salted[4:] == hashlib.sha256(salted[:4] + password.encode()).digest()


def test_a_service_without_a_password_is_named(secrets_of_the_broker: Path, tmp_path: Path) -> None:
    (secrets_of_the_broker / "broker_passwords").write_text('{"jobs": "x"}', encoding="utf-8")

    missing = "no password for accounts, contracts, payments, programs, notify"
    with pytest.raises(SystemExit, match=missing):
        main(["broker", str(tmp_path / "definitions.json")])


def test_a_file_that_is_no_json_is_told_without_what_is_in_it(
    secrets_of_the_broker: Path, tmp_path: Path
) -> None:
    (secrets_of_the_broker / "broker_passwords").write_text('{"jobs": hush', encoding="utf-8")

    with pytest.raises(SystemExit, match="BROKER_PASSWORDS") as refusal:
        main(["broker", str(tmp_path / "definitions.json")])

    assert "hush" not in str(refusal.value)


def test_a_server_that_is_not_there_is_told_without_the_password(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    roles = {service: {"runtime": "r", "owner": "o"} for service in HEARS}
    monkeypatch.setenv("ROLE_PASSWORDS", json.dumps(roles))
    monkeypatch.setenv("ADMIN_DATABASE_URL", "postgresql://postgres:hush@127.0.0.1:1/postgres")

    with pytest.raises(
        SystemExit, match=r"PostgreSQL at 127\.0\.0\.1:1 can't be prepared"
    ) as refusal:
        main(["databases"])

    assert "hush" not in str(refusal.value)
