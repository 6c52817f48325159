"""Routes of 集体成绩查询 for units."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.training.results.rosters.schemas import SheetPrepared
from services.training.results.scores import printing, results, unit_repository
from services.training.results.scores.schemas import ResultListItem, SessionResults
from shared.app import api_router
from shared.db.paging import Page
from shared.identity import Actor
from shared.roles import Permission
from shared.services import Service
from shared.web.callers import caller
from shared.web.documents import PDF_RESPONSES, pdf_answer, prepared_pdf
from shared.web.lists import PageOf, page_of
from shared.web.route import RuntimeOf, Session

Unit = Annotated[Actor, caller(Permission.GROUP_REGISTRATION)]

router = api_router(Service.TRAINING, "results", "集体成绩查询")
# Not a unit of work: no connection is held while the PDF is fetched.
files = APIRouter(prefix=f"/api/{Service.TRAINING}/results", tags=["集体成绩查询"])


@router.get("", summary="集体成绩列表")
async def list_results(
    session: Session, actor: Unit, page: PageOf, wanted: Annotated[unit_repository.ResultFilter, Query()]
) -> Page[ResultListItem]:
    return page_of(await unit_repository.list_sessions(session, actor, wanted, page), results.session_item)


@router.get("/{class_session_id}", summary="集体成绩详情")
async def get_results(class_session_id: UUID, session: Session, actor: Unit) -> SessionResults:
    return await results.read_results(session, actor=actor, class_session_id=class_session_id)


@router.post("/{class_session_id}/print", status_code=202, summary="生成本单位人员的成绩登记表")
async def prepare_results(class_session_id: UUID, session: Session, response: Response, actor: Unit) -> SheetPrepared:
    own = await printing.own_sheet(session, actor=actor, class_session_id=class_session_id)
    revision = await printing.prepare_scores(session, actor=actor, sheet=own)
    response.headers["Location"] = f"/api/training/results/{class_session_id}/pdf"
    return SheetPrepared(revision=revision)


@files.get("/{class_session_id}/pdf", summary="下载成绩登记表", response_class=Response, responses=PDF_RESPONSES)
async def download_results(class_session_id: UUID, runtime: RuntimeOf, actor: Unit) -> Response:
    async with runtime.database.unit_of_work() as session:
        own = await printing.own_sheet(session, actor=actor, class_session_id=class_session_id)
        revision = await printing.prepared_revision(session, own)
    data = await prepared_pdf(runtime, printing.SCORE_SHEET_PAGE, own.source_id, revision)
    return pdf_answer(data, own.file_name)
