"""What a sponsor pays for its people: asked of payments, and due once what it is for happened.

Tuition is set aside when somebody joins, and due when they are trained. Fees and bonuses are asked
for when they arise, and due as soon as they are set aside. What payments refuses is asked for
again when more may be paid: money came in, the caps were raised, or something was freed.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Final
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.program import Program, no_such_program
from services.programs.domain.sponsorship import (
    Sponsorship,
    SponsorshipStep,
    month_name,
    within_calendar_months,
    within_months,
)
from services.programs.ports import Work
from shared.calendar import day_in_japan
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.contracts import (
    MilestoneAccepted,
    MilestoneFact,
    MilestonePartlyAccepted,
)
from shared.messages.payments import EscrowReleased
from shared.messages.program_money import (
    SponsorshipAsked,
    SponsorshipDropped,
    SponsorshipDue,
    SponsorshipKind,
    SponsorshipStatus,
    SponsorshipView,
)
from shared.messages.programs import WalletTerms
from shared.messages.retainers import MilestoneSettled
from shared.messages.wallets import (
    SponsorshipRefused,
    SponsorshipReserved,
    SponsorshipReturned,
    SponsorshipSettled,
    SponsorshipTakenBack,
    WalletFunded,
)
from shared.money import Money
from shared.people import Person, Right
from shared.pseudonyms import beneficiary_of

_TUITION: Final = "tuition"


def on_joined(participant: Participant, program: Program, work: Work) -> None:
    """Have tuition set aside for somebody who takes part from now on."""
    _ask_tuition(participant, program.wallet, work, earned=False)


def on_trained(participant: Participant, program: Program, work: Work) -> None:
    """Have tuition paid, now that somebody has been trained."""
    work.sponsorships.lock(program.program_id)
    tuition = work.sponsorships.for_cause(participant.participant_id, _TUITION)
    if tuition is None:
        _ask_tuition(participant, program.wallet, work, earned=True)
        return
    tuition.earned = True
    _pay(tuition, work)
    work.sponsorships.save(tuition)


def on_left(participant: Participant, work: Work) -> None:
    """Free what was set aside for what won't happen any more."""
    work.sponsorships.lock(participant.program_id)
    for each in work.sponsorships.not_earned(participant.participant_id):
        if each.move(SponsorshipStep.DROP):
            work.sponsorships.save(each)
            work.outbox.emit(SponsorshipDropped(**_facts(each)), subject=each.sponsorship_id)


def on_released(released: EscrowReleased, work: Work) -> None:
    """Have the platform's fee on an accepted milestone paid, with the tax on it.

    Raises Transient (`contract_not_there_yet`) until the contract was told of.
    """
    found = _taking_part(released.assistant_id, work)
    fee = released.platform_fee + released.platform_fee_tax
    if found is None or not found[1].pays_fees or not fee:
        return
    participant, terms = found
    day = day_in_japan(work.clock.now())
    first = _first_contract(participant, released.contract_id, work)
    if first is None or not within_months(day, first, terms.fee_months):
        return
    _ask(
        participant,
        SponsorshipKind.FEES,
        f"fees:{released.release_id or released.milestone_id}",
        fee,
        work,
        reference=month_name(day),
        release_id=released.release_id,
    )


def on_accepted(accepted: MilestoneAccepted | MilestonePartlyAccepted, work: Work) -> None:
    """Have the bonus paid for a month with work accepted in it, all of it or a part.

    Raises Transient (`contract_not_there_yet`) until the contract was told of.
    """
    _ask_bonus(accepted, accepted.accepted_at, work)


def on_hours_settled(settled: MilestoneSettled, work: Work) -> None:
    """Have the bonus paid for a month in which hours of a retainer's period were paid.

    Raises Transient (`contract_not_there_yet`) until the contract was told of.
    """
    if settled.to_assistant:
        _ask_bonus(settled, settled.settled_at, work)


