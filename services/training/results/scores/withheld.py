"""Why a person who passed has no certificate (BEY-15, STAFF-09): too few days of attendance, or a revocation by hand. Said to the province
in the grid and to the unit on its page, in the same words.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.attendance.service import lacking_attendance
from services.training.results.scores import certificate_repository
from services.training.results.scores.models import Result


async def why_withheld(
    session: AsyncSession, class_session_id: UUID, results: Iterable[Result], certified: Collection[UUID]
) -> dict[UUID, str]:
    """Registration → reason, for people of ``results`` who passed something and are not among ``certified``."""
    passed = {row.registration_id for row in results if row.passed} - set(certified)
    if not passed:
        return {}
    reasons = {
        UUID(step.after["registration_id"]): _revoked(step.after["certificate"], step.reason)
        for step in await certificate_repository.revocations_in(session, class_session_id)
        if step.after
    }
    lacking = await lacking_attendance(session, class_session_id)
    reasons |= {each: f"出勤未达到要求，不发证书：{why}" for each, why in lacking.items()}
    return {each: why for each, why in reasons.items() if each in passed}


def _revoked(number: str, reason: str | None) -> str:
    return f"证书 {number} 已由发证单位撤销（{reason}），更正不会恢复该证书"
