"""Chargebacks: the money is frozen, the bank is answered, and what it decides is booked."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding, give_back
from services.payments.domain.chargeback import (
    Chargeback,
    ChargebackStatus,
    ChargebackStep,
    FraudWarning,
    Loss,
    find_loss,
)
from services.payments.domain.escrow import Escrow, EscrowStep
from services.payments.domain.evidence import evidence_of
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import ChargebackChanged, FraudWarned
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import NOTHING, BorneBy
from services.payments.domain.refund import Refund, RefundReason, RefundStep
from services.payments.domain.release import sum_of, take_owed
from services.payments.domain.wallet import WalletLot
from services.payments.ports import Account, Work
from services.payments.use_cases.credit import tell_credit
from services.payments.use_cases.refunds import call_for, go_on, is_held, refund_rest
from services.payments.use_cases.telling import tell
from shared.calendar import day_in_japan
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    ChargebackView,
    FraudWarningView,
    MilestoneChargedBack,
)
from shared.money import Money
from shared.people import Person

logger = logging.getLogger(__name__)


def changed(news: ChargebackChanged, work: Work) -> None:
    """Follow a dispute of the processor; its events come in any order, and each tells all of it."""
    charge = work.charges.get(news.charge_id)
    if charge is None:
        raise Transient("charge_not_known_yet", "No payment of ours, as far as we know.")
    funded = _lock(charge, work)
    chargeback = work.chargebacks.find(news.dispute_id)
    if chargeback is None:
        chargeback = _new(news)
        work.chargebacks.add(chargeback)
        _answer(chargeback, charge, funded, work)
    entries = []
    if news.withdrawn and chargeback.move(ChargebackStep.OPEN):
        entries.append(_open(chargeback, news, funded, work))
    if news.won is not None and chargeback.status is ChargebackStatus.OPEN:
        # Won, and the money not back yet: another event tells of that.
        if news.won and news.reinstated and chargeback.move(ChargebackStep.WIN):
            entries += _win(chargeback, news, funded, work)
        elif not news.won and chargeback.move(ChargebackStep.LOSE):
            entries += _lose(chargeback, news, funded, work)
    work.chargebacks.save(chargeback)
    work.books.post(entries)
    if chargeback.status in {ChargebackStatus.WON, ChargebackStatus.LOST}:
        go_on(charge.charge_id, work)


def evidence_answered(operation: Operation, work: Work) -> None:
    """Keep what the bank was told."""
    if operation.status is OperationStatus.DECLINED:
        logger.error("evidence declined", extra={"chargeback_id": operation.subject})
        return
    chargeback = work.chargebacks.get(operation.subject)
    if chargeback:
        chargeback.evidence = operation.request["evidence"]
        work.chargebacks.save(chargeback)


def warned(news: FraudWarned, work: Work) -> None:
    """Keep a warning for the operators."""
    warning = FraudWarning(
        news.warning_id, news.charge_id, news.fraud_type, news.actionable, news.at
    )
    if work.chargebacks.warn(warning):
        logger.warning("fraud suspected", extra={"charge_id": news.charge_id})


def list_chargebacks(
    by: Person, work: Work, *, after: UUID | None, limit: int
) -> Sequence[ChargebackView]:
    """Return chargebacks, newest first (role operator)."""
    by.must_be(Role.OPERATOR)
    return [
        ChargebackView(
            chargeback_id=each.chargeback_id,
            dispute_id=each.dispute_id,
            charge_id=each.charge_id,
            milestone_ids=_milestones(each.charge_id, work),
            amount=each.amount,
            fee=each.fee,
            reason=each.reason,
            status=each.status,
            opened_at=each.opened_at,
            answer_until=each.answer_until,
            closed_at=each.closed_at,
            evidence=dict(each.evidence) if each.evidence else None,
        )
        for each in work.chargebacks.newest(after, limit)
    ]


def list_warnings(by: Person, work: Work, limit: int) -> Sequence[FraudWarningView]:
    """Return the newest warnings of fraud (role operator)."""
    by.must_be(Role.OPERATOR)
    return [
        FraudWarningView(
            warning_id=each.warning_id,
            charge_id=each.charge_id,
            milestone_ids=_milestones(each.charge_id, work),
            fraud_type=each.fraud_type,
            actionable=each.actionable,
            warned_at=each.warned_at,
        )
        for each in work.chargebacks.warnings(limit)
    ]


@dataclass(frozen=True)
class _Funded:
    """What a charge funded, locked: escrows with their share of it, and what is credit."""

    shares: list[tuple[Escrow, Funding]]
    lots: Sequence[CreditLot]
    accounts: dict[UUID, Account]

    @property
    def escrows(self) -> list[Escrow]:
        return [escrow for escrow, _ in self.shares]


def _lock(charge: Charge, work: Work) -> _Funded:
    milestone_ids = [each.milestone_id for each in work.charges.funded_by(charge.charge_id)]
    escrows = work.escrows.lock(milestone_ids)
    work.clients.lock(charge.client_id)
    accounts = work.assistants.lock({each.contract.assistant_id for each in escrows.values()})
    # Read again: another may have changed them while we waited for the locks.
    fundings = {each.milestone_id: each for each in work.charges.funded_by(charge.charge_id)}
    if fundings.keys() != escrows.keys():
        raise Transient("money_moved_meanwhile", "Some of it is another milestone's by now.")
    shares = [(escrows[key], fundings[key]) for key in sorted(escrows)]
    return _Funded(shares, work.charges.lots_of(charge.charge_id), accounts)


def _new(news: ChargebackChanged) -> Chargeback:
    return Chargeback(
        chargeback_id=new_id(),
        dispute_id=news.dispute_id,
        charge_id=news.charge_id,
        amount=news.amount,
        fee=news.fee,
        reason=news.reason,
        opened_at=news.opened_at,
        answer_until=news.answer_until,
    )


def _answer(chargeback: Chargeback, charge: Charge, funded: _Funded, work: Work) -> None:
    """Gather what was agreed, delivered and accepted, and have the bank told of it."""
    contact = work.people.contact(charge.client_id)
    evidence = evidence_of(
        work.chargebacks.facts({each.contract.contract_id for each in funded.escrows}),
        [each.milestone_id for each in funded.escrows],
        contact.email if contact else "",
        contact.display_name if contact else "",
    )
    if not evidence:
        return
    call = Operation(
        operation_id=new_id(),
        kind=OperationKind.SUBMIT_EVIDENCE,
        subject=chargeback.chargeback_id,
        request={"dispute_id": chargeback.dispute_id, "evidence": evidence},
        next_attempt_at=work.clock.now(),
    )
    work.operations.add([call])


def _open(
    chargeback: Chargeback, news: ChargebackChanged, funded: _Funded, work: Work
) -> JournalEntry:
    chargeback.fee = news.fee
    for escrow in funded.escrows:
        escrow.frozen += 1
        tell(
            ChargebackOpened,
            escrow,
            work,
            chargeback_id=chargeback.chargeback_id,
            amount=chargeback.amount,
            answer_until=chargeback.answer_until,
        )
    work.escrows.save(funded.escrows)
    return journal_entry(
        Fact.CHARGEBACK_OPENED,
        _happening(chargeback, news),
        amount=chargeback.amount,
        dispute_fee=chargeback.fee,
    )


def _win(
    chargeback: Chargeback, news: ChargebackChanged, funded: _Funded, work: Work
) -> list[JournalEntry]:
    """Go on with what waited."""
    _close(chargeback, news, funded, work)
    entries = [
        journal_entry(Fact.CHARGEBACK_WON, _happening(chargeback, news), amount=chargeback.amount)
    ]
    for escrow in funded.escrows:
        if escrow.to_refund and not escrow.frozen:
            entries += refund_rest(escrow, RefundReason.ENDED, work)
    return entries


def _lose(
    chargeback: Chargeback, news: ChargebackChanged, funded: _Funded, work: Work
) -> list[JournalEntry]:
    """Take the money from whoever has it: see find_loss for the order."""
    if lot := _lock_lot(chargeback.charge_id, work):
        return [_lose_of_wallet(chargeback, news, lot, work)]
    _close(chargeback, news, funded, work)
    refunds = work.refunds.unmade(chargeback.charge_id)
    held = {each.refund_id for each in refunds if is_held(each, work)}
    loss = find_loss(chargeback.amount, refunds, funded.lots, funded.shares, held)
    for refund in refunds:
        _overtake(refund, loss.refunds.get(refund.refund_id, NOTHING), work)
    work.charges.save_lots(funded.lots)
    work.charges.save([funding for _, funding in funded.shares])
    entries = [_lost(chargeback, news, loss, funded, work)]
    for escrow, _ in funded.shares:
        if escrow.milestone_id in loss.escrow:
            entries += _end(escrow, chargeback, loss.escrow[escrow.milestone_id], work)
        elif escrow.to_refund and not escrow.frozen:
            entries += refund_rest(escrow, RefundReason.ENDED, work)
    return entries


def _lost(
    chargeback: Chargeback, news: ChargebackChanged, loss: Loss, funded: _Funded, work: Work
) -> JournalEntry:
    bearing = _Bearing({}, {})
    if work.rules.chargeback_loss(day_in_japan(news.at)) is BorneBy.ASSISTANT:
        for escrow in funded.escrows:
            lost = loss.released.get(escrow.milestone_id, NOTHING)
            _charge_assistant(escrow, lost, funded.accounts, bearing, work)
    return journal_entry(
        Fact.CHARGEBACK_LOST,
        _happening(chargeback, news),
        refunds=loss.refunds,
        credit=loss.credit,
        escrow=loss.escrow,
        payable=bearing.payable,
        receivable=bearing.receivable,
        loss=sum_of(loss.released.values()) - bearing.total,
    )


def _lock_lot(charge_id: str, work: Work) -> WalletLot | None:
    lot = work.wallets.lot(charge_id)
    if lot is None:
        return None
    work.wallets.lock(lot.program_id)
    # Read again: another may have changed it while we waited for the lock.
    return work.wallets.lot(charge_id)


def _lose_of_wallet(
    chargeback: Chargeback, news: ChargebackChanged, lot: WalletLot, work: Work
) -> JournalEntry:
    """Take what is free of the sponsor's wallet, then refunds; what was spent is our loss.

    It is made up for by what comes to be free again: see make_up.
    """
    chargeback.closed_at = news.at
    free = min(work.wallets.available(lot.program_id), lot.remaining, chargeback.amount)
    left = chargeback.amount - free
    refunds = {}
    for refund in work.refunds.unmade(chargeback.charge_id):
        part = min(left, refund.amount)
        if part:
            refunds[refund.refund_id] = part
            left -= part
            _overtake(refund, part, work)
    lot.remaining -= min(lot.remaining, free + left)
    lot.lost += left
    work.wallets.save_lots([lot])
    owners = {Owner.PROGRAM: lot.program_id}
    return journal_entry(
        Fact.WALLET_CHARGED_BACK,
        Happening(lot.program_id, chargeback.dispute_id, news.at, owners),
        amount=free,
        refunds=refunds,
        loss=left,
    )


@dataclass(frozen=True)
class _Bearing:
    """What assistants bear of a loss: taken from what is owed to them, or owed by them now."""

    payable: dict[UUID, Money]
    receivable: dict[UUID, Money]

    @property
    def total(self) -> Money:
        return sum_of((*self.payable.values(), *self.receivable.values()))


def _charge_assistant(
    escrow: Escrow, lost: Money, accounts: dict[UUID, Account], bearing: _Bearing, work: Work
) -> None:
    """Let the assistant bear their net of what was released; the fees are our loss."""
    assistant_id = escrow.contract.assistant_id
    account = accounts[assistant_id]
    releases = work.releases.of_milestone(escrow.milestone_id)
    net = min(lost, sum_of(each.division.net for each in releases))
    owed = work.releases.payable(assistant_id)
    taken = take_owed(owed, net)
    work.releases.save(owed)
    account.receivable += net - taken
    work.assistants.save([account])
    for parts, part in ((bearing.payable, taken), (bearing.receivable, net - taken)):
        parts[assistant_id] = parts.get(assistant_id, NOTHING) + part


def _end(escrow: Escrow, chargeback: Chargeback, lost: Money, work: Work) -> list[JournalEntry]:
    """End a milestone whose escrow was taken; what it left there is the client's credit."""
    rest = escrow.held - lost
    escrow.move(EscrowStep.CHARGE_BACK)
    escrow.left = escrow.left - escrow.left
    escrow.to_refund = NOTHING
    work.escrows.save([escrow])
    tell(MilestoneChargedBack, escrow, work, chargeback_id=chargeback.chargeback_id, amount=lost)
    if not rest:
        return []
    fundings = work.charges.fundings(escrow.milestone_id)
    client_id = escrow.contract.client_id
    lots = [
        CreditLot(new_id(), client_id, charge_id, part, part)
        for charge_id, part in give_back(fundings, rest)
    ]
    work.charges.save(fundings)
    work.charges.add_lots(lots)
    tell_credit(client_id, rest, work)
    source = f"{chargeback.dispute_id}:{escrow.milestone_id}"
    happening = Happening(escrow.milestone_id, source, work.clock.now(), escrow.owners)
    return [journal_entry(Fact.ESCROW_TO_CREDIT, happening, amount=rest)]


