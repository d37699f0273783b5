"""Second factors and passkeys in PostgreSQL; secrets that have to be read again are sealed."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import accounts
from services.accounts.adapters.tables_factors import passkeys, recovery_codes, totp_factors
from services.accounts.domain.factors import Factors, Passkey, Totp
from shared.messages.accounts import FactorKind
from shared.sealed import Seal


@dataclass(frozen=True)
class SqlFactors:
    """Implements the port FactorStore."""

    connection: Connection
    seal: Seal

    def kinds(self, person_id: UUID) -> frozenset[FactorKind]:
        """Return what the person can prove themselves by; nothing: the password is enough."""
        return self.of_person(person_id).kinds

    def of_person(self, person_id: UUID) -> Factors:
        """Return all that somebody has set up."""
        found = self.connection.execute(
            passkeys.select()
            .where(passkeys.c.person_id == person_id)
            .order_by(passkeys.c.passkey_id)
        )
        left = (
            select(func.count())
            .select_from(recovery_codes)
            .where(recovery_codes.c.person_id == person_id)
            .where(recovery_codes.c.used_at.is_(None))
        )
        return Factors(
            self._totp(person_id),
            tuple(map(_passkey, found)),
            self.connection.scalar(left) or 0,
        )

    def lock(self, person_id: UUID) -> Factors:
        """Return the same, and keep others from using or changing any of it meanwhile."""
        # By the account's row: there may be no other yet.
        self.connection.execute(
            select(accounts.c.person_id).where(accounts.c.person_id == person_id).with_for_update()
        )
        return self.of_person(person_id)

    def keep_totp(self, totp: Totp) -> None:
        """Keep a new one in place of the one before, or what has become of it."""
        row = vars(totp) | {"sealed_secret": self.seal.close(totp.secret)}
        del row["secret"]
        changed = {name: value for name, value in row.items() if name != "person_id"}
        self.connection.execute(
            insert(totp_factors)
            .values(row)
            .on_conflict_do_update(index_elements=[totp_factors.c.person_id], set_=changed)
        )

    def remove_totp(self, person_id: UUID) -> None:
        """Forget it."""
        self.connection.execute(totp_factors.delete().where(totp_factors.c.person_id == person_id))

    def replace_recovery_codes(self, person_id: UUID, hashes: Collection[str]) -> None:
        """Keep these codes in place of all before, which are worth nothing any more."""
        self.connection.execute(
            recovery_codes.delete().where(recovery_codes.c.person_id == person_id)
        )
        rows = [{"person_id": person_id, "code_hash": each} for each in hashes]
        if rows:
            self.connection.execute(recovery_codes.insert(), rows)

    def use_recovery_code(self, person_id: UUID, code_hash: str, now: datetime) -> bool:
        """Use the code up; False when there is no such code that wasn't used."""
        used = (
            recovery_codes.update()
            .where(recovery_codes.c.person_id == person_id)
            .where(recovery_codes.c.code_hash == code_hash)
            .where(recovery_codes.c.used_at.is_(None))
            .values(used_at=now)
            .returning(recovery_codes.c.person_id)
        )
        return self.connection.execute(used).first() is not None

    def add_passkey(self, passkey: Passkey) -> bool:
        """Keep a new one; False when the credential is known already."""
        unless_known = (
            insert(passkeys)
            .values(vars(passkey) | {"transports": list(passkey.transports)})
            .on_conflict_do_nothing(index_elements=[passkeys.c.credential_id])
            .returning(passkeys.c.passkey_id)
        )
        return self.connection.execute(unless_known).first() is not None

    def passkey_by_credential(self, credential_id: bytes) -> Passkey | None:
        """Return the passkey, locked."""
        wanted = passkeys.select().where(passkeys.c.credential_id == credential_id)
        row = self.connection.execute(wanted.with_for_update()).one_or_none()
        return _passkey(row) if row else None

    def keep_passkey(self, passkey: Passkey) -> None:
        """Keep what its last use changed."""
        self.connection.execute(
            passkeys.update()
            .where(passkeys.c.passkey_id == passkey.passkey_id)
            .values(sign_count=passkey.sign_count, last_used_at=passkey.last_used_at)
        )

    def remove_passkey(self, passkey_id: UUID) -> None:
        """Forget it."""
        self.connection.execute(passkeys.delete().where(passkeys.c.passkey_id == passkey_id))

    def forget(self, person_id: UUID) -> None:
        """Forget all that somebody has set up."""
        for table in (totp_factors, recovery_codes, passkeys):
            self.connection.execute(table.delete().where(table.c.person_id == person_id))

    def _totp(self, person_id: UUID) -> Totp | None:
        wanted = totp_factors.select().where(totp_factors.c.person_id == person_id)
        row = self.connection.execute(wanted).one_or_none()
        if row is None:
            return None
        return Totp(
            person_id=row.person_id,
            secret=self.seal.open(row.sealed_secret),
            made_at=row.made_at,
            confirmed_at=row.confirmed_at,
            last_step=row.last_step,
        )


def _passkey(row: Row[Any]) -> Passkey:
    return Passkey(**dict(row._mapping) | {"transports": tuple(row.transports)})  # noqa: SLF001  (its documented interface)
