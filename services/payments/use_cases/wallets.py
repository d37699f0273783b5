"""A wallet to look at, month by month; what is left goes back, and the partner is paid."""

from collections import Counter
from collections.abc import Sequence
from typing import Final
from uuid import UUID, uuid5

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.periods import Period
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.refund import Refund, RefundReason
from services.payments.domain.wallet import (
    Sums,
    Wallet,
    no_such_wallet,
    take_lots,
    wallet_short,
)
from services.payments.ports import Work
from services.payments.ports.wallets import WalletEntry
from services.payments.use_cases.refunds import call_for
from services.payments.use_cases.rights import must_fund, must_see_payments
from shared.csv_lines import csv_line
from shared.errors import Rejected
from shared.four_eyes import Approval, Wanted, held
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.operations import ApprovalView
from shared.messages.program_money import SponsorshipKind
from shared.messages.wallets import (
    PayPartner,
    WalletEntryKind,
    WalletEntryView,
    WalletStatementView,
    WalletView,
)
from shared.money import Money, yen
from shared.people import Person, Right
from shared.pseudonyms import beneficiary_of

PARTNER_PAYMENT: Final = "partner_payment"
_KINDS: Final = {
    Fact.WALLET_TOPPED_UP: WalletEntryKind.TOPPED_UP,
    Fact.SPONSORSHIP_RESERVED: WalletEntryKind.RESERVED,
    Fact.SPONSORSHIP_SETTLED: WalletEntryKind.PAID,
    Fact.SPONSORSHIP_RETURNED: WalletEntryKind.RETURNED,
    Fact.SPONSORSHIP_TAKEN_BACK: WalletEntryKind.TAKEN_BACK,
    Fact.WALLET_REFUND_ASKED: WalletEntryKind.GIVEN_BACK,
    Fact.WALLET_CHARGED_BACK: WalletEntryKind.GIVEN_BACK,
    Fact.WALLET_LOSS_MADE_UP: WalletEntryKind.GIVEN_BACK,
}
_COLUMNS: Final = (
    "entry_id",
    "at",
    "kind",
    "sponsorship_id",
    "beneficiary",
    "paid_for",
    "reference",
    "amount",
    "available",
    "reserved",
)


def get_wallet(program_id: UUID, by: Person, work: Work) -> WalletView:
    """Return a wallet, to who may see its money: of the sponsor, the partner, or an operator."""
    wallet = _found(program_id, work)
    if not by.is_a(Role.OPERATOR):
        if by.stands_for(wallet.partner_id) and not by.stands_for(wallet.sponsor_id):
            by.must(Right.SEE_MONEY, wallet.partner_id)
        else:
            must_see_payments(by, wallet.sponsor_id, no_such_wallet())
    return _view(wallet, work.wallets.sums(program_id))


def get_statement(program_id: UUID, month: str, by: Person, work: Work) -> WalletStatementView:
    """Return what moved in a month, to the sponsor (see the money) or an operator.

    It is read from the journal, and compared with the balances that the ledger keeps.
    """
    wallet = _found(program_id, work)
    if not by.is_a(Role.OPERATOR):
        if not by.stands_for(wallet.sponsor_id):
            raise no_such_wallet()
        by.must(Right.SEE_MONEY, wallet.sponsor_id)
    period = Period.month(month)
    entries = work.wallets.entries(program_id)
    before = [each for each in entries if each.occurred_at < period.begins]
    during = [each for each in entries if period.begins <= each.occurred_at < period.ends]
    after = entries[len(before) + len(during) :]
    opening = sum(each.available for each in before), sum(each.reserved for each in before)
    lines = _lines(program_id, during, opening)
    closing = (
        work.wallets.available(program_id).amount - sum(each.available for each in after),
        work.wallets.reserved(program_id).amount - sum(each.reserved for each in after),
    )
    last = (lines[-1].available.amount, lines[-1].reserved.amount) if lines else opening
    return WalletStatementView(
        program_id=program_id,
        month=month,
        opening_available=yen(opening[0]),
        opening_reserved=yen(opening[1]),
        lines=lines,
        closing_available=yen(closing[0]),
        closing_reserved=yen(closing[1]),
        paid=_paid(lines),
        taken_back=_taken_back(during),
        reconciles=last == closing,
    )


def as_csv(statement: WalletStatementView) -> str:
    """Return the lines of a statement as CSV (RFC 4180), amounts in yen."""
    rows = [line.model_dump(mode="json") for line in statement.lines]
    return csv_line(_COLUMNS) + "".join(
        csv_line(
            row[each]["amount"] if isinstance(row[each], dict) else row[each] for each in _COLUMNS
        )
        for row in rows
    )


