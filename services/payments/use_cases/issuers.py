"""Who issues documents: the market, and assistants with registration numbers of their own."""

from datetime import date

from services.payments.domain.documents import Issuer
from services.payments.domain.registration import registration_number
from services.payments.ports_documents import DatedIssuer, DocumentsWork, Registration
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotFound
from shared.messages.accounts import Role
from shared.messages.documents import (
    IssuerView,
    RegistrationView,
    SetIssuer,
    SetRegistrationNumber,
)
from shared.people import Person


def set_registration(
    command: SetRegistrationNumber, by: Person, work: DocumentsWork
) -> RegistrationView:
    """Keep under which number an assistant issues qualified invoices, from a day on.

    Raises Invalid (`registration_number_invalid`, `valid_from_in_the_past`).
    """
    by.must_be(Role.ASSISTANT)
    registration = Registration(
        person_id=by.person_id,
        valid_from=_day(command.valid_from, work),
        number=registration_number(command.number) if command.number else None,
        name=command.name,
    )
    work.issuers.set_registration(registration)
    return RegistrationView.model_validate(registration, from_attributes=True)


def get_registration(by: Person, work: DocumentsWork) -> RegistrationView:
    """Return the caller's registration as of today; raise NotFound (`registration_not_found`)."""
    found = work.issuers.registration(by.person_id, day_in_japan(work.clock.now()))
    if found is None:
        raise NotFound("registration_not_found", "You have named no registration number.")
    return RegistrationView.model_validate(found, from_attributes=True)


def set_issuer(command: SetIssuer, by: Person, work: DocumentsWork) -> IssuerView:
    """Keep who runs the market, as documents name it from a day on.

    Raises Invalid (`registration_number_invalid`, `valid_from_in_the_past`).
    """
    by.must_be(Role.OPERATOR)
    number = command.registration_number
    issuer = Issuer(
        name=command.name,
        address=command.address,
        registration_number=registration_number(number) if number else None,
        market=command.market,
    )
    dated = DatedIssuer(_day(command.valid_from, work), issuer)
    work.issuers.set_issuer(dated)
    return _view(dated)


def get_issuer(work: DocumentsWork) -> IssuerView:
    """Return who runs the market today."""
    return _view(work.issuers.issuer(day_in_japan(work.clock.now())))


def _view(dated: DatedIssuer) -> IssuerView:
    return IssuerView(
        market=dated.issuer.market,
        name=dated.issuer.name,
        address=dated.issuer.address,
        registration_number=dated.issuer.registration_number,
        valid_from=dated.valid_from,
    )


def _day(valid_from: date | None, work: DocumentsWork) -> date:
    """Return the day; documents of days that are over were issued, and stay as they are."""
    today = day_in_japan(work.clock.now())
    if valid_from and valid_from < today:
        raise Invalid(
            "valid_from_in_the_past",
            "Documents of past days are issued already: name today or a later day.",
            earliest=today.isoformat(),
        )
    return valid_from or today