def on_reserved(reserved: SponsorshipReserved, work: Work) -> None:
    """Note that an amount is set aside; it is due at once if what it is for has happened."""

    def change(sponsorship: Sponsorship, _heard: int) -> None:
        if sponsorship.attempt == reserved.attempt and sponsorship.move(SponsorshipStep.RESERVE):
            sponsorship.refused = None
            _pay(sponsorship, work)

    _change(reserved.program_id, reserved.sponsorship_id, change, work)


def on_refused(refused: SponsorshipRefused, work: Work) -> None:
    """Note a refusal; ask again at once when more came to be there since it was asked for."""

    def change(sponsorship: Sponsorship, heard: int) -> None:
        if sponsorship.attempt == refused.attempt and sponsorship.move(SponsorshipStep.REFUSE):
            sponsorship.refused = refused.reason
            if sponsorship.heard < heard:
                _ask_again(sponsorship, heard, work)

    _change(refused.program_id, refused.sponsorship_id, change, work)


def on_settled(settled: SponsorshipSettled, work: Work) -> None:
    """Note that it is paid."""

    def change(sponsorship: Sponsorship, _heard: int) -> None:
        if sponsorship.move(SponsorshipStep.SETTLE):
            sponsorship.settled_at = settled.settled_at

    _change(settled.program_id, settled.sponsorship_id, change, work)


def on_returned(returned: SponsorshipReturned, work: Work) -> None:
    """Ask again for what was refused, now that something is free again."""
    _more_may_be_paid(returned.program_id, work)


def on_taken_back(told: SponsorshipTakenBack, work: Work) -> None:
    """Note what of a fee isn't paid, as it was given back; so much is free again for others."""
    work.sponsorships.lock(told.program_id)
    sponsorship = work.sponsorships.get(told.sponsorship_id)
    if sponsorship and sponsorship.take_back(told.taken_back):
        work.sponsorships.save(sponsorship)
        _more_may_be_paid(told.program_id, work)


def on_funded(funded: WalletFunded, work: Work) -> None:
    """Ask again for what was refused, now that money has come in."""
    _more_may_be_paid(funded.program_id, work)


def on_raised(program_id: UUID, work: Work) -> None:
    """Ask again for what was refused, now that the caps are higher (once they are told)."""
    _more_may_be_paid(program_id, work)


def list_sponsorships(
    program_id: UUID, by: Person, work: Work, *, after: UUID | None, limit: int
) -> list[SponsorshipView]:
    """Return what a sponsor pays for its people, newest first, without saying who they are.

    For the sponsor's members who may see the money. Raises NotFound (`program_not_found`),
    NotAllowed (`right_required`).
    """
    program = work.programs.get(program_id)
    if not by.stands_for(program.sponsor_id):
        raise no_such_program()
    by.must(Right.SEE_MONEY, program.sponsor_id)
    return [_view(each) for each in work.sponsorships.of_program(program_id, after, limit)]


def _ask_bonus(done: MilestoneFact, at: datetime, work: Work) -> None:
    found = _taking_part(done.assistant_id, work)
    if found is None or not found[1].bonus:
        return
    participant, terms = found
    day = day_in_japan(at)
    first = _first_contract(participant, done.contract_id, work)
    too_early = at < participant.joined_at
    if first is None or too_early or not within_calendar_months(day, first, terms.bonus_months):
        return
    month = month_name(day)
    amount = terms.bonus.as_money()
    _ask(participant, SponsorshipKind.BONUS, f"bonus:{month}", amount, work, reference=month)


def _ask_tuition(
    participant: Participant, terms: WalletTerms | None, work: Work, *, earned: bool
) -> None:
    if terms and terms.tuition:
        amount = terms.tuition.as_money()
        _ask(
            participant,
            SponsorshipKind.TUITION,
            _TUITION,
            amount,
            work,
            reference=_TUITION,
            earned=earned,
        )


