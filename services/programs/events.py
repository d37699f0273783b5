"""What programs hears, and its clocks; decides nothing."""

from services.programs.ports import Work
from services.programs.use_cases import hearing
from shared import account_data
from shared.messages.accounts import PersonChanged, PersonRegistered
from shared.messages.companies import CompanyFounded, CompanyRenamed
from shared.messages.deletion import PersonDeleted
from shared.messaging.on import Transactions, on


class Events:
    """The events process of programs."""

    name = "programs"
    transactions = Transactions()

    @on(PersonRegistered)
    def remember_person(self, registered: PersonRegistered, work: Work) -> None:
        """Keep name and address."""
        hearing.remember_person(registered, work)

    @on(PersonChanged)
    def rename_person(self, changed: PersonChanged, work: Work) -> None:
        """Keep the new name and address."""
        account_data.follow_person(changed, work)

    @on(CompanyFounded)
    def remember_company(self, founded: CompanyFounded, work: Work) -> None:
        """Keep the name: it may be a town, a partner or a client."""
        hearing.remember_company(founded, work)

    @on(CompanyRenamed)
    def rename_company(self, renamed: CompanyRenamed, work: Work) -> None:
        """Keep the new name."""
        account_data.follow_company(renamed, work)

    @on(PersonDeleted)
    def forget(self, deleted: PersonDeleted, work: Work) -> None:
        """Take out what need not be kept of whoever has left."""
        account_data.forget(deleted, work)
