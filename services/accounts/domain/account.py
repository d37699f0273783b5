"""A person's account: who they are, what they may be, and how they prove it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from shared.messages.accounts import Locale, Role

# What stands where a name stood, for who meets it in what has to be kept.
FORMER_MEMBER: Final = {"ja": "退会した利用者", "en": "Former member"}


@dataclass(frozen=True)
class Account:
    """An account as it is kept. The password itself is never kept, only its Argon2id hash.

    There is none where somebody always signs in elsewhere. `change` counts what has been changed
    of who they are.
    """

    person_id: UUID
    email: str
    display_name: str
    roles: frozenset[Role]
    locale: Locale
    registered_at: datetime
    password_hash: str | None
    reading: str | None = None
    change: int = 1
    deleted_at: datetime | None = None

    @property
    def email_key(self) -> str:
        """Return what makes the address unique. A deleted account has none that anybody has."""
        return f"deleted:{self.person_id}" if self.deleted_at else email_key(self.email)

    def changed(
        self,
        *,
        email: str | None = None,
        display_name: str,
        reading: str | None,
        locale: Locale,
    ) -> Self:
        """Return it with these, itself if nothing changes by that."""
        after = replace(
            self,
            email=email or self.email,
            display_name=display_name,
            reading=reading,
            locale=locale,
        )
        return self if after == self else replace(after, change=self.change + 1)

    def as_a(self, role: Role) -> Self:
        """Return it with this role, too."""
        return replace(self, roles=self.roles | {role})

    def deleted(self, now: datetime) -> Self:
        """Return what is left of it: an id that others have in their books."""
        return replace(
            self,
            email="",
            display_name=FORMER_MEMBER[self.locale],
            reading=None,
            roles=frozenset(),
            password_hash=None,
            change=self.change + 1,
            deleted_at=now,
        )


@dataclass(frozen=True)
class Registration:
    """What an account comes of, once its address is shown to be the registrant's."""

    person_id: UUID
    email: str
    display_name: str
    reading: str | None
    roles: frozenset[Role]
    locale: Locale
    password_hash: str
    registered_at: datetime

    def account(self) -> Account:
        """Return the account."""
        return Account(
            person_id=self.person_id,
            email=self.email,
            display_name=self.display_name,
            roles=self.roles,
            locale=self.locale,
            registered_at=self.registered_at,
            password_hash=self.password_hash,
            reading=self.reading,
        )


def email_key(email: str) -> str:
    """Return the address as it is compared: A@Example.jp and a@example.jp are one mailbox.

    RFC 5321 lets a mail server tell them apart; none does, and people type either.
    """
    return email.casefold()
