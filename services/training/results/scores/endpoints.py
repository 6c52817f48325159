"""Routes of 成绩录入 for the province, and of the sheet on paper. A score sheet is addressed by its class session."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Body, Query, Response

from services.training.people.personnel.importing import ImportMode
from services.training.results.attendance.schemas import AttendanceRead, PersonPresent
from services.training.results.rosters.schemas import SheetPrepared
from services.training.results.scores import (
    attendance_corrections,
    corrections,
    printing,
    publication,
    repository,
    service,
    sheet,
)
from services.training.results.scores.schemas import (
    AttendanceCorrection,
    AttendanceEffect,
    CorrectionRead,
    EnteredRead,
    PublicationRead,
    ResultCorrection,
    ResultEntry,
    ResultMark,
    ScoreImportReport,
    SheetListItem,
    SheetRead,
)
from services.training.results.scores.workflow import SCORE_SHEET
from shared.app import api_router
from shared.clock import now_utc
from shared.days import Day
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.sheets import SheetRows
from shared.uploads import CONTENT_TYPES, FileKind
from shared.web.actions import add_action_routes
from shared.web.callers import caller
from shared.web.documents import PDF_RESPONSES, pdf_answer, prepared_pdf
from shared.web.downloads import content_disposition
from shared.web.lists import ExpectedVersion, PageOf, page_of, tagged
from shared.web.route import RuntimeOf, Session
from shared.web.uploads import uploaded

Enterer = Annotated[Actor, caller(Permission.SCORE_ENTRY)]
Scheduler = Annotated[Actor, caller(Permission.CLASS_SCHEDULING)]

router = api_router(Service.TRAINING, "score-sheets", "成绩录入")
# Not a unit of work: no connection is held while the PDF is fetched.
attendance = api_router(Service.TRAINING, "class-sessions", "签到")
files = APIRouter(prefix=f"/api/{Service.TRAINING}/score-sheets", tags=["成绩录入"])
add_action_routes(router, SCORE_SHEET, publication.act_on_sheet, SheetRead)


def _item(row: repository.SheetOfSession) -> SheetListItem:
    class_session, plan = row.class_session, row.plan
    return SheetListItem.of(
        class_session,
        plan_name=plan.name,
        type_label=plan.type_label,
        status=row.status,
        entered=row.entered,
        total=row.total,
        published_at=row.published_at,
    )


@router.get("", summary="成绩表列表")
async def list_score_sheets(
    session: Session, actor: Enterer, page: PageOf, wanted: Annotated[repository.SheetFilter, Query()]
) -> Page[SheetListItem]:
    return page_of(await repository.list_sheets(session, actor, wanted, page), _item)


@router.get("/{sheet_id}", summary="成绩表")
async def get_score_sheet(sheet_id: UUID, session: Session, actor: Enterer, response: Response) -> SheetRead:
    return tagged(response, await service.read_sheet(session, actor=actor, sheet_id=sheet_id))


@router.get("/{sheet_id}/publication", summary="发布前核对：哪些人员不发证书")
async def check_publication(sheet_id: UUID, session: Session, actor: Enterer) -> PublicationRead:
    return await publication.check_publication(session, actor=actor, sheet_id=sheet_id)


@router.patch("/{sheet_id}/results", summary="录入成绩")
async def enter_results(
    sheet_id: UUID,
    entries: Annotated[list[ResultEntry], Body(max_length=5000)],
    expected: ExpectedVersion,
    session: Session,
    actor: Enterer,
    response: Response,
) -> EnteredRead:
    answer = await service.enter_results(session, actor=actor, sheet_id=sheet_id, expected=expected, entries=entries)
    return tagged(response, answer)


@router.post("/{sheet_id}/results/{result_id}/correction", summary="成绩更正前查看影响，不保存")
async def preview_correction(
    sheet_id: UUID, result_id: UUID, body: ResultMark, session: Session, actor: Enterer
) -> CorrectionRead:
    return await corrections.preview_correction(session, actor=actor, sheet_id=sheet_id, result_id=result_id, body=body)


@router.post("/{sheet_id}/results/{result_id}/correct", summary="成绩更正")
async def correct_result(
    sheet_id: UUID,
    result_id: UUID,
    body: ResultCorrection,
    expected: ExpectedVersion,
    session: Session,
    actor: Enterer,
    response: Response,
) -> SheetRead:
    answer = await corrections.correct_result(
        session, actor=actor, sheet_id=sheet_id, result_id=result_id, expected=expected, body=body
    )
    return tagged(response, answer)


@attendance.post(
    "/{class_session_id}/attendance/{day}/{registration_id}/correction", summary="更正出勤前查看对证书的影响"
)
async def preview_attendance_correction(
    class_session_id: UUID, day: Day, registration_id: UUID, body: PersonPresent, session: Session, actor: Scheduler
) -> AttendanceEffect:
    return await attendance_corrections.preview_correction(
        session,
        actor=actor,
        class_session_id=class_session_id,
        registration_id=registration_id,
        day=day,
        body=body,
        now=now_utc(),
    )


@attendance.post("/{class_session_id}/attendance/{day}/{registration_id}/correct", summary="更正出勤")
async def correct_attendance(
    class_session_id: UUID,
    day: Day,
    registration_id: UUID,
    body: AttendanceCorrection,
    session: Session,
    actor: Scheduler,
) -> AttendanceRead:
    return await attendance_corrections.correct_attendance(
        session,
        actor=actor,
        class_session_id=class_session_id,
        registration_id=registration_id,
        day=day,
        body=body,
        now=now_utc(),
    )


@router.get("/{sheet_id}/template", summary="成绩表下载（xlsx）", response_class=Response)
async def score_template(sheet_id: UUID, session: Session, actor: Enterer) -> Response:
    name, data = await sheet.write_template(session, actor=actor, sheet_id=sheet_id)
    headers = {"Content-Disposition": content_disposition(name)}
    return Response(data, headers=headers, media_type=CONTENT_TYPES[FileKind.XLSX])


@router.post("/{sheet_id}/import", summary="导入成绩")
async def import_scores(
    sheet_id: UUID,
    session: Session,
    actor: Enterer,
    file: Annotated[SheetRows, uploaded(sheet.read_filled)],
    mode: Annotated[ImportMode, Query(description="preview 只检查，all 全部正确才导入，good_rows 导入正确的行")] = (
        ImportMode.PREVIEW
    ),
) -> ScoreImportReport:
    return await sheet.import_scores(session, actor=actor, sheet_id=sheet_id, filled=file, mode=mode)


@router.post("/{sheet_id}/print", status_code=202, summary="生成成绩登记表")
async def prepare_score_sheet(sheet_id: UUID, session: Session, response: Response, actor: Enterer) -> SheetPrepared:
    whole = await printing.whole_sheet(session, actor=actor, sheet_id=sheet_id)
    revision = await printing.prepare_scores(session, actor=actor, sheet=whole)
    response.headers["Location"] = f"/api/training/score-sheets/{sheet_id}/pdf"
    return SheetPrepared(revision=revision)


@files.get("/{sheet_id}/pdf", summary="下载成绩登记表", response_class=Response, responses=PDF_RESPONSES)
async def download_score_sheet(sheet_id: UUID, runtime: RuntimeOf, actor: Enterer) -> Response:
    async with runtime.database.unit_of_work() as session:
        whole = await printing.whole_sheet(session, actor=actor, sheet_id=sheet_id)
        revision = await printing.prepared_revision(session, whole)
    data = await prepared_pdf(runtime, printing.SCORE_SHEET_PAGE, whole.source_id, revision)
    return pdf_answer(data, whole.file_name)
