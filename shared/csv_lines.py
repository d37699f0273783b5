"""Lines of CSV (RFC 4180) that spreadsheets can open without running what is in them."""

import csv
import io
from collections.abc import Iterable
from typing import Final

_BEGIN_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")


def csv_line(values: Iterable[object]) -> str:
    """Return a line with its end; a text that a spreadsheet would take for a formula is quoted."""
    line = io.StringIO()
    csv.writer(line).writerow(map(_no_formula, values))
    return line.getvalue()


def _no_formula(value: object) -> object:
    is_one = isinstance(value, str) and value.startswith(_BEGIN_A_FORMULA)
    return f"'{value}" if is_one else value
