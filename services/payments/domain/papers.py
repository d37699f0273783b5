"""How each document is made of what happened: receipts, invoices, return invoices, payouts.

Who issues an invoice follows the mode: in principal mode the market sells to the client; in
brokered mode the assistant does, and the market issues the invoice on the assistant's behalf. The
market invoices the assistant for its fee in both. Amounts are whole yen.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.payments.domain.documents import (
    Column,
    Detail,
    Document,
    Issuer,
    Item,
    Party,
    Row,
    Sum,
    Table,
    number_of,
    tax_totals,
)
from shared.messages.documents import DocumentKind
from shared.messages.jobs import Mode


@dataclass(frozen=True, slots=True)
class Shares:
    """What everybody had of a released price: gross = net + fee + its tax + withholding."""

    price: int
    tax: int
    gross: int
    net: int
    platform_fee: int
    platform_fee_tax: int
    withholding: int

    def __add__(self, other: "Shares") -> "Shares":
        """Return the sums."""
        return Shares(
            self.price + other.price,
            self.tax + other.tax,
            self.gross + other.gross,
            self.net + other.net,
            self.platform_fee + other.platform_fee,
            self.platform_fee_tax + other.platform_fee_tax,
            self.withholding + other.withholding,
        )

    def __neg__(self) -> "Shares":
        """Return what is taken back."""
        return Shares(
            -self.price,
            -self.tax,
            -self.gross,
            -self.net,
            -self.platform_fee,
            -self.platform_fee_tax,
            -self.withholding,
        )

    @property
    def kept_by_client(self) -> int:
        """The income tax that the client withholds (brokered mode): it was never paid to us."""
        return self.price + self.tax - self.gross

    @property
    def withheld(self) -> int:
        """The income tax withheld, by whomever."""
        return self.withholding + self.kept_by_client


@dataclass(frozen=True, slots=True)
class Parties:
    """The three sides of a contract, as documents of one day name them."""

    market: Issuer
    client: Party
    assistant: Party


@dataclass(frozen=True, slots=True)
class Released:
    """A release as it was made: what refunds took from it later is in `Reversed`."""

    release_id: UUID
    title: str
    mode: Mode
    basis_points: int
    released_on: date
    shares: Shares
    parties: Parties


@dataclass(frozen=True, slots=True)
class Reversed:
    """What a refund took back of a release."""

    released: Released
    shares: Shares


@dataclass(frozen=True, slots=True)
class Refunded:
    """A refund after the release: what it took back of releases, all of one milestone."""

    refund_id: UUID
    refunded_on: date
    taken: tuple[Reversed, ...]

    @property
    def parties(self) -> Parties:
        """The sides of the contract."""
        return self.taken[0].released.parties

    @property
    def fee(self) -> int:
        """What of the market's fee it gave back, with tax."""
        return sum(each.shares.platform_fee + each.shares.platform_fee_tax for each in self.taken)


@dataclass(frozen=True, slots=True)
class Charged:
    """A captured payment; `parts` are the milestones that it paid for, `credit` the rest.

    `wallet` is what it paid into a sponsor's wallet.
    """

    market: Issuer
    client: Party
    charge_id: str
    method: str
    amount: int
    captured_on: date
    parts: tuple[tuple[str, int], ...]
    credit: int
    wallet: int = 0


@dataclass(frozen=True, slots=True)
class PaidOut:
    """A payout as it was asked for; `gross` is what was owed of the nets, `transfer_fee` within.

    `sponsored` came from sponsors' wallets: it is no pay for work, and has no fee.
    """

    market: Issuer
    assistant: Party
    payout_id: UUID
    requested_on: date
    payday: date
    gross: int
    transfer_fee: int
    released: tuple[Released, ...]
    sponsored: int = 0


_TO_THE_NET: Final[Mapping[Column, Callable[[Shares], int]]] = {
    Column.PRICE: lambda shares: shares.price,
    Column.TAX: lambda shares: shares.tax,
    Column.WITHHOLDING: lambda shares: -shares.withheld,
    Column.FEE: lambda shares: -shares.platform_fee,
    Column.FEE_TAX: lambda shares: -shares.platform_fee_tax,
    Column.NET: lambda shares: shares.net,
}
_INVOICE_COLUMNS: Final = (Column.ACCEPTED_ON, Column.TITLE, Column.RATE, Column.PRICE)


