"""Who wants no more to do with whom, and what the operators should know of."""

from collections.abc import Sequence
from uuid import UUID

from services.contracts.ports import Work
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.talk import (
    BlockList,
    CloseReport,
    MakeReport,
    PersonBlocked,
    PersonUnblocked,
    ReportKind,
    ReportView,
)
from shared.people import Person, Right


def block(account_id: UUID, by: Person, work: Work, *, client_id: UUID | None = None) -> BlockList:
    """See to it that nothing new begins with this account; it isn't told. Twice is once.

    `client_id` names a company in whose name this is done (who may post for it).
    """
    own_id = _acting(by, client_id)
    if account_id == own_id:
        raise Invalid("own_account", "Name another account than your own.")
    if work.people.name(account_id) is None:
        raise NotFound("account_not_found", "There is no such account.")
    now = work.clock.now()
    if work.blocks.add(own_id, account_id, now):
        blocked = PersonBlocked(blocked_by=own_id, account_id=account_id, blocked_at=now)
        work.outbox.emit(blocked, subject=own_id)
    return list_blocks(by, work, client_id=client_id)


def unblock(
    account_id: UUID, by: Person, work: Work, *, client_id: UUID | None = None
) -> BlockList:
    """Take a block back. One that isn't there is gone already."""
    own_id = _acting(by, client_id)
    if work.blocks.remove(own_id, account_id):
        now = work.clock.now()
        unblocked = PersonUnblocked(blocked_by=own_id, account_id=account_id, unblocked_at=now)
        work.outbox.emit(unblocked, subject=own_id)
    return list_blocks(by, work, client_id=client_id)


def list_blocks(by: Person, work: Work, *, client_id: UUID | None = None) -> BlockList:
    """Return whom one has blocked oneself, or a company has."""
    return BlockList(items=tuple(work.blocks.of(_acting(by, client_id))))


def make_report(command: MakeReport, by: Person, work: Work) -> ReportView:
    """Tell the operators of something. Contracts and messages are reported by their parties."""
    contract_id = command.subject_id
    if command.kind is ReportKind.MESSAGE:
        found = work.messages.contract_of(command.subject_id)
        if found is None:
            raise NotFound("message_not_found", "The contract has no such message.")
        contract_id = found
    if command.kind in {ReportKind.CONTRACT, ReportKind.MESSAGE}:
        work.contracts.get(contract_id).must_concern(by)
    if command.kind is ReportKind.ACCOUNT and work.people.name(command.subject_id) is None:
        raise NotFound("account_not_found", "There is no such account.")
    report = ReportView(
        report_id=new_id(),
        kind=command.kind,
        subject_id=command.subject_id,
        text=command.text,
        made_by=by.person_id,
        made_at=work.clock.now(),
    )
    work.reports.add(report)
    return report


def list_reports(
    by: Person, work: Work, *, mine: bool, after: UUID | None = None, limit: int
) -> Sequence[ReportView]:
    """Return the reports that one has made, or those that are open (an operator), newest first."""
    if not mine:
        by.must_be(Role.OPERATOR)
    made_by = by.person_id if mine else None
    return work.reports.newest(made_by=made_by, after=after, limit=limit)


def close_report(report_id: UUID, command: CloseReport, by: Person, work: Work) -> ReportView:
    """Say what was done about a report (an operator)."""
    by.must_be(Role.OPERATOR)
    work.reports.get(report_id)
    if not work.reports.close(report_id, by.person_id, command.outcome, work.clock.now()):
        raise Rejected("report_closed", "The report is closed already.", report_id=report_id)
    return work.reports.get(report_id)


def _acting(by: Person, client_id: UUID | None) -> UUID:
    if client_id is None:
        return by.person_id
    if not by.stands_for(client_id):
        raise NotFound("account_not_found", "There is no such account.")
    by.must(Right.POST, client_id)
    return client_id
