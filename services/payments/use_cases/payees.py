"""Assistants as people to be paid."""

from datetime import datetime
from uuid import UUID

from services.payments.domain.news import BalanceAvailable, PayeeChanged
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import AccountState, Payee, PayeeStep
from services.payments.ports import Contact, Link, Work
from shared.errors import NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.companies import CompanyFounded
from shared.messages.payments import (
    BankAccountView,
    BecomePayee,
    OnboardingLinkView,
    PayeeActivated,
    PayeeRestricted,
    PayeeStatus,
    PayeeView,
)
from shared.people import Person


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep name and address, for the processor."""
    contact = Contact(registered.email, registered.display_name)
    work.people.remember(registered.person_id, contact)


def remember_company(founded: CompanyFounded, work: Work) -> None:
    """Keep name and address of a client that is a company: it pays, and is given receipts."""
    work.people.remember(founded.company_id, Contact(founded.email, founded.name))


def prepare_payee(command: BecomePayee, by: Person, work: Work) -> Operation | None:
    """Keep the call that opens an assistant's account; None when there is an account already."""
    by.must_be(Role.ASSISTANT)
    work.payees.open(by.person_id)
    payee = work.payees.lock([by.person_id])[by.person_id]
    if payee.account_id:
        return None
    pending = work.operations.pending(by.person_id, OperationKind.CREATE_ACCOUNT)
    operation = pending or _creation(command, by.person_id, work)
    operation.lease(work.clock.now())
    if pending:
        work.operations.save([operation])
    else:
        work.operations.add([operation])
    return operation


def view_payee(by: Person, work: Work) -> PayeeView:
    """Return the caller as a payee; raise NotFound (`payee_not_found`)."""
    payee = _mine(by, work)
    bank = payee.bank
    return PayeeView(
        person_id=payee.person_id,
        status=payee.status,
        requirements=payee.requirements,
        bank=BankAccountView(
            bank_code=bank.bank_code, branch_code=bank.branch_code, last4=bank.last4
        )
        if bank
        else None,
    )


def account_to_onboard(by: Person, work: Work) -> str:
    """Return the caller's account at the processor; raise Rejected until it is open."""
    payee = _mine(by, work)
    if payee.account_id is None:
        raise Rejected("payee_account_not_open", "Ask to become a payee again, then for a link.")
    return payee.account_id


def view_link(link: Link) -> OnboardingLinkView:
    """Return a link as it is shown."""
    return OnboardingLinkView(url=link.url, expires_at=link.expires_at)


def account_answered(operation: Operation, work: Work) -> None:
    """Keep the account that was opened."""
    if operation.status is OperationStatus.DECLINED:
        return
    payee = work.payees.lock([operation.subject])[operation.subject]
    payee.account_id = operation.answer["account_id"]
    state = AccountState(
        account_id=operation.answer["account_id"],
        step=PayeeStep(operation.answer["step"]),
        requirements=tuple(operation.answer["requirements"]),
        asked_at=datetime.fromisoformat(operation.answer["asked_at"]),
    )
    _take(payee, state, work)


def changed(news: PayeeChanged, work: Work) -> None:
    """Follow what the processor says of an account; once it is active, what is due is paid."""
    person_id = work.payees.of_account(news.state.account_id)
    if person_id is None:
        raise Transient("payee_not_known_yet", "Nobody's account, as far as we know.")
    _take(work.payees.lock([person_id])[person_id], news.state, work)


def balance_available(news: BalanceAvailable, work: Work) -> None:
    """Try again what waited for the money: on our own balance, or on an assistant's."""
    now = work.clock.now()
    if news.account_id is None:
        work.operations.hasten(OperationKind.CREATE_TRANSFER, None, now)
        return
    for kind in (OperationKind.CREATE_PAYOUT, OperationKind.REVERSE_TRANSFER):
        work.operations.hasten(kind, news.account_id, now)


def _take(payee: Payee, state: AccountState, work: Work) -> None:
    status = payee.take(state)
    work.payees.save(payee)
    if status is PayeeStatus.ACTIVE:
        activated = PayeeActivated(person_id=payee.person_id, changed_at=work.clock.now())
        work.outbox.emit(activated, subject=payee.person_id)
    elif status is PayeeStatus.RESTRICTED:
        restricted = PayeeRestricted(
            person_id=payee.person_id,
            requirements=payee.requirements,
            changed_at=work.clock.now(),
        )
        work.outbox.emit(restricted, subject=payee.person_id)


def _mine(by: Person, work: Work) -> Payee:
    payee = work.payees.find(by.person_id)
    if payee is None:
        raise NotFound("payee_not_found", "Ask to become a payee first.")
    return payee


def _creation(command: BecomePayee, person_id: UUID, work: Work) -> Operation:
    contact = work.people.contact(person_id)
    request: dict[str, str] = {"country": command.country}
    if contact:
        request |= {"email": contact.email, "display_name": contact.display_name}
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_ACCOUNT,
        subject=person_id,
        request=request,
        next_attempt_at=work.clock.now(),
    )
