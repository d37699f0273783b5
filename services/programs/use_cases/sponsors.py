"""Municipalities say that an account is theirs; an operator makes sure of it."""

from collections.abc import Sequence
from uuid import UUID

from services.programs.domain.municipality import municipality, search
from services.programs.domain.sponsor import Sponsor, no_such_sponsor
from services.programs.ports import Work
from shared.errors import Rejected
from shared.messages.programs import (
    DecideOnSponsor,
    MunicipalityView,
    RegisterSponsor,
    SponsorDecided,
    SponsorStatus,
    SponsorView,
)
from shared.people import Person, Right


def find_municipalities(text: str, by: Person) -> list[MunicipalityView]:
    """Return local governments that fit some words, to whoever signed in."""
    del by  # that there is somebody is all that is asked for
    return search(text)


def register_sponsor(asked: RegisterSponsor, by: Person, work: Work) -> SponsorView:
    """Say that a company's account is a municipality's; again, once it was refused.

    Raises:
        NotAllowed: `right_required`.
        Invalid: `municipality_unknown`.
        Rejected: `company_needed`, `sponsor_already_registered`.
    """
    by.must(Right.POST, asked.account_id)
    municipality(asked.municipality_code)
    if not work.people.is_company(asked.account_id):
        raise Rejected("company_needed", "A municipality acts by the account of a company.")
    known = work.sponsors.find(asked.account_id)
    if known is not None and known.status is not SponsorStatus.REFUSED:
        raise Rejected(
            "sponsor_already_registered",
            "This account stands for a municipality already.",
            status=known.status,
        )
    sponsor = Sponsor(
        account_id=asked.account_id,
        municipality_code=asked.municipality_code,
        note=asked.note,
        registered_by=by.person_id,
        registered_at=work.clock.now(),
    )
    work.sponsors.put(sponsor)
    return _view(sponsor, work)


def list_sponsors(
    by: Person, work: Work, *, status: SponsorStatus | None, after: UUID | None, limit: int
) -> Sequence[SponsorView]:
    """Return sponsors, newest account first: all of them to operators, to others their own."""
    accounts = None if by.is_a("operator") else by.accounts
    return [_view(each, work) for each in work.sponsors.listed(accounts, status, after, limit)]


def get_sponsor(account_id: UUID, by: Person, work: Work) -> SponsorView:
    """Return a sponsor to its members and operators; raise NotFound (`sponsor_not_found`)."""
    sponsor = work.sponsors.find(account_id)
    if sponsor is None or not (by.is_a("operator") or by.stands_for(account_id)):
        raise no_such_sponsor()
    return _view(sponsor, work)


def decide(account_id: UUID, decision: DecideOnSponsor, by: Person, work: Work) -> SponsorView:
    """Confirm a municipality's account, or refuse it (operators).

    Raises NotAllowed (`role_required`), NotFound (`sponsor_not_found`), Rejected
    (`sponsor_already_decided`).
    """
    by.must_be("operator")
    sponsor = work.sponsors.lock(account_id).decided(decision)
    work.sponsors.put(sponsor)
    decided = SponsorDecided(
        account_id=account_id,
        municipality_code=sponsor.municipality_code,
        municipality=municipality(sponsor.municipality_code).name,
        confirmed=decision.confirmed,
        reason=sponsor.reason,
    )
    work.outbox.emit(decided, subject=account_id)
    return _view(sponsor, work)


def _view(sponsor: Sponsor, work: Work) -> SponsorView:
    return SponsorView(
        account_id=sponsor.account_id,
        name=work.people.name(sponsor.account_id),
        municipality=municipality(sponsor.municipality_code),
        status=sponsor.status,
        note=sponsor.note,
        reason=sponsor.reason,
        registered_at=sponsor.registered_at,
    )
