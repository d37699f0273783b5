"""The money of milestones: what was agreed, where it is, and how it ends."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from services.payments.domain.escrow import Contract, Escrow, EscrowStep
from services.payments.domain.rates import Rates, amounts
from services.payments.domain.refund import RefundReason
from services.payments.domain.release import Release, sum_of
from services.payments.ports import Work
from services.payments.use_cases.checkouts import close_for_ended
from services.payments.use_cases.known import lock_known
from services.payments.use_cases.refunds import refund_rest, view_refund
from services.payments.use_cases.rights import must_see_money, no_such_milestone
from shared.calendar import day_in_japan
from shared.errors import Transient
from shared.messages.amendments import MilestoneReplaced, TermsAmended
from shared.messages.care import DatesMoved
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneEnded,
)
from shared.messages.payments import EscrowStatus, MilestoneMoneyView, ReleaseView
from shared.money import Money
from shared.people import Person


def agree(agreed: ContractAgreed, work: Work) -> None:
    """Compute what each milestone costs, by the rates of the day."""
    contract = Contract(
        contract_id=agreed.contract_id,
        client_id=agreed.client_id,
        assistant_id=agreed.assistant_id,
        category=agreed.category,
        mode=agreed.mode,
        review_days=agreed.review_days,
        agreed_at=agreed.agreed_at,
    )
    rates = work.rules.rates(day_in_japan(agreed.agreed_at), agreed.category)
    escrows = [_escrow(each, contract, agreed.agreed_at, rates) for each in agreed.milestones]
    work.escrows.agree(contract, escrows)


def add_milestone(added: MilestoneAdded, work: Work) -> None:
    """Add a milestone to a contract, a bonus say, by the rates of the day that it was added on."""
    contract = work.escrows.contract(added.contract_id)
    if contract is None:
        raise Transient("contract_not_known_yet", "The contract has not been told of yet.")
    rates = work.rules.rates(day_in_japan(added.added_at), contract.category)
    work.escrows.add(_escrow(added.milestone, contract, added.added_at, rates))


def note_delivered(delivered: MilestoneDelivered, work: Work) -> None:
    """Remember the day on which the work was first received: the law's sixty days run from it."""
    escrow = lock_known(delivered.milestone_id, work)
    if escrow.delivered_on is None and delivered.delivered_at:
        escrow.delivered_on = day_in_japan(delivered.delivered_at)
        work.escrows.save([escrow])


def note_moved(moved: DatesMoved, work: Work) -> None:
    """Keep the due dates that hold from now on."""
    escrows = [lock_known(each.milestone_id, work) for each in moved.milestones]
    for escrow, new in zip(escrows, moved.milestones, strict=True):
        if escrow.dated(moved.moved_at):
            escrow.due_on = new.due_on
    work.escrows.save(escrows)


def note_amended(amended: TermsAmended, work: Work) -> None:
    """Keep the titles and dates that both have agreed on; older ones that arrive late are not."""
    escrows = [lock_known(each.milestone_id, work) for each in amended.milestones]
    for escrow, agreed in zip(escrows, amended.milestones, strict=True):
        if escrow.dated(amended.amended_at):
            escrow.title, escrow.due_on = agreed.title, agreed.due_on
            escrow.review_days = agreed.review_days
    work.escrows.save(escrows)


def replace(replaced: MilestoneReplaced, work: Work) -> None:
    """Have another milestone, at another price, in the place of one that isn't paid for."""
    old = lock_known(replaced.milestone_id, work)
    rates = work.rules.rates(day_in_japan(replaced.replaced_at), old.contract.category)
    work.escrows.add(_escrow(replaced.milestone, old.contract, replaced.replaced_at, rates))
    _end(replaced.milestone_id, work)


def end(ended: MilestoneEnded, work: Work) -> None:
    """Give the client back what is in escrow; without any, see to it that nobody pays any more."""
    _end(ended.milestone_id, work)


def get_money(milestone_id: UUID, by: Person, work: Work) -> MilestoneMoneyView:
    """Return the money of a milestone, to its two parties, and members who may see the money."""
    escrow = work.escrows.get(milestone_id)
    parties = (escrow.contract.client_id, escrow.contract.assistant_id)
    must_see_money(by, parties, no_such_milestone())
    releases = work.releases.of_milestone(milestone_id)
    return MilestoneMoneyView(
        milestone_id=escrow.milestone_id,
        contract_id=escrow.contract.contract_id,
        status=escrow.status,
        price=escrow.cost.price,
        tax=escrow.cost.tax,
        withholding=escrow.cost.withholding,
        funded=escrow.cost.funded,
        in_escrow=escrow.held,
        left=escrow.left.price,
        missing=_missing(escrow, work),
        frozen=escrow.frozen > 0,
        releases=tuple(_view(each) for each in releases),
        refunds=tuple(view_refund(each) for each in work.refunds.of_milestone(milestone_id)),
        **_sums(releases),
    )


def _end(milestone_id: UUID, work: Work) -> None:
    escrow = lock_known(milestone_id, work)
    if not escrow.move(EscrowStep.END):
        return
    if escrow.status is EscrowStatus.CLOSED:
        work.escrows.save([escrow])
        close_for_ended(escrow.milestone_id, work)
        return
    work.books.post(refund_rest(escrow, RefundReason.ENDED, work))


def _escrow(
    agreed: AgreedMilestone, contract: Contract, agreed_at: datetime, rates: Rates
) -> Escrow:
    cost = amounts(agreed.price, contract.mode, rates)
    return Escrow(
        milestone_id=agreed.milestone_id,
        contract=contract,
        title=agreed.title,
        due_on=agreed.due_on,
        agreed_at=agreed_at,
        cost=cost,
        left=cost,
        review_days=agreed.review_days,
    )


def _missing(escrow: Escrow, work: Work) -> Money | None:
    standing = work.checkouts.standing([escrow.milestone_id])
    short = [each for each in standing if each.received]
    return short[0].amount - short[0].received if short else None


def _sums(releases: Iterable[Release]) -> Mapping[str, Money]:
    divisions = [each.division for each in releases]
    if not divisions:
        return {}
    return {
        "platform_fee": sum_of(each.platform_fee for each in divisions),
        "platform_fee_tax": sum_of(each.platform_fee_tax for each in divisions),
        "net": sum_of(each.net for each in divisions),
    }


def _view(release: Release) -> ReleaseView:
    parts = release.division
    return ReleaseView(
        release_id=release.release_id,
        price=release.price,
        gross=parts.gross,
        platform_fee=parts.platform_fee,
        platform_fee_tax=parts.platform_fee_tax,
        withholding=parts.withholding,
        net=parts.net,
        released_at=release.released_at,
        payday=release.payday,
        payout_id=release.payout_id,
    )