def _ask(
    participant: Participant,
    kind: SponsorshipKind,
    cause: str,
    amount: Money,
    work: Work,
    *,
    reference: str,
    earned: bool = True,
    release_id: UUID | None = None,
) -> None:
    heard = work.sponsorships.lock(participant.program_id)
    sponsorship = Sponsorship(
        sponsorship_id=new_id(),
        program_id=participant.program_id,
        participant_id=participant.participant_id,
        person_id=participant.person_id,
        kind=kind,
        cause=cause,
        amount=amount,
        reference=reference,
        asked_at=work.clock.now(),
        earned=earned,
        heard=heard,
        release_id=release_id,
    )
    if work.sponsorships.add(sponsorship):
        _tell_asked(sponsorship, work)


def _ask_again(sponsorship: Sponsorship, heard: int, work: Work) -> None:
    if sponsorship.move(SponsorshipStep.ASK_AGAIN):
        sponsorship.attempt += 1
        sponsorship.heard = heard
        _tell_asked(sponsorship, work)


def _more_may_be_paid(program_id: UUID, work: Work) -> None:
    heard = work.sponsorships.hear(program_id)
    for each in work.sponsorships.refused(program_id):
        _ask_again(each, heard, work)
        work.sponsorships.save(each)


def _pay(sponsorship: Sponsorship, work: Work) -> None:
    if sponsorship.falls_due and sponsorship.move(SponsorshipStep.FALL_DUE):
        due = SponsorshipDue(**_facts(sponsorship))
        work.outbox.emit(due, subject=sponsorship.sponsorship_id)


def _change(
    program_id: UUID,
    sponsorship_id: UUID,
    change: Callable[[Sponsorship, int], None],
    work: Work,
) -> None:
    heard = work.sponsorships.lock(program_id)
    sponsorship = work.sponsorships.get(sponsorship_id)
    if sponsorship is None:
        return
    change(sponsorship, heard)
    work.sponsorships.save(sponsorship)


def _taking_part(person_id: UUID, work: Work) -> tuple[Participant, WalletTerms] | None:
    """Return as whom somebody takes part in a program that has a wallet, and its terms."""
    participant = work.participants.lock_current(person_id)
    if participant is None:
        return None
    terms = work.programs.get(participant.program_id).wallet
    return (participant, terms) if terms else None


def _first_contract(participant: Participant, contract_id: UUID, work: Work) -> date | None:
    """Return the day of the first contract since somebody joined; None when it came before.

    `contract_id` is the one that something has happened in.
    """
    contracts = work.known_work.contracts_of(participant.person_id)
    agreed = {each.contract_id: at for each in contracts if (at := each.agreed_at)}
    if contract_id not in agreed:
        raise Transient("contract_not_there_yet", "The contract has not been told of yet.")
    if agreed[contract_id] < participant.joined_at:
        return None
    return day_in_japan(min(each for each in agreed.values() if each >= participant.joined_at))


def _facts(sponsorship: Sponsorship) -> dict[str, UUID]:
    return {
        "sponsorship_id": sponsorship.sponsorship_id,
        "program_id": sponsorship.program_id,
    }


def _tell_asked(sponsorship: Sponsorship, work: Work) -> None:
    asked = SponsorshipAsked(
        **_facts(sponsorship),
        person_id=sponsorship.person_id,
        kind=sponsorship.kind,
        amount=sponsorship.amount,
        reference=sponsorship.reference,
        attempt=sponsorship.attempt,
        wallet_change=work.programs.get(sponsorship.program_id).wallet_change,
        release_id=sponsorship.release_id,
    )
    work.outbox.emit(asked, subject=sponsorship.sponsorship_id)


def _view(sponsorship: Sponsorship) -> SponsorshipView:
    refused = sponsorship.status is SponsorshipStatus.REFUSED
    return SponsorshipView(
        sponsorship_id=sponsorship.sponsorship_id,
        beneficiary=beneficiary_of(sponsorship.program_id, sponsorship.person_id),
        kind=sponsorship.kind,
        amount=sponsorship.amount,
        reference=sponsorship.reference,
        status=sponsorship.status,
        refused=sponsorship.refused if refused else None,
        asked_at=sponsorship.asked_at,
        settled_at=sponsorship.settled_at,
        taken_back=sponsorship.taken_back,
    )
