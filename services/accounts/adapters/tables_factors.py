"""The tables of factors, sign-in elsewhere and personal access tokens."""

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    Text,
    Uuid,
)

from services.accounts.adapters.tables import metadata

totp_factors = Table(
    "totp_factors",
    metadata,
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), primary_key=True),
    Column("sealed_secret", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("confirmed_at", DateTime(timezone=True)),
    Column("last_step", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), primary_key=True),
    Column("code_hash", Text, primary_key=True),
    Column("used_at", DateTime(timezone=True)),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("passkey_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("synced", Boolean, nullable=False),
    Column("transports", ARRAY(Text), nullable=False),
    Column("name", Text, nullable=False),
    Column("added_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Index("passkeys_of_person", "person_id"),
)

identities = Table(
    "identities",
    metadata,
    Column("provider", Text, primary_key=True),
    Column("subject", Text, primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("email", Text, nullable=False),
    Column("linked_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Index("identities_of_person", "person_id", "provider", unique=True),
)

personal_tokens = Table(
    "personal_tokens",
    metadata,
    Column("token_id", Uuid, primary_key=True),
    Column("person_id", Uuid, ForeignKey("accounts.person_id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("token_hash", Text, nullable=False, unique=True),
    Column("hint", Text, nullable=False),
    Column("scopes", ARRAY(Text), nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("last_used_at", DateTime(timezone=True)),
    Column("revoked_at", DateTime(timezone=True)),
    Index("personal_tokens_of_person", "person_id"),
)
