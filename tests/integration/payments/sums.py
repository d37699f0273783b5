"""What must hold between the rows of payments and its books: each query finds what does not."""

from collections.abc import Callable
from typing import Any, Final

# fmt: off
WRONG: Final = {
    "held in escrow": """
        WITH books AS (SELECT owner, sum(credit - debit) AS balance FROM journal_lines
            WHERE account = 'liability:escrow' GROUP BY owner)
        SELECT milestone_id, status, left_funded, balance FROM escrows
        LEFT JOIN books ON owner = milestone_id
        WHERE coalesce(balance, 0) <>
            CASE WHEN status IN ('funded', 'refunding') THEN left_funded ELSE 0 END
    """,
    "owed to assistants": """
        WITH books AS (SELECT owner, sum(credit - debit) AS balance FROM journal_lines
            WHERE account = 'liability:assistant_payable' GROUP BY owner),
        owed AS (SELECT assistant_id, sum(owed) AS owed FROM releases
            WHERE payout_id IS NULL GROUP BY assistant_id)
        SELECT * FROM books FULL JOIN owed ON owner = assistant_id
        WHERE coalesce(balance, 0) <> coalesce(owed, 0)
    """,
    "owed by assistants": """
        WITH books AS (SELECT owner, sum(debit - credit) AS balance FROM journal_lines
            WHERE account = 'asset:assistant_receivable' GROUP BY owner)
        SELECT * FROM books FULL JOIN assistants ON owner = person_id
        WHERE coalesce(balance, 0) <> coalesce(receivable, 0)
    """,
    "owed to and by the same assistant": """
        SELECT assistant_id, receivable, owed FROM releases
        JOIN assistants ON person_id = assistant_id
        WHERE payout_id IS NULL AND owed > 0 AND receivable > 0
    """,
    "credit of clients": """
        WITH books AS (SELECT owner, sum(credit - debit) AS balance FROM journal_lines
            WHERE account = 'liability:client_credit' GROUP BY owner),
        lots AS (SELECT client_id, sum(remaining) AS credit FROM credit_lots GROUP BY client_id)
        SELECT * FROM books FULL JOIN lots ON owner = client_id
        WHERE coalesce(balance, 0) <> coalesce(credit, 0)
    """,
    "owed back to clients": """
        WITH books AS (SELECT owner, sum(credit - debit) AS balance FROM journal_lines
            WHERE account = 'liability:refunds_payable' GROUP BY owner)
        SELECT owner, balance, refund_id, status, amount FROM books
        FULL JOIN refunds ON owner = refund_id
        WHERE coalesce(balance, 0) <>
            CASE WHEN status IN ('asked', 'failed') THEN amount ELSE 0 END
    """,
    "on their way to banks": """
        WITH books AS (SELECT owner, sum(credit - debit) AS balance FROM journal_lines
            WHERE account = 'liability:payout_in_transit' GROUP BY owner)
        SELECT owner, balance, payout_id, status, gross, transfer_fee FROM books
        FULL JOIN payouts ON owner = payout_id
        WHERE coalesce(balance, 0) <> CASE WHEN status IN ('requested', 'transferred', 'sent')
            THEN gross - transfer_fee ELSE 0 END
    """,
    "taken by banks": """
        SELECT open, balance FROM
            (SELECT coalesce(sum(amount), 0) AS open FROM chargebacks WHERE status = 'open') AS a,
            (SELECT coalesce(sum(debit - credit), 0) AS balance FROM journal_lines
             WHERE account = 'asset:dispute_receivable') AS b
        WHERE open <> balance
    """,
    "paid, and where it is": """
        SELECT milestone_id, funded, gross, returnable FROM
            (SELECT milestone_id, sum(amount - returned) AS returnable FROM fundings
             GROUP BY milestone_id) AS paid
            LEFT JOIN (SELECT milestone_id, sum(gross) AS gross FROM releases
             GROUP BY milestone_id) AS released USING (milestone_id)
            JOIN escrows USING (milestone_id)
        WHERE returnable > coalesce(gross, 0)
            + CASE WHEN status IN ('funded', 'refunding') THEN left_funded ELSE 0 END
    """,
}
# fmt: on


def check_rows(rows: Callable[[str], list[Any]]) -> None:
    """Assert that every row says what the books hold; `rows` returns what a query finds."""
    wrong = {what: found for what, query in WRONG.items() if (found := rows(query))}
    assert wrong == {}
