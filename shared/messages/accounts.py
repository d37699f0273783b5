"""The published language of accounts: people, and what they are told of their accounts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import EmailStr, Field, SecretStr

from shared.messages.base import Command, Event, Line, View


class Role(StrEnum):
    """What a person may be on the market. Operators are appointed, not registered."""

    CLIENT = "client"
    ASSISTANT = "assistant"
    OPERATOR = "operator"


Locale = Literal["ja", "en"]
NewPassword = Annotated[SecretStr, Field(min_length=12, max_length=200)]
Password = Annotated[SecretStr, Field(max_length=200)]
# What a link in a letter carries.
LinkSecret = Annotated[SecretStr, Field(min_length=1, max_length=200)]
IfReading = Annotated[Line | None, Field(description="How the name is read: its furigana, in kana")]


class RegisterPerson(Command):
    """Ask for an account. It is opened once the link in the letter to the address is followed."""

    email: EmailStr
    password: NewPassword
    display_name: Line
    reading: IfReading = None
    roles: Annotated[
        frozenset[Literal[Role.CLIENT, Role.ASSISTANT]], Field(min_length=1, max_length=2)
    ]
    locale: Locale = "ja"


class ConfirmPerson(Command):
    """Follow the link of the letter that a registration sends: it opens the account."""

    secret: LinkSecret


class AskConfirmationLetter(Command):
    """Have the letter with the confirmation link sent again."""

    email: EmailStr


class ChangePerson(Command):
    """Set what others see of oneself, and the language that one is written to in."""

    display_name: Line
    reading: IfReading = None
    locale: Locale


class ChangeEmail(Command):
    """Ask for another e-mail address; it holds once the link in a letter to it is followed."""

    email: EmailStr
    password: Password | None = None


class ConfirmEmail(Command):
    """Follow the link of the letter to a new address."""

    secret: LinkSecret


class ChangePassword(Command):
    """Replace one's password. Every other session ends.

    `current` may be left out by whoever has none yet, and proved who they are minutes ago.
    """

    current: Password | None = None
    new: NewPassword


class AskPasswordReset(Command):
    """Ask for a letter with a link to set a new password."""

    email: EmailStr


class ResetPassword(Command):
    """Set a new password by the link of a letter. Every session ends."""

    secret: LinkSecret
    new: NewPassword


class SignIn(Command):
    """Exchange e-mail and password for tokens.

    `device` says where, in the list of sessions; left out, it is taken from User-Agent.
    """

    email: EmailStr
    password: Password
    device: Line | None = None


class RefreshSession(Command):
    """Exchange a refresh token for new tokens. It is used up by that."""

    refresh_token: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class ProvePresence(Command):
    """Prove who one is once more, as what is done next needs it."""

    password: Password


class FactorKind(StrEnum):
    """How somebody proves who they are beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


class SignInMethod(StrEnum):
    """How a session began."""

    PASSWORD = "password"  # noqa: S105  (a method's name)
    PASSKEY = "passkey"
    OIDC = "oidc"


class TokenView(View):
    """Tokens of a session: one to be sent as `Authorization: Bearer …`, one for the next ones.

    An access token is a JWT (EdDSA); a refresh token says nothing and is used once. One that
    comes again 30 s after it was used ends the session: somebody has a copy.
    """

    kind: Literal["tokens"] = "tokens"
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105  (a scheme's name)
    expires_in: Annotated[int, Field(description="Seconds from now")]
    refresh_token: str
    refresh_expires_in: Annotated[int, Field(description="Seconds from now")]
    session_id: UUID


class SecondFactorNeeded(View):
    """The password is right, and this account asks for more: send `challenge` with one of these."""

    kind: Literal["second_factor"] = "second_factor"
    challenge: str
    factors: frozenset[FactorKind]
    expires_in: Annotated[int, Field(description="Seconds from now")]


SignInView = Annotated[TokenView | SecondFactorNeeded, Field(discriminator="kind")]


class SessionView(View):
    """A sign-in of one's own that still holds."""

    session_id: UUID
    device: str
    method: SignInMethod
    second_factor: FactorKind | None
    signed_in_at: datetime
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


class PersonView(View):
    """A person as that person sees it.

    Right after registering `email_verified` is false: there is an account under `person_id` once
    the link in the letter is followed.
    """

    person_id: UUID
    email: str
    display_name: str
    reading: str | None = None
    roles: frozenset[Role]
    locale: Locale
    registered_at: datetime
    email_verified: bool = True
    new_email: Annotated[
        str | None, Field(description="Asked for, and not confirmed by its link yet")
    ] = None
    has_password: bool = True
    second_factor_needed: Annotated[
        bool, Field(description="An operator is one only once a second factor is set up and shown")
    ] = False


class LetterAsked(View):
    """The answer to whoever asks for a letter, the same whether the address has an account."""

    sent_if_known: Literal[True] = True


class PersonRegistered(Event, service="accounts"):
    """Somebody has an account: the address is confirmed."""

    person_id: UUID
    email: str
    display_name: str
    roles: frozenset[Role]
    locale: Locale
    reading: str | None = None


class PersonChanged(Event, service="accounts"):
    """Somebody has another name, reading, e-mail address or language.

    `change` counts the changes of this account, so that an old message is told from a new one.
    """

    person_id: UUID
    email: str
    display_name: str
    reading: str | None = None
    locale: Locale
    change: Annotated[int, Field(ge=1)]


class LetterKind(StrEnum):
    """What a letter of accounts is about.

    The first three have a secret, for the page that the letter links to. The others tell the owner
    of an account what was done to it, at the address that they have always had it at.
    """

    CONFIRM_EMAIL = "confirm_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105  (a letter's name)
    CHANGE_EMAIL = "change_email"
    ALREADY_REGISTERED = "already_registered"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  (a letter's name)
    EMAIL_CHANGED = "email_changed"
    NEW_SIGN_IN = "new_sign_in"
    SESSION_ENDED = "session_ended"
    FACTOR_ADDED = "factor_added"
    FACTOR_REMOVED = "factor_removed"
    RECOVERY_CODE_USED = "recovery_code_used"
    RECOVERY_CODES_MADE = "recovery_codes_made"
    PROVIDER_LINKED = "provider_linked"
    PROVIDER_UNLINKED = "provider_unlinked"
    TOKEN_MADE = "token_made"  # noqa: S105  (a letter's name)
    SUSPENDED = "suspended"
    REINSTATED = "reinstated"
    DELETION_ASKED = "deletion_asked"
    DELETION_BLOCKED = "deletion_blocked"
    DELETED = "deleted"


class SecretLetter(Event, service="accounts"):
    """A letter is to be mailed at once, to this address; nobody but its reader is told of it.

    `secret` belongs into the link and nowhere else: it is kept by nobody once the letter is sent.
    `person_id` is whose account it is about, where there is one.
    """

    kind: LetterKind
    email: str
    display_name: str
    locale: Locale
    person_id: UUID | None = None
    secret: Annotated[str | None, Field(repr=False)] = None
    expires_at: datetime | None = None
    happened_at: datetime
    device: Annotated[str | None, Field(description="Where it was done, or asked for")] = None
    about: Annotated[
        str | None, Field(description="The name of a factor, provider or token; the new address")
    ] = None
