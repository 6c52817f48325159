"""What a public check can answer, with the words for it. It follows from a certificate's status and its last valid day; nothing moves."""

from datetime import date

from services.certificates.issue.workflow import CertificateStatus
from shared.workflow.definition import Labelled


class CheckResult(Labelled):
    VALID = "valid", "有效"
    EXPIRED = "expired", "已过有效期"
    REVOKED = "revoked", "已撤销"
    UNKNOWN = "unknown", "查无此证"


EXPLANATIONS = {
    CheckResult.VALID: "该证书由本平台签发，当前有效。请核对持证人与下列信息是否一致。",
    CheckResult.EXPIRED: "该证书由本平台签发，现已超过有效期。",
    CheckResult.REVOKED: "该证书已被发证单位撤销，不再有效。",
    CheckResult.UNKNOWN: "没有查到与所给信息相符的证书。请核对后重试，或重新扫描证书上的二维码。",
}


def result_of(status: CertificateStatus, valid_until: date | None, today: date) -> CheckResult:
    """What is answered for a certificate that may be shown."""
    if status is CertificateStatus.REVOKED:
        return CheckResult.REVOKED
    return CheckResult.EXPIRED if valid_until is not None and valid_until < today else CheckResult.VALID
