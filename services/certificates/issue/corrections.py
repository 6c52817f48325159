"""What a corrected result or attendance does to the certificate (STAFF-09, BEY-15): issued when there was none, issued again under its
number when other specialties are passed, revoked when nothing is passed any more, and reinstated when only a correction had revoked it.
"""

from sqlalchemy.ext.asyncio import AsyncSession

from services.certificates.issue import repository
from services.certificates.issue.models import Certificate
from services.certificates.issue.service import issue_certificate
from services.certificates.issue.workflow import CERTIFICATE, CertificateAction, CertificateStatus, NewFacts
from shared.events.training import Correction, ResultCorrected
from shared.identity import SYSTEM
from shared.workflow.apply import apply
from shared.workflow.definition import ActionBody

MAX_REASON = 500


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
        CERTIFICATE.note(session, known.id, "keep_revoked", actor=SYSTEM, reason=_reason(result))
    elif result.passed:
        await _bring_up_to_date(session, known, result)
    else:
        await _take_back(session, known, result)


_WORDS = {Correction.SCORE: "成绩更正", Correction.ATTENDANCE: "出勤更正"}


def _reason(result: ResultCorrected) -> str:
    return f"{_WORDS[result.of]}：{result.reason}"[:MAX_REASON]


async def _bring_up_to_date(session: AsyncSession, certificate: Certificate, result: ResultCorrected) -> None:
    says_so = set(certificate.specialties) == set(result.specialties)
    if says_so and certificate.status is not CertificateStatus.REVOKED:
        return
    body = NewFacts(reason=_reason(result), specialties=result.specialties, photo_id=result.photo_id)
    await apply(session, CERTIFICATE, certificate, CertificateAction.REISSUE, actor=SYSTEM, body=body)


async def _take_back(session: AsyncSession, certificate: Certificate, result: ResultCorrected) -> None:
    """One that was never handed out goes without a word to the others, who have not heard of it."""
    if certificate.status is CertificateStatus.REVOKED:
        return
    action = CertificateAction.REVOKE_CORRECTED if certificate.editions else CertificateAction.DROP
    await apply(session, CERTIFICATE, certificate, action, actor=SYSTEM, body=ActionBody(reason=_reason(result)))
