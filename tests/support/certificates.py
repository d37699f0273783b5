"""Certificate authorities for tests, and servers' certificates that they sign."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tools.server_tls import ServerTls

HOST = "localhost"


class Authority:
    """Signs certificates for HOST; `file` is its own, in PEM."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        signs = x509.BasicConstraints(ca=True, path_length=0)
        # The name and the key of who signs, as strict verifiers want them.
        built = self._of(self._name, self._key).add_extension(signs, critical=True)
        self.file = folder / f"{name}.crt"
        self._write(self.file, built.sign(self._key, hashes.SHA256()))
        self._folder = folder

    def server(self) -> ServerTls:
        """Return the files of a server whose certificate is for HOST, and for no address."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
        names = x509.SubjectAlternativeName([x509.DNSName(HOST)])
        signed = (
            self._of(subject, key)
            .add_extension(names, critical=False)
            .sign(self._key, hashes.SHA256())
        )
        found = ServerTls(
            self.file, self._folder / "server.crt", self._folder / "server.key", host=HOST
        )
        self._write(found.certificate, signed)
        found.key.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        return found

    def _of(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(identifier, critical=False)
        )

    @staticmethod
    def _write(path: Path, certificate: x509.Certificate) -> None:
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
