import re
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from xml.etree import ElementTree as ET

import pytest

from services.accounts.adapters.one_time_codes import PyotpCodes
from services.accounts.domain.factors import (
    Factors,
    Passkey,
    Totp,
    new_recovery_codes,
    recovery_code_hash,
)
from shared.messages.accounts import FactorKind

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
CODES = PyotpCodes()
# RFC 6238, appendix B: the secret of its examples, in base 32, and the last six digits of three.
RFC_SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(
    ("seconds", "code"), [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")]
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    at = datetime.fromtimestamp(seconds, UTC)
    assert CODES.step_of(RFC_SECRET, code, at) == seconds // 30


def test_a_phone_may_be_a_step_off_and_no_more() -> None:
    at = datetime.fromtimestamp(1_111_111_109, UTC)
    step = int(at.timestamp()) // 30
    offs = [timedelta(seconds=30 * off) for off in (-2, -1, 0, 1, 2)]
    found = [CODES.step_of(RFC_SECRET, "081804", at + off) for off in offs]
    assert found == [None, step, step, step, None]
    assert CODES.step_of(RFC_SECRET, "000000", at) is None


def test_an_app_learns_the_secret_from_a_picture() -> None:
    secret = CODES.new_secret()
    uri = CODES.uri(secret, "hanako@example.jp")
    assert uri.startswith("otpauth://totp/Tasuki:hanako%40example.jp?")
    assert f"secret={secret}" in uri
    picture = CODES.picture(uri)
    # Without its namespace a browser shows no SVG that isn't part of a page.
    assert ET.fromstring(picture).tag == "{http://www.w3.org/2000/svg}svg"  # noqa: S314


def test_the_first_code_confirms_an_app_and_the_time_of_that_stays() -> None:
    fresh = Totp(uuid4(), RFC_SECRET, NOW)
    confirmed = fresh.used(5, NOW)
    later = confirmed.used(6, NOW + timedelta(days=1))
    assert (later.confirmed_at, later.last_step) == (NOW, 6)


def test_recovery_codes_are_ten_long_and_different() -> None:
    codes = new_recovery_codes()
    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"([0-9a-z]{6}-){4}[0-9a-z]{6}", each) for each in codes)


def test_a_recovery_code_may_be_typed_as_it_is_read() -> None:
    person = uuid4()
    kept = recovery_code_hash(person, "01ab-cdef-ghjk-mnpq")
    assert recovery_code_hash(person, " OLAB CDEF-ghjkmnpq ") == kept
    assert recovery_code_hash(uuid4(), "01ab-cdef-ghjk-mnpq") != kept


def test_an_app_counts_once_it_is_confirmed_and_recovery_codes_stand_in_for_another() -> None:
    app = Totp(uuid4(), RFC_SECRET, NOW)
    key = Passkey(uuid4(), uuid4(), b"", b"", 0, synced=True, transports=(), name="", added_at=NOW)
    assert Factors(app, (), 10).kinds == frozenset()
    assert Factors(app.used(1, NOW), (), 0).kinds == {FactorKind.TOTP}
    assert Factors(app.used(1, NOW), (), 1).kinds == {FactorKind.TOTP, FactorKind.RECOVERY_CODE}
    assert Factors(None, (key,), 0).kinds == {FactorKind.PASSKEY}
    assert Factors(None, (), 3).kinds == frozenset()
