"""What an assistant owes is taken from what is owed to them, as soon as there is something."""

from collections.abc import Sequence

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.release import Release, sum_of, take_owed
from services.payments.ports import Account, Work


def set_off(
    account: Account, payable: Sequence[Release], source: str, work: Work
) -> list[JournalEntry]:
    """Take a receivable from what is owed, both locked; return the entry to be posted, if any."""
    amount = min(account.receivable, sum_of(each.owed for each in payable))
    if not amount:
        return []
    take_owed(payable, amount)
    account.receivable -= amount
    happening = Happening(
        account.assistant_id,
        source,
        work.clock.now(),
        {Owner.ASSISTANT: account.assistant_id},
    )
    return [journal_entry(Fact.RECEIVABLE_SET_OFF, happening, amount=amount)]