def receipt(charged: Charged) -> Document:
    """Return the receipt of a payment, for the client."""
    rows: list[Row] = [
        {Column.WHAT: "escrow", Column.TITLE: title, Column.AMOUNT: amount}
        for title, amount in charged.parts
    ]
    if charged.credit:
        rows.append({Column.WHAT: "credit", Column.TITLE: "", Column.AMOUNT: charged.credit})
    if charged.wallet:
        rows.append({Column.WHAT: "wallet", Column.TITLE: "", Column.AMOUNT: charged.wallet})
    return Document(
        kind=DocumentKind.RECEIPT,
        id=charged.charge_id,
        issued_on=charged.captured_on,
        market=charged.market.market,
        issuer=charged.market,
        recipient=charged.client,
        total=charged.amount,
        tables=(Table("payment", (Column.WHAT, Column.TITLE, Column.AMOUNT), tuple(rows)),),
        details=(
            Detail(Column.DAY, charged.captured_on),
            Detail(Column.METHOD, charged.method),
            Detail(Column.CHARGE, charged.charge_id),
        ),
        notes=("receipt_is_no_invoice", "no_stamp_duty"),
    )


def invoice(released: Released) -> Document:
    """Return the invoice for a release, to the client."""
    shares = released.shares
    issuer, agent = _seller(released)
    total = shares.price + shares.tax
    sums = [Sum("subtotal", shares.price), Sum("tax", shares.tax), Sum("total", total)]
    if shares.kept_by_client:
        sums.append(Sum("withheld_by_client", -shares.kept_by_client))
    sums += [Sum("paid_from_escrow", -shares.gross), Sum("still_to_pay", 0)]
    return Document(
        kind=DocumentKind.INVOICE,
        id=str(released.release_id),
        issued_on=released.released_on,
        market=released.parties.market.market,
        issuer=issuer,
        agent=agent,
        recipient=released.parties.client,
        total=total,
        tables=(_items("items", [_sold(released, shares)]),),
        taxes=tax_totals([_sold(released, shares)]),
        sums=tuple(sums),
        notes=_invoice_notes(
            issuer, agent, *(("client_withholds",) if shares.kept_by_client else ())
        ),
        qualified=issuer.registration_number is not None,
    )


def fee_invoice(released: Released) -> Document:
    """Return the invoice for the market's fee on a release, to the assistant."""
    shares, market = released.shares, released.parties.market
    total = shares.platform_fee + shares.platform_fee_tax
    return Document(
        kind=DocumentKind.FEE_INVOICE,
        id=str(released.release_id),
        issued_on=released.released_on,
        market=market.market,
        issuer=market,
        recipient=released.parties.assistant,
        total=total,
        tables=(_items("fees", [_fee(released, shares)]),),
        taxes=tax_totals([_fee(released, shares)]),
        sums=(
            Sum("subtotal", shares.platform_fee),
            Sum("tax", shares.platform_fee_tax),
            Sum("total", total),
            Sum("taken_from_price", -total),
            Sum("still_to_pay", 0),
        ),
        notes=_invoice_notes(market, None),
        qualified=market.registration_number is not None,
    )


def return_invoice(refunded: Refunded) -> Document:
    """Return the return invoice for what a refund gave back of releases, to the client.

    It is issued by whoever issued their invoices.
    """
    taken = refunded.taken
    issuer, agent = _seller(taken[0].released)
    kept = sum(each.shares.kept_by_client for each in taken)
    return _returned(
        DocumentKind.RETURN_INVOICE,
        refunded,
        [_sold(each.released, each.shares) for each in taken],
        issuer=issuer,
        agent=agent,
        recipient=refunded.parties.client,
        less=(Sum("withheld_by_client", -kept),) if kept else (),
    )


def fee_return_invoice(refunded: Refunded) -> Document:
    """Return the return invoice for the fee that a refund gave back, to the assistant."""
    return _returned(
        DocumentKind.FEE_RETURN_INVOICE,
        refunded,
        [_fee(each.released, each.shares) for each in refunded.taken],
        issuer=refunded.parties.market,
        agent=None,
        recipient=refunded.parties.assistant,
        less=(),
    )


