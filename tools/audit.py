"""Asks a service of vulnerabilities about every locked package: `python -m tools.audit`.

Ends with 0 when all packages were looked up and none is known to be vulnerable, with 1 when one is,
and with 2 when packages could not be looked up: what was not audited is no success, and no failure
of ours either.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
SAFE, VULNERABLE, NOT_AUDITED = 0, 1, 2


@dataclass(frozen=True)
class Finding:
    """What is known of a lock file: faults by package, and what nobody could tell of."""

    lock: str
    vulnerable: Mapping[str, tuple[str, ...]]
    skipped: tuple[str, ...]

    @property
    def status(self) -> int:
        """How the process ends, were this all."""
        if self.vulnerable:
            return VULNERABLE
        return NOT_AUDITED if self.skipped else SAFE

    def lines(self) -> Iterable[str]:
        """Say it."""
        for name, ids in self.vulnerable.items():
            yield f"{self.lock}: {name} is vulnerable: {', '.join(ids)}"
        if self.skipped:
            some = ", ".join(self.skipped[:3])
            yield (
                f"{self.lock}: NOT AUDITED: {len(self.skipped)} packages ({some} …). No service of "
                "vulnerabilities answers for them here; run it where one can be reached."
            )
        if self.status == SAFE:
            yield f"{self.lock}: no package is known to be vulnerable"


def read(lock: str, report: str) -> Finding:
    """Return what pip-audit's JSON says; without any, that nothing was audited."""
    try:
        packages: list[dict[str, Any]] = json.loads(report)["dependencies"]
    except (ValueError, KeyError):
        return Finding(lock, {}, ("all",))
    if not packages:
        return Finding(lock, {}, ("all",))
    return Finding(
        lock,
        {
            each["name"]: tuple(fault["id"] for fault in each["vulns"])
            for each in packages
            if each.get("vulns")
        },
        tuple(each["name"] for each in packages if "skip_reason" in each),
    )


def ask(lock: str) -> Finding:
    """Run pip-audit over a lock file; it resolves and installs nothing."""
    options = ("--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off")
    command = [sys.executable, "-m", "pip_audit", "-r", lock, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    finding = read(lock, done.stdout)
    if "all" in finding.skipped:
        sys.stderr.write(done.stderr)
    return finding


def main() -> None:
    """Ask about all lock files and say what came of it."""
    findings = [ask(lock) for lock in LOCKS if Path(lock).exists()]
    for finding in findings:
        sys.stdout.writelines(f"{line}\n" for line in finding.lines())
    found = {finding.status for finding in findings}
    sys.exit(next((status for status in (VULNERABLE, NOT_AUDITED) if status in found), SAFE))


if __name__ == "__main__":
    main()
