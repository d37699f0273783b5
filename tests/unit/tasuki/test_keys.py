"""Turning keys: what the old ones made still holds, and nothing is dropped that is in use."""

import os
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from services.accounts.adapters.live_keys import LiveKeys
from shared.sealed import Seal, UnsealableError, new_key
from tasuki.cli.keys import FAULT, keys

DAY = 24 * 3600


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("web/session_keys", "accounts-keys/factor_keys"):
        file = tmp_path / name
        file.parent.mkdir()
        file.write_text(new_key() + "\n")
        file.chmod(0o640)
    (tmp_path / "accounts-keys/token-keys").mkdir()
    return tmp_path


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(keys, [str(each) for each in arguments])
    return result.exit_code, result.output


def age(path: Path, seconds: float) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


def test_what_the_old_key_sealed_opens_after_turning_and_the_new_one_seals(folder: Path) -> None:
    file = folder / "web/session_keys"
    before = file.read_text()
    cookie = Seal(before).close("session")
    status, said = run("turn", folder, "session_keys")
    assert (status, "restart web" in said) == (0, True)
    after = Seal(file.read_text())
    assert after.open(cookie) == "session"
    with pytest.raises(UnsealableError):
        Seal(before).open(after.close("session"))
    assert file.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in file.parent.iterdir()] == ["session_keys"]


def test_a_new_signing_key_signs_once_it_is_published_and_the_old_one_still_proves(
    folder: Path,
) -> None:
    directory = folder / "accounts-keys/token-keys"
    (directory / "2026-01-01.pem").write_bytes(_pem())
    age(directory / "2026-01-01.pem", DAY)
    old = LiveKeys.of(directory).signing
    assert run("turn", folder, "token-keys")[0] == 0
    assert LiveKeys.of(directory).signing.key_id == old.key_id
    in_six_minutes = time.time() + 360
    ring = LiveKeys.of(directory, lambda: in_six_minutes)
    assert ring.signing.key_id != old.key_id
    assert ring.find(old.key_id)


def test_a_signing_key_that_would_never_sign_is_not_made(folder: Path) -> None:
    (folder / "accounts-keys/token-keys/zzz.pem").write_bytes(_pem())
    status, said = run("turn", folder, "token-keys")
    assert (status, "rename it" in said) == (FAULT, True)


def test_old_keys_go_only_after_what_they_made_has_ended(folder: Path) -> None:
    file = folder / "web/session_keys"
    assert run("drop-old", folder, "session_keys") == (
        FAULT,
        f"{file} has one key only, and that is in use.\n",
    )
    run("turn", folder, "session_keys")
    newest = file.read_text().split(",")[0]
    assert run("drop-old", folder, "session_keys")[0] == FAULT
    age(file, 91 * DAY)
    assert run("drop-old", folder, "session_keys")[0] == 0
    assert file.read_text() == f"{newest}\n"


def test_a_stolen_key_goes_at_once(folder: Path) -> None:
    run("turn", folder, "session_keys")
    assert run("drop-old", folder, "session_keys", "--now")[0] == 0
    assert "," not in (folder / "web/session_keys").read_text()


def test_keys_under_which_a_database_lies_are_never_dropped(folder: Path) -> None:
    file = folder / "accounts-keys/factor_keys"
    run("turn", folder, "factor_keys")
    age(file, 1_000 * DAY)
    for more in ((), ("--now",)):
        status, said = run("drop-old", folder, "factor_keys", *more)
        assert (status, "lie in the database" in said) == (FAULT, True)
    assert file.read_text().count(",") == 1


def test_a_dry_run_changes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert "would get a new key" in run("turn", folder, "session_keys", "--dry-run")[1]
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_the_list_says_what_is_there(folder: Path) -> None:
    run("turn", folder, "factor_keys")
    status, said = run("list", folder)
    assert status == 0
    assert "session_keys" in said
    assert "never" in said


def test_a_folder_without_keys_and_an_unknown_name_are_told_what_is_known(
    folder: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    assert "Is it the folder of the secrets?" in run("list", empty)[1]
    assert "These keys are known" in run("turn", folder, "password")[1]


def _pem() -> bytes:

    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
