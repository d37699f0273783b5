"""The files with which a server of ours speaks TLS, and nothing else."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ServerTls:
    """PEM files: the server's certificate and key, and the authority that signed it.

    `host` is the name that the certificate is for.
    """

    authority: Path
    certificate: Path
    key: Path
    host: str = "localhost"
