"""The way of somebody's money, from the charge to the bank: as a table, and as a picture."""

from collections.abc import Iterable, Iterator
from typing import Final

from services.payments.domain.journal import StoredEntry
from services.payments.domain.postings import Account, Fact
from services.payments.domain.rates import CURRENCY
from services.payments.domain.trace import Flow, Step, flows_of, share_of, standings, steps_of
from services.payments.domain.trace_picture import picture
from services.payments.ports_books import BooksWork, Traced
from services.payments.use_cases.rights import must_see_money
from shared.errors import NotFound
from shared.messages.accounts import Role
from shared.messages.books import TraceNode, TraceRow, TraceView
from shared.people import Person

# What several milestones may have a part in: only what touches the milestone's own account counts.
_SHARED: Final = (
    Fact.CAPTURED,
    Fact.CHARGEBACK_OPENED,
    Fact.CHARGEBACK_WON,
    Fact.CHARGEBACK_LOST,
)


def view_trace(name: str, by: Person, work: BooksWork) -> TraceView:
    """Return the way of the money of a charge, checkout, milestone, payout, contract or person.

    Operators see all; the parties of a milestone (and members who may see the money) see that
    milestone, with its own amounts only. Raises NotFound (`trace_not_found`), NotAllowed
    (`right_required`) or Rejected (`trace_too_large`).
    """
    traced, flows = _flows(name, by, work)
    return TraceView(
        kind=traced.kind,
        id=traced.name,
        currency=CURRENCY,
        rows=tuple(_row(flow) for flow in flows),
        nodes=tuple(
            TraceNode(
                account=each.node.account,
                owner=each.node.owner,
                lane=each.lane.value,
                came=each.came,
                left=each.left,
                there=each.there,
            )
            for each in standings(flows)
        ),
    )


def draw_trace(name: str, by: Person, work: BooksWork) -> str:
    """Return the same as SVG."""
    traced, flows = _flows(name, by, work)
    return picture(f"The way of the money: {traced.kind} {traced.name}", flows, CURRENCY)


def _flows(name: str, by: Person, work: BooksWork) -> tuple[Traced, list[Flow]]:
    traced = work.traces.find(name)
    unknown = NotFound("trace_not_found", "Nothing is called so, or it isn't yours.")
    if traced is None:
        raise unknown
    if not by.is_a(Role.OPERATOR):
        must_see_money(by, traced.parties, unknown)
    steps = _steps(traced, work)
    return traced, [flow for step in steps for flow in flows_of(step)]


def _steps(traced: Traced, work: BooksWork) -> Iterator[Step]:
    parts = {str(each.payout_id): each for each in work.traces.payout_parts(traced)}
    whole_payouts = set(map(str, traced.whole_payouts))
    for entry in work.traces.entries(traced):
        steps = steps_of(entry)
        payout = parts.get(entry.reference or "")
        if payout and entry.reference not in whole_payouts:
            included = frozenset(payout.included)
            yield from share_of(steps, payout.parts, included, payout.transfer_fee)
        else:
            yield from _own(entry, steps, traced)


def _own(entry: StoredEntry, steps: Iterable[Step], traced: Traced) -> Iterator[Step]:
    """Yield what of an entry is about what is traced, and not about others."""
    whole = entry.source in traced.whole_charges or entry.reference in set(
        map(str, traced.whole_references)
    )
    milestones = frozenset(map(str, traced.milestones))
    if entry.fact == Fact.ESCROW_MOVED:
        # What another milestone had before, or goes on to have, isn't shown.
        yield from (step.between(milestones) for step in steps)
        return
    if whole or entry.fact not in _SHARED:
        yield from steps
        return
    yield from (step for step in steps if step.touches(Account.ESCROW, milestones))


def _row(flow: Flow) -> TraceRow:
    return TraceRow(
        at=flow.at,
        what=flow.fact,
        lane=flow.lane.value,
        from_account=flow.giver.account,
        from_owner=flow.giver.owner,
        to_account=flow.taker.account,
        to_owner=flow.taker.owner,
        amount=flow.amount,
        object=flow.source,
        entry_id=flow.entry_id,
    )
