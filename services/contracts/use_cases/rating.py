"""Ratings: given by both, blind until both have or the time is over, and answered once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.contracts.domain.contract import Contract
from services.contracts.domain.rating import Rating, Round
from services.contracts.ports import Happened, Transactions, Work
from shared.errors import NotFound
from shared.messages.talk import (
    GiveRating,
    RatingsRevealed,
    RatingsView,
    RatingView,
    ReplyToRating,
)
from shared.people import Person


def open_round(contract: Contract, work: Work) -> None:
    """Let the parties rate each other: nothing is to be done any more."""
    now = work.clock.now()
    until = now + timedelta(days=work.policies.at(now).rating_days)
    work.rounds.open(contract.contract_id, until)


def give_rating(contract_id: UUID, command: GiveRating, by: Person, work: Work) -> RatingsView:
    """Rate the other party, once, when the work is over (for a company: who may accept)."""
    contract = work.contracts.get(contract_id)
    party_id = contract.party_of(by)
    rating = Rating(
        contract_id=contract_id,
        by_id=party_id,
        of_id=contract.other_party(party_id),
        stars=command.stars,
        comment=command.comment,
        given_at=work.clock.now(),
    )
    after = work.rounds.lock(contract_id).rated(rating)
    work.rounds.add(rating)
    if after.is_due(work.clock.now()):
        _reveal(contract, after, work)
    return _view(contract_id, party_id, work)


def reply_to_rating(
    contract_id: UUID, command: ReplyToRating, by: Person, work: Work
) -> RatingsView:
    """Answer what the other party said, once, after it was revealed."""
    party_id = work.contracts.get(contract_id).party_of(by)
    round_ = work.rounds.lock(contract_id)
    rating = round_.of(party_id)
    if rating is None or round_.revealed_at is None:
        raise NotFound("rating_not_found", "Nothing was said of you here yet that you may read.")
    work.rounds.answer(rating.answered(command.text, work.clock.now()))
    return _view(contract_id, party_id, work)


def get_ratings(contract_id: UUID, by: Person, work: Work) -> RatingsView:
    """Return a contract's ratings as this party may see them."""
    contract = work.contracts.get(contract_id)
    contract.must_concern(by)
    is_assistant = by.person_id == contract.assistant_id
    return _view(contract_id, contract.assistant_id if is_assistant else contract.client_id, work)


def list_ratings(
    account_id: UUID, work: Work, *, after: UUID | None = None, limit: int
) -> Sequence[tuple[UUID, RatingView]]:
    """Return what was said of an account and revealed, newest first; anybody may read it.

    Each comes with the id of its contract, which is the cursor.
    """
    return work.rounds.revealed_of(account_id, after=after, limit=limit)


def reveal_overdue(transactions: Transactions) -> int:
    """Reveal the ratings of contracts whose time to rate is over; return how many."""
    revealed = 0
    while True:
        with transactions.begin() as work:
            contract_id = work.rounds.claim_over(work.clock.now())
            if contract_id is None:
                return revealed
            _reveal(work.contracts.get(contract_id), work.rounds.get(contract_id), work)
        revealed += 1


def _reveal(contract: Contract, round_: Round, work: Work) -> None:
    now = work.clock.now()
    work.rounds.reveal(contract.contract_id, now)
    if not round_.ratings:
        return
    work.timeline.add(contract.contract_id, Happened.RATINGS_REVEALED, now)
    stars = {each.by_id: each.stars for each in round_.ratings}
    revealed = RatingsRevealed(
        contract_id=contract.contract_id,
        title=contract.title,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        by_client=stars.get(contract.client_id),
        by_assistant=stars.get(contract.assistant_id),
        revealed_at=now,
    )
    work.outbox.emit(revealed, subject=contract.contract_id)


def _view(contract_id: UUID, party_id: UUID, work: Work) -> RatingsView:
    round_ = work.rounds.get(contract_id)
    own, others = round_.by(party_id), round_.of(party_id)
    return RatingsView(
        open_until=round_.open_until,
        revealed_at=round_.revealed_at,
        own=own and _shown(own),
        others=_shown(others) if others and round_.revealed_at else None,
    )


def _shown(rating: Rating) -> RatingView:
    return RatingView.model_validate(rating, from_attributes=True)
