"""Providers by which people sign in: OpenID Connect, the code flow with PKCE and a nonce."""

import logging
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, TypeAdapter

from services.accounts.domain.identity import Begun, Claims, Provider
from shared.errors import NotAuthenticated, NotFound, Transient

logger = logging.getLogger(__name__)

SCOPE = "openid email profile"
# No symmetric ones: the provider's published keys have to be what vouches.
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
TIMEOUT_SECONDS = 5
METADATA_LASTS_SECONDS = 600
LEEWAY_SECONDS = 60
VERIFIER_CHARACTERS = 64
NAME_CHARACTERS = 200
_EMAIL = TypeAdapter[str](EmailStr)
# OpenID Connect Core, section 2: at most 255 characters of ASCII.
_SUBJECT = TypeAdapter[str](Annotated[str, Field(pattern=r"^[\x20-\x7e]{1,255}$")])


class ProviderSettings(BaseModel):
    """A provider as the settings name it. `issuer` is where its `.well-known` is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    label: Annotated[str, Field(min_length=1, max_length=40)]
    issuer: Annotated[str, Field(pattern=r"^https?://[^/]+(/.*[^/])?$")]
    client_id: Annotated[str, Field(min_length=1)]
    client_secret: SecretStr


def read_providers(setting: str) -> tuple[ProviderSettings, ...]:
    """Return the providers of a setting, a list in JSON; ValueError when it isn't one."""
    return TypeAdapter(tuple[ProviderSettings, ...]).validate_json(setting or "[]")


@dataclass(frozen=True)
class OidcProviders:
    """Implements the port Providers. They send people back to `<public_url>/sign-in/<name>`.

    What a provider signs is checked by the real time: it knows nothing of a clock that was turned.
    """

    settings: Sequence[ProviderSettings]
    public_url: str
    _metadata: dict[str, tuple[float, Mapping[str, Any]]] = field(default_factory=dict, init=False)

    def all(self) -> Sequence[Provider]:
        """Return those that there are."""
        return [Provider(each.name, each.label) for each in self.settings]

    def begin(self, name: str, state: str) -> Begun:
        """Return the way to a provider.

        Raises NotFound (`provider_not_found`), Transient (`provider_unreachable`).
        """
        provider = self._find(name)
        nonce, verifier = (secrets.token_urlsafe(VERIFIER_CHARACTERS) for _ in range(2))
        with self._client(provider) as client:
            url, _ = client.create_authorization_url(
                self._metadata_of(provider)["authorization_endpoint"],
                state=state,
                code_verifier=verifier,
                nonce=nonce,
            )
        return Begun(url, nonce, verifier)

    def redeem(self, name: str, code: str, begun: Begun) -> Claims:
        """Return what the provider says of who has come back with this code.

        Raises NotFound (`provider_not_found`), NotAuthenticated (`provider_refused`), Transient
        (`provider_unreachable`).
        """
        provider = self._find(name)
        metadata = self._metadata_of(provider)
        with self._client(provider) as client:
            answer = client.fetch_token(
                metadata["token_endpoint"], code=code, code_verifier=begun.verifier
            )
            keys = KeySet.import_key_set(_json(client, metadata["jwks_uri"], withhold_token=True))
            said = self._checked(provider, answer, keys, begun.nonce)
            if "email" not in said and "userinfo_endpoint" in metadata:
                more = _json(client, metadata["userinfo_endpoint"])
                if more.get("sub") == said["sub"]:
                    said = {**more, **said}
        return _claims(said)

    def _checked(
        self, provider: ProviderSettings, answer: Mapping[str, Any], keys: KeySet, nonce: str
    ) -> dict[str, Any]:
        token = jwt.decode(answer["id_token"], keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            token.claims,
            token.header,
            options={
                "iss": {"essential": True, "value": provider.issuer},
                "aud": {"essential": True, "value": provider.client_id},
                "nonce": {"essential": True, "value": nonce},
            },
            params={
                "nonce": nonce,
                "client_id": provider.client_id,
                "access_token": answer.get("access_token"),
            },
        )
        claims.validate(now=int(time.time()), leeway=LEEWAY_SECONDS)
        return dict(claims)

    def _find(self, name: str) -> ProviderSettings:
        found = next((each for each in self.settings if each.name == name), None)
        if found is None:
            raise NotFound("provider_not_found", "There is no such provider to sign in by.")
        return found

    def _metadata_of(self, provider: ProviderSettings) -> Mapping[str, Any]:
        read_at, known = self._metadata.get(provider.name, (0.0, {}))
        if known and time.monotonic() - read_at < METADATA_LASTS_SECONDS:
            return known
        with self._client(provider) as client:
            url = f"{provider.issuer}/.well-known/openid-configuration"
            metadata: Mapping[str, Any] = _json(client, url, withhold_token=True)
            if metadata.get("issuer") != provider.issuer:
                raise ValueError(f"{url} is of another issuer")
        self._metadata[provider.name] = time.monotonic(), metadata
        return metadata

    @contextmanager
    def _client(self, provider: ProviderSettings) -> Iterator[Any]:
        try:
            with OAuth2Client(
                provider.client_id,
                provider.client_secret.get_secret_value(),
                scope=SCOPE,
                redirect_uri=f"{self.public_url.rstrip('/')}/sign-in/{provider.name}",
                code_challenge_method="S256",
                timeout=TIMEOUT_SECONDS,
                trust_env=False,
            ) as client:
                yield client
        except (AuthlibBaseError, JoseError) as error:
            # Its text may say what a code or a token was: the kind is enough.
            logger.warning("%s refused: %s", provider.name, type(error).__name__)
            raise NotAuthenticated(
                "provider_refused", f"{provider.label} didn't vouch for you. Sign in again."
            ) from error
        except (httpx2.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("%s is out of order: %r", provider.name, error)
            raise Transient(
                "provider_unreachable",
                f"{provider.label} can't be reached. Try again, or sign in another way.",
            ) from error


def _json(client: Any, url: str, *, withhold_token: bool = False) -> Any:
    answer = client.request("GET", url, withhold_token=withhold_token)
    if answer.status_code != HTTPStatus.OK:
        raise ValueError(f"{url} answers {answer.status_code}")
    return answer.json()


def _claims(said: Mapping[str, Any]) -> Claims:
    # One provider writes the truth of it in quotes.
    verified = said.get("email_verified") in {True, "true"}
    email = said.get("email")
    name = str(said.get("name") or "").strip()[:NAME_CHARACTERS]
    return Claims(
        subject=_SUBJECT.validate_python(said["sub"]),
        email=_address(email) if verified else None,
        display_name="".join(each for each in name if each.isprintable()),
    )


def _address(said: object) -> str | None:
    try:
        return str(_EMAIL.validate_python(said))
    except ValueError:
        return None
