import json
from collections.abc import Mapping

import pytest

from tools.audit import NOT_AUDITED, SAFE, VULNERABLE, read

KNOWN = {"name": "amqp", "version": "5.4.2", "vulns": []}
BAD = {"name": "pika", "version": "1.4.4", "vulns": [{"id": "PYSEC-1"}, {"id": "PYSEC-2"}]}
SKIPPED = {"name": "psycopg", "skip_reason": "Dependency not found"}


def report(*packages: Mapping[str, object]) -> str:
    return json.dumps({"dependencies": packages, "fixes": []})


def test_packages_that_were_all_looked_up_are_safe() -> None:
    finding = read("a.lock", report(KNOWN))
    assert finding.status == SAFE
    assert list(finding.lines()) == ["a.lock: no package is known to be vulnerable"]


def test_a_vulnerable_package_is_named_with_what_is_known_of_it() -> None:
    finding = read("a.lock", report(KNOWN, BAD, SKIPPED))
    assert finding.status == VULNERABLE
    assert next(iter(finding.lines())) == "a.lock: pika is vulnerable: PYSEC-1, PYSEC-2"


@pytest.mark.parametrize("said", [report(KNOWN, SKIPPED), report(), "", "no network"])
def test_what_was_not_audited_is_no_success(said: str) -> None:
    finding = read("a.lock", said)
    assert finding.status == NOT_AUDITED
    assert "NOT AUDITED" in "".join(finding.lines())