def _close(chargeback: Chargeback, news: ChargebackChanged, funded: _Funded, work: Work) -> None:
    chargeback.closed_at = news.at
    for escrow in funded.escrows:
        escrow.frozen -= 1
        tell(
            ChargebackClosed,
            escrow,
            work,
            chargeback_id=chargeback.chargeback_id,
            won=chargeback.status is ChargebackStatus.WON,
        )
    work.escrows.save(funded.escrows)


def _overtake(refund: Refund, taken: Money, work: Work) -> None:
    """Give up a refund, or a part of it: the client's bank was faster."""
    if not taken:
        return
    pending = work.operations.pending(refund.refund_id, OperationKind.CREATE_REFUND)
    if pending:
        pending.withdraw("charged_back")
        work.operations.save([pending])
    if taken == refund.amount:
        refund.move(RefundStep.OVERTAKE)
    else:
        refund.amount -= taken
        if pending:
            work.operations.add([call_for(refund, work)])
    work.refunds.save(refund)


def _milestones(charge_id: str, work: Work) -> tuple[UUID, ...]:
    return tuple(each.milestone_id for each in work.charges.funded_by(charge_id))


def _happening(chargeback: Chargeback, news: ChargebackChanged) -> Happening:
    return Happening(chargeback.chargeback_id, chargeback.dispute_id, news.at, {})
