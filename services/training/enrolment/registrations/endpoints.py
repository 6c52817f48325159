"""The HTTP face of registrations and of 集体报名."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.training.enrolment.registrations import filling, group_service, service
from services.training.enrolment.registrations.batches import BatchRead
from services.training.enrolment.registrations.filling import Copies, CopiesRead
from services.training.enrolment.registrations.group_schemas import (
    AddResults,
    CandidateListItem,
    GroupFilter,
    GroupRegistrationListItem,
    GroupRegistrationRead,
    RegistrationsAdd,
    RegistrationsSubmit,
)
from services.training.enrolment.registrations.schemas import RegistrationRead, RegistrationUpdate
from services.training.enrolment.registrations.workflow import REGISTRATION
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.forms import RecordFormCheckRead, RecordFormRead
from shared.web.histories import HistoryEntry
from shared.web.lists import ExpectedVersion, PageOf, tagged
from shared.web.route import Session

group_router = api_router(Service.TRAINING, "group-registrations", "集体报名")
registrations_router = api_router(Service.TRAINING, "registrations", "集体报名")
routers: tuple[APIRouter, ...] = (group_router, registrations_router)

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]
Reader = Annotated[
    Actor, caller(Permission.GROUP_REGISTRATION, Permission.TRAINING_OVERSIGHT, Permission.PROVINCE_REVIEW)
]

add_action_routes(registrations_router, REGISTRATION, service.act_on_registration, RegistrationRead)


@group_router.get("", summary="集体报名：培训计划列表")
async def list_group_registrations(
    session: Session, actor: Unit, page: PageOf, wanted: Annotated[GroupFilter, Query()]
) -> Page[GroupRegistrationListItem]:
    return await group_service.group_registrations(session, actor=actor, wanted=wanted, page=page)


@group_router.get("/{plan_id}", summary="集体报名：计划与报名人员")
async def read_group_registration(plan_id: UUID, session: Session, actor: Unit) -> GroupRegistrationRead:
    return await group_service.group_registration(session, actor=actor, plan_id=plan_id)


@group_router.get("/{plan_id}/form-definition", summary="该培训计划报名表的栏目、选项与规则")
async def read_registration_form(plan_id: UUID, session: Session, actor: Reader) -> RecordFormRead:
    return await group_service.form_definition(session, actor=actor, plan_id=plan_id)


@group_router.get("/{plan_id}/candidates", summary="集体报名：可添加的人员")
async def list_plan_candidates(
    plan_id: UUID, session: Session, actor: Unit, page: PageOf, name: Annotated[str, Query(max_length=50)] = ""
) -> Page[CandidateListItem]:
    return await group_service.candidates(session, actor=actor, plan_id=plan_id, name=name, page=page)


@registrations_router.post("", summary="添加报名人员，逐人返回结果")
async def add_registrations(body: RegistrationsAdd, session: Session, actor: Unit) -> AddResults:
    return await group_service.add_registrations(session, actor=actor, plan_id=body.plan_id, staff_ids=body.staff_ids)


@registrations_router.post("/submissions", summary="批量报名，逐人返回结果")
async def submit_registrations(body: RegistrationsSubmit, session: Session, actor: Unit) -> BatchRead:
    return await service.submit_registrations(session, actor=actor, ids=body.registration_ids)


@registrations_router.get("/{registration_id}", summary="报名表")
async def read_registration(
    registration_id: UUID, session: Session, response: Response, actor: Reader
) -> RegistrationRead:
    return tagged(response, await service.read_registration(session, actor=actor, registration_id=registration_id))


@registrations_router.get("/{registration_id}/history", summary="报名的办理记录")
async def list_registration_history(registration_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    return await service.registration_history(session, actor=actor, registration_id=registration_id)


@registrations_router.post("/{registration_id}/check", summary="报名表边填边查，不保存")
async def check_registration(
    registration_id: UUID, given: Annotated[dict[str, object], Body(max_length=100)], session: Session, actor: Unit
) -> RecordFormCheckRead:
    return await filling.check_form(session, actor=actor, registration_id=registration_id, given=given)


@registrations_router.post("/{registration_id}/copies", summary="填写一次，套用到其他未报名的人员，逐人返回结果")
async def copy_registration(registration_id: UUID, body: Copies, session: Session, actor: Unit) -> CopiesRead:
    return await filling.copy_to_others(session, actor=actor, registration_id=registration_id, body=body)


@registrations_router.patch("/{registration_id}", summary="修改报名表")
async def change_registration(
    registration_id: UUID,
    body: RegistrationUpdate,
    session: Session,
    response: Response,
    actor: Unit,
    expected: ExpectedVersion,
) -> RegistrationRead:
    changed = await service.change_registration(
        session, actor=actor, registration_id=registration_id, body=body, expected_version=expected
    )
    return tagged(response, changed)


@registrations_router.delete("/{registration_id}", status_code=204, summary="删除报名人员")
async def delete_registration(registration_id: UUID, session: Session, actor: Unit) -> None:
    await service.delete_registration(session, actor=actor, registration_id=registration_id)
