"""The platform's own test identity: a CA that nobody trusts, and a P-256 signer below it. Both names say that what they sign proves
nothing. It is made once; where it is kept is ``repository``'s.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

TEST_NOTE = "测试签名，无法律效力"
TEST_SIGNER = "职业健康信息平台测试签名（无法律效力）"
TEST_CA = "职业健康信息平台测试CA（无法律效力）"
VALIDITY = timedelta(days=3650)
# Clocks of readers differ by a little.
BEFORE_NOW = timedelta(minutes=5)


@dataclass(frozen=True)
class NewIdentity:
    """A test identity as PEM; ``certificates`` are the signer's, then its CA's."""

    certificates: str
    private_key: str
    not_after: datetime


def make_test_identity(now: datetime) -> NewIdentity:
    """The CA's own key is thrown away: there will never be a second signer below it."""
    authority, signer = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    times = (now - BEFORE_NOW, now + VALIDITY)
    above = _certificate(TEST_CA, authority.public_key(), authority, times, is_authority=True)
    own = _certificate(TEST_SIGNER, signer.public_key(), authority, times, is_authority=False)
    pem = serialization.Encoding.PEM
    return NewIdentity(
        certificates="".join(each.public_bytes(pem).decode() for each in (own, above)),
        private_key=signer.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()).decode(),
        not_after=times[1],
    )


def _certificate(
    subject: str,
    key: ec.EllipticCurvePublicKey,
    authority: ec.EllipticCurvePrivateKey,
    times: tuple[datetime, datetime],
    *,
    is_authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(TEST_CA))
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(times[0])
        .not_valid_after(times[1])
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key()), critical=False)
    )
    return builder.sign(authority, hashes.SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"), x509.NameAttribute(NameOID.COMMON_NAME, common)])
