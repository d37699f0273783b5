"""What is free again in a wallet makes up for what the market lost by the sponsor's bank.

The bank gave the sponsor the payment back, spent as it was: what comes back of that is no longer
the sponsor's.
"""

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.parts import fill
from services.payments.domain.postings import Fact
from services.payments.domain.release import sum_of
from services.payments.ports import Work
from shared.money import Money


def make_up(happening: Happening, amount: Money, work: Work) -> list[JournalEntry]:
    """Take what is free again, as far as a loss is left; return the entry to be posted, if any.

    The wallet is locked. `happening` is that by which it came to be free.
    """
    lots = work.wallets.lost(happening.reference)
    parts = fill(amount, (each.lost for each in lots))
    taken = sum_of(parts)
    if not taken:
        return []
    for lot, part in zip(lots, parts, strict=True):
        lot.lost -= part
    work.wallets.save_lots(lots)
    return [journal_entry(Fact.WALLET_LOSS_MADE_UP, happening, amount=taken)]
