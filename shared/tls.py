"""TLS to the database and the broker: how an address says that its server has to prove itself.

A URL carries it, so that whoever connects needs nothing else: PostgreSQL's own parameters
(`sslmode=verify-full`, `sslrootcert`), and for the broker the parameter that RabbitMQ's clients
know (`amqps://…?cacertfile=…`).
"""

import ssl
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")
ENCRYPTED = ("amqps", "https", "smtps", "smtp+starttls")
# Where OpenSSL looks, and Debian keeps, the certificates that a system trusts.
DEBIANS_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def with_certificates(url: str, ca_file: Path | None) -> str:
    """Return the URL of a database or a broker with the certificates that its server must fit.

    Those of the system unless a file is named. A URL without TLS, and one that names certificates
    itself, stay as they are.
    """
    parts = urlsplit(url)
    asked = parse_qs(parts.query)
    if parts.scheme == "amqps":
        name = "cacertfile"
    elif asked.get("sslmode", [""])[0].startswith("verify-"):
        name = "sslrootcert"
    else:
        return url
    if name in asked:
        return url
    # Not left to libpq: psycopg brings one that knows no system's certificates.
    path = str(ca_file or ssl.get_default_verify_paths().cafile or DEBIANS_CERTIFICATES)
    query = f"{parts.query}&" if parts.query else ""
    return urlunsplit(parts._replace(query=f"{query}{name}={quote(path, safe='/')}"))


def is_private(url: str) -> bool:
    """Tell whether what is said to the URL is encrypted, and only for whom it names.

    What never leaves this machine is private, too.
    """
    parts = urlsplit(url)
    return (
        parts.scheme in ENCRYPTED
        or parse_qs(parts.query).get("sslmode") == ["verify-full"]
        or parts.hostname in LOOPBACK
    )


def broker_certificates(url: str) -> str | None:
    """Return the file of certificates that the broker of the URL must fit; None without TLS."""
    parts = urlsplit(url)
    if parts.scheme != "amqps":
        return None
    return parse_qs(parts.query).get("cacertfile", [DEBIANS_CERTIFICATES])[0]