def payout_statement(paid: PaidOut) -> Document:
    """Return the statement of a payout: from prices to what the bank gets."""
    table = shares_table(
        "released", ((each.released_on, each.title, each.shares) for each in paid.released)
    )
    nets = table.totals[Column.NET]
    sums = [Sum("nets", nets)]
    if paid.sponsored:
        sums.append(Sum("sponsored", paid.sponsored))
    if set_off := nets + paid.sponsored - paid.gross:
        sums.append(Sum("set_off", -set_off))
    sums += [
        Sum("transfer_fee", -paid.transfer_fee),
        Sum("to_bank", paid.gross - paid.transfer_fee),
    ]
    return Document(
        kind=DocumentKind.PAYOUT_STATEMENT,
        id=str(paid.payout_id),
        issued_on=paid.requested_on,
        market=paid.market.market,
        issuer=paid.market,
        recipient=paid.assistant,
        total=paid.gross - paid.transfer_fee,
        tables=(table,),
        sums=tuple(sums),
        details=(Detail(Column.PAYDAY, paid.payday),),
        notes=_statement_notes(paid),
    )


def shares_table(name: str, lines: Iterable[tuple[date, str, Shares]]) -> Table:
    """Return a table that leads from each price to its net."""
    rows: list[Row] = []
    for day, title, shares in lines:
        amounts = {column: of(shares) for column, of in _TO_THE_NET.items()}
        rows.append({Column.ACCEPTED_ON: day, Column.TITLE: title, **amounts})
    return Table(name, (Column.ACCEPTED_ON, Column.TITLE, *_TO_THE_NET), tuple(rows))


def _seller(released: Released) -> tuple[Party, Party | None]:
    parties = released.parties
    if released.mode is Mode.PRINCIPAL:
        return parties.market, None
    agent = parties.market
    if parties.assistant.registration_number:
        return parties.assistant, agent
    # An intermediary's number serves registered issuers only: it must not seem to serve this one.
    return parties.assistant, Party(agent.name, agent.address)


def _sold(released: Released, shares: Shares) -> Item:
    return Item(
        released.title, shares.price, released.basis_points, shares.tax, released.released_on
    )


def _fee(released: Released, shares: Shares) -> Item:
    return Item(
        released.title,
        shares.platform_fee,
        released.basis_points,
        shares.platform_fee_tax,
        released.released_on,
    )


def _items(name: str, items: Sequence[Item], invoices: Sequence[str] = ()) -> Table:
    rows: list[Row] = [
        {
            Column.ACCEPTED_ON: each.accepted_on,
            Column.TITLE: each.title,
            Column.RATE: each.basis_points,
            Column.PRICE: each.price,
        }
        for each in items
    ]
    if not invoices:
        return Table(name, _INVOICE_COLUMNS, tuple(rows))
    columns = (Column.INVOICE, *_INVOICE_COLUMNS)
    numbered = ({Column.INVOICE: number, **row} for number, row in zip(invoices, rows, strict=True))
    return Table(name, columns, tuple(numbered))


def _returned(
    kind: DocumentKind,
    refunded: Refunded,
    items: Sequence[Item],
    *,
    issuer: Party,
    agent: Party | None,
    recipient: Party,
    less: tuple[Sum, ...],
) -> Document:
    original = {
        DocumentKind.RETURN_INVOICE: DocumentKind.INVOICE,
        DocumentKind.FEE_RETURN_INVOICE: DocumentKind.FEE_INVOICE,
    }[kind]
    numbers = [
        number_of(original, str(each.released.release_id), each.released.released_on)
        for each in refunded.taken
    ]
    price = sum(each.price for each in items)
    tax = sum(each.tax for each in items)
    sums = (Sum("subtotal", price), Sum("tax", tax), Sum("given_back", price + tax), *less)
    if less:
        sums += (Sum("refunded", price + tax + sum(each.amount for each in less)),)
    return Document(
        kind=kind,
        id=str(refunded.refund_id),
        issued_on=refunded.refunded_on,
        market=refunded.parties.market.market,
        issuer=issuer,
        agent=agent,
        recipient=recipient,
        total=price + tax,
        tables=(_items("returned", items, numbers),),
        taxes=tax_totals(items),
        sums=sums,
        details=(Detail(Column.DAY, refunded.refunded_on),),
        notes=_invoice_notes(issuer, agent),
        qualified=issuer.registration_number is not None,
    )


def _invoice_notes(issuer: Party, agent: Party | None, *more: str) -> tuple[str, ...]:
    notes = ("issued_on_behalf", *more) if agent else more
    return notes if issuer.registration_number else ("not_qualified", *notes)


def _statement_notes(paid: PaidOut) -> tuple[str, ...]:
    modes = {each.mode for each in paid.released if each.shares.withheld}
    notes = []
    if Mode.PRINCIPAL in modes:
        notes.append("market_withheld")
    if Mode.BROKERED in modes:
        notes.append("clients_withheld")
    return (*notes, "fee_invoices_apart")
