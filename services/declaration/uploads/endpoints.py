"""Test reports and examination summaries over HTTP: put up unclaimed, fetched by who may see the declaration (PLAT-07)."""

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.declaration.uploads.repository import require_attachment
from shared.app import api_router
from shared.attachments import store
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.uploads import CheckedFile
from shared.web.attached import AttachedFile
from shared.web.callers import caller
from shared.web.downloads import shown_attachment
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import scan, uploaded

Sender = Annotated[Actor, caller(Permission.HAZARD_DECLARATION)]
Reader = Annotated[
    Actor,
    caller(Permission.HAZARD_DECLARATION, Permission.DECLARATION_REVIEW, Permission.DECLARATION_OVERSIGHT),
]
Scan = Annotated[CheckedFile, uploaded(scan)]
router = api_router(Service.DECLARATION, "attachments", "附件")


@router.post("", status_code=201, summary="上传附件")
async def upload_declaration_attachment(
    session: Session, runtime: RuntimeOf, response: Response, actor: Sender, file: Scan
) -> AttachedFile:
    row = await store(session, runtime.storage, runtime.service, file, actor)
    response.headers["Location"] = f"/api/declaration/attachments/{row.id}"
    return AttachedFile.of(row)


@router.get("/{attachment_id}", summary="附件内容（留痕）", response_class=Response)
async def read_declaration_attachment(
    attachment_id: UUID, session: Session, runtime: RuntimeOf, actor: Reader
) -> Response:
    row = await require_attachment(session, actor, attachment_id)
    return await shown_attachment(session, runtime.storage, row, actor)
