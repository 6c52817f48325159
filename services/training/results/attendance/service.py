"""Use cases of attendance (签到, BEY-15). Off by default: a plan that asks for no minimum keeps no attendance and withholds nothing. What
follows from too few days is decided by scores; check-ins by the code are in ``check_ins``.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession
from services.training.results.attendance import repository
from services.training.results.attendance.codes import Code, new_code
from services.training.results.attendance.models import Attendance
from services.training.results.attendance.schemas import (
    AttendancePut,
    AttendanceRead,
    CheckedIn,
    DayCount,
    Expected,
    LiveCheckIns,
    PersonAttendance,
)
from services.training.results.attendance.workflow import Means
from shared.clock import beijing_today, now_utc
from shared.db.history import RecordType
from shared.errors import Conflict, FieldError, InvalidInput, NotFound
from shared.identity import Actor
from shared.roles import Permission
from shared.runtime import Runtime
from shared.web.snapshots import snapshot
from shared.wording import Word, reader_of, unsaid
from shared.workflow.buttons import AllowedAction, button
from shared.workflow.definition import Refusal

RECORD = RecordType(
    "attendance",
    words={"class_session_id": unsaid("班次"), "day": Word("日期"), "means": Word("方式", reader_of(Means))},
)


# How many of the last names a projector shows, and how old they may be.
LATEST, LIVE_SECONDS = 5, 2.0


class AttendanceOff(Conflict):
    code = "attendance_off"
    detail = "该培训计划未启用签到；如需启用，请在培训计划中设置最低出勤率"


class ResultsOut(Conflict):
    code = "results_published"
    detail = "本期成绩已发布，证书已按当时的出勤签发，不能再按名单登记；个别人员出勤有误的，请逐人更正出勤并填写理由"


class NotATrainingDay(Conflict):
    code = "not_a_training_day"


def days_needed(percent: int, days: int) -> int:
    """Whole days out of ``days`` that make up ``percent``, rounded up."""
    return -(-percent * days // 100)


async def lacking_attendance(session: AsyncSession, class_session_id: UUID) -> dict[UUID, str]:
    """Registrations seated in the session that do not reach the plan's 最低出勤率, each with the reason in Chinese; empty when the
    plan asks for none (BEY-15)."""
    percent, days = await repository.asked_of(session, class_session_id)
    if percent is None:
        return {}
    needed = days_needed(percent, days)
    there = await repository.days_attended(session, class_session_id)
    return {
        each: f"签到 {there.get(each, 0)} 天，少于要求的 {needed} 天（培训 {days} 天，出勤率须达到 {percent}%）"
        for each in await repository.seated_in(session, class_session_id)
        if there.get(each, 0) < needed
    }


async def make_code(session: AsyncSession, *, actor: Actor, class_session_id: UUID, now: datetime) -> Code:
    """The code of this minute for today's check-in. Raises ``AttendanceOff`` and ``NotATrainingDay``."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    await _check_on(session, row)
    code = new_code(row.id, now)
    if not row.start_date <= code.day <= row.end_date:
        raise NotATrainingDay(f"今天不在培训日期内（{row.start_date} 至 {row.end_date}），培训当天才能签到")
    return code


