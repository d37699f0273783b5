"""What others tell of people and companies: programs keeps its own copy."""

from services.programs.ports import Work
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.companies import CompanyFounded


def remember_person(registered: PersonRegistered, work: Work) -> None:
    """Keep name and address, and whether this is an assistant."""
    work.people.remember(
        registered.person_id,
        registered.display_name,
        registered.email,
        assistant=Role.ASSISTANT in registered.roles,
    )


def remember_company(founded: CompanyFounded, work: Work) -> None:
    """Keep the name: it may be a town, a partner or a client."""
    work.people.remember(founded.company_id, founded.name, founded.email, company=True)
