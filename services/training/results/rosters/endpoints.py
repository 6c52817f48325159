"""Routes of a class session's roster: as a page, as a sheet, and as a sign-in sheet to print (STAFF-07)."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.training.classes.class_sessions.repository import READERS
from services.training.results.rosters import full, service, sign_in
from services.training.results.rosters.schemas import RosterPurpose, RosterRead, SheetPrepared
from shared.app import api_router
from shared.fields import CleanText
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.uploads import CONTENT_TYPES, FileKind
from shared.web.callers import caller
from shared.web.documents import PDF_RESPONSES, pdf_answer, prepared_pdf
from shared.web.downloads import content_disposition
from shared.web.route import RuntimeOf, Session

Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]
Reader = Annotated[Actor, caller(*READERS)]
_XLSX: dict[int | str, dict[str, object]] = {200: {"content": {CONTENT_TYPES[FileKind.XLSX]: {}}}}

router = api_router(Service.TRAINING, "class-sessions", "名册")
# Not a unit of work: no connection is held while the PDF is fetched.
files = APIRouter(prefix=f"/api/{Service.TRAINING}/class-sessions", tags=["名册"])


@router.get("/{class_session_id}/roster", summary="名册")
async def get_roster(class_session_id: UUID, session: Session, actor: Reader) -> RosterRead:
    return await service.read_roster(session, actor=actor, class_session_id=class_session_id)


@router.get("/{class_session_id}/roster.xlsx", summary="下载名册", response_class=Response, responses=_XLSX)
async def download_roster(class_session_id: UUID, session: Session, actor: Reader) -> Response:
    roster = await service.read_roster(session, actor=actor, class_session_id=class_session_id)
    headers = {"Content-Disposition": content_disposition(service.file_name(roster, "名册", "xlsx"))}
    data = await service.write_roster(roster)
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@router.get(
    "/{class_session_id}/full-roster.xlsx",
    summary="下载含完整号码的名册（留痕）",
    response_class=Response,
    responses=_XLSX,
)
async def download_full_roster(
    class_session_id: UUID,
    session: Session,
    actor: Scheduler,
    purpose: Annotated[RosterPurpose, Query(description="用途：寄送时含收件人电话，办理学分证时含身份证号")],
    remark: Annotated[str, CleanText(200), Query(description="用途说明，计入查看记录")],
) -> Response:
    use = full.Use(purpose, remark)
    name, data = await full.export_roster(session, actor=actor, class_session_id=class_session_id, use=use)
    headers = {"Content-Disposition": content_disposition(name), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@router.post("/{class_session_id}/sign-in-sheet", status_code=202, summary="生成签到表")
async def prepare_sign_in_sheet(
    class_session_id: UUID, session: Session, response: Response, actor: Scheduler
) -> SheetPrepared:
    revision = await sign_in.prepare_sheet(session, actor=actor, class_session_id=class_session_id)
    response.headers["Location"] = f"/api/training/class-sessions/{class_session_id}/sign-in-sheet.pdf"
    return SheetPrepared(revision=revision)


@files.get(
    "/{class_session_id}/sign-in-sheet.pdf", summary="下载签到表", response_class=Response, responses=PDF_RESPONSES
)
async def download_sign_in_sheet(class_session_id: UUID, runtime: RuntimeOf, actor: Scheduler) -> Response:
    async with runtime.database.unit_of_work() as session:
        revision = await sign_in.prepared_revision(session, actor=actor, class_session_id=class_session_id)
        roster = await service.read_roster(session, actor=actor, class_session_id=class_session_id)
    data = await prepared_pdf(runtime, sign_in.SIGN_IN_SHEET, class_session_id, revision)
    return pdf_answer(data, service.file_name(roster, "签到表", "pdf"))
