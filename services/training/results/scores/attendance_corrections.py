"""更正出勤 (BEY-15, STAFF-09): one person's day is put right after the results are out, with a reason, and the certificate follows: issued
when the attendance is enough now, revoked when it no longer is.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions.models import ClassSession
from services.training.results.attendance import repository as attendance
from services.training.results.attendance.schemas import AttendanceRead, PersonPresent
from services.training.results.attendance.service import (
    RECORD,
    check_day,
    days_needed,
    lacking_attendance,
    read_attendance,
    require_kept,
)
from services.training.results.attendance.workflow import Means
from services.training.results.scores import certificate_repository, repository, row_repository
from services.training.results.scores.corrections import tell_correction
from services.training.results.scores.schemas import AttendanceCorrection, AttendanceEffect
from shared.errors import Conflict, NotFound
from shared.events.training import Correction
from shared.identity import Actor


class NotOutYet(Conflict):
    code = "not_published"
    detail = "本期成绩尚未发布，请直接在签到名单中登记出勤；发布后如有误再使用更正出勤"


class SameAttendance(Conflict):
    code = "nothing_corrected"
    detail = "该人员当天的出勤与填写的相同，无需更正"


async def correct_attendance(
    session: AsyncSession,
    *,
    actor: Actor,
    class_session_id: UUID,
    registration_id: UUID,
    day: date,
    body: AttendanceCorrection,
    now: datetime,
) -> AttendanceRead:
    """Raises ``NotFound`` (no such person there), ``AttendanceOff``, ``NotOutYet``, ``SameAttendance``, and ``InvalidInput`` (day)."""
    row = await _asked(session, actor, class_session_id, registration_id, day, now)
    lacked = registration_id in await lacking_attendance(session, row.id)
    if not await _change(session, actor, row.id, registration_id, day, body, now):
        raise SameAttendance
    before, after = (
        {"there": each, "class_session_id": str(row.id), "day": str(day)} for each in _turned(body.present)
    )
    RECORD.note(session, registration_id, "correct", actor=actor, before=before, after=after, reason=body.reason)
    await session.flush()
    if lacked is not (registration_id in await lacking_attendance(session, row.id)):
        sheet = await repository.require_sheet(session, row.id)
        await tell_correction(session, sheet, registration_id, now, body.reason, Correction.ATTENDANCE)
    return await read_attendance(session, actor=actor, class_session_id=row.id)


async def _asked(
    session: AsyncSession, actor: Actor, class_session_id: UUID, registration_id: UUID, day: date, now: datetime
) -> ClassSession:
    """The class session whose results are out, with its sheet and the person's seat locked."""
    row = await require_kept(session, actor, class_session_id)
    await repository.lock_published(session, row.id)
    if not await attendance.results_are_out(session, row.id):
        raise NotOutYet
    check_day(row, day, now)
    if not await attendance.hold_seats(session, row.id, registration_id=registration_id):
        raise NotFound
    return row


async def preview_correction(
    session: AsyncSession,
    *,
    actor: Actor,
    class_session_id: UUID,
    registration_id: UUID,
    day: date,
    body: PersonPresent,
    now: datetime,
) -> AttendanceEffect:
    """What the correction would do to the certificate; nothing is written. Raises as ``correct_attendance`` does."""
    row = await _asked(session, actor, class_session_id, registration_id, day, now)
    percent, days = await attendance.asked_of(session, row.id)
    there = {mark.day for mark in await attendance.marks_of(session, row.id) if mark.registration_id == registration_id}
    if (day in there) is body.present:
        raise SameAttendance
    needed = days_needed(percent or 0, days)
    attended = len(there) + (1 if body.present else -1)
    sheet = await repository.require_sheet(session, row.id)
    results = await row_repository.results_of(session, sheet.id, registration_id=registration_id)
    held = (await certificate_repository.certificates_of(session, row.id, {registration_id})).get(registration_id)
    effect, words = _effect(
        held and held[1],
        enough_before=len(there) >= needed,
        enough=attended >= needed,
        passed=any(each.passed for each in results),
    )
    return AttendanceEffect(effect=effect, words=f"更正后出勤 {attended} 天，要求 {needed} 天：{words}")


def _effect(number: str | None, *, enough_before: bool, enough: bool, passed: bool) -> tuple[str, str]:
    """(code, in words), as certificates follow a correction."""
    if not passed:
        return "none", "没有合格的专业类别，不涉及证书"
    if enough is enough_before:
        return "none", f"证书 {number} 不变" if number else "仍不发证书" if not enough else "不影响证书"
    if enough:
        return "issue", "将制作证书；此前只因更正撤销的，恢复原编号"
    return "revoke", f"证书 {number} 将被撤销，公众查验显示已撤销" if number else "不再制作证书"


def _turned(present: bool) -> tuple[bool, bool]:
    return not present, present


async def _change(
    session: AsyncSession,
    actor: Actor,
    class_session_id: UUID,
    registration_id: UUID,
    day: date,
    body: AttendanceCorrection,
    now: datetime,
) -> bool:
    if not body.present:
        return await attendance.unmark(session, registration_id, class_session_id=class_session_id, day=day)
    values = {"class_session_id": class_session_id, "day": day, "means": Means.LIST, "recorded_at": now}
    return bool(await attendance.mark(session, [registration_id], **values, recorded_by=actor.account_id))
