"""The sign-in sheet of a class session as PDF (STAFF-07): what is printed goes out as an event, the PDF comes from the certificates
service. The number of a printed state is its place in the history of the session's sheets.
"""

from datetime import date, timedelta
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.classes.class_sessions.models import ClassSession
from services.training.results.rosters import repository
from services.training.results.rosters.schemas import RosterRead
from services.training.results.rosters.service import read_roster
from shared.crypto import Sealed
from shared.db.history import RecordType
from shared.db.types import field_cipher
from shared.errors import Conflict
from shared.events.log import record
from shared.events.training import RosterPrepared
from shared.identity import Actor
from shared.web.documents import FormNotPrepared, PreparedKind
from shared.wording import Word

SIGN_IN_SHEET = PreparedKind("sign_in_sheet", "签到表")
RECORD = RecordType("sign_in_sheet", words={"days": Word("天数"), "people": Word("人数")})
# So many rows are printed within the time that a page may take; further days make a further list of everybody.
MOST_ROWS = 500
DAYS_ABREAST = 5


class NobodySeated(Conflict):
    code = "nobody_seated"
    detail = "本期还没有人员选班，选班后再生成签到表"


class SheetTooLong(Conflict):
    code = "sheet_too_long"


class PrintedAttendee(BaseModel):
    name: str
    unit_name: str
    specialties: str


class PrintedSheet(BaseModel):
    """The content of ``RosterPrepared`` of the kind ``sign_in_sheet``: no resident id and no phone."""

    number: str = ""
    title: str = "培训签到表"
    blank: bool = False
    plan_name: str
    session: str
    dates: str
    location: str
    days: list[str]
    people: list[PrintedAttendee]


async def prepare_sheet(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> int:
    """A new printed state of the sheet as the session is now; gives its number. Raises ``NobodySeated``, ``SheetTooLong``."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    await repository.lock_class_session(session, row.id)
    roster = await read_roster(session, actor=actor, class_session_id=row.id)
    content = printed_sheet(row, roster)
    after = {"people": len(content.people), "days": len(content.days)}
    RECORD.note(session, row.id, "prepare", actor=actor, after=after)
    await session.flush()
    revision = await repository.times_remembered(session, RECORD, row.id)
    sealed = Sealed.seal(field_cipher(), content.model_dump_json())
    record(session, RosterPrepared(kind=SIGN_IN_SHEET.code, source_id=row.id, revision=revision, content=sealed))
    return revision


def printed_sheet(row: ClassSession, roster: RosterRead) -> PrintedSheet:
    """What is printed of the roster. Raises ``NobodySeated`` and ``SheetTooLong``."""
    if not roster.people:
        raise NobodySeated
    days = _days(row)
    if len(roster.people) * -(-len(days) // DAYS_ABREAST) > MOST_ROWS:
        said = f"本期共 {len(roster.people)} 人、{len(days)} 天，超出签到表可打印的行数，请下载名册（xlsx）打印"
        raise SheetTooLong(said)
    return PrintedSheet(
        plan_name=roster.plan_name,
        session=f"第{row.session_no}期（{row.training_kind.label}）",
        dates=f"{_chinese(row.start_date)}至{_chinese(row.end_date)}，共{row.days}天",
        location=row.location,
        days=days,
        people=[
            PrintedAttendee(name=each.name, unit_name=each.unit_name, specialties="、".join(each.specialties))
            for each in roster.people
        ],
    )


def _days(row: ClassSession) -> list[str]:
    """The training days by date, or by number where there are fewer than dates: which of these are free is not known."""
    dates = [row.start_date + timedelta(days=at) for at in range((row.end_date - row.start_date).days + 1)]
    if row.days >= len(dates):
        return [f"{day.month}月{day.day}日" for day in dates]
    return [f"第{at}天" for at in range(1, row.days + 1)]


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


async def prepared_revision(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> int:
    """The number of the newest printed state. Raises ``NotFound`` and ``FormNotPrepared``."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    revision = await repository.times_remembered(session, RECORD, row.id)
    if not revision:
        raise FormNotPrepared(SIGN_IN_SHEET)
    return revision
