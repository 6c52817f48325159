"""A certification authority for tests, made of the parts that real ones use: certificates, lists of revoked ones, answers by OCSP."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PASSWORD = "p12-口令"
PEM = serialization.Encoding.PEM
DER = serialization.Encoding.DER


def p256() -> Key:
    return ec.generate_private_key(ec.SECP256R1())


def rsa_key(bits: int = 2048) -> Key:
    return rsa.generate_private_key(65537, bits)


@dataclass(frozen=True)
class Holder:
    """A key with its certificate and those above it, the nearest first."""

    key: Key
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]

    def pkcs12(self, password: str = PASSWORD, *, backwards: bool = False) -> bytes:
        above = self.above[::-1] if backwards else self.above
        sealed = serialization.BestAvailableEncryption(password.encode())
        return pkcs12.serialize_key_and_certificates(b"signer", self.key, self.certificate, above, sealed)

    def pem(self) -> str:
        return "".join(each.public_bytes(PEM).decode() for each in (self.certificate, *self.above))


@dataclass
class Authority:
    """``url`` is where its revocation lists and answers are had; without one it names none in what it issues."""

    holder: Holder
    url: str = ""
    revoked: set[int] = field(default_factory=set)

    @property
    def certificate(self) -> x509.Certificate:
        return self.holder.certificate

    def issue(
        self,
        name: str,
        key: Key | None = None,
        *,
        days: int = 365,
        starts: datetime | None = None,
        stamps: bool = False,
    ) -> Holder:
        """A signer; ``stamps`` makes it one of time stamps."""
        key = key or p256()
        builder = _begun(name, key, self.certificate.subject, starts or yesterday(), days)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        if stamps:
            builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        builder = builder.add_extension(_usage(signs=True), critical=True)
        return Holder(key, self._signed(builder), (self.certificate, *self.holder.above))

    def below(self, name: str, url: str = "") -> "Authority":
        """A CA that this one has made, with a ``url`` of its own."""
        key = p256()
        builder = _begun(name, key, self.certificate.subject, yesterday(), 3650)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        builder = builder.add_extension(_usage(signs=False), critical=True)
        return Authority(Holder(key, self._signed(builder), (self.certificate, *self.holder.above)), url)

    def _signed(self, builder: x509.CertificateBuilder) -> x509.Certificate:
        if self.url:
            crl, answers = x509.UniformResourceIdentifier(f"{self.url}/crl"), f"{self.url}/ocsp"
            point = x509.DistributionPoint([crl], None, None, None)
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
            place = x509.AccessDescription(AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(answers))
            builder = builder.add_extension(x509.AuthorityInformationAccess([place]), critical=False)
        return builder.sign(self.holder.key, hashes.SHA256())

    def revocation_list(self) -> bytes:
        now = datetime.now(UTC).replace(tzinfo=None)
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject, now - timedelta(minutes=5))
        builder = builder.next_update(now + timedelta(days=1)).add_extension(x509.CRLNumber(1), critical=False)
        for serial in self.revoked:
            entry = x509.RevokedCertificateBuilder(serial, now - timedelta(hours=1)).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.holder.key, hashes.SHA256()).public_bytes(DER)

    def revocation_answer(self, request: bytes) -> bytes:
        """By OCSP, for one certificate."""
        asked = ocsp.load_der_ocsp_request(request)
        now, gone = datetime.now(UTC), asked.serial_number in self.revoked
        builder = ocsp.OCSPResponseBuilder().add_response_by_hash(
            asked.issuer_name_hash,
            asked.issuer_key_hash,
            asked.serial_number,
            asked.hash_algorithm,
            ocsp.OCSPCertStatus.REVOKED if gone else ocsp.OCSPCertStatus.GOOD,
            now - timedelta(minutes=5),
            now + timedelta(days=1),
            now - timedelta(hours=1) if gone else None,
            None,
        )
        builder = builder.responder_id(ocsp.OCSPResponderEncoding.NAME, self.certificate)
        return builder.sign(self.holder.key, hashes.SHA256()).public_bytes(DER)


def authority(name: str, url: str = "") -> Authority:
    """A root."""
    key = p256()
    builder = _begun(name, key, named(name), yesterday(), 3650)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_usage(signs=False), critical=True)
    return Authority(Holder(key, builder.sign(key, hashes.SHA256()), ()), url)


def named(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)])


def yesterday() -> datetime:
    return datetime.now(UTC) - timedelta(days=1)


def _begun(subject: str, key: Key, issuer: x509.Name, starts: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(starts)
        .not_valid_after(starts + timedelta(days=days))
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    """A signer's is for digital signatures alone, as many CAs grant it."""
    return x509.KeyUsage(
        digital_signature=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs,
        crl_sign=not signs,
        encipher_only=False,
        decipher_only=False,
    )
