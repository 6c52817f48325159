"""Who signs: the private key, the signer's certificate and the chain above it, read from what an operator has set and refused early when
it cannot sign. How the platform's own test identity comes about is ``own_authority``'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import pkcs12

from shared.clock import beijing_time
from shared.errors import Unavailable

SigningKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
PublicKey = ec.EllipticCurvePublicKey | rsa.RSAPublicKey
SHORTEST_RSA = 2048


class IdentityBroken(Unavailable):
    """What the operator has set cannot sign. An outage and never a document's fault: its page is made again later by itself, and the
    certificate stays 制作中 until it is set right."""

    code = "signing_identity_broken"
    detail = "签名证书不可用，请系统管理人员检查签名设置"


@dataclass(frozen=True)
class Trust:
    """Whose signatures count as the platform's: of a signer with one of these names, below one of these roots. A root alone would not do,
    because a public CA has many customers."""

    roots: tuple[asn1_x509.Certificate, ...]
    signers: frozenset[str]


@dataclass(frozen=True)
class Identity:
    """``key`` is None where it is kept elsewhere; ``chain`` goes upwards from the signer's issuer, as far as it is known."""

    key: SigningKey | None
    certificate: asn1_x509.Certificate
    chain: tuple[asn1_x509.Certificate, ...]
    is_test: bool

    @property
    def root(self) -> asn1_x509.Certificate:
        """The highest certificate that is known."""
        return (self.certificate, *self.chain)[-1]

    @property
    def public_key(self) -> PublicKey:
        """Of the signer. Raises ``IdentityBroken`` for a kind that we do not sign with."""
        try:
            key = serialization.load_der_public_key(self.certificate.public_key.dump())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise IdentityBroken("签名证书的密钥类型不受支持，请使用 P-256 或 RSA 证书") from error
        if isinstance(key, rsa.RSAPublicKey) and key.key_size < SHORTEST_RSA:
            raise IdentityBroken(f"签名证书的 RSA 密钥过短，至少须 {SHORTEST_RSA} 位")
        if not isinstance(key, PublicKey):
            raise IdentityBroken("签名证书的密钥类型不受支持，请使用 P-256 或 RSA 证书")
        return key

    def require_valid(self, now: datetime) -> None:
        """Raises ``IdentityBroken`` before and after the time for which the signer's certificate is made."""
        starts, ends = self.certificate.not_valid_before, self.certificate.not_valid_after
        if not starts <= now <= ends:
            days = f"{beijing_time(starts):%Y-%m-%d} 至 {beijing_time(ends):%Y-%m-%d}"
            raise IdentityBroken(f"签名证书不在有效期内（{days}），请更换签名证书")


def from_pkcs12(data: bytes, password: str) -> Identity:
    """Raises ``IdentityBroken`` when the file, its password or what is in it cannot be used."""
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise IdentityBroken("签名证书文件（PKCS#12）已损坏，或密码不正确") from error
    if key is None or certificate is None:
        raise IdentityBroken("签名证书文件（PKCS#12）中没有私钥及其证书")
    return _identity(key, certificate, others, is_test=False)


def from_pem(certificates: str, private_key: str | None, *, is_test: bool) -> Identity:
    """The first certificate is the signer's. Raises ``IdentityBroken``."""
    try:
        own, *others = x509.load_pem_x509_certificates(certificates.encode())
        key = serialization.load_pem_private_key(private_key.encode(), None) if private_key else None
    except (ValueError, UnsupportedAlgorithm) as error:
        raise IdentityBroken("签名证书（PEM）无法读取") from error
    return _identity(key, own, others, is_test=is_test)


def certificates_in(pem: str) -> list[asn1_x509.Certificate]:
    """Every certificate of a PEM text. Raises ``IdentityBroken``."""
    try:
        return [_plain(each) for each in x509.load_pem_x509_certificates(pem.encode())]
    except ValueError as error:
        raise IdentityBroken("CERTIFICATES_SIGNING_ROOTS 中没有可读取的证书（PEM）") from error


def _identity(
    key: PrivateKeyTypes | None, certificate: x509.Certificate, others: Iterable[x509.Certificate], *, is_test: bool
) -> Identity:
    own = _plain(certificate)
    if key is not None and not isinstance(key, SigningKey):
        raise IdentityBroken("签名证书的密钥类型不受支持，请使用 P-256 或 RSA 证书")
    found = Identity(key, own, _upwards(own, map(_plain, others)), is_test=is_test)
    if key is not None and key.public_key() != found.public_key:
        raise IdentityBroken("签名证书与私钥不匹配")
    return found


def _upwards(own: asn1_x509.Certificate, others: Iterable[asn1_x509.Certificate]) -> tuple[asn1_x509.Certificate, ...]:
    """The issuers of ``own``, each after what it issued: files hold them in any order, and sometimes more than the chain."""
    by_subject = {each.subject.hashable: each for each in others}
    chain, lowest = [], own
    while lowest.issuer != lowest.subject and (above := by_subject.pop(lowest.issuer.hashable, None)) is not None:
        chain.append(above)
        lowest = above
    return tuple(chain)


def _plain(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
