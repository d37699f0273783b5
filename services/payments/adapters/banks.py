"""The banks' own list of codes, from the data of the package zengin-code.

The package itself is never imported: it would make an object of each of 29,000 branches at once
(20 MiB). A file is read when something in it is asked for.
"""

import json
from collections.abc import Iterator, Sequence
from functools import cached_property, lru_cache
from importlib.util import find_spec
from pathlib import Path

from services.payments.domain.banks import (
    Bank,
    Branch,
    Listed,
    found,
    no_such_bank,
    no_such_branch,
)

# Whose branches are kept: the largest has 700, which take 0.7 MiB.
_BANKS_KEPT = 8


class ZenginBanks:
    """Implements Banks over the folder of the list: banks.json and branches/<bank>.json."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._branches = lru_cache(_BANKS_KEPT)(self._read_branches)

    @classmethod
    def installed(cls) -> "ZenginBanks":
        """Return those of the installed package."""
        spec = find_spec("zengin_code")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("zengin_code")
        return cls(Path(spec.origin).parent / "source-data" / "data")

    def search(self, text: str, limit: int) -> Sequence[Bank]:
        """Return the banks that fit, best first."""
        return found(text, self._banks.values(), Bank, limit)

    def branches(self, bank_code: str, text: str, limit: int) -> Sequence[Branch]:
        """Return the branches of a bank that fit, best first."""
        self._bank(bank_code)
        return found(text, self._branches(bank_code).values(), Branch, limit)

    def find(self, bank_code: str, branch_code: str) -> tuple[Bank, Branch]:
        """Return a bank and its branch."""
        bank = self._bank(bank_code)
        branch = self._branches(bank_code).get(branch_code)
        if branch is None:
            raise no_such_branch()
        return bank, branch.place

    def _bank(self, code: str) -> Bank:
        # Before a file is named by it: only a code that is in the list names one.
        listed = self._banks.get(code)
        if listed is None:
            raise no_such_bank()
        return listed.place

    @cached_property
    def _banks(self) -> dict[str, Listed[Bank]]:
        return {
            row["code"]: Listed.of(Bank(row["code"], row["name"], row["kana"]), row["roma"])
            for row in self._rows("banks.json")
        }

    def _read_branches(self, bank_code: str) -> dict[str, Listed[Branch]]:
        return {
            row["code"]: Listed.of(Branch(row["code"], row["name"], row["kana"]), row["roma"])
            for row in self._rows(f"branches/{bank_code}.json")
        }

    def _rows(self, name: str) -> Iterator[dict[str, str]]:
        rows: dict[str, dict[str, str]] = json.loads((self._folder / name).read_text("utf-8"))
        yield from (rows[code] for code in sorted(rows))
