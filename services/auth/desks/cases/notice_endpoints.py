"""结果告知书 of a decided case: for whoever follows it by its number, and for those who decide or oversee (AUTH-26). No connection is held
while the PDF is fetched.
"""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.access.guesses.addresses import FEW_FAILURES
from services.auth.desks.cases import notices, service
from services.auth.desks.cases.models import Case
from services.auth.desks.cases.repository import READERS, require_case
from services.auth.desks.cases.schemas import CaseNumber
from shared.identity import Actor
from shared.web.callers import caller
from shared.web.documents import PDF_RESPONSES, Prepared, page_answer
from shared.web.route import RuntimeOf

Reader = Annotated[Actor, caller(*READERS)]

router = APIRouter(prefix="/api/auth/cases", tags=["申诉与办理"])


@router.get(
    "/by-number/{number}/notice.pdf",
    summary="下载结果告知书",
    response_class=Response,
    responses=PDF_RESPONSES,
    dependencies=[FEW_FAILURES],
)
async def get_own_notice(number: CaseNumber, runtime: RuntimeOf) -> Response:
    async def read(session: AsyncSession) -> Prepared:
        return await _prepared(session, await service.require_by_number(session, number))

    return await page_answer(runtime, read)


@router.get("/{case_id}/notice.pdf", summary="结果告知书", response_class=Response, responses=PDF_RESPONSES)
async def get_notice(case_id: UUID, runtime: RuntimeOf, actor: Reader) -> Response:
    async def read(session: AsyncSession) -> Prepared:
        return await _prepared(session, await require_case(session, actor, case_id))

    return await page_answer(runtime, read)


async def _prepared(session: AsyncSession, case: Case) -> Prepared:
    await notices.require_notice(session, case)
    return Prepared(notices.NOTICE, case.id, notices.revision_of(case), f"{notices.title_of(case)}{case.number}.pdf")
