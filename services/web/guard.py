"""What must not be believed because a browser sent it: where to go next, and who made it send."""

import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from urllib.parse import urlsplit

SECRET_BYTES = 32


def safe_next(path: str | None) -> str | None:
    r"""Return the path if it leads to a page of ours, else None.

    Browsers read `\` as `/`, drop tabs and newlines, and take `//host` for another server.
    """
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")):
        return None
    if "\\" in path or any(ord(each) < 0x21 or ord(each) == 0x7F for each in path):  # noqa: PLR2004
        return None
    parts = urlsplit(path)
    return None if parts.scheme or parts.netloc else path


def from_our_pages(headers: Mapping[str, str], public_url: str, scheme: str) -> bool:
    """Tell whether a form was sent from a page of ours, as far as the browser says.

    Browsers say at least one of both; what says neither has the token to show only.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin in {public_url, f"{scheme}://{headers.get('host', '')}"}


def new_secret() -> str:
    """Return a new secret for a session's forms."""
    return secrets.token_hex(SECRET_BYTES)


def masked(secret: str) -> str:
    """Return the secret as it may be in a page.

    It is another text each time, so that the length of a compressed page tells nothing of it.
    """
    raw, mask = bytes.fromhex(secret), secrets.token_bytes(SECRET_BYTES)
    return urlsafe_b64encode(mask + _xor(raw, mask)).decode()


def unmasks_to(token: str, secret: str) -> bool:
    """Tell whether the token is one that `masked` made of the secret."""
    try:
        raw = urlsafe_b64decode(token.encode())
    except ValueError:
        return False
    if len(raw) != 2 * SECRET_BYTES or not secret:
        return False
    found = _xor(raw[:SECRET_BYTES], raw[SECRET_BYTES:])
    return hmac.compare_digest(found, bytes.fromhex(secret))


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))
