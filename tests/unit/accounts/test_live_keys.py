import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import jwt
import pytest

from services.accounts.adapters.live_keys import LiveKeys
from services.accounts.adapters.tokens import JwtTokens, KeysUnusableError
from shared.http.tokens import TokenVerifier
from tests.support.fakes import SetClock
from tests.unit.accounts.test_tokens import NOW, account, write_key


@dataclass
class Machine:
    """The machine's own time, in seconds."""

    time: float = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def machine() -> Machine:
    return Machine()


def write(folder: Path, name: str, machine: Machine) -> None:
    write_key(folder / name)
    os.utime(folder / name, (machine.time, machine.time))


def signer(keys: LiveKeys) -> str:
    tokens = JwtTokens(keys, SetClock(NOW), timedelta(minutes=15))
    token = tokens.issue(account(), {}).token
    assert TokenVerifier(keys.find, SetClock(NOW)).verify(token)
    return str(jwt.get_unverified_header(token)["kid"])


def published(keys: LiveKeys) -> list[str]:
    return [each["kid"] for each in keys.jwks()["keys"]]


def test_a_new_key_is_published_at_once_and_signs_once_everybody_can_know_it(
    tmp_path: Path, machine: Machine
) -> None:
    write(tmp_path, "1.pem", machine)
    machine.time += 86_400
    keys = LiveKeys.of(tmp_path, machine)
    old = signer(keys)
    token = JwtTokens(keys, SetClock(NOW), timedelta(minutes=15)).issue(account(), {}).token

    write(tmp_path, "2.pem", machine)
    machine.time += 60
    new, other = published(keys)
    assert other == old
    assert signer(keys) == old
    machine.time += 299
    assert signer(keys) == old
    machine.time += 61
    assert signer(keys) == new
    # What the key before has signed goes on being good, without a restart.
    assert TokenVerifier(keys.find, SetClock(NOW)).verify(token)

    (tmp_path / "1.pem").unlink()
    machine.time += 60
    assert published(keys) == [new]
    assert keys.find(old) is None


def test_an_only_key_signs_however_new_it_is(tmp_path: Path, machine: Machine) -> None:
    write(tmp_path, "1.pem", machine)
    keys = LiveKeys.of(tmp_path, machine)
    assert published(keys) == [signer(keys)]


def test_of_keys_that_are_all_new_the_oldest_signs(tmp_path: Path, machine: Machine) -> None:
    write(tmp_path, "1.pem", machine)
    write(tmp_path, "2.pem", machine)
    keys = LiveKeys.of(tmp_path, machine)
    assert signer(keys) == published(keys)[-1]


def test_an_unknown_key_is_looked_for_at_once_but_not_at_every_forged_token(
    tmp_path: Path, machine: Machine
) -> None:
    write(tmp_path, "1.pem", machine)
    keys = LiveKeys.of(tmp_path, machine)
    write(tmp_path, "2.pem", machine)
    other = LiveKeys.of(tmp_path, machine)
    new = published(other)[0]
    assert keys.find(new) is None  # read a moment ago
    machine.time += 5
    assert keys.find(new) is not None


def test_a_file_that_cant_be_read_changes_nothing(tmp_path: Path, machine: Machine) -> None:
    write(tmp_path, "1.pem", machine)
    keys = LiveKeys.of(tmp_path, machine)
    before = signer(keys)
    (tmp_path / "2.pem").write_text("half a key")
    machine.time += 60
    assert published(keys) == [before]
    assert signer(keys) == before


def test_without_any_key_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusableError, match="openssl genpkey"):
        LiveKeys.of(tmp_path)