async def read_attendance(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> AttendanceRead:
    """Who of the actor's region was there on which day, and who lacks days so far."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    plan = await class_sessions.require_plan(session, row.plan_id)
    percent, days = await repository.asked_of(session, row.id)
    lacking = await lacking_attendance(session, row.id)
    marks: dict[UUID, list[Attendance]] = defaultdict(list)
    for mark in await repository.marks_of(session, row.id):
        marks[mark.registration_id].append(mark)
    people = await repository.people_of(session, actor, row.id)
    out = await repository.results_are_out(session, row.id)
    dates = [row.start_date + timedelta(days=after) for after in range((row.end_date - row.start_date).days + 1)]
    days_of = [mark.day for each in people for mark in marks[each.registration_id]]
    return AttendanceRead(
        class_session_id=row.id,
        plan_name=plan.name,
        session_no=row.session_no,
        days=days,
        minimum_attendance=percent,
        days_needed=None if percent is None else days_needed(percent, days),
        dates=dates,
        counts=[DayCount(day=day, there=days_of.count(day), reason=_not_yet(day, now_utc())) for day in dates],
        people=[
            PersonAttendance.of(each, days=marks[each.registration_id], lacking=lacking.get(each.registration_id, ""))
            for each in people
        ],
        allowed_actions=_actions(actor, asked=percent is not None, out=out),
    )


def _actions(actor: Actor, *, asked: bool, out: bool) -> list[AllowedAction]:
    """登记出勤 before the results are out, 更正出勤 after that: for who arranges sessions."""
    if not actor.may(Permission.CLASS_SCHEDULING):
        return []
    off = None if asked else Refusal(AttendanceOff.code, AttendanceOff.detail)
    said = "成绩发布后才需要更正；现在请直接登记出勤"
    return [
        button("enter", "登记出勤", off or (Refusal(ResultsOut.code, ResultsOut.detail) if out else None)),
        button(
            "correct",
            "更正出勤",
            off or (None if out else Refusal("not_published", said)),
            needs_reason=True,
            consequence="出勤达到或不再达到要求时，证书随之签发或撤销，单位会收到通知。",
        ),
    ]


async def enter_day(
    session: AsyncSession, *, actor: Actor, class_session_id: UUID, day: date, body: AttendancePut, now: datetime
) -> AttendanceRead:
    """Makes the given people the list of that day; who checked in by the code stays. The seats are locked, so that two
    lists come one after the other. Raises ``AttendanceOff``, ``ResultsOut`` and ``InvalidInput`` (day, people who do not sit there)."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    seated = await repository.hold_seats(session, row.id)
    await _check_on(session, row)
    check_day(row, day, now)
    strangers = [at for at, each in enumerate(body.registration_ids) if each not in seated]
    if strangers:
        said = "该人员不在本期名单中，请刷新后重新登记"
        raise InvalidInput(errors=[FieldError(f"registration_ids.{at}", "not_seated", said) for at in strangers])
    given = set(body.registration_ids)
    gone = await repository.unmark_list(session, row.id, day, given)
    values = {"class_session_id": row.id, "day": day, "means": Means.LIST, "recorded_at": now}
    made = await repository.mark(session, given, **values, recorded_by=actor.account_id)
    remember_marks(session, actor, row, day, Means.LIST, made)
    remember_marks(session, actor, row, day, Means.LIST, gone, taken_back=True)
    await session.flush()
    return await read_attendance(session, actor=actor, class_session_id=row.id)


async def enter_person(
    session: AsyncSession,
    *,
    actor: Actor,
    class_session_id: UUID,
    day: date,
    registration_id: UUID,
    present: bool,
    now: datetime,
) -> AttendanceRead:
    """手工签到 of one person, or its taking back; told twice, nothing happens. A check-in by the code stays. Raises ``AttendanceOff``,
    ``ResultsOut``, ``NotFound`` for somebody who does not sit there, and ``InvalidInput`` for the day."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    seated = await repository.hold_seats(session, row.id, registration_id=registration_id)
    await _check_on(session, row)
    check_day(row, day, now)
    if registration_id not in seated:
        raise NotFound("该人员不在本期名单中，请刷新后重新登记")
    if present:
        values = {"class_session_id": row.id, "day": day, "means": Means.LIST, "recorded_at": now}
        done = await repository.mark(session, {registration_id}, **values, recorded_by=actor.account_id)
    else:
        done = await repository.unmark_listed(session, row.id, day, registration_id)
    remember_marks(session, actor, row, day, Means.LIST, done, taken_back=not present)
    await session.flush()
    return await read_attendance(session, actor=actor, class_session_id=row.id)


async def live_check_ins(runtime: Runtime, *, actor: Actor, class_session_id: UUID) -> LiveCheckIns:
    """Today's check-in as it stands, no older than two seconds. Raises ``NotFound``."""

    async def read(session: AsyncSession) -> LiveCheckIns:
        return await _read_live(session, actor, class_session_id, beijing_today(now_utc()))

    return await snapshot(runtime, ("check-ins", class_session_id, actor.organisation_id), LIVE_SECONDS, read)


async def _read_live(session: AsyncSession, actor: Actor, class_session_id: UUID, day: date) -> LiveCheckIns:
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    plan = await class_sessions.require_plan(session, row.plan_id)
    people = await repository.people_of(session, actor, row.id)
    at = {
        mark.registration_id: mark.recorded_at for mark in await repository.marks_of(session, row.id) if mark.day == day
    }
    there = sorted((each for each in people if each.registration_id in at), key=lambda each: at[each.registration_id])
    return LiveCheckIns(
        class_session_id=row.id,
        plan_name=plan.name,
        session_no=row.session_no,
        day=day,
        there=len(there),
        total=len(people),
        latest=[CheckedIn.of(each, recorded_at=at[each.registration_id]) for each in reversed(there[-LATEST:])],
        missing=[Expected.of(each) for each in people if each.registration_id not in at],
    )


def remember_marks(
    session: AsyncSession,
    actor: Actor,
    row: ClassSession,
    day: date,
    means: Means,
    registration_ids: Iterable[UUID],
    *,
    taken_back: bool = False,
) -> None:
    """The history of a person's attendance is kept under the registration (PLAT-04); the seats are locked by the caller."""
    values = {"class_session_id": str(row.id), "day": str(day), "means": means.value}
    for each in sorted(registration_ids):
        RECORD.note(
            session,
            each,
            "unmark" if taken_back else "mark",
            actor=actor,
            before=values if taken_back else None,
            after=None if taken_back else values,
        )


async def require_kept(session: AsyncSession, actor: Actor, class_session_id: UUID) -> ClassSession:
    """A class session whose plan asks for attendance. Raises ``NotFound``, and ``AttendanceOff`` where it asks for none."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    if (await repository.asked_of(session, row.id))[0] is None:
        raise AttendanceOff
    return row


async def _check_on(session: AsyncSession, row: ClassSession) -> None:
    if (await repository.asked_of(session, row.id))[0] is None:
        raise AttendanceOff
    if await repository.results_are_out(session, row.id):
        raise ResultsOut


def check_day(row: ClassSession, day: date, now: datetime) -> None:
    """Raises ``InvalidInput`` for a day that is none of the session's, or has not come."""
    if not row.start_date <= day <= row.end_date:
        said = f"应在培训日期 {row.start_date} 至 {row.end_date} 之内"
        raise InvalidInput(errors=[FieldError("day", "not_a_training_day", said)])
    if early := _not_yet(day, now):
        raise InvalidInput(errors=[FieldError("day", "future", early)])


def _not_yet(day: date, now: datetime) -> str | None:
    return "还没有到这一天，不能登记" if day > beijing_today(now) else None
