"""Companies as clients: who acts for them, and what each may do in the company's name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from shared.errors import Rejected
from shared.messages.accounts import Locale
from shared.messages.companies import MemberRights, MembershipStatus
from shared.people import Right

# What stands where a name stood, for who meets it in what has to be kept.
CLOSED: Final = {"ja": "閉鎖した会社", "en": "Closed company"}


class Step(StrEnum):
    """What can happen to a membership. To decline, to leave and to be removed are one step."""

    INVITE = "invite"
    JOIN = "join"
    LEAVE = "leave"


_S, _T = MembershipStatus, Step
# fmt: off
MOVES: Final[Mapping[tuple[MembershipStatus, Step], MembershipStatus]] = {
    (_S.GONE,    _T.INVITE): _S.INVITED,
    (_S.INVITED, _T.INVITE): _S.INVITED,
    (_S.INVITED, _T.JOIN):   _S.MEMBER,
    (_S.MEMBER,  _T.JOIN):   _S.MEMBER,
    (_S.INVITED, _T.LEAVE):  _S.GONE,
    (_S.MEMBER,  _T.LEAVE):  _S.GONE,
    (_S.GONE,    _T.LEAVE):  _S.GONE,
}
# fmt: on


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
    """A person in a company; `change` counts what has been changed of it."""

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

    def moved(self, step: Step) -> Self:
        """Return it after this step, itself if nothing changes by it.

        Raises Rejected (`already_member`, `not_invited`).
        """
        after = MOVES.get((self.status, step))
        if after is None:
            raise _refusal(step)
        if after is self.status:
            return self
        return replace(self, status=after, change=self.change + 1)

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


def _refusal(step: Step) -> Rejected:
    if step is Step.INVITE:
        return Rejected(
            "already_member", "This person is a member already. Change their rights instead."
        )
    return Rejected("not_invited", "The invitation was withdrawn or declined. Ask for a new one.")
