"""What the public is told of a certificate: enough to compare it with the paper and the person, nothing to collect (BEY-05, PLAT-05)."""

from datetime import date

from pydantic import BaseModel

from services.certificates.checks.workflow import EXPLANATIONS, CheckResult, result_of
from services.certificates.issue.models import Certificate
from shared.crypto import mask_resident_id


class CheckedCertificate(BaseModel):
    """``holder_name`` shows the first character only, ``resident_id`` is masked."""

    number: str
    holder_name: str
    resident_id: str
    unit_name: str
    plan_type: str
    plan_name: str
    session_no: int
    specialties: list[str]
    start_date: date
    end_date: date
    issued_on: date
    valid_until: date | None
    revoked_on: date | None
    issuer: str


class CheckRead(BaseModel):
    """``certificate`` is empty exactly when the result is unknown, whatever the reason."""

    result: CheckResult
    label: str
    explanation: str
    certificate: CheckedCertificate | None


def mask_name(name: str) -> str:
    """``张*``: the first character and one star for each other."""
    return name[:1] + "*" * max(len(name) - 1, 1)


def check_of(certificate: Certificate | None, today: date) -> CheckRead:
    """The answer; None is a certificate that there is not."""
    if certificate is None:
        return _answer(CheckResult.UNKNOWN, None)
    shown = CheckedCertificate(
        number=certificate.number,
        holder_name=mask_name(certificate.holder_name),
        resident_id=mask_resident_id(certificate.resident_id),
        unit_name=certificate.unit_name,
        plan_type=certificate.plan_type_label,
        plan_name=certificate.plan_name,
        session_no=certificate.session_no,
        specialties=certificate.specialties,
        start_date=certificate.start_date,
        end_date=certificate.end_date,
        issued_on=certificate.issued_on,
        valid_until=certificate.valid_until,
        revoked_on=certificate.revoked_on,
        issuer=certificate.issuer,
    )
    return _answer(result_of(certificate.status, certificate.valid_until, today), shown)


def _answer(result: CheckResult, certificate: CheckedCertificate | None) -> CheckRead:
    return CheckRead(result=result, label=result.label, explanation=EXPLANATIONS[result], certificate=certificate)
