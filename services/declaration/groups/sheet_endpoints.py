"""A group's sheet over HTTP (BEY-17): the template, what an uploaded one would come to, and taking it in as a job."""

from enum import StrEnum
from typing import Annotated

from fastapi import Query, Response

from services.declaration.groups import sheet_service
from services.declaration.groups.endpoints import Head
from services.declaration.groups.sheet_schemas import GroupSheetReport
from services.declaration.groups.sheet_service import UploadedGroup, read_upload
from services.declaration.jobs.kinds import GROUP_SHEET, JOBS
from shared.app import api_router
from shared.services import Service
from shared.tasks.jobs import start_job
from shared.uploads import CONTENT_TYPES, FileKind
from shared.web.downloads import content_disposition
from shared.web.jobs import JobRead, accepted
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import uploaded

router = api_router(Service.DECLARATION, "group-sheet", "集团申报")
_XLSX = CONTENT_TYPES[FileKind.XLSX]


class SheetMode(StrEnum):
    """``preview`` changes nothing."""

    PREVIEW = "preview"
    APPLY = "apply"


@router.get("/template", summary="集团申报表格，已填入各成员现有的内容", response_class=Response)
async def group_sheet_template(session: Session, actor: Head) -> Response:
    data = await sheet_service.make_template(session, actor)
    headers = {"Content-Disposition": content_disposition("集团申报表格.xlsx"), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type=_XLSX)


@router.post("/annotated", summary="下载标注了问题的集团申报表格", response_class=Response)
async def annotate_group_sheet(
    session: Session, actor: Head, file: Annotated[UploadedGroup, uploaded(read_upload)]
) -> Response:
    data = await sheet_service.mark(session, actor, file.sheet)
    headers = {
        "Content-Disposition": content_disposition("集团申报表格（已标注问题）.xlsx"),
        "Cache-Control": "no-store",
    }
    return Response(data, headers=headers, media_type=_XLSX)


@router.post(
    "",
    summary="检查或保存集团申报表格，保存时为后台任务",
    response_model=GroupSheetReport,
    responses={202: {"model": JobRead, "description": "已转为后台任务，进度见 Location"}},
)
async def take_group_sheet(
    session: Session,
    runtime: RuntimeOf,
    actor: Head,
    file: Annotated[UploadedGroup, uploaded(read_upload)],
    mode: Annotated[SheetMode, Query(description="preview 只检查，apply 保存可以保存的单位")] = SheetMode.PREVIEW,
    *,
    overwrite: Annotated[bool, Query(description="下载模板之后被修改的申报也以表格为准")] = False,
) -> GroupSheetReport | Response:
    if mode is SheetMode.PREVIEW:
        return await sheet_service.preview(session, actor, file.sheet)
    job = await start_job(
        session,
        runtime.storage,
        JOBS,
        actor=actor,
        kind=GROUP_SHEET.name,
        arguments={"overwrite": overwrite},
        total=len(file.sheet.units),
        data=file.data,
    )
    return accepted(JOBS, job)
