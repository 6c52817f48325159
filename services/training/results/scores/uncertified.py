"""Who of a session will get no certificate, and why (BEY-15, STAFF-09): told before the sheet is published, when a forgotten day of
attendance can still be entered for all. Reads only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.attendance.repository import days_attended
from services.training.results.attendance.service import lacking_attendance
from services.training.results.scores.models import Result
from services.training.results.scores.schemas import NoCertificate
from shared.errors import Conflict
from shared.workflow.definition import Labelled

NAMED = 10


class WhyNone(Labelled):
    NOT_ENTERED = "not_entered", "成绩未录入"
    FAILED = "failed", "没有合格的专业类别"
    ATTENDANCE_MISSING = "attendance_missing", "没有出勤记录"
    ATTENDANCE_SHORT = "attendance_short", "出勤天数不足"


@dataclass(frozen=True)
class Uncertified:
    """``forgotten``: the marks alone would do, only attendance is missing, which may have been forgotten."""

    registration_id: UUID
    rows: Sequence[Result]
    reasons: tuple[NoCertificate, ...]
    forgotten: bool


class PeopleUncertified(Conflict):
    """Somebody who passed would get no certificate for want of attendance, and the request does not say that this is meant."""

    code = "people_uncertified"

    def __init__(self, people: Sequence[Uncertified]) -> None:
        names = "、".join(each.rows[0].registration.staff.name for each in people[:NAMED])
        more = f"等 {len(people)} 人" if len(people) > NAMED else ""
        super().__init__(
            f"{names}{more}成绩合格但出勤未达到要求，发布后不发证书。漏登出勤的，请先登记再发布；确认不发的，请勾选“出勤不足的人员不发证书”",
            extra={
                "people": [
                    {
                        "registration_id": str(each.registration_id),
                        "name": each.rows[0].registration.staff.name,
                        "unit_name": each.rows[0].registration.unit_name,
                        "reasons": [reason.model_dump() for reason in each.reasons],
                    }
                    for each in people
                ]
            },
        )


async def without_certificate(
    session: AsyncSession, class_session_id: UUID, results: Sequence[Result]
) -> list[Uncertified]:
    """Those of ``results``, in their order, for whom no certificate would follow from a publication now."""
    lacking = await lacking_attendance(session, class_session_id)
    there = await days_attended(session, class_session_id) if lacking else {}
    people: dict[UUID, list[Result]] = {}
    for row in results:
        people.setdefault(row.registration_id, []).append(row)
    judged = [_judge(each, rows, lacking.get(each), there) for each, rows in people.items()]
    return [each for each in judged if each.reasons]


def _judge(
    registration_id: UUID, rows: Sequence[Result], lacking: str | None, there: Mapping[UUID, int]
) -> Uncertified:
    passed = any(row.passed for row in rows)
    missing = sum(row.passed is None for row in rows)
    reasons = []
    if missing and not passed:
        reasons.append(_reason(WhyNone.NOT_ENTERED, f"还有 {missing} 条成绩未录入"))
    elif not passed:
        reasons.append(_reason(WhyNone.FAILED, "没有合格的专业类别"))
    if lacking is not None:
        why = WhyNone.ATTENDANCE_SHORT if there.get(registration_id) else WhyNone.ATTENDANCE_MISSING
        reasons.append(_reason(why, lacking))
    return Uncertified(registration_id, rows, tuple(reasons), forgotten=passed and lacking is not None)


def _reason(why: WhyNone, words: str) -> NoCertificate:
    return NoCertificate(code=why.value, label=why.label, reason=words)
