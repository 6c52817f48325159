"""申报表 and 申报回执 of a declaration as PDF (DECL-14): made in the background, fetched when they are there."""

from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.declaration.declarations.endpoints import Reader
from services.declaration.papers import service
from services.declaration.papers.schemas import PaperRead
from services.declaration.papers.workflow import PREPARED, PaperKind
from shared.app import api_router
from shared.identity import Actor
from shared.runtime import Runtime
from shared.services import Service
from shared.web.documents import PDF_RESPONSES, Prepared, page_answer
from shared.web.route import RuntimeOf, Session

_LABEL = "职业病危害项目申报"
router = api_router(Service.DECLARATION, "declarations", _LABEL)
# Not a unit of work: no connection is held while the PDF is fetched.
files = APIRouter(prefix=f"/api/{Service.DECLARATION}/declarations", tags=[_LABEL])


@router.post("/{declaration_id}/form", status_code=202, summary="生成申报表")
async def prepare_declaration_form(
    declaration_id: UUID, session: Session, actor: Reader, response: Response
) -> PaperRead:
    paper = await service.prepare(session, actor=actor, declaration_id=declaration_id, kind=PaperKind.FORM)
    response.headers["Location"] = f"/api/declaration/declarations/{declaration_id}/form.pdf"
    return PaperRead.of(paper)


@router.post("/{declaration_id}/receipt", status_code=202, summary="生成申报回执")
async def prepare_declaration_receipt(
    declaration_id: UUID, session: Session, actor: Reader, response: Response
) -> PaperRead:
    paper = await service.prepare(session, actor=actor, declaration_id=declaration_id, kind=PaperKind.RECEIPT)
    response.headers["Location"] = f"/api/declaration/declarations/{declaration_id}/receipt.pdf"
    return PaperRead.of(paper)


@files.get("/{declaration_id}/form.pdf", summary="下载申报表", response_class=Response, responses=PDF_RESPONSES)
async def download_declaration_form(declaration_id: UUID, runtime: RuntimeOf, actor: Reader) -> Response:
    return await _file(runtime, actor, declaration_id, PaperKind.FORM)


@files.get("/{declaration_id}/receipt.pdf", summary="下载申报回执", response_class=Response, responses=PDF_RESPONSES)
async def download_declaration_receipt(declaration_id: UUID, runtime: RuntimeOf, actor: Reader) -> Response:
    return await _file(runtime, actor, declaration_id, PaperKind.RECEIPT)


async def _file(runtime: Runtime, actor: Actor, declaration_id: UUID, kind: PaperKind) -> Response:
    async def read(session: AsyncSession) -> Prepared:
        found = await service.prepared(session, actor=actor, declaration_id=declaration_id, kind=kind)
        return Prepared(PREPARED[kind], declaration_id, found.revision, found.file_name)

    return await page_answer(runtime, read)
