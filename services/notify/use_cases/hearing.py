"""What we keep of what others tell: people, companies, and who acts for them."""

from collections.abc import Sequence

from services.notify.domain.companies import Membership
from services.notify.domain.letters import Addressee
from services.notify.ports import Work
from services.notify.use_cases.telling import tell
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.companies import CompanyFounded, CompanyRenamed, MembershipChanged
from shared.messages.deletion import PersonDeleted


def remember_people(registered: Sequence[PersonRegistered], work: Work) -> None:
    """Keep our own copy of name, address and language."""
    work.people.remember(
        [
            Addressee(person.person_id, person.email, person.display_name, person.locale)
            for person in registered
        ]
    )


def follow_people(changed: Sequence[PersonChanged], work: Work) -> None:
    """Keep what is new of somebody's name, address and language."""
    work.people.remember(
        [
            Addressee(
                each.person_id, each.email, each.display_name, each.locale, change=each.change
            )
            for each in changed
        ]
    )


def forget_people(deleted: Sequence[PersonDeleted], work: Work) -> None:
    """Delete what we keep of whoever has left for good; what still comes for them goes nowhere."""
    for each in deleted:
        for account_id in (each.person_id, *each.companies):
            work.people.forget(account_id)


def remember_companies(founded: Sequence[CompanyFounded], work: Work) -> None:
    """Keep a company's name, address and language, as a person's."""
    work.people.remember(
        [
            Addressee(each.company_id, each.email, each.name, each.locale, is_company=True)
            for each in founded
        ]
    )


def follow_companies(renamed: Sequence[CompanyRenamed], work: Work) -> None:
    """Keep what is new of a company's name, address and language."""
    work.people.remember(
        [
            Addressee(
                each.company_id,
                each.email,
                each.name,
                each.locale,
                is_company=True,
                change=each.change,
            )
            for each in renamed
        ]
    )


def follow_members(changed: Sequence[MembershipChanged], work: Work) -> None:
    """Keep our own copy of who is in a company with which rights; tell whom it is about."""
    work.companies.follow(
        [
            Membership(each.company_id, each.person_id, each.member, each.rights, each.change)
            for each in changed
        ]
    )
    tell(changed, work)
