"""Leaving for good: asked for, looked through by the others, carried out when it is due.

What is agreed, held or owed has to come to its end first: whoever keeps that says so.
"""

from collections.abc import Sequence
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.company import Company, Membership
from services.accounts.domain.deletion import Deletion, new_deletion
from services.accounts.domain.session import Ending, Visitor
from services.accounts.ports import Work
from services.accounts.use_cases.letters import tell
from services.accounts.use_cases.proving import (
    PasswordResult,
    PasswordTask,
    account_of,
    ask_for_proof,
    check_proof,
    session_of,
)
from services.accounts.use_cases.sessions import end_all
from shared.errors import NotFound, Rejected
from shared.messages.accounts import LetterKind
from shared.messages.companies import MembershipChanged, MembershipStatus
from shared.messages.deletion import (
    AskDeletion,
    DeletionAsked,
    DeletionStatus,
    DeletionView,
    MoneyLookedThrough,
    PersonDeleted,
    PostsLookedThrough,
    WorkLookedThrough,
)
from shared.people import Person

AT_ONCE = 20

LookedThrough = PostsLookedThrough | WorkLookedThrough | MoneyLookedThrough


def prepare_deletion(
    command: AskDeletion, by: Person, visitor: Visitor, work: Work
) -> PasswordTask:
    """Return what is to be checked; raise NotAllowed (`reauthentication_needed`), TooMany."""
    return ask_for_proof(command.password, by, visitor, work)


def ask_deletion(result: PasswordResult, by: Person, visitor: Visitor, work: Work) -> DeletionView:
    """Note the wish, and ask the others what is open.

    Raises NotAllowed (`password_wrong`), Rejected (`last_administrator`,
    `deletion_already_asked`).
    """
    check_proof(result, by, visitor, work)
    account = account_of(by, work)
    companies = _companies_alone(by.person_id, work)
    before = work.deletions.lock(by.person_id)
    deletion = new_deletion(by.person_id, before, work.rules.deletion_grace, work.clock.now())
    work.deletions.keep(deletion)
    _ask_others(deletion, companies, work)
    tell(LetterKind.DELETION_ASKED, account, work)
    return _view(deletion)


def show_deletion(by: Person, work: Work) -> DeletionView:
    """Return how the caller's wish stands; raise NotFound (`deletion_not_asked`)."""
    session_of(by, work)
    return _view(_asked(work.deletions.find(by.person_id)))


def withdraw_deletion(by: Person, work: Work) -> DeletionView:
    """Take it back; raise NotFound (`deletion_not_asked`), Rejected (`deletion_not_open`)."""
    session_of(by, work)
    deletion = _asked(work.deletions.lock(by.person_id)).withdrawn()
    work.deletions.keep(deletion)
    return _view(deletion)


def hear(looked: LookedThrough, work: Work) -> None:
    """Note what a service has open; once none has anything and it is due, carry it out."""
    before = work.deletions.lock(looked.person_id)
    account = work.people.lock(looked.person_id)
    if before is None or account is None:
        return
    after = before.answered(looked.service, looked.round, looked.reasons, work.clock.now())
    if after is before:
        return
    work.deletions.keep(after)
    if after.status is DeletionStatus.BLOCKED:
        tell(LetterKind.DELETION_BLOCKED, account, work, about=", ".join(after.reasons))
    elif after.status is DeletionStatus.CARRIED_OUT:
        _carry_out(account, work)


def look_again(work: Work) -> None:
    """Ask everybody once more about what is due: something may have been begun since."""
    for deletion in work.deletions.due(work.clock.now(), AT_ONCE):
        again = deletion.looked_at_again()
        work.deletions.keep(again)
        _ask_others(again, _companies_with(again.person_id, work), work)


def _carry_out(account: Account, work: Work) -> None:
    now, person_id = work.clock.now(), account.person_id
    # Written to before the address is forgotten.
    tell(LetterKind.DELETED, account, work)
    end_all(person_id, Ending.DELETED, work)
    work.links.forget(person_id)
    work.factors.forget(person_id)
    work.identities.forget(person_id)
    work.personal_tokens.forget(person_id)
    work.personal_tokens.revoke_all(person_id, now)
    companies = _leave_companies(person_id, work)
    work.invitations.forget_address(account.email)
    work.people.keep(account.deleted(now))
    work.people.forget_answers(person_id)
    work.people.forget_told({person_id, *companies})
    gone = PersonDeleted(person_id=person_id, companies=companies)
    work.outbox.emit(gone, subject=person_id)


def _leave_companies(person_id: UUID, work: Work) -> tuple[UUID, ...]:
    """Leave all companies; return those that nobody is in any more."""
    empty = []
    for company, _ in work.companies.of_person(person_id):
        locked = work.companies.lock(company.company_id) or company
        standing = _standing(work.companies.memberships(company.company_id))
        mine = next(each for each in standing if each.person_id == person_id)
        left = mine.left()
        work.companies.keep(left)
        work.outbox.emit(_left(locked, left), subject=company.company_id)
        if len(standing) == 1:
            empty.append(company.company_id)
            work.companies.rename(locked.closed())
            work.invitations.forget_company(company.company_id)
    return tuple(empty)


def _left(company: Company, left: Membership) -> MembershipChanged:
    return MembershipChanged(
        company_id=company.company_id,
        company_name=company.name,
        person_id=left.person_id,
        member=False,
        rights=frozenset(),
        changed_by=left.person_id,
        change=left.change,
    )


def _companies_alone(person_id: UUID, work: Work) -> tuple[UUID, ...]:
    """Return the companies that nobody else is in; raise Rejected (`last_administrator`)."""
    for company, mine in work.companies.of_person(person_id):
        others = [
            each
            for each in _standing(work.companies.memberships(company.company_id))
            if each.person_id != person_id
        ]
        if mine.administers and others and not any(each.administers for each in others):
            raise Rejected(
                "last_administrator",
                "Somebody has to administer the company. Make another member an administrator "
                "first.",
                company_id=str(company.company_id),
            )
    return _companies_with(person_id, work)


def _companies_with(person_id: UUID, work: Work) -> tuple[UUID, ...]:
    return tuple(
        company.company_id
        for company, _ in work.companies.of_person(person_id)
        if len(_standing(work.companies.memberships(company.company_id))) == 1
    )


def _standing(members: Sequence[Membership]) -> list[Membership]:
    return [each for each in members if each.status is MembershipStatus.MEMBER]


def _ask_others(deletion: Deletion, companies: tuple[UUID, ...], work: Work) -> None:
    asked = DeletionAsked(person_id=deletion.person_id, round=deletion.round, companies=companies)
    work.outbox.emit(asked, subject=deletion.person_id)


def _asked(deletion: Deletion | None) -> Deletion:
    if deletion is None:
        raise NotFound("deletion_not_asked", "You have not asked for your account to be deleted.")
    return deletion


def _view(deletion: Deletion) -> DeletionView:
    return DeletionView(
        status=deletion.status,
        asked_at=deletion.asked_at,
        due_at=deletion.due_at,
        reasons=deletion.reasons,
    )
