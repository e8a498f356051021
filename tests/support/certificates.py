"""Certificates for tests: an authority of its own, and what it vouches for."""

import datetime as dt
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = dt.timedelta(days=1)


@dataclass
class Authority:
    """Signs certificates into files under ``folder``; ``ca.pem`` there is its own."""

    folder: Path

    def __post_init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("tests")
        made = self._certificate(self._name, self._key, DAY).add_extension(x509.BasicConstraints(True, None), True)
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        made = made.add_extension(usage, True).add_extension(own, False)
        self._own = made.sign(self._key, hashes.SHA256())
        self.file = self.folder / "ca.pem"
        self.file.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))

    def context(self, host: str = "localhost", *, expired: bool = False) -> ssl.SSLContext:
        """Return what a server for ``host`` shows."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = self._certificate(_name(host), key, -DAY if expired else DAY)
        made = made.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), False)
        of = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        signed = made.add_extension(of, False).sign(self._key, hashes.SHA256())
        file = self.folder / f"{host}{'-expired' * expired}.pem"
        pem = serialization.Encoding.PEM
        plain = serialization.PrivateFormat.PKCS8
        file.write_bytes(key.private_bytes(pem, plain, serialization.NoEncryption()) + signed.public_bytes(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _certificate(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, until: dt.timedelta
    ) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return x509.CertificateBuilder(
            issuer_name=self._name,
            subject_name=subject,
            public_key=key.public_key(),
            serial_number=x509.random_serial_number(),
            not_valid_before=now - 3 * DAY,
            not_valid_after=now + until,
        )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
