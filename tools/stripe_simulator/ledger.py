"""Balances: every change is a balance transaction, pending until its time has come."""

from dataclasses import dataclass
from typing import Any

from tools.stripe_simulator.ids import new_id
from tools.stripe_simulator.simulator import Simulator
from tools.stripe_simulator.store import Obj


@dataclass(frozen=True)
class Balance:
    """What an account has, in yen."""

    available: int
    pending: int


def book(
    simulator: Simulator,
    account: str,
    *,
    kind: str,
    amount: int,
    source: str | None,
    category: str = "",
    fee: int = 0,
    fee_description: str = "Stripe processing fees",
    available_on: int | None = None,
    description: str | None = None,
) -> Obj:
    """Book a balance transaction of `amount` less `fee`, available now unless said otherwise."""
    now = simulator.now
    available_on = now if available_on is None else max(available_on, now)
    matured = available_on <= now
    detail: dict[str, Any] = {
        "amount": fee,
        "application": None,
        "currency": "jpy",
        "description": fee_description,
        "type": "stripe_fee",
    }
    transaction: Obj = {
        "id": new_id("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": available_on,
        "balance_type": "payments",
        "created": now,
        "currency": "jpy",
        "description": description,
        "exchange_rate": None,
        "fee": fee,
        "fee_details": [detail] if fee else [],
        "net": amount - fee,
        "reporting_category": category or kind,
        "source": source,
        "status": "available" if matured else "pending",
        "type": kind,
    }
    simulator.add(transaction, account)
    simulator.store.db.execute(
        "INSERT INTO entries (id, account, net, available_on, matured) VALUES (?, ?, ?, ?, ?)",
        (transaction["id"], account, amount - fee, available_on, matured),
    )
    column = "available" if matured else "pending"
    simulator.store.db.execute(
        f"INSERT INTO balances (account, {column}) VALUES (?, ?)"  # noqa: S608 - two literals
        f" ON CONFLICT (account) DO UPDATE SET {column} = {column} + excluded.{column}",
        (account, amount - fee),
    )
    return transaction


def mature(simulator: Simulator) -> None:
    """Make available what the clock has reached."""
    database = simulator.store.db
    due = database.execute(
        "SELECT id, account, net FROM entries WHERE matured = 0 AND available_on <= ?",
        (simulator.now,),
    ).fetchall()
    if not due:
        return
    with simulator.store.transaction():
        for entry, account, net in due:
            database.execute("UPDATE entries SET matured = 1 WHERE id = ?", (entry,))
            database.execute(
                "UPDATE objects SET body = json_set(body, '$.status', 'available') WHERE id = ?",
                (entry,),
            )
            database.execute(
                "UPDATE balances SET available = available + ?, pending = pending - ?"
                " WHERE account = ?",
                (net, net, account),
            )


def balance(simulator: Simulator, account: str) -> Balance:
    """Return what an account has now."""
    mature(simulator)
    row = simulator.store.db.execute(
        "SELECT available, pending FROM balances WHERE account = ?", (account,)
    ).fetchone()
    return Balance(*row) if row else Balance(0, 0)
