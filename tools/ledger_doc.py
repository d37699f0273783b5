"""Renders docs/ledger.md from the posting table: `make ledger-doc`."""

from collections.abc import Iterable
from pathlib import Path

from services.payments.domain.ledger import postings_of
from services.payments.domain.postings import ACCOUNTS, MEANINGS, Fact, Posting

PLACE = Path(__file__).parent.parent / "docs" / "ledger.md"

_HEAD = """# The books

Rendered from `services/payments/domain/postings.py` by `make ledger-doc`; a test compares the two.
Don't edit it.

Double entry, append only, in whole minor units (1 is one yen). A correction is a new entry.
PostgreSQL itself refuses an entry that doesn't balance or comes without its lines, a line added to
an entry later, an update or delete of the journal, and a guarded account below zero, whoever asks
(`services/payments/migrations/versions/0001_ledger.py`).
"""

_RATES = """## Fees and taxes

All rates are dated configuration (tables with `valid_from`); a milestone keeps those of the day on
which its contract was agreed (in Japan). Shares are rounded down to the yen. The first values:
"""

_FIRST_VALUES = (
    ("consumption tax, on prices and on our fees", "10 %", "`consumption_tax_rates`"),
    (
        "platform fee, marginal over a contract's tax-inclusive prices",
        "20 % up to 100,000, 10 % up to 200,000, 5 % above",
        "`platform_fee_tiers`",
    ),
    (
        "withholding on the price without tax †",
        "10.21 % up to 1,000,000, 20.42 % above",
        "`withholding_tiers`",
    ),
    (
        "kinds of work that withholding covers †",
        "writing, translation, design",
        "`withheld_categories`",
    ),
    ("transfer fee and minimum of a payout †", "0 and 1,000", "`payout_rules`"),
    (
        "smallest and largest payment, days that the processor holds it †",
        "50, 99,999,999 and 90",
        "`processor_rules`",
    ),
)

_EXAMPLE = """† From secondary sources or our own choice: check it with an accountant and the
processor before it is relied on.

The worked example, principal mode: price 50,000, tax 5,000, funded 55,000; withholding 5,105; fee
11,000; tax on the fee 1,100; the assistant receives 37,795. Brokered mode: the client withholds
5,105 and funds 49,895; the assistant receives the same 37,795.
"""


def render() -> str:
    """Return the whole document."""
    return "\n".join([_HEAD, _accounts(), *(_fact(fact) for fact in Fact), _rates()])


def _accounts() -> str:
    rows = (
        (f"`{account}`", rule.meaning, rule.owner or "", "refused" if rule.guarded else "")
        for account, rule in ACCOUNTS.items()
    )
    return "## Accounts\n\n" + _table(("account", "holds", "one for each", "below zero"), rows)


def _fact(fact: Fact) -> str:
    rows = ((f"`{rule.debit}`", _credit(rule), rule.part) for rule in postings_of(fact))
    return f"## {fact}\n\n{MEANINGS[fact]}\n\n" + _table(("debit", "credit", "part"), rows)


def _credit(rule: Posting) -> str:
    return f"`{rule.credit}`" + (f" of the {rule.credit_to}" if rule.credit_to else "")


def _rates() -> str:
    return f"{_RATES}\n{_table(('what', 'value', 'table'), _FIRST_VALUES)}\n{_EXAMPLE}"


def _table(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [header, ("---",) * len(header), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


if __name__ == "__main__":
    PLACE.write_text(render(), encoding="utf-8")
    print(f"written: {PLACE.relative_to(Path.cwd())}")
