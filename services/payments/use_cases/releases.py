"""Money that becomes the assistant's: accepted milestones, parts of them, and awards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.payments.domain.escrow import Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.postings import Fact
from services.payments.domain.rates import NOTHING, Amounts, PayoutRules, divide
from services.payments.domain.refund import RefundReason
from services.payments.domain.release import Release
from services.payments.ports import Account, Work
from services.payments.use_cases.known import known, lock_known
from services.payments.use_cases.refunds import refund_rest
from services.payments.use_cases.setting_off import set_off
from services.payments.use_cases.telling import tell
from services.payments.use_cases.terms import terms_of
from shared.calendar import day_in_japan, pay_by, payday
from shared.errors import Rejected, Transient
from shared.ids import new_id
from shared.messages.contracts import (
    DisputeResolved,
    MilestoneAccepted,
    MilestonePartlyAccepted,
)
from shared.messages.payments import EscrowReleased
from shared.messages.retainers import MilestoneSettled
from shared.money import Money


def release_escrows(accepted: Sequence[MilestoneAccepted], work: Work) -> None:
    """Divide what is in escrow for accepted milestones.

    Raises Transient for one that isn't funded yet, as far as we know; the others then wait too.
    """
    escrows = work.escrows.lock(each.milestone_id for each in accepted)
    parts = []
    for each in accepted:
        escrow = known(each.milestone_id, escrows)
        if escrow.move(EscrowStep.RELEASE):
            parts.append(_take(escrow, escrow.left.price, "accepted", work))
    work.books.post(_release(parts, work))


def release_part(accepted: MilestonePartlyAccepted, work: Work) -> None:
    """Divide the accepted part's share of the escrow; the rest stays there."""
    escrow = lock_known(accepted.milestone_id, work)
    source = str(accepted.acceptance_id)
    if _released(escrow, source, work) or not escrow.move(EscrowStep.RELEASE_PART):
        return
    work.books.post(_release([_take(escrow, accepted.price, source, work)], work))


def resolve(resolved: DisputeResolved, work: Work) -> None:
    """Divide what is left in escrow as a dispute was decided."""
    _divide_rest(resolved, str(resolved.dispute_id), work)


def settle(settled: MilestoneSettled, work: Work) -> None:
    """Divide what is left in escrow by the hours that were worked of a period."""
    _divide_rest(settled, str(settled.settlement_id), work)


def _divide_rest(resolved: DisputeResolved | MilestoneSettled, source: str, work: Work) -> None:
    """Divide what is left in escrow between the parties: any split that adds up.

    Raises Rejected (`split_does_not_add_up`): nothing moves, and an operator has to look. Raises
    Transient (`price_change_not_known_yet`) while more is left than contracts knows of.
    """
    escrow = lock_known(resolved.milestone_id, work)
    if _released(escrow, source, work):
        return
    if not escrow.can(EscrowStep.RELEASE):
        # Told before, or before the payment.
        unfunded = escrow.can(EscrowStep.START_FUNDING)
        escrow.move(EscrowStep.END if resolved.to_client and not unfunded else EscrowStep.RELEASE)
        return
    left, parts = escrow.left.price, (resolved.to_assistant, resolved.to_client)
    together = sum(each.amount for each in parts)
    if together < left.amount:
        raise Transient("price_change_not_known_yet", "The lower price has to be told first.")
    if {each.currency for each in parts} != {left.currency} or together != left.amount:
        raise Rejected(
            "split_does_not_add_up",
            "The two parts have to add up to what is left of the price.",
            to_assistant=resolved.to_assistant.amount,
            to_client=resolved.to_client.amount,
            left=left.amount,
        )
    escrow.move(EscrowStep.END if resolved.to_client else EscrowStep.RELEASE)
    entries = []
    if resolved.to_assistant:
        entries += _release([_take(escrow, resolved.to_assistant, source, work)], work)
    if resolved.to_client:
        entries += refund_rest(escrow, RefundReason.ENDED, work)
    work.books.post(entries)


def release_taken(escrow: Escrow, taken: Amounts, source: str, work: Work) -> list[JournalEntry]:
    """Release what was taken of an escrow already; return the entries to be posted."""
    return _release([_Part(escrow, taken, source)], work)


@dataclass(frozen=True)
class _Part:
    """What is to be released; it was taken from what is left of the escrow."""

    escrow: Escrow
    amounts: Amounts
    source: str


def _take(escrow: Escrow, price: Money, source: str, work: Work) -> _Part:
    return _Part(escrow, escrow.take(price, terms_of(escrow, work)), source)


def _released(escrow: Escrow, source: str, work: Work) -> bool:
    releases = work.releases.of_milestone(escrow.milestone_id)
    return any(each.source == source for each in releases)


def _release(parts: Sequence[_Part], work: Work) -> list[JournalEntry]:
    """Keep what was released, tell of it, and return the entries to be posted."""
    if not parts:
        return []
    now = work.clock.now()
    accounts = work.assistants.lock({each.escrow.contract.assistant_id for each in parts})
    rules = work.rules.payouts(day_in_japan(now))
    releases = [_divide(each, rules, now, work) for each in parts]
    work.escrows.save([each.escrow for each in parts])
    entries = [
        entry
        for part, release in zip(parts, releases, strict=True)
        for entry in _entries(part.escrow, release, accounts[release.assistant_id], work)
    ]
    work.assistants.save(accounts.values())
    work.releases.add(releases)
    return entries


def _divide(part: _Part, rules: PayoutRules, now: datetime, work: Work) -> Release:
    escrow, contract, cost = part.escrow, part.escrow.contract, part.amounts
    rates = terms_of(escrow, work)
    division = divide(cost, contract.mode, rates, contract.accumulated)
    contract.accumulated += cost.price + cost.tax
    today = day_in_japan(now)
    delivered_on = escrow.delivered_on or today
    return Release(
        release_id=new_id(),
        milestone_id=escrow.milestone_id,
        assistant_id=contract.assistant_id,
        source=part.source,
        price=cost.price,
        tax=cost.tax,
        division=division,
        owed=division.net,
        released_at=now,
        payday=payday(today, delivered_on, rules.cycle, rules.limit_days),
        pay_by=pay_by(delivered_on, rules.limit_days),
    )


def _entries(escrow: Escrow, release: Release, account: Account, work: Work) -> list[JournalEntry]:
    parts = release.division
    source = str(release.release_id)
    entries = set_off(account, [release], source, work)
    _tell(escrow, release, work)
    if not parts.gross:
        return entries
    happening = Happening(escrow.milestone_id, source, release.released_at, escrow.owners)
    released = journal_entry(
        Fact.RELEASED,
        happening,
        net=parts.net,
        platform_fee=parts.platform_fee,
        platform_fee_tax=parts.platform_fee_tax,
        withholding=parts.withholding,
    )
    return [released, *entries]


def _tell(escrow: Escrow, release: Release, work: Work) -> None:
    parts = release.division
    tell(
        EscrowReleased,
        escrow,
        work,
        gross=parts.gross,
        net=parts.net,
        platform_fee=parts.platform_fee,
        platform_fee_tax=parts.platform_fee_tax,
        withholding=parts.withholding,
        release_id=release.release_id,
        left=escrow.left.price if escrow.can(EscrowStep.RELEASE) else NOTHING,
        set_off=parts.net - release.owed,
        payday=release.payday,
    )
