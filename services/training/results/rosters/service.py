"""The roster of a class session: who sits there, read and as a sheet (STAFF-07). The sign-in sheet as PDF is in ``sign_in``."""

import asyncio
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.classes.class_sessions import repository as class_sessions
from services.training.people.personnel.columns import LISTED
from services.training.people.personnel.namesakes import masked_ids
from services.training.results.rosters import repository
from services.training.results.rosters.schemas import RosterPerson, RosterRead, roster_person
from shared.identity import Actor
from shared.sheets.columns import Column
from shared.sheets.writing import write_sheet

COLUMNS = (
    Column("number", "序号", width=6),
    LISTED["name"],
    LISTED["sex"],
    Column("unit_name", "单位", width=36),
    Column("training_kind", "培训类型", width=10),
    Column("specialties", "专业类别", width=30),
    Column("needs_credit", "学分证", width=8),
    Column("lodging", "住宿", width=12),
    Column("recipient_name", "收件人", width=12),
    Column("recipient_phone", "收件人手机号码", width=16),
    Column("recipient_postcode", "邮政编码", width=10),
    Column("recipient_address", "收件人地址", width=40),
    Column("masked_id", "身份证号（同名时）", width=20),
)


async def read_roster(session: AsyncSession, *, actor: Actor, class_session_id: UUID) -> RosterRead:
    """The people of the actor's region in the session, by unit and name. Raises ``NotFound``."""
    row = await class_sessions.require_class_session(session, actor, class_session_id)
    plan = await class_sessions.require_plan(session, row.plan_id)
    specialties = await repository.specialties_in(session, row.id)
    people = await repository.people_in(session, actor, row.id)
    ids = masked_ids((each.id, each.staff) for each in people)
    listed = [
        roster_person(at, each, specialties.get(each.id, []), ids.get(each.id)) for at, each in enumerate(people, 1)
    ]
    return RosterRead.of(row, class_session_id=row.id, plan_name=plan.name, people=listed)


def file_name(roster: RosterRead, what: str, ending: str) -> str:
    """Named after plan and 期次, as people look for it."""
    return f"{roster.plan_name}第{roster.session_no}期{what}.{ending}"


async def write_roster(roster: RosterRead) -> bytes:
    """The roster as xlsx, made beside the event loop."""
    rows = [_row(each) for each in roster.people]
    return await asyncio.to_thread(write_sheet, "名册", COLUMNS, rows)


def _row(person: RosterPerson) -> Mapping[str, object]:
    return person.model_dump() | {
        "training_kind": person.training_kind.label,
        "specialties": "、".join(person.specialties),
        "lodging": person.lodging_label,
    }
