"""Who is asking, as far as a service needs to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from shared.errors import NotAllowed


class Right(StrEnum):
    """What a member of a client company may do in its name. All of them may look at its work."""

    POST = "post"
    FUND = "fund"
    ACCEPT = "accept"
    SEE_MONEY = "see_money"


@dataclass(frozen=True)
class Person:
    """Somebody who signed in: an id, and what the access token vouches for.

    Whoever is a client or an assistant somewhere is there under an account's id: that of a person,
    or of a company, for which its members act. `memberships` are those companies, with the
    person's rights in each.

    Attributes:
        session_id: the sign-in that the token goes back to, if it says so.
        authenticated_at: when the person last proved who they are.
        scopes: what the token is for; None: for everything, as that of somebody who signed in.
    """

    person_id: UUID
    roles: frozenset[str]
    memberships: Mapping[UUID, frozenset[Right]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    session_id: UUID | None = None
    authenticated_at: datetime | None = None
    scopes: frozenset[str] | None = None

    @property
    def accounts(self) -> frozenset[UUID]:
        """The accounts that the person stands for: the own one, and those of companies."""
        return frozenset({self.person_id, *self.memberships})

    def is_a(self, role: str) -> bool:
        """Tell whether the person has this role."""
        return role in self.roles

    def must_be(self, role: str) -> None:
        """Raise NotAllowed unless the person has this role."""
        if role not in self.roles:
            raise NotAllowed(
                "role_required", f"Only a person with the role {role} may do this.", role=role
            )

    def must_hold(self, scope: str) -> None:
        """Raise NotAllowed (`scope_missing`) unless the token is for this."""
        if self.scopes is not None and scope not in self.scopes:
            raise NotAllowed(
                "scope_missing", f"Use an access token with the scope {scope}.", scope=scope
            )

    def must_have_signed_in(self) -> None:
        """Raise NotAllowed (`sign_in_required`) for a program with a personal access token."""
        if self.scopes is not None:
            raise NotAllowed(
                "sign_in_required", "Sign in for this: a personal access token isn't enough."
            )

    def stands_for(self, account_id: UUID) -> bool:
        """Tell whether this is the person's own account, or that of a company of theirs."""
        return account_id == self.person_id or account_id in self.memberships

    def may(self, right: Right, account_id: UUID) -> bool:
        """Tell whether the person may do this for the account: for one's own, everything."""
        return account_id == self.person_id or right in self.memberships.get(account_id, ())

    def must(self, right: Right, account_id: UUID) -> None:
        """Raise NotAllowed (`right_required`) unless the person may do this for the account."""
        if not self.may(right, account_id):
            raise NotAllowed(
                "right_required",
                f"Ask an administrator of the company for the right to {right}.",
                right=right,
            )
