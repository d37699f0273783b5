"""Milestones that another assistant takes over: what is left in escrow goes along, to the yen."""

from services.payments.domain.charge import Funding, give_back
from services.payments.domain.escrow import Contract, Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import Amounts
from services.payments.ports import Work
from services.payments.use_cases.escrow import add_milestone
from services.payments.use_cases.known import lock_known
from services.payments.use_cases.releases import release_taken
from services.payments.use_cases.telling import tell
from services.payments.use_cases.terms import terms_of
from shared.errors import Transient
from shared.messages.contracts import MilestoneAdded
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.payments import EscrowStatus, MilestoneFunded


def hand_over(handed: MilestoneHandedOver, work: Work) -> None:
    """Release what the work so far is worth, and move the rest to the milestone that follows.

    When the client or the bank had the money back before, that milestone waits to be paid for like
    any other. Raises Transient (`contract_not_known_yet`, `escrow_not_known_yet`; or
    `price_change_not_known_yet`, when more is left than the two parts: a lower price was agreed).
    """
    # The contract that follows is the younger one: contracts are locked in order of their ids.
    old = lock_known(handed.milestone_id, work)
    contract = work.escrows.contract(handed.to_contract_id)
    if contract is None:
        raise Transient("contract_not_known_yet", "The contract has not been told of yet.")
    if old.can(EscrowStep.HAND_OVER):
        left = old.left.price
        if handed.to_assistant + handed.to_milestone.price < left:
            raise Transient("price_change_not_known_yet", "The lower price has to be told first.")
        part = min(left, handed.to_assistant)
        taken = old.take(part, terms_of(old, work)) if part else None
        if old.left.price:
            work.books.post(_move(old, contract, taken, handed, work))
            return
        old.move(EscrowStep.RELEASE)
        work.books.post(_release(old, taken, handed, work))
    else:
        old.move(EscrowStep.HAND_OVER)
    # Nothing moved; or this was told before, and then the milestone is there already.
    added = MilestoneAdded(
        contract_id=handed.to_contract_id,
        milestone=handed.to_milestone,
        added_at=handed.handed_over_at,
    )
    add_milestone(added, work)


def _move(
    old: Escrow,
    contract: Contract,
    taken: Amounts | None,
    handed: MilestoneHandedOver,
    work: Work,
) -> list[JournalEntry]:
    rest = old.hand_over()
    entries = _release(old, taken, handed, work)
    fundings = work.charges.fundings(old.milestone_id)
    moved = give_back(fundings, rest.funded)
    work.charges.save(fundings)
    new = Escrow(
        milestone_id=handed.to_milestone.milestone_id,
        contract=contract,
        title=handed.to_milestone.title,
        due_on=handed.to_milestone.due_on,
        # Its taxes are those that were computed for the whole.
        agreed_at=old.agreed_at,
        cost=rest,
        left=rest,
        status=EscrowStatus.FUNDED,
        frozen=work.chargebacks.open_on([charge_id for charge_id, _ in moved]),
        agreed_price=handed.to_milestone.price,
    )
    work.escrows.add(new)
    work.charges.fund([Funding(new.milestone_id, *each) for each in moved])
    tell(MilestoneFunded, new, work, amount=rest.funded, price=rest.price)
    happening = Happening(
        old.milestone_id,
        str(new.milestone_id),
        work.clock.now(),
        old.owners | {Owner.SUCCESSOR: new.milestone_id},
    )
    return [*entries, journal_entry(Fact.ESCROW_MOVED, happening, amount=rest.funded)]


def _release(
    old: Escrow, taken: Amounts | None, handed: MilestoneHandedOver, work: Work
) -> list[JournalEntry]:
    if taken:
        return release_taken(old, taken, str(handed.hand_over_id), work)
    work.escrows.save([old])
    return []
