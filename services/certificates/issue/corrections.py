"""What a corrected result, attendance or identity does to the certificate (STAFF-09, BEY-15, STAFF-15): issued when there was none, issued
again under its number when other specialties are passed or the person is called otherwise, revoked when nothing is passed any more, and
reinstated when only a correction had revoked it. After a revocation by hand another one follows, under a number of its own.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue import repository
from services.certificates.issue.following import MAX_REASON, follow_revoked
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import issue_certificate, take_identity
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction, CertificateStatus, NewFacts
from shared.db.types import field_cipher
from shared.events.training import Correction, ResultCorrected
from shared.identity import SYSTEM
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody


async def follow_correction(session: AsyncSession, result: ResultCorrected) -> None:
    """Brings the certificate of a person and a class session to what the result says now; told again, nothing happens."""
    known = await repository.get_of_result(
        session, registration_id=result.registration_id, class_session_id=result.class_session_id
    )
    if known is None:
        await issue_certificate(session, result)
        return
    await repository.lock_with_jobs(session, known)
    if known.status is CertificateStatus.REVOKED and not known.revoked_by_correction:
        await _after_a_revocation(session, known, result)
    elif result.passed:
        await _bring_up_to_date(session, known, result)
    else:
        await _take_back(session, known, result)


_WORDS = {
    Correction.SCORE: "成绩更正",
    Correction.ATTENDANCE: "出勤更正",
    Correction.IDENTITY: "姓名、身份证号更正",
}


async def _after_a_revocation(session: AsyncSession, revoked: Certificate, result: ResultCorrected) -> None:
    """By hand: a score that is corrected to 合格 is followed by a new certificate. For whatever else the revoked one only learns whose it
    is, for the case that it is issued anew (STAFF-10, STAFF-15)."""
    if result.of is Correction.SCORE and result.passed:
        await follow_revoked(session, result, _reason(result))
        return
    _take_identity(revoked, result)
    CERTIFICATE.note(session, revoked.id, "keep_revoked", actor=SYSTEM, reason=_reason(result))


def _take_identity(certificate: Certificate, result: ResultCorrected) -> bool:
    return take_identity(certificate, result.person_name, result.sex, result.resident_id.open(field_cipher()))


def _reason(result: ResultCorrected) -> str:
    return f"{_WORDS[result.of]}：{result.reason}"[:MAX_REASON]


async def _bring_up_to_date(session: AsyncSession, certificate: Certificate, result: ResultCorrected) -> None:
    same = certificate.holder_name, certificate.sex, certificate.resident_id, set(certificate.specialties)
    resident_id = result.resident_id.open(field_cipher())
    says_so = same == (result.person_name, result.sex, resident_id, set(result.specialties))
    if says_so and certificate.status is not CertificateStatus.REVOKED:
        return
    body = NewFacts(
        reason=_reason(result),
        specialties=result.specialties,
        photo_id=result.photo_id,
        holder_name=result.person_name,
        sex=result.sex,
        resident_id=result.resident_id,
    )
    await apply(session, CERTIFICATE, certificate, CertificateAction.REISSUE, actor=SYSTEM, body=body)


async def _take_back(session: AsyncSession, certificate: Certificate, result: ResultCorrected) -> None:
    """One that was never handed out goes without a word to the others, who have not heard of it."""
    if certificate.status is CertificateStatus.REVOKED:
        _take_identity(certificate, result)
        return
    action = CertificateAction.REVOKE_CORRECTED if certificate.editions else CertificateAction.DROP
    await apply(session, CERTIFICATE, certificate, action, actor=SYSTEM, body=ActionBody(reason=_reason(result)))