def refund(program_id: UUID, by: Person, work: Work) -> WalletView:
    """Give back what is free in a wallet, the way it came (the sponsor's members who may fund).

    Raises Rejected (`wallet_short`) when nothing is free, or a bank has yet to decide on it.
    """
    wallet = _locked(program_id, work)
    must_fund(by, wallet.sponsor_id, no_such_wallet())
    amount = work.wallets.available(program_id)
    if not amount:
        raise wallet_short()
    lots = work.wallets.lots(program_id)
    now = work.clock.now()
    refunds = [
        Refund(new_id(), wallet.sponsor_id, None, charge_id, part, RefundReason.CREDIT, now)
        for charge_id, part in take_lots(lots, amount)
    ]
    work.wallets.save_lots(lots)
    work.refunds.add(refunds)
    work.operations.add([call_for(each, work) for each in refunds])
    work.books.post([_asked(each, wallet) for each in refunds])
    return _view(wallet, work.wallets.sums(program_id))


def pay_partner(
    program_id: UUID, command: PayPartner, by: Person, work: Work
) -> WalletView | ApprovalView:
    """Record that tuition was paid to the partner (role operator; above a limit two of them).

    Raises Rejected (`more_than_owed`).
    """
    by.must_be(Role.OPERATOR)
    wallet = _locked(program_id, work)
    _check_owed(wallet, command, work)
    order = command.model_dump(mode="json")
    wanted = Wanted(
        PARTNER_PAYMENT, program_id, command.amount.as_money(), command.reference, order
    )
    return held(wanted, by, work) or _pay(wallet, command, work)


def carry_out_payment(approval: Approval, work: Work) -> None:
    """Record a payment to a partner, now that a second operator approves of it."""
    command = PayPartner.model_validate(approval.wanted.order)
    wallet = _locked(approval.wanted.subject, work)
    _check_owed(wallet, command, work)
    _pay(wallet, command, work)


def _pay(wallet: Wallet, command: PayPartner, work: Work) -> WalletView:
    owners = {Owner.PARTNER: wallet.partner_id}
    # The same line of a bank's statement is the same payment.
    name = f"{command.paid_on}:{command.reference}:{command.amount.amount}"
    source = str(uuid5(wallet.program_id, name))
    happening = Happening(wallet.program_id, source, work.clock.now(), owners)
    amount = command.amount.as_money()
    work.books.post([journal_entry(Fact.PARTNER_PAID, happening, amount=amount)])
    return _view(wallet, work.wallets.sums(wallet.program_id))


def _check_owed(wallet: Wallet, command: PayPartner, work: Work) -> None:
    owed = work.wallets.sums(wallet.program_id).owed_to_partner
    if owed < command.amount.as_money():
        raise Rejected("more_than_owed", "Less is owed to the partner than that.", owed=owed.amount)


def _asked(refunded: Refund, wallet: Wallet) -> JournalEntry:
    owners = refunded.owners | {Owner.PROGRAM: wallet.program_id}
    happening = Happening(wallet.program_id, str(refunded.refund_id), refunded.asked_at, owners)
    return journal_entry(Fact.WALLET_REFUND_ASKED, happening, amount=refunded.amount)


def _lines(
    program_id: UUID, entries: Sequence[WalletEntry], opening: tuple[int, int]
) -> tuple[WalletEntryView, ...]:
    available, reserved = opening
    lines = []
    for each in entries:
        available += each.available
        reserved += each.reserved
        moved = each.available or each.reserved
        person_id = each.person_id
        lines.append(
            WalletEntryView(
                entry_id=uuid5(program_id, f"entry:{each.number}"),
                at=each.occurred_at,
                kind=_KINDS[Fact(each.fact)],
                sponsorship_id=each.sponsorship_id,
                beneficiary=beneficiary_of(program_id, person_id) if person_id else None,
                paid_for=each.kind,
                reference=each.reference,
                amount=yen(abs(moved)),
                available=yen(available),
                reserved=yen(reserved),
            )
        )
    return tuple(lines)


def _paid(lines: Sequence[WalletEntryView]) -> dict[SponsorshipKind, Money]:
    paid: Counter[SponsorshipKind] = Counter()
    for each in lines:
        if each.kind is WalletEntryKind.PAID and each.paid_for:
            paid[each.paid_for] += each.amount.amount
    return {kind: yen(paid[kind]) for kind in SponsorshipKind}


def _taken_back(entries: Sequence[WalletEntry]) -> Money:
    """Return what of it had been paid: what was only set aside leaves there what it adds here."""
    taken = [each for each in entries if each.fact == Fact.SPONSORSHIP_TAKEN_BACK]
    return yen(sum(each.available + each.reserved for each in taken))


def _view(wallet: Wallet, sums: Sums) -> WalletView:
    return WalletView(
        program_id=wallet.program_id,
        sponsor_id=wallet.sponsor_id,
        partner_id=wallet.partner_id,
        title=wallet.title,
        total_cap=wallet.total_cap,
        person_cap=wallet.person_cap,
        funded=sums.funded,
        available=sums.available,
        reserved=sums.reserved,
        paid=sums.paid,
        given_back=sums.given_back,
        owed_to_partner=sums.owed_to_partner,
    )


def _found(program_id: UUID, work: Work) -> Wallet:
    wallet = work.wallets.get(program_id)
    if wallet is None:
        raise no_such_wallet()
    return wallet


def _locked(program_id: UUID, work: Work) -> Wallet:
    wallet = work.wallets.lock(program_id)
    if wallet is None:
        raise no_such_wallet()
    return wallet
