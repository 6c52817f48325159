"""更正出勤 (BEY-15, STAFF-09): one person's day is put right after the results are out, with a reason, and the certificate follows: issued
when the attendance is enough now, revoked when it no longer is.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.results.attendance import repository as attendance
from services.training.results.attendance.schemas import AttendanceRead
from services.training.results.attendance.service import (
    RECORD,
    check_day,
    lacking_attendance,
    read_attendance,
    require_kept,
)
from services.training.results.attendance.workflow import Means
from services.training.results.scores import repository
from services.training.results.scores.corrections import tell_correction
from services.training.results.scores.schemas import AttendanceCorrection
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
    row = await require_kept(session, actor, class_session_id)
    await repository.lock_published(session, row.id)
    if not await attendance.results_are_out(session, row.id):
        raise NotOutYet
    check_day(row, day, now)
    if not await attendance.hold_seats(session, row.id, registration_id=registration_id):
        raise NotFound
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
