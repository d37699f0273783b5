"""Companies as clients: who acts for them, and what each may do in the company's name."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from shared.errors import Rejected
from shared.messages.accounts import Locale
from shared.messages.companies import MemberRights, MembershipStatus
from shared.people import Right

# What stands where a name stood, for who meets it in what has to be kept.
CLOSED: Final = {"ja": "閉鎖した会社", "en": "Closed company"}


@dataclass(frozen=True)
class Company:
    """A client account for which several people act; `change` counts what has been changed."""

    company_id: UUID
    name: str
    email: str
    locale: Locale
    founded_by: UUID
    founded_at: datetime
    change: int = 1

    def renamed(self, name: str, email: str, locale: Locale) -> Self:
        """Return it with these, itself if it has them."""
        after = replace(self, name=name, email=email, locale=locale)
        return self if after == self else replace(after, change=self.change + 1)

    def closed(self) -> Self:
        """Return what is left of it once the last one in it has left for good."""
        return replace(self, name=CLOSED[self.locale], email="", change=self.change + 1)


@dataclass(frozen=True)
class CompanyLimits:
    """How many companies a person may be in, and how many people in a company; invited or member.

    Rights travel in every access token, and what happens to a company is told to each member.
    """

    companies_of_person: int
    members_of_company: int


@dataclass(frozen=True)
class Membership:
    """A person in a company, or who was; `change` counts what has been changed of it.

    Who is only invited isn't in it: that is kept by address (invitation.py).
    """

    company_id: UUID
    person_id: UUID
    status: MembershipStatus = MembershipStatus.GONE
    rights: frozenset[Right] = frozenset()
    administrator: bool = False
    change: int = 0

    @property
    def administers(self) -> bool:
        """Tell whether the person may change who is in the company."""
        return self.administrator and self.status is MembershipStatus.MEMBER

    def joined(self, given: MemberRights) -> Self:
        """Return it as a member's, with these rights; itself if it is a member's already."""
        if self.status is MembershipStatus.MEMBER:
            return self
        return replace(
            self,
            status=MembershipStatus.MEMBER,
            rights=given.rights,
            administrator=given.administrator,
            change=self.change + 1,
        )

    def left(self) -> Self:
        """Return it after its person has left, or was removed; itself if that was before."""
        if self.status is MembershipStatus.GONE:
            return self
        return replace(self, status=MembershipStatus.GONE, change=self.change + 1)

    def with_rights(self, given: MemberRights) -> Self:
        """Return it with these rights, itself if it has them."""
        if (given.rights, given.administrator) == (self.rights, self.administrator):
            return self
        return replace(
            self,
            rights=given.rights,
            administrator=given.administrator,
            change=self.change + 1,
        )


def check_administered(members: Iterable[Membership]) -> None:
    """Raise Rejected (`last_administrator`) when nobody is left who may invite and remove."""
    if not any(each.administers for each in members):
        raise Rejected(
            "last_administrator",
            "Somebody has to administer the company. Make another member an administrator first.",
        )
