"""The published language of accounts: second factors and passkeys."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import Field, SecretStr, model_validator

from shared.messages.base import Command, Line, View

OneTimeCode = Annotated[SecretStr, Field(min_length=6, max_length=6)]
RecoveryCode = Annotated[SecretStr, Field(min_length=1, max_length=40)]
ChallengeSecret = Annotated[SecretStr, Field(min_length=1, max_length=200)]
# What navigator.credentials gives, as its toJSON() writes it.
DeviceAnswer = Annotated[
    Mapping[str, Any],
    Field(description="What the browser's WebAuthn answers, as its toJSON() writes it"),
]
DeviceOptions = Annotated[
    Mapping[str, Any],
    Field(description="What the browser's WebAuthn takes, for its parse…OptionsFromJSON()"),
]


class ConfirmTotp(Command):
    """Show a code of the app, to prove that it has learnt the secret."""

    code: OneTimeCode


class AddPasskey(Command):
    """Keep the passkey that a device has made."""

    challenge: ChallengeSecret
    name: Annotated[Line, Field(max_length=80, description="As its owner calls it")]
    credential: DeviceAnswer


class AskSecondFactorPasskey(Command):
    """Ask what a device is to sign, as the second factor of a sign-in."""

    challenge: ChallengeSecret


class CompleteSignIn(Command):
    """Send the second factor of a sign-in: just one of the three."""

    challenge: ChallengeSecret
    totp: OneTimeCode | None = None
    recovery_code: RecoveryCode | None = None
    passkey: DeviceAnswer | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if sum(each is not None for each in (self.totp, self.recovery_code, self.passkey)) != 1:
            raise ValueError("send one of totp, recovery_code and passkey")
        return self


class SignInWithPasskey(Command):
    """Sign in by a passkey alone."""

    challenge: ChallengeSecret
    credential: DeviceAnswer
    device: Line | None = None


class ProvePresenceByPasskey(Command):
    """Prove once more who one is, by a passkey."""

    challenge: ChallengeSecret
    credential: DeviceAnswer


class TotpView(View):
    """What an app needs to show codes. It is shown this once."""

    secret: str
    uri: Annotated[str, Field(description="otpauth://…, as apps take it")]
    picture: Annotated[str, Field(description="The URI as a QR code, in SVG")]


class PasskeyOptionsView(View):
    """What the browser asks a device for. Send its answer with `challenge`."""

    challenge: str
    options: DeviceOptions
    expires_in: Annotated[int, Field(description="Seconds from now")]


class PasskeyView(View):
    """A passkey of one's own."""

    passkey_id: UUID
    name: str
    synced: Annotated[bool, Field(description="It may be on several devices of its owner")]
    added_at: datetime
    last_used_at: datetime | None = None


class FactorsView(View):
    """What somebody has set up to prove who they are."""

    totp_since: datetime | None
    passkeys: tuple[PasskeyView, ...]
    recovery_codes_left: int


class RecoveryCodesView(View):
    """Recovery codes: each stands in for a second factor, once. They are shown this once."""

    kind: Literal["recovery_codes"] = "recovery_codes"
    codes: tuple[str, ...]


class FactorAddedView(FactorsView):
    """What somebody has set up by now; with their first factor come recovery codes, shown once."""

    recovery_codes: tuple[str, ...] = ()
