"""旧系统数据导入 over HTTP (DECL-09, FAQ-D16): by the province's administrator; an office below sees the rows of its region."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Query, Response

from services.declaration.legacy import presentation, service
from services.declaration.legacy.files import take_part
from services.declaration.legacy.filters import LegacyRowFilter
from services.declaration.legacy.schemas import (
    LegacyImportCreate,
    LegacyImportListItem,
    LegacyImportRead,
    LegacyRowRead,
)
from services.declaration.legacy.workflow import LegacyAction
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.uploads import CONTENT_TYPES, FileKind
from shared.web.callers import caller
from shared.web.downloads import content_disposition
from shared.web.lists import PageOf
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import uploaded

router = api_router(Service.DECLARATION, "legacy-imports", "旧系统数据导入")
rows_router = api_router(Service.DECLARATION, "legacy-rows", "旧系统数据导入")
Keeper = Annotated[Actor, caller(Permission.ADMINISTRATION)]
Office = Annotated[
    Actor, caller(Permission.ADMINISTRATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT)
]
ImportId = Annotated[UUID, Path(description="导入的编号")]


@router.get("", summary="旧系统数据的各次导入，最新的在前")
async def list_legacy_imports(session: Session, actor: Keeper, page: PageOf) -> Page[LegacyImportListItem]:
    return await service.list_imports(session, actor=actor, page=page)


@router.post("", status_code=201, summary="登记要导入的文件，随后分段上传")
async def announce_legacy_import(
    body: LegacyImportCreate, session: Session, actor: Keeper, response: Response
) -> LegacyImportRead:
    row = await service.announce(session, actor=actor, body=body)
    response.headers["Location"] = f"/api/declaration/legacy-imports/{row.id}"
    return presentation.read(row, None, {}, [])


@router.get("/{import_id}", summary="一次导入的进度、识别出的列和各种结果的行数")
async def read_legacy_import(import_id: ImportId, session: Session, actor: Keeper) -> LegacyImportRead:
    return await service.read_import(session, actor=actor, import_id=import_id)


@router.put("/{import_id}/parts/{part}", summary="上传文件的一段，重复上传以最后一次为准")
async def keep_legacy_part(
    import_id: ImportId,
    part: Annotated[int, Path(ge=1, le=100, description="第几段，从1开始")],
    session: Session,
    runtime: RuntimeOf,
    actor: Keeper,
    file: Annotated[bytes, uploaded(take_part)],
) -> LegacyImportRead:
    return await service.keep_part(session, runtime.storage, actor=actor, import_id=import_id, part=part, data=file)


@router.post("/{import_id}/read", summary="读取文件并逐行核对，不导入（后台任务）")
async def read_legacy_file(
    import_id: ImportId, session: Session, runtime: RuntimeOf, actor: Keeper
) -> LegacyImportRead:
    action = LegacyAction.READ
    return await service.act(session, runtime.storage, actor=actor, import_id=import_id, action=action)


@router.post("/{import_id}/confirm", summary="确认导入预览中将导入的行（后台任务）")
async def confirm_legacy_import(
    import_id: ImportId, session: Session, runtime: RuntimeOf, actor: Keeper
) -> LegacyImportRead:
    action = LegacyAction.CONFIRM
    return await service.act(session, runtime.storage, actor=actor, import_id=import_id, action=action)


@router.post("/{import_id}/undo", summary="一天内撤销导入，单位已修改的保留（后台任务）")
async def undo_legacy_import(
    import_id: ImportId, session: Session, runtime: RuntimeOf, actor: Keeper
) -> LegacyImportRead:
    action = LegacyAction.UNDO
    return await service.act(session, runtime.storage, actor=actor, import_id=import_id, action=action)


@router.get("/{import_id}/annotated", summary="下载标注了问题的行", response_class=Response)
async def annotate_legacy_import(import_id: ImportId, session: Session, actor: Keeper) -> Response:
    name, data = await service.mark(session, actor=actor, import_id=import_id)
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@rows_router.get("", summary="逐行的预览和结果，各级只看到本地区的行")
async def list_legacy_rows(
    session: Session, actor: Office, page: PageOf, wanted: Annotated[LegacyRowFilter, Query()]
) -> Page[LegacyRowRead]:
    return await service.list_rows(session, actor=actor, wanted=wanted, page=page)
