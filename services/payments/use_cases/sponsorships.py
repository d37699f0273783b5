"""What a wallet pays for people: set aside within the caps, then owed, or free again.

programs says what is to be paid; whoever asks, and however often, the caps hold. All that changes
a wallet locks it first.
"""

from uuid import UUID

from services.payments.domain.ledger import Happening, journal_entry
from services.payments.domain.postings import Fact
from services.payments.domain.rates import NOTHING, Division
from services.payments.domain.release import Release
from services.payments.domain.wallet import Sponsorship, Standing, Wallet
from services.payments.ports import Work
from services.payments.use_cases import taking_back
from services.payments.use_cases.making_up import make_up
from services.payments.use_cases.setting_off import set_off
from shared.calendar import day_in_japan, payday
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
)
from shared.messages.programs import WalletAgreed
from shared.messages.wallets import (
    SponsorshipRefused,
    SponsorshipReserved,
    SponsorshipReturned,
    SponsorshipSettled,
)
from shared.money import Money


def agree(agreed: WalletAgreed, work: Work) -> None:
    """Open a wallet, or raise its caps."""
    work.wallets.agree(
        Wallet(
            program_id=agreed.program_id,
            sponsor_id=agreed.sponsor_id,
            partner_id=agreed.partner_id,
            title=agreed.title,
            total_cap=agreed.total_cap,
            person_cap=agreed.person_cap,
            change=agreed.change,
        )
    )


def reserve(asked: SponsorshipAsked, work: Work) -> None:
    """Set aside what was asked for, or refuse it; each attempt is answered once.

    Of a fee, no more than the platform keeps of it by now. Raises Transient until the caps are
    known by which it is asked.
    """
    fee = taking_back.lock_fee(asked.release_id, work) if asked.release_id else None
    wallet = _lock(asked.program_id, work)
    if wallet.change < asked.wallet_change:
        raise Transient("wallet_not_known_yet", "The wallet's caps have not been told of yet.")
    known = work.wallets.sponsorship(asked.sponsorship_id)
    if known and (known.status is not Standing.REFUSED or asked.attempt <= known.attempt):
        return
    sponsorship = Sponsorship(
        sponsorship_id=asked.sponsorship_id,
        program_id=asked.program_id,
        person_id=asked.person_id,
        kind=asked.kind,
        reference=asked.reference,
        amount=asked.amount,
        attempt=asked.attempt,
        status=Standing.REFUSED,
        release_id=asked.release_id,
        taken_back=known.taken_back if known else NOTHING,
    )
    if fee is not None and sponsorship.take_back(fee):
        taking_back.tell(sponsorship, work)
    if sponsorship.left:
        _set_aside(sponsorship, wallet, work)
    else:
        work.wallets.save(sponsorship)


def settle(due: SponsorshipDue, work: Work) -> None:
    """Owe what was set aside: to the assistant, paid out as all that is owed, or the partner."""
    wallet = _lock(due.program_id, work)
    sponsorship = _known(due.sponsorship_id, work)
    if sponsorship.status is Standing.REFUSED:
        raise Transient("sponsorship_not_reserved_yet", "Nothing is set aside for it yet.")
    if sponsorship.status is not Standing.RESERVED:
        return
    sponsorship.status = Standing.SETTLED
    work.wallets.save(sponsorship)
    tuition = sponsorship.kind is SponsorshipKind.TUITION
    _post(
        Fact.SPONSORSHIP_SETTLED,
        sponsorship,
        wallet,
        work,
        payable=NOTHING if tuition else sponsorship.left,
        tuition=sponsorship.left if tuition else NOTHING,
    )
    if not tuition:
        _owe(sponsorship, work)
    work.outbox.emit(
        SponsorshipSettled(
            program_id=sponsorship.program_id,
            sponsorship_id=sponsorship.sponsorship_id,
            settled_at=work.clock.now(),
        ),
        subject=sponsorship.sponsorship_id,
    )


