"""Invitations to companies. They are kept by address, so that none tells who has an account."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from services.accounts.domain.account import email_key
from shared.messages.companies import MemberRights
from shared.people import Right

LASTS: Final = timedelta(days=30)


@dataclass(frozen=True)
class Invitation:
    """Whoever can show that the address is theirs is asked to join, with these rights.

    `email` is as it was typed: what the company is shown, and nothing of who it belongs to.
    """

    invitation_id: UUID
    company_id: UUID
    email: str
    rights: frozenset[Right]
    administrator: bool
    invited_by: UUID
    expires_at: datetime

    @property
    def email_key(self) -> str:
        """Return what makes it the only one of its company to this address."""
        return email_key(self.email)

    @property
    def given(self) -> MemberRights:
        """What whoever accepts it may do."""
        return MemberRights(rights=self.rights, administrator=self.administrator)

    def with_rights(self, given: MemberRights) -> Self:
        """Return it with these rights, itself if it has them."""
        if given.rights == self.rights and given.administrator == self.administrator:
            return self
        return replace(self, rights=given.rights, administrator=given.administrator)
