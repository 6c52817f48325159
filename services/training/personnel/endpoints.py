"""人员信息 over HTTP: the unit writes its own files, offices read those of their region. The import has a router of its own."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response

from services.training.personnel import service
from services.training.personnel.schemas import (
    StaffMemberCreate,
    StaffMemberListItem,
    StaffMemberRead,
    StaffMemberUpdate,
)
from services.training.personnel.workflow import EMPLOYMENT, EmploymentStatus
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.lists import ExpectedVersion, PageOf, tag
from shared.web.route import Session
from shared.workflow.routes import add_action_routes

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]
Reader = Annotated[
    Actor, caller(Permission.INSTITUTION_FILING, Permission.PROVINCE_REVIEW, Permission.TRAINING_OVERSIGHT)
]

router = api_router(Service.TRAINING, "personnel", "人员信息")
add_action_routes(router, EMPLOYMENT, service.act_on_staff, StaffMemberRead)


@router.get("", summary="人员信息列表")
async def list_personnel(
    session: Session,
    actor: Reader,
    page: PageOf,
    name: Annotated[str, Query(max_length=50, description="姓名的任意部分或拼音首字母")] = "",
    status: Annotated[list[EmploymentStatus] | None, Query(description="在岗状态")] = None,
    unit_id: Annotated[UUID | None, Query(description="单位")] = None,
) -> Page[StaffMemberListItem]:
    return await service.list_files(session, actor, page, name=name, status=status or [], unit_id=unit_id)


@router.post("", status_code=201, summary="添加人员")
async def create_staff_member(
    body: StaffMemberCreate, session: Session, response: Response, actor: Unit
) -> StaffMemberRead:
    created = await service.create_staff(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/training/personnel/{created.id}"
    tag(response, created.version)
    return created


@router.get("/{staff_id}", summary="人员信息")
async def read_staff_member(staff_id: UUID, session: Session, response: Response, actor: Reader) -> StaffMemberRead:
    found = await service.read_file(session, actor=actor, staff_id=staff_id)
    tag(response, found.version)
    return found


@router.patch("/{staff_id}", summary="修改人员信息")
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


@router.delete("/{staff_id}", status_code=204, summary="删除人员")
async def delete_staff_member(staff_id: UUID, session: Session, actor: Unit) -> None:
    await service.delete_staff(session, actor=actor, staff_id=staff_id)
