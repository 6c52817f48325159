"""人员信息 over HTTP: the unit writes its own files, offices read those of their region. The import, the qualifications and the
dictionaries have routers of their own.
"""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Path, Query, Response

from services.training.people.personnel import checking, look_up, parts, reading, service
from services.training.people.personnel.definition import definition_of
from services.training.people.personnel.form import SECTIONS
from services.training.people.personnel.look_up import LookUp, LookUpRead
from services.training.people.personnel.part_schemas import DepartmentsUpdate
from services.training.people.personnel.repository import StaffFilter
from services.training.people.personnel.schemas import (
    StaffMemberCreate,
    StaffMemberListItem,
    StaffMemberRead,
    StaffMemberUpdate,
)
from services.training.people.personnel.waiving import ACCEPTED_NUMBERS
from services.training.people.personnel.workflow import EMPLOYMENT
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.attached import AttachmentsUpdate
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, PageOf, tag
from shared.web.route import MAY_BE_LATE, RuntimeOf, Session

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]
Reader = Annotated[
    Actor, caller(Permission.INSTITUTION_FILING, Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)
]
_Text = Annotated[str, Query(max_length=60)]

router = api_router(Service.TRAINING, "personnel", "人员信息")
add_action_routes(router, EMPLOYMENT, service.act_on_staff, StaffMemberRead)


@router.get("", summary="人员信息列表", dependencies=[MAY_BE_LATE])
async def list_personnel(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[StaffFilter, Query()]
) -> Page[StaffMemberListItem]:
    return await reading.list_files(session, actor, page, wanted)


@router.post("", status_code=201, summary="添加人员", dependencies=[ACCEPTED_NUMBERS])
async def create_staff_member(
    body: StaffMemberCreate, session: Session, response: Response, actor: Unit
) -> StaffMemberRead:
    created = await service.create_staff(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/personnel/{created.id}"
    tag(response, created.version)
    return created


@router.post("/look-up", summary="按身份证号获取")
async def look_up_person(body: LookUp, session: Session, actor: Unit) -> LookUpRead:
    return await look_up.look_up(session, actor=actor, body=body)


@router.get("/form-definition", summary="人员信息的栏目、选项与规则")
async def read_personnel_form(_actor: Reader) -> RecordFormRead:
    return definition_of(SECTIONS)


@router.post("/check", summary="人员信息边填边查，不保存", dependencies=[ACCEPTED_NUMBERS])
async def check_staff_member(
    given: Annotated[dict[str, object], Body(max_length=100)],
    session: Session,
    actor: Unit,
    staff_id: Annotated[UUID | None, Query(description="所修改的人员；添加时不填")] = None,
) -> RecordFormCheckRead:
    return await checking.check_form(session, actor=actor, given=given, staff_id=staff_id)


@router.get("/{staff_id}", summary="人员信息")
async def read_staff_member(staff_id: UUID, session: Session, response: Response, actor: Reader) -> StaffMemberRead:
    found = await service.read_file(session, actor=actor, staff_id=staff_id)
    tag(response, found.version)
    return found


@router.get("/{staff_id}/history", summary="人员信息的修改记录")
async def list_staff_member_changes(staff_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await reading.read_history(session, actor=actor, staff_id=staff_id)


@router.patch("/{staff_id}", summary="修改人员信息", dependencies=[ACCEPTED_NUMBERS])
async def change_staff_member(
    staff_id: UUID,
    body: StaffMemberUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
) -> StaffMemberRead:
    changed = await service.change_staff(session, actor=actor, staff_id=staff_id, expected=expected, body=body)
    tag(response, changed.version)
    return changed


@router.put("/{staff_id}/departments", summary="科室选择")
async def choose_departments(
    staff_id: UUID,
    body: DepartmentsUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
) -> StaffMemberRead:
    changed = await parts.choose_departments(
        session, actor=actor, staff_id=staff_id, expected=expected, departments=body.departments
    )
    tag(response, changed.version)
    return changed


@router.put("/{staff_id}/attachments/{kind}", summary="某一类附件")
async def keep_staff_member_attachments(
    staff_id: UUID,
    kind: Annotated[str, Path(max_length=40, description="附件类别，取自 attachment_kinds")],
    body: AttachmentsUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
    runtime: RuntimeOf,
) -> StaffMemberRead:
    changed = await parts.keep_attachments(
        session,
        runtime.storage,
        actor=actor,
        staff_id=staff_id,
        kind_name=kind,
        expected=expected,
        ids=body.attachment_ids,
    )
    tag(response, changed.version)
    return changed


@router.delete("/{staff_id}", status_code=204, summary="删除人员")
async def delete_staff_member(staff_id: UUID, session: Session, actor: Unit) -> None:
    await service.delete_staff(session, actor=actor, staff_id=staff_id)
