"""The certificates of one control plane, laid out as kubeadm lays them out."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from setup.files import write_secret

LIFETIME = timedelta(days=365)
SERVICE_IP = "10.96.0.1"
SERVER_NAMES = (
    "kubernetes",
    "kubernetes.default",
    "kubernetes.default.svc",
    "kubernetes.default.svc.cluster.local",
    "localhost",
)


@dataclass(frozen=True)
class Signed:
    """A certificate and its key, both PEM."""

    cert: bytes
    key: bytes


@dataclass(frozen=True)
class Authority:
    """A certificate authority that signs with an EC P-256 key."""

    cert: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def make(cls, name: str) -> "Authority":
        """Make a self-signed authority of that common name, valid for a year."""
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.KeyUsage(True, False, True, False, False, True, False, False, False)
        builder = (
            _builder(name, name, key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        )
        return cls(builder.sign(key, hashes.SHA256()), key)

    @property
    def pem(self) -> Signed:
        """The authority's own certificate and key."""
        return Signed(self.cert.public_bytes(serialization.Encoding.PEM), key_pem(self.key))

    def client(self, name: str, group: str | None = None) -> Signed:
        """Sign a client certificate: the API server reads CN as the user and O as the group."""
        return self._sign(name, group, ExtendedKeyUsageOID.CLIENT_AUTH, ())

    def server(self, name: str, addresses: tuple[str, ...]) -> Signed:
        """Sign a serving certificate for the API server's usual names and these IP addresses."""
        names: list[x509.GeneralName] = [x509.DNSName(each) for each in (*SERVER_NAMES, name)]
        names += [x509.IPAddress(ip_address(each)) for each in addresses]
        return self._sign(name, None, ExtendedKeyUsageOID.SERVER_AUTH, tuple(names))

    def _sign(
        self, name: str, group: str | None, usage: x509.ObjectIdentifier, names: tuple[x509.GeneralName, ...]
    ) -> Signed:
        key = ec.generate_private_key(ec.SECP256R1())
        issuer = self.cert.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value
        builder = _builder(name, str(issuer), key, group).add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        cert = builder.sign(self.key, hashes.SHA256())
        return Signed(cert.public_bytes(serialization.Encoding.PEM), key_pem(key))


def _builder(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, group: str | None = None
) -> x509.CertificateBuilder:
    subject = [x509.NameAttribute(NameOID.COMMON_NAME, name)]
    if group:
        subject.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, group))
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(subject))
        .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)]))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
    )


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    """The private key as unencrypted SEC1 PEM, which every component reads."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )


def write_pair(directory: Path, name: str, pair: Signed) -> None:
    """Write ``name.crt`` and ``name.key``."""
    write_secret(directory / f"{name}.crt", pair.cert)
    write_secret(directory / f"{name}.key", pair.key)
