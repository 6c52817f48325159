"""The API of declarations: the employer's records, and the review by the authorities of its region."""

from typing import Annotated
from uuid import UUID

from fastapi import Body, Query, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations import service
from services.declaration.declarations.checking import check_form
from services.declaration.declarations.filters import DeclarationFilter
from services.declaration.declarations.presentation import ACTIONS, list_item
from services.declaration.declarations.schemas import (
    ContactPhone,
    DeclarationCheckRead,
    DeclarationCreate,
    DeclarationListItem,
    DeclarationRead,
    DeclarationUpdate,
)
from services.declaration.declarations.workflow import DECLARATION, DeclarationAction
from services.declaration.form.choices import FileKind
from services.declaration.form.definition import DeclarationFormRead, form_definition
from shared.app import api_router
from shared.clock import now_utc
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.actions import add_action_routes
from shared.web.attached import AttachmentsUpdate
from shared.web.callers import caller
from shared.web.histories import HistoryEntry, history_entries
from shared.web.lists import ExpectedVersion, PageOf, page_of, tag
from shared.web.route import MAY_BE_LATE, Session
from shared.workflow.definition import ActionBody

router = api_router(Service.DECLARATION, "declarations", "职业病危害项目申报")
Employer = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
Reviewer = Annotated[Actor, caller(Permission.DECLARATION_REVIEW)]
Reader = Annotated[
    Actor,
    caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT),
]


Typed = Annotated[dict[str, object], Body(max_length=100)]


@router.get("", summary="申报列表", dependencies=[MAY_BE_LATE])
async def list_declarations(
    session: Session, actor: Reader, page: PageOf, wanted: Annotated[DeclarationFilter, Query()]
) -> Page[DeclarationListItem]:
    rows = await service.list_declarations(session, actor=actor, wanted=wanted, page=page)
    names, now = await service.region_names(session, rows.items), now_utc()
    return page_of(rows, lambda row: list_item(row, names, actor, now))


@router.post("", status_code=201, summary="添加申报")
async def create_declaration(
    content: DeclarationCreate, session: Session, actor: Employer, response: Response
) -> DeclarationRead:
    declaration = await service.create_declaration(session, actor=actor, content=content)
    response.headers["Location"] = f"/api/declaration/declarations/{declaration.id}"
    tag(response, declaration.version)
    return await service.shown(session, declaration, actor)


@router.get("/form-definition", summary="申报表的各页、栏目、选项与规则")
async def read_declaration_form(_actor: Reader) -> DeclarationFormRead:
    return form_definition()


@router.post("/check", summary="新申报边填边查，不保存")
async def check_new_declaration(given: Typed, session: Session, actor: Employer) -> DeclarationCheckRead:
    return await check_form(session, actor=actor, given=given, declaration_id=None)


@router.post("/{declaration_id}/check", summary="申报边填边查：已保存的内容加上正在填写的，不保存")
async def check_declaration(
    declaration_id: UUID, given: Typed, session: Session, actor: Employer
) -> DeclarationCheckRead:
    return await check_form(session, actor=actor, given=given, declaration_id=declaration_id)


@router.post("/{declaration_id}/bring-over", summary="把旧版申报表的草稿更新到新版")
async def bring_over_declaration(
    declaration_id: UUID, session: Session, actor: Employer, response: Response
) -> DeclarationRead:
    declaration = await service.bring_over(session, actor=actor, declaration_id=declaration_id)
    tag(response, declaration.version)
    return await service.shown(session, declaration, actor)


@router.get("/{declaration_id}", summary="查看申报")
async def read_declaration(
    declaration_id: UUID, session: Session, actor: Reader, response: Response
) -> DeclarationRead:
    declaration = await service.read_declaration(session, actor=actor, declaration_id=declaration_id)
    tag(response, declaration.version)
    return await service.shown(session, declaration, actor)


@router.patch("/{declaration_id}", summary="保存申报内容")
async def change_declaration(
    declaration_id: UUID,
    content: DeclarationUpdate,
    session: Session,
    actor: Employer,
    expected: ExpectedVersion,
    response: Response,
) -> DeclarationRead:
    declaration = await service.change_declaration(
        session, actor=actor, declaration_id=declaration_id, content=content, expected=expected
    )
    tag(response, declaration.version)
    return await service.shown(session, declaration, actor)


@router.delete("/{declaration_id}", status_code=204, summary="删除暂存的申报")
async def delete_declaration(declaration_id: UUID, session: Session, actor: Employer) -> None:
    await service.delete_declaration(session, actor=actor, declaration_id=declaration_id)


@router.put("/{declaration_id}/attachments/{kind}", summary="某一类附件，整类替换")
async def keep_declaration_attachments(
    declaration_id: UUID,
    kind: FileKind,
    body: AttachmentsUpdate,
    session: Session,
    actor: Employer,
    expected: ExpectedVersion,
    response: Response,
) -> DeclarationRead:
    declaration = await service.keep_attachments(
        session, actor=actor, declaration_id=declaration_id, kind=kind, expected=expected, ids=body.attachment_ids
    )
    tag(response, declaration.version)
    return await service.shown(session, declaration, actor)


@router.get("/{declaration_id}/history", summary="申报的变更记录")
async def read_declaration_history(declaration_id: UUID, session: Session, actor: Reader) -> list[HistoryEntry]:
    changes = await service.declaration_history(session, actor=actor, declaration_id=declaration_id)
    return history_entries(changes, actor, DECLARATION, ACTIONS)


@router.get("/{declaration_id}/contact-phone", summary="查看联系人完整手机号码（留痕）")
async def read_declaration_contact_phone(declaration_id: UUID, session: Session, actor: Reviewer) -> ContactPhone:
    phone = await service.reveal_contact_phone(session, actor=actor, declaration_id=declaration_id)
    return ContactPhone(contact_phone=phone)


async def _act(
    session: AsyncSession, actor: Actor, declaration_id: UUID, action: DeclarationAction, body: ActionBody
) -> DeclarationRead:
    declaration = await service.act_on_declaration(
        session, actor=actor, declaration_id=declaration_id, action=action, body=body
    )
    return await service.shown(session, declaration, actor)


add_action_routes(router, DECLARATION, _act, DeclarationRead)
