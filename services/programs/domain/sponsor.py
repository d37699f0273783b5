"""Municipalities with an account."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from shared.errors import NotFound, Rejected
from shared.messages.programs import DecideOnSponsor, SponsorStatus


@dataclass(frozen=True)
class Sponsor:
    """A company's account that says it is a municipality's, and what an operator decided."""

    account_id: UUID
    municipality_code: str
    note: str
    registered_by: UUID
    registered_at: datetime
    status: SponsorStatus = SponsorStatus.WAITING
    reason: str | None = None

    def must_be_confirmed(self) -> None:
        """Raise Rejected (`sponsor_not_confirmed`) unless an operator has confirmed it."""
        if self.status is not SponsorStatus.CONFIRMED:
            raise Rejected(
                "sponsor_not_confirmed",
                "An operator has to confirm first that this account is the municipality's.",
                status=self.status,
            )

    def decided(self, decision: DecideOnSponsor) -> Self:
        """Return it confirmed or refused; raise Rejected (`sponsor_already_decided`)."""
        if self.status is not SponsorStatus.WAITING:
            raise Rejected(
                "sponsor_already_decided", "This was decided before.", status=self.status
            )
        status = SponsorStatus.CONFIRMED if decision.confirmed else SponsorStatus.REFUSED
        return replace(self, status=status, reason=decision.reason)


def no_such_sponsor() -> NotFound:
    """Return the refusal for who may not know of a sponsor."""
    return NotFound("sponsor_not_found", "There is no such sponsor, or it isn't for you to see.")
