"""Passkeys as a browser speaks of them: WebAuthn, level 3."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import base64url_to_bytes, parse_registration_credential_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from services.accounts.domain.factors import Credential, Passkey, PublicOptions
from shared.errors import Invalid, NotAuthenticated

NAME = "Tasuki"
TRANSPORTS = {each.value for each in AuthenticatorTransport}
# What a credential that was made for a test, or mangled on its way, makes the library raise.
BAD = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError)


@dataclass(frozen=True)
class WebAuthn:
    """Implements the port Authenticators; passkeys belong to the host of `public_url`."""

    public_url: str

    @property
    def host(self) -> str:
        """Return whom passkeys are made for (the relying party's id)."""
        return urlsplit(self.public_url).hostname or ""

    @property
    def origin(self) -> str:
        """Return where the pages are that may use them."""
        parts = urlsplit(self.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    def registration_options(
        self, person_id: UUID, email: str, name: str, challenge: bytes, known: Sequence[Passkey]
    ) -> PublicOptions:
        """Return what a browser needs to make a passkey that isn't one of the known."""
        options = webauthn.generate_registration_options(
            rp_id=self.host,
            rp_name=NAME,
            user_id=person_id.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            exclude_credentials=_descriptors(known),
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
        )
        return _public(options)

    def registered(self, answer: Mapping[str, Any], challenge: bytes) -> Credential:
        """Return the new key pair; raise Invalid (`passkey_not_accepted`)."""
        try:
            verified = webauthn.verify_registration_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                require_user_verification=True,
            )
            said = parse_registration_credential_json(dict(answer)).response.transports or ()
        except BAD as error:
            raise Invalid(
                "passkey_not_accepted", "The device's answer doesn't hold. Begin anew."
            ) from error
        return Credential(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            synced=verified.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
            transports=tuple(sorted(each.value for each in said)),
        )

    def sign_in_options(self, challenge: bytes, known: Sequence[Passkey]) -> PublicOptions:
        """Return what a browser needs to sign with one of the known, or with any if none is."""
        options = webauthn.generate_authentication_options(
            rp_id=self.host,
            challenge=challenge,
            allow_credentials=_descriptors(known),
            user_verification=UserVerificationRequirement.PREFERRED
            if known
            else UserVerificationRequirement.REQUIRED,
        )
        return _public(options)

    def credential_of(self, answer: Mapping[str, Any]) -> bytes:
        """Return which credential has signed, as the answer says; raise NotAuthenticated."""
        try:
            return base64url_to_bytes(answer["rawId"])
        except BAD as error:
            raise _refused() from error

    def signed(
        self, answer: Mapping[str, Any], challenge: bytes, passkey: Passkey, *, alone: bool
    ) -> int:
        """Return how often the passkey has signed by now; raise NotAuthenticated.

        `alone`: it stands for the password too, so the device has to know its owner.
        """
        try:
            verified = webauthn.verify_authentication_response(
                credential=dict(answer),
                expected_challenge=challenge,
                expected_rp_id=self.host,
                expected_origin=self.origin,
                credential_public_key=passkey.public_key,
                credential_current_sign_count=passkey.sign_count,
                require_user_verification=alone,
            )
        except BAD as error:
            raise _refused() from error
        if verified.credential_id != passkey.credential_id:
            raise _refused()
        return verified.new_sign_count


def _refused() -> NotAuthenticated:
    return NotAuthenticated("passkey_refused", "This passkey isn't accepted. Sign in another way.")


def _descriptors(known: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=each.credential_id,
            transports=[
                AuthenticatorTransport(said) for said in each.transports if said in TRANSPORTS
            ],
        )
        for each in known
    ]


def _public(options: Any) -> PublicOptions:
    public: PublicOptions = json.loads(webauthn.options_to_json(options))
    return public
