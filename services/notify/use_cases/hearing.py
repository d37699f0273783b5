"""What we keep of what others tell: people, companies, and who acts for them."""

from collections.abc import Sequence

from services.notify.domain.companies import Membership
from services.notify.domain.letters import Addressee
from services.notify.ports import Work
from services.notify.use_cases.telling import tell
from shared.messages.accounts import PersonRegistered
from shared.messages.companies import CompanyFounded, MembershipChanged


def remember_people(registered: Sequence[PersonRegistered], work: Work) -> None:
    """Keep our own copy of name, address and language."""
    work.people.remember(
        [
            Addressee(person.person_id, person.email, person.display_name, person.locale)
            for person in registered
        ]
    )


def remember_companies(founded: Sequence[CompanyFounded], work: Work) -> None:
    """Keep a company's name, address and language, as a person's."""
    work.people.remember(
        [
            Addressee(each.company_id, each.email, each.name, each.locale, is_company=True)
            for each in founded
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
