"""How personal files are read: the list, one file with what may be done with it now, its history, and [获取] by number."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.training.people.filings.service import require_open
from services.training.people.personnel import presentation, repository
from services.training.people.personnel.models import StaffMember
from services.training.people.personnel.repository import StaffFilter
from services.training.people.personnel.schemas import StaffMemberListItem, StaffMemberRead
from services.training.people.personnel.workflow import CERTIFIED, EMPLOYMENT, IN_A_PLAN, SENT_SOMEWHERE
from shared.attachments import of_record
from shared.clock import now_utc
from shared.db.history import history_of
from shared.db.paging import Page, PageRequest
from shared.errors import Conflict
from shared.identity import Actor
from shared.roles import Permission
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import page_of
from shared.workflow.definition import Refusal

DONE = {
    "change_number": "更换身份证号",
    "correct_identity": "更正姓名、身份证号",
    "choose_departments": "科室选择",
    "attach": "更新附件",
    "add_qualification": "添加资质",
    "change_qualification": "修改资质",
    "remove_qualification": "删除资质",
    "look_up": "按身份证号获取",
}


def in_the_way(sent: tuple[str, str] | None) -> Refusal | None:
    """Why a file cannot be removed; ``sent`` is (plan, status) of a registration that was sent (TRN-06)."""
    if sent is None:
        return None
    plan, status = sent
    reason = f"该人员在“{plan}”中{status}，不能删除；已报名的请先取消报名，审核通过的请联系省疾控退回，或改为离职"
    return Refusal("person_registered", reason)


async def closed_to(session: AsyncSession, actor: Actor) -> Refusal | None:
    """Why the actor's unit cannot change its people now, in the words of the refusal itself (ORG-04, ORG-05, PLAT-02)."""
    if not actor.may(Permission.INSTITUTION_FILING):
        return None
    try:
        await require_open(session, actor)
    except Conflict as refused:
        return Refusal(refused.code, refused.detail)
    return None


async def list_files(
    session: AsyncSession, actor: Actor, page: PageRequest, wanted: StaffFilter
) -> Page[StaffMemberListItem]:
    """人员信息, in the order of the names (TRN-02)."""
    rows = await repository.list_staff(session, actor, page, wanted)
    now, closed = now_utc(), await closed_to(session, actor)
    sent = await SENT_SOMEWHERE(session, [row.id for row in rows.items])

    def shown(row: StaffMember) -> StaffMemberListItem:
        stays = in_the_way(sent.get(row.id))
        actions = presentation.actions_on(row, actor, now, closed=closed, in_the_way=stays)
        return presentation.list_item(row, now, actions)

    return page_of(rows, shown)


async def whole(
    session: AsyncSession, actor: Actor, staff: StaffMember, now: datetime | None = None
) -> StaffMemberRead:
    """The whole file for this actor, who may see it, with the numbers in clear: the look is remembered (PLAT-05)."""
    EMPLOYMENT.note_shown(session, staff.id, actor=actor)
    return await _read(session, actor, staff, now or now_utc())


async def outline(session: AsyncSession, actor: Actor, staff: StaffMember) -> StaffMemberRead:
    """The whole file with its numbers masked, which is no look."""
    return presentation.masked(await _read(session, actor, staff, now_utc()))


async def _read(session: AsyncSession, actor: Actor, staff: StaffMember, now: datetime) -> StaffMemberRead:
    sent = await SENT_SOMEWHERE(session, [staff.id])
    closed = await closed_to(session, actor)
    files = await of_record(session, EMPLOYMENT, [staff.id])
    stays = in_the_way(sent.get(staff.id))
    fixed = await IN_A_PLAN(session, staff.id) or bool(await CERTIFIED(session, [staff.person_id]))
    actions = presentation.actions_on(staff, actor, now, closed=closed, in_the_way=stays, fixed=fixed)
    return presentation.whole_file(staff, now, actions, files, closed=closed)


async def read_history(session: AsyncSession, *, actor: Actor, staff_id: UUID) -> list[HistoryEntry]:
    """Every change of the file, oldest first (PLAT-04). Raises ``NotFound``."""
    staff = await repository.require_staff(session, actor, staff_id)
    return history_entries(await history_of(session, EMPLOYMENT, staff.id), actor, EMPLOYMENT, DONE)
