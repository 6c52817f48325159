"""The import of people over HTTP: the template, and the sheet that comes back (BEY-07)."""

import asyncio
from typing import Annotated

from fastapi import Query, Response

from services.training.people.jobs.kinds import JOBS
from services.training.people.personnel import importing, sheet
from services.training.people.personnel.import_schemas import ImportReport
from services.training.people.personnel.importing import ImportMode, UploadedPeople, read_upload
from shared.app import api_router
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.uploads import CONTENT_TYPES, FileKind
from shared.web.callers import caller
from shared.web.downloads import content_disposition
from shared.web.jobs import JobRead, accepted
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import uploaded

Unit = Annotated[Actor, caller(Permission.INSTITUTION_FILING)]

router = api_router(Service.TRAINING, "personnel-import", "人员信息")


@router.get("/template", summary="人员导入模板", response_class=Response)
async def personnel_template(actor: Unit) -> Response:
    data = await asyncio.to_thread(sheet.template)
    headers = {"Content-Disposition": content_disposition("人员信息导入模板.xlsx")}
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@router.post("/annotated", summary="下载标注了问题的表格", response_class=Response)
async def annotate_personnel(
    session: Session, actor: Unit, file: Annotated[UploadedPeople, uploaded(read_upload)]
) -> Response:
    data = await importing.mark(session, actor, file)
    headers = {"Content-Disposition": content_disposition("人员表格（已标注问题）.xlsx"), "Cache-Control": "no-store"}
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@router.post(
    "",
    summary="导入人员，超过 500 行时转为后台任务",
    response_model=ImportReport,
    responses={202: {"model": JobRead, "description": "行数较多，已转为后台任务，进度见 Location"}},
)
async def import_personnel(
    session: Session,
    runtime: RuntimeOf,
    actor: Unit,
    file: Annotated[UploadedPeople, uploaded(read_upload)],
    mode: Annotated[ImportMode, Query(description="preview 只检查，all 全部正确才导入，good_rows 导入正确的行")] = (
        ImportMode.PREVIEW
    ),
) -> ImportReport | Response:
    made = await importing.import_people(session, runtime.storage, actor=actor, uploaded=file, mode=mode)
    return made if isinstance(made, ImportReport) else accepted(JOBS, made)
