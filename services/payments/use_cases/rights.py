"""Who may fund, and who may see the money: a client's own affair, or of a company's members.

An assistant is always a person. A client may be a company: then FUND pays and takes credit back,
SEE_MONEY sees all of its money, and either sees what there is to pay with (pages, credit). To
those who don't stand for a party there is no such thing.
"""

from collections.abc import Iterable
from uuid import UUID

from shared.errors import NotFound
from shared.messages.accounts import Role
from shared.people import Person, Right


def must_fund(by: Person, client_id: UUID, unknown: NotFound) -> None:
    """Raise `unknown` to strangers, NotAllowed (`right_required`) to members who may not pay."""
    _must_stand_for(by, client_id, unknown)
    by.must(Right.FUND, client_id)


def must_see_payments(by: Person, client_id: UUID, unknown: NotFound) -> None:
    """Raise, as `must_fund`, unless somebody may pay for a client or see the client's money."""
    _must_stand_for(by, client_id, unknown)
    if not by.may(Right.FUND, client_id):
        by.must(Right.SEE_MONEY, client_id)


def must_see_money(by: Person, parties: Iterable[UUID | None], unknown: NotFound) -> None:
    """Raise, as `must_fund`, unless somebody may see the money of one of these accounts."""
    mine = [each for each in parties if each and by.stands_for(each)]
    if not mine:
        raise unknown
    if not any(by.may(Right.SEE_MONEY, each) for each in mine):
        by.must(Right.SEE_MONEY, mine[0])


def whose(of: UUID | None, by: Person) -> UUID:
    """Return whose papers are asked for: the caller's, a company's, or anybody's (operator).

    Raises NotAllowed (`role_required`, `right_required`).
    """
    account_id = of or by.person_id
    if by.is_a(Role.OPERATOR):
        return account_id
    if not by.stands_for(account_id):
        by.must_be(Role.OPERATOR)
    by.must(Right.SEE_MONEY, account_id)
    return account_id


def no_such_milestone() -> NotFound:
    """Return the refusal for a milestone that isn't there, or isn't the caller's."""
    return NotFound("milestone_not_found", "There is no such milestone of yours.")


def no_such_client() -> NotFound:
    """Return the refusal for a client for whom the caller doesn't act."""
    return NotFound("client_not_found", "There is no such company of yours. Sign in again?")


def _must_stand_for(by: Person, client_id: UUID, unknown: NotFound) -> None:
    if not by.stands_for(client_id):
        raise unknown
