"""What the public is told about the platform's signature: the certificates to check it by."""

from datetime import datetime

from asn1crypto import pem, x509
from pydantic import BaseModel

from services.certificates.signing.identity import Identity

NOTICES = {
    False: "平台签发的证书带有电子签名。将最后一张（根）证书导入阅读器并设为可信，即可核对签名；导入前请通过其他渠道核对其指纹。",
    True: "平台目前使用测试签名，只能核对文件是否被改动，不能证明由谁签发，无法律效力。请勿将其根证书设为可信。",
}


class SigningCertificate(BaseModel):
    """One certificate; ``sha256`` is its fingerprint in hexadecimal, ``pem`` the certificate itself."""

    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    sha256: str
    pem: str


class SigningChain(BaseModel):
    """``certificates`` are the signer's first and its root last, as far as the chain is known here."""

    is_test: bool
    notice: str
    certificates: list[SigningCertificate]


def chain_of(identity: Identity) -> SigningChain:
    """What may be known of who signs: everything but the key."""
    certificates = [_read(each) for each in (identity.certificate, *identity.chain)]
    return SigningChain(is_test=identity.is_test, notice=NOTICES[identity.is_test], certificates=certificates)


def _read(certificate: x509.Certificate) -> SigningCertificate:
    return SigningCertificate(
        subject=certificate.subject.human_friendly,
        issuer=certificate.issuer.human_friendly,
        not_before=certificate.not_valid_before,
        not_after=certificate.not_valid_after,
        sha256=certificate.sha256.hex(),
        pem=pem.armor("CERTIFICATE", certificate.dump()).decode("ascii"),
    )
