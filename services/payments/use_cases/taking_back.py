"""A fee that a sponsor paid goes back into the wallet as far as the platform gives it back.

Else the assistant would keep what the sponsor paid for a fee that is none any more. A wallet never
pays more of a release's fee than the platform keeps of it, whichever is heard first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.parts import fill
from services.payments.domain.postings import Fact
from services.payments.domain.rates import NOTHING
from services.payments.domain.release import Release, sum_of
from services.payments.domain.wallet import Sponsorship, Standing, Wallet
from services.payments.ports import Work
from services.payments.use_cases.making_up import make_up
from shared.errors import Transient
from shared.messages.wallets import SponsorshipTakenBack
from shared.money import Money


@dataclass(frozen=True)
class TakenBack:
    """What of a sponsorship goes back into its wallet; `owed` is what the assistant gives of it."""

    sponsorship: Sponsorship
    wallet: Wallet
    amount: Money
    owed: Money


def lock_fee(release_id: UUID, work: Work) -> Money:
    """Return what the platform keeps of a release's fee, with tax; nobody changes it meanwhile.

    Raises Transient (`release_not_known_yet`).
    """
    milestone_id = work.releases.milestone_of(release_id)
    if milestone_id is None:
        raise Transient("release_not_known_yet", "There is no such release, as far as we know.")
    work.escrows.lock([milestone_id])
    releases = work.releases.of_milestone(milestone_id)
    return sum_of(each.division.fee for each in releases if each.release_id == release_id)


def take_back(releases: Sequence[Release], work: Work) -> list[TakenBack]:
    """Take back what sponsors paid, or are to pay, of fees that releases don't have any more.

    Their escrow is locked; wallets are locked here. The entries are those of `entries_of`.
    """
    fees = {each.release_id: each.division.fee for each in releases}
    programs = {each.program_id for each in work.wallets.of_releases(list(fees))}
    wallets = {each: work.wallets.lock(each) for each in sorted(programs)}
    taken = []
    for sponsorship in work.wallets.of_releases(list(fees)):
        wallet, release_id = wallets[sponsorship.program_id], sponsorship.release_id
        before = sponsorship.status
        less = sponsorship.take_back(fees[release_id]) if release_id else NOTHING
        if not less or wallet is None:
            continue
        work.wallets.save(sponsorship)
        tell(sponsorship, work)
        if before is not Standing.REFUSED:
            owed = less if before is Standing.SETTLED else NOTHING
            taken.append(TakenBack(sponsorship, wallet, less, owed))
    return taken


def entries_of(taken: Sequence[TakenBack], payable: Money, work: Work) -> list[JournalEntry]:
    """Return what goes back into wallets; `payable` of it was still owed to the assistant."""
    shares = fill(payable, [each.owed for each in taken])
    entries = []
    for each, share in zip(taken, shares, strict=True):
        happening = _happening(each, work)
        entry = journal_entry(
            Fact.SPONSORSHIP_TAKEN_BACK,
            happening,
            payable=share,
            receivable=each.owed - share,
            amount=each.amount,
        )
        entries += [entry, *make_up(happening, each.amount, work)]
    return entries


def tell(sponsorship: Sponsorship, work: Work) -> None:
    """Tell what of a sponsorship isn't paid of the wallet, all told."""
    told = SponsorshipTakenBack(
        program_id=sponsorship.program_id,
        sponsorship_id=sponsorship.sponsorship_id,
        taken_back=sponsorship.taken_back,
    )
    work.outbox.emit(told, subject=sponsorship.sponsorship_id)


def _happening(taken: TakenBack, work: Work) -> Happening:
    sponsorship = taken.sponsorship
    # It only grows: so much in all is taken back once.
    source = f"{sponsorship.sponsorship_id}:{sponsorship.taken_back.amount}"
    owners = sponsorship.owners(taken.wallet)
    return Happening(sponsorship.program_id, source, work.clock.now(), owners)
