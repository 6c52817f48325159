"""The form itself for anybody: what it asks for, empty as a PDF, and filled in for whoever holds an application's key (AUTH-01). These
routes hold no connection while the certificates service is asked.
"""

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Response

from services.auth.applications import documents, owning
from services.auth.applications.applicant_endpoints import PREFIX, Number
from services.auth.applications.form import (
    PERMISSION_GROUPS,
    PLEDGE,
    PLEDGE_TEXT,
    PLEDGE_TITLE,
    REMARKS,
    SECTIONS,
    TITLE,
)
from services.auth.applications.schemas import (
    DefinitionField,
    DefinitionGroup,
    DefinitionSection,
    FormDefinitionRead,
)
from services.auth.visitors import ApplicantKey
from shared.web.route import RuntimeOf
from shared.web.uploads import content_disposition

router = APIRouter(prefix="/api/auth/applications", tags=["账号申请"])
_PDF: dict[int | str, dict[str, Any]] = {200: {"content": {"application/pdf": {}}}}


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


@router.get("/blank-form.pdf", summary="下载空白申请表", response_class=Response, responses=_PDF)
async def read_blank_form(runtime: RuntimeOf) -> Response:
    async with runtime.database.unit_of_work() as session:
        source_id, revision = await documents.blank_revision(session)
    return _pdf(await documents.fetch_pdf(runtime, source_id, revision), "账号申请表.pdf")


@router.get(f"{PREFIX}/form.pdf", summary="下载填好的申请表", response_class=Response, responses=_PDF)
async def read_own_form(number: Number, runtime: RuntimeOf, key: ApplicantKey) -> Response:
    async with runtime.database.unit_of_work() as session:
        application = await owning.require_own(session, number, key)
    source_id, revision = documents.own_revision(application)
    return _pdf(await documents.fetch_pdf(runtime, source_id, revision), f"账号申请表{application.number}.pdf")


def _pdf(data: bytes, name: str) -> Response:
    headers = {"Content-Disposition": content_disposition(name, inline=True)}
    return Response(data, headers=headers, media_type="application/pdf")
