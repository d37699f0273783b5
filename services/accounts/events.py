"""What accounts hears, and its clock; decides nothing."""

from services.accounts.ports import Work
from services.accounts.use_cases import leaving, sweeping
from shared.messages.deletion import MoneyLookedThrough, PostsLookedThrough, WorkLookedThrough
from shared.messaging.on import Transactions, every, on


class Events:
    """The events process of accounts."""

    name = "accounts"
    transactions = Transactions()

    @on(PostsLookedThrough)
    def hear_jobs(self, looked: PostsLookedThrough, work: Work) -> None:
        """Note what jobs has open of somebody who wants to leave."""
        leaving.hear(looked, work)

    @on(WorkLookedThrough)
    def hear_contracts(self, looked: WorkLookedThrough, work: Work) -> None:
        """Note what contracts has open of them."""
        leaving.hear(looked, work)

    @on(MoneyLookedThrough)
    def hear_payments(self, looked: MoneyLookedThrough, work: Work) -> None:
        """Note what payments has open of them."""
        leaving.hear(looked, work)

    @every(seconds=5)
    def look_again(self) -> None:
        """Carry out the deletions that are due, after another look."""
        with self.transactions.begin() as work:
            leaving.look_again(work)

    @every(seconds=3600)
    def sweep(self) -> None:
        """Forget what nobody needs any more."""
        with self.transactions.begin() as work:
            sweeping.sweep(work)
