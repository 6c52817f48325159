"""The public check's routes. They ask for no sign-in; each counts against its address's rate."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import HTMLResponse

from services.certificates.checks import service
from services.certificates.checks.page import HEADERS, page_of_check
from services.certificates.checks.rate import within_rate
from services.certificates.checks.schemas import CheckRead
from shared.app import api_router
from shared.fields import CleanText
from shared.services import Service
from shared.web.route import RuntimeOf, Session, UnitOfWorkRoute

router = api_router(Service.CERTIFICATES, "checks", "证书核验")
router.dependencies.append(Depends(within_rate))
page_router = APIRouter(prefix="/verify", route_class=UnitOfWorkRoute, include_in_schema=False)
Token = Annotated[str, Path(max_length=200)]


@router.get("", summary="按证书编号和姓名核验")
async def check_certificate_by_number(
    session: Session,
    number: Annotated[str, CleanText(60), Query(description="证书编号")],
    name: Annotated[str, CleanText(50), Query(description="持证人姓名，须完整")],
) -> CheckRead:
    return await service.check_number(session, number=number, name=name)


@router.get("/{token}", summary="按二维码核验")
async def check_certificate_by_token(token: Token, session: Session, runtime: RuntimeOf) -> CheckRead:
    return await service.check_token(session, token=token, signing_key=runtime.settings.signing_key)


@page_router.get("/{token}", dependencies=[Depends(within_rate)])
async def show_check_page(token: str, session: Session, runtime: RuntimeOf) -> HTMLResponse:
    check = await service.check_token(session, token=token, signing_key=runtime.settings.signing_key)
    return HTMLResponse(page_of_check(check), 200 if check.certificate else 404, HEADERS)
