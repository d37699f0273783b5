"""Text for other programs."""

from datetime import UTC, date, datetime

import pytest

from services.payments.domain.exports import (
    beancount_closings,
    beancount_entry,
    beancount_openings,
    beancount_opens,
    csv_entry,
    csv_head,
)
from services.payments.domain.journal import Balance, StoredEntry, StoredLine

OWNER = "0af9c0de-0000-7000-8000-000000000001"
ENTRY = StoredEntry(
    7,
    "captured",
    OWNER,
    'ch_"7"\\',
    "JPY",
    datetime(2026, 10, 31, 15, tzinfo=UTC),
    (
        StoredLine(1, "asset:processor_balance", None, 55_000, 0),
        StoredLine(2, "liability:escrow", OWNER, 0, 55_000),
    ),
)


def test_a_csv_row_is_a_line_with_its_day_in_japan() -> None:
    assert csv_head() == (
        "entry,date,fact,account,owner,debit,credit,currency,reference,source\r\n"
    )
    first, second = csv_entry(ENTRY).splitlines()
    assert first.startswith("7,2026-11-01,captured,asset:processor_balance,,55000,0,JPY,")
    assert f",liability:escrow,{OWNER},0,55000," in second
    assert second.endswith(',"ch_""7""\\"')


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t"])
def test_no_text_is_a_formula_to_a_spreadsheet(begin: str) -> None:
    line = csv_entry(ENTRY._replace(source=f"{begin}HYPERLINK(1)")).splitlines()[0]
    assert line.endswith(f",'{begin}HYPERLINK(1)")
    refund = ENTRY._replace(lines=(StoredLine(1, "asset:processor_balance", None, -5, 0),))
    assert ",-5,0," in csv_entry(refund)


def test_a_transaction_has_a_posting_for_each_line() -> None:
    assert beancount_entry(ENTRY, date(2026, 11, 1), by_owner=True) == (
        '2026-11-01 * "captured"\n'
        "  entry: 7\n"
        f'  reference: "{OWNER}"\n'
        '  source: "ch_\\"7\\"\\\\"\n'
        "  Assets:ProcessorBalance  55000 JPY\n"
        f"  Liabilities:Escrow:{OWNER.upper()}  -55000 JPY\n\n"
    )


def test_what_occurred_before_the_month_is_dated_with_its_first_day() -> None:
    late = beancount_entry(ENTRY, date(2026, 12, 1), by_owner=False)
    assert late.startswith("2026-12-01 * ")
    assert "  occurred: 2026-11-01\n" in late
    assert "  Liabilities:Escrow  -55000 JPY\n" in late


def test_accounts_are_opened_with_their_sub_accounts() -> None:
    opened = "".join(beancount_opens(date(2026, 11, 1), [("liability:escrow", OWNER)]))
    assert "2026-11-01 open Income:PlatformFee\n" in opened
    assert f"2026-11-01 open Liabilities:Escrow:{OWNER.upper()}\n" in opened


def test_balances_open_and_close_a_month() -> None:
    balances = [
        Balance("asset:bank", None, "JPY", 5),
        Balance("liability:escrow", OWNER, "JPY", -5),
    ]
    day = date(2026, 11, 1)
    assert "".join(beancount_openings(day, balances, by_owner=False)) == (
        '2026-11-01 * "Opening balances"\n  Assets:Bank  5 JPY\n  Liabilities:Escrow  -5 JPY\n\n'
    )
    assert "".join(beancount_openings(day, [], by_owner=False)) == ""
    assert list(beancount_closings(day, balances[:1])) == [
        "2026-11-01 balance Assets:Bank  5 JPY\n"
    ]


def test_a_currency_whose_digits_are_not_known_is_refused() -> None:
    with pytest.raises(ValueError, match="USD"):
        beancount_entry(ENTRY._replace(currency="USD"), date(2026, 11, 1), by_owner=False)
