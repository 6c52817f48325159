"""The public check's routes, for programs and as pages. They ask for no sign-in; each counts against its address's rate."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, UploadFile
from fastapi.responses import HTMLResponse

from services.certificates.checks import service
from services.certificates.checks.page import HEADERS, page_of_check, page_of_start
from services.certificates.checks.routing import CheckPageRoute, CheckRoute, FilePageRoute, FileRoute, keep_typed
from services.certificates.checks.schemas import CheckRead, NumberAndName, both
from services.certificates.checks.workflow import CheckResult
from shared.app import api_router
from shared.clock import now_utc
from shared.runtime import Runtime
from shared.services import Service
from shared.web.route import RuntimeOf, Session

router = api_router(Service.CERTIFICATES, "checks", "证书核验")
router.route_class = CheckRoute
file_router = APIRouter(prefix="/api/certificates/checks", tags=["证书核验"], route_class=FileRoute)
page_router = APIRouter(prefix="/verify", route_class=CheckPageRoute, include_in_schema=False)
file_page_router = APIRouter(prefix="/verify", route_class=FilePageRoute, include_in_schema=False)
routers = (router, file_router, page_router, file_page_router)
Token = Annotated[str, Path(max_length=200)]
Typed = Annotated[str, Form()]


@router.post("", summary="按证书编号和姓名核验")
async def check_certificate_by_number(body: NumberAndName, session: Session) -> CheckRead:
    """A name stands in no address, which browsers keep and logs tell (PLAT-05)."""
    return await service.check_number(session, body)


@router.get("/{token}", summary="按二维码核验")
async def check_certificate_by_token(token: Token, session: Session, runtime: RuntimeOf) -> CheckRead:
    return await service.check_token(session, token=token, signing_key=runtime.settings.signing_key)


@file_router.post("/file", summary="上传证书文件（PDF）核验，文件不保存")
async def check_certificate_by_file(file: UploadFile, runtime: RuntimeOf) -> CheckRead:
    return await service.check_file(runtime, data=await file.read(), name=file.filename or "")


@page_router.get("")
@page_router.get("/by-number")
async def show_check_form(runtime: RuntimeOf) -> HTMLResponse:
    page = page_of_start(public_url=runtime.settings.public_url, now=now_utc())
    return HTMLResponse(page, 200, HEADERS)


@page_router.post("/by-number")
async def show_check_by_number(
    request: Request, session: Session, runtime: RuntimeOf, number: Typed = "", name: Typed = ""
) -> HTMLResponse:
    keep_typed(request, number=number, name=name)
    return _page(await service.check_number(session, both(number, name)), runtime)


@file_page_router.post("")
async def show_check_of_file(file: UploadFile, runtime: RuntimeOf) -> HTMLResponse:
    return _page(await service.check_file(runtime, data=await file.read(), name=file.filename or ""), runtime)


@page_router.get("/{token}")
async def show_check_page(token: str, session: Session, runtime: RuntimeOf) -> HTMLResponse:
    check = await service.check_token(session, token=token, signing_key=runtime.settings.signing_key)
    return _page(check, runtime)


def _page(check: CheckRead, runtime: Runtime) -> HTMLResponse:
    page = page_of_check(check, public_url=runtime.settings.public_url, now=now_utc())
    return HTMLResponse(page, 404 if check.result is CheckResult.UNKNOWN else 200, HEADERS)
