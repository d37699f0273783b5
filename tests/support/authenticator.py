"""A device with passkeys, in software: what a browser answers from it (WebAuthn, level 3)."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

# Bits of the authenticator data (section 6.1): somebody is there, the device knows them, the key
# may be on several devices and is, a credential follows.
PRESENT, VERIFIED, ELIGIBLE, SYNCED, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40


@dataclass
class SoftPasskey:
    """A key pair, as the device keeps it."""

    host: str
    user_handle: bytes
    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(16))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    sign_count: int = 0


@dataclass
class SoftAuthenticator:
    """Makes passkeys for pages of an origin and signs with them.

    `verifies`: it knows its owner (by a finger, a face, a number); `counts`: how often it signed.
    """

    origin: str
    verifies: bool = True
    counts: bool = True
    passkeys: list[SoftPasskey] = field(default_factory=list)

    def create(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.create()`."""
        made = SoftPasskey(options["rp"]["id"], _bytes(options["user"]["id"]))
        self.passkeys.append(made)
        client_data = self._client_data("webauthn.create", options["challenge"])
        attestation = {"fmt": "none", "attStmt": {}, "authData": self._data(made, attest=True)}
        return _credential(
            made,
            {
                "clientDataJSON": _text(client_data),
                "attestationObject": _text(cbor2.dumps(attestation)),
                "transports": ["internal", "hybrid"],
            },
        )

    def get(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """Answer `navigator.credentials.get()` with the newest passkey that is asked for."""
        allowed = {_bytes(each["id"]) for each in options.get("allowCredentials", ())}
        used = next(
            each
            for each in reversed(self.passkeys)
            if each.host == options["rpId"] and (not allowed or each.credential_id in allowed)
        )
        used.sign_count += self.counts
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(used)
        signature = used.key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        return _credential(
            used,
            {
                "clientDataJSON": _text(client_data),
                "authenticatorData": _text(data),
                "signature": _text(signature),
                "userHandle": _text(used.user_handle),
            },
        )

    def _client_data(self, kind: str, challenge: str) -> bytes:
        return json.dumps(
            {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        ).encode()

    def _data(self, passkey: SoftPasskey, *, attest: bool = False) -> bytes:
        flags = PRESENT | ELIGIBLE | SYNCED
        flags |= VERIFIED if self.verifies else 0
        flags |= ATTESTED if attest else 0
        data = hashlib.sha256(passkey.host.encode()).digest()
        data += bytes([flags]) + passkey.sign_count.to_bytes(4, "big")
        if not attest:
            return data
        length = len(passkey.credential_id).to_bytes(2, "big")
        return data + bytes(16) + length + passkey.credential_id + _cose(passkey.key)


def _cose(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key as COSE has it (RFC 9053): EC2, ES256, P-256, x, y."""
    numbers = key.public_key().public_numbers()
    x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
    return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})


def _credential(passkey: SoftPasskey, response: dict[str, Any]) -> dict[str, Any]:
    named = _text(passkey.credential_id)
    return {
        "id": named,
        "rawId": named,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }


def _text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
