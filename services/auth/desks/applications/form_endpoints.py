"""The form itself for anybody: what it asks for, empty as a PDF, and filled in for whoever holds an application's key (AUTH-01). These
routes hold no connection while the certificates service is asked.
"""

from dataclasses import asdict

from fastapi import APIRouter, Response
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.desks.applications import documents, service
from services.auth.desks.applications.applicant_endpoints import PREFIX, Number
from services.auth.desks.applications.form import (
    PERMISSION_GROUPS,
    PLEDGE,
    PLEDGE_TEXT,
    PLEDGE_TITLE,
    REMARKS,
    SECTIONS,
    TITLE,
)
from services.auth.desks.applications.schemas import (
    DefinitionField,
    DefinitionGroup,
    DefinitionSection,
    FormDefinitionRead,
)
from services.auth.visitors import Address, ApplicantKey
from shared.web.documents import PDF_RESPONSES, Prepared, page_answer
from shared.web.route import RuntimeOf

router = APIRouter(prefix="/api/auth/applications", tags=["账号申请"])


@router.get("/form-definition", summary="申请表的栏目、选项与承诺")
async def read_form_definition() -> FormDefinitionRead:
    groups = [
        DefinitionGroup(label=each.label, purpose=each.purpose.value, permissions=[grant for grant, _ in each.grants])
        for each in PERMISSION_GROUPS
    ]
    return FormDefinitionRead(
        title=TITLE,
        sections=[DefinitionSection.model_validate(asdict(section)) for section in SECTIONS],
        permission_groups=groups,
        pledge_title=PLEDGE_TITLE,
        pledge_text=PLEDGE_TEXT,
        pledge=DefinitionField.model_validate(asdict(PLEDGE)),
        remarks=DefinitionField.model_validate(asdict(REMARKS)),
    )


@router.get("/blank-form.pdf", summary="下载空白申请表", response_class=Response, responses=PDF_RESPONSES)
async def read_blank_form(runtime: RuntimeOf) -> Response:
    async def read(session: AsyncSession) -> Prepared:
        return Prepared(documents.APPLICATION_FORM, *await documents.blank_revision(session), "账号申请表.pdf")

    return await page_answer(runtime, read)


@router.get(f"{PREFIX}/form.pdf", summary="下载填好的申请表", response_class=Response, responses=PDF_RESPONSES)
async def read_own_form(number: Number, runtime: RuntimeOf, key: ApplicantKey, address: Address) -> Response:
    async def read(session: AsyncSession) -> Prepared:
        state = await service.form_to_download(session, number=number, key=key, address=address)
        return Prepared(documents.APPLICATION_FORM, *state, f"账号申请表{number.upper()}.pdf")

    return await page_answer(runtime, read)