def drop(dropped: SponsorshipDropped, work: Work) -> None:
    """Free what was set aside; what was refused isn't asked for again."""
    wallet = _lock(dropped.program_id, work)
    sponsorship = _known(dropped.sponsorship_id, work)
    if sponsorship.status is Standing.REFUSED:
        sponsorship.status = Standing.DROPPED
        work.wallets.save(sponsorship)
    if sponsorship.status is not Standing.RESERVED:
        return
    sponsorship.status = Standing.RETURNED
    work.wallets.save(sponsorship)
    happening = _happening(sponsorship, wallet, work)
    entry = journal_entry(Fact.SPONSORSHIP_RETURNED, happening, amount=sponsorship.left)
    work.books.post([entry, *make_up(happening, sponsorship.left, work)])
    work.outbox.emit(
        SponsorshipReturned(
            program_id=sponsorship.program_id, sponsorship_id=sponsorship.sponsorship_id
        ),
        subject=sponsorship.sponsorship_id,
    )


def _set_aside(sponsorship: Sponsorship, wallet: Wallet, work: Work) -> None:
    program_id = sponsorship.program_id
    of_person = work.wallets.of_person(program_id, sponsorship.person_id)
    refused = wallet.refusal(sponsorship.left, of_person, work.wallets.available(program_id))
    sponsorship.status = Standing.REFUSED if refused else Standing.RESERVED
    sponsorship.refused = refused
    work.wallets.save(sponsorship)
    sponsorship_id = sponsorship.sponsorship_id
    facts = {"program_id": program_id, "sponsorship_id": sponsorship_id}
    attempt = sponsorship.attempt
    if refused:
        answer = SponsorshipRefused(**facts, attempt=attempt, reason=refused)
        work.outbox.emit(answer, subject=sponsorship_id)
        return
    _post(Fact.SPONSORSHIP_RESERVED, sponsorship, wallet, work, amount=sponsorship.left)
    reserved = SponsorshipReserved(**facts, attempt=attempt, amount=sponsorship.left)
    work.outbox.emit(reserved, subject=sponsorship_id)


def _owe(sponsorship: Sponsorship, work: Work) -> None:
    """Keep what is owed by release, as all that paydays and payouts gather (ADR-0012)."""
    assistant_id = sponsorship.person_id
    account = work.assistants.lock([assistant_id])[assistant_id]
    now = work.clock.now()
    today = day_in_japan(now)
    rules = work.rules.payouts(today)
    release = Release(
        release_id=new_id(),
        milestone_id=None,
        assistant_id=assistant_id,
        source=str(sponsorship.sponsorship_id),
        price=NOTHING,
        tax=NOTHING,
        division=Division(sponsorship.left, NOTHING, NOTHING, NOTHING),
        owed=sponsorship.left,
        released_at=now,
        payday=payday(today, today, rules.cycle, rules.limit_days),
        sponsorship_id=sponsorship.sponsorship_id,
    )
    entries = set_off(account, [release], str(release.release_id), work)
    work.assistants.save([account])
    work.releases.add([release])
    work.books.post(entries)


def _post(fact: Fact, sponsorship: Sponsorship, wallet: Wallet, work: Work, **parts: Money) -> None:
    happening = _happening(sponsorship, wallet, work)
    work.books.post([journal_entry(fact, happening, **parts)])


def _happening(sponsorship: Sponsorship, wallet: Wallet, work: Work) -> Happening:
    source = str(sponsorship.sponsorship_id)
    owners = sponsorship.owners(wallet)
    return Happening(sponsorship.program_id, source, work.clock.now(), owners)


def _lock(program_id: UUID, work: Work) -> Wallet:
    wallet = work.wallets.lock(program_id)
    if wallet is None:
        raise Transient("wallet_not_known_yet", "The wallet has not been told of yet.")
    return wallet


def _known(sponsorship_id: UUID, work: Work) -> Sponsorship:
    sponsorship = work.wallets.sponsorship(sponsorship_id)
    if sponsorship is None:
        raise Transient("sponsorship_not_known_yet", "It has not been asked for yet.")
    return sponsorship
