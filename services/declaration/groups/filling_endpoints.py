"""A member's declaration in the hands of its head (BEY-17): the same for people and for a program with the group's key."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Response

from services.declaration.declarations.schemas import (
    DeclarationCheckRead,
    DeclarationCreate,
    DeclarationRead,
    DeclarationUpdate,
)
from services.declaration.groups import filling_service as filling
from services.declaration.groups.endpoints import Head
from services.declaration.groups.schemas import SubmitBatch, SubmitsRead
from shared.app import api_router
from shared.services import Service
from shared.web.lists import ExpectedVersion, tagged
from shared.web.route import Session

router = api_router(Service.DECLARATION, "group-members", "集团申报")


@router.post("/submissions", summary="提交多个成员的申报，逐条返回结果")
async def submit_member_declarations(body: SubmitBatch, session: Session, actor: Head) -> SubmitsRead:
    return await filling.submit_many(session, actor=actor, body=body)


@router.get("/{member_id}/declaration", summary="成员未办结的申报，没有则为最近一次审核通过的")
async def read_member_declaration(
    member_id: UUID, session: Session, actor: Head, response: Response
) -> DeclarationRead:
    return tagged(response, await filling.read_of_member(session, actor=actor, member_id=member_id))


@router.post("/{member_id}/declaration", status_code=201, summary="为成员添加申报")
async def begin_member_declaration(
    member_id: UUID, content: DeclarationCreate, session: Session, actor: Head, response: Response
) -> DeclarationRead:
    made = await filling.begin(session, actor=actor, member_id=member_id, content=content)
    return tagged(response, made, at=f"/api/declaration/group-members/{member_id}/declaration")


@router.patch("/{member_id}/declaration", summary="保存成员的申报内容")
async def change_member_declaration(
    member_id: UUID,
    content: DeclarationUpdate,
    session: Session,
    actor: Head,
    expected: ExpectedVersion,
    response: Response,
) -> DeclarationRead:
    changed = await filling.change(session, actor=actor, member_id=member_id, content=content, expected=expected)
    return tagged(response, changed)


@router.post("/{member_id}/declaration/check", summary="成员的申报边填边查，不保存")
async def check_member_declaration(
    member_id: UUID, given: Annotated[dict[str, object], Body(max_length=100)], session: Session, actor: Head
) -> DeclarationCheckRead:
    return await filling.check(session, actor=actor, member_id=member_id, given=given)


@router.post("/{member_id}/declaration/submit", summary="提交成员的申报")
async def submit_member_declaration(
    member_id: UUID, session: Session, actor: Head, response: Response
) -> DeclarationRead:
    return tagged(response, await filling.submit(session, actor=actor, member_id=member_id))
