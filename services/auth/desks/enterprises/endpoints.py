"""企业注册: the API of the wizard, for people without an account."""

from collections.abc import AsyncIterator

from fastapi import APIRouter, Depends, Request, Response

from services.auth.access.codes.service import CodeSent
from services.auth.desks.enterprises import service, sign_up
from services.auth.desks.enterprises.schemas import (
    CodeRequest,
    DeclarationAccountCreate,
    DeclarationAccountOpened,
    EnterpriseCheck,
    EnterpriseChecked,
    EnterpriseOpened,
    EnterpriseSignUp,
    LegacyBasics,
    LegacyMatch,
)
from services.auth.visitors import Address
from shared.app import api_router
from shared.fields import uscc_misses_check, waived
from shared.identifiers import normalise_uscc
from shared.services import Service
from shared.web.callers import SignedIn
from shared.web.once import OnceOf
from shared.web.route import RuntimeOf, Session
from shared.web.stated import stated

router = api_router(Service.AUTH, "enterprises", "企业注册")
# Not units of work: see sign_up.
sign_up_router = APIRouter(prefix="/api/auth/enterprises", tags=["企业注册"])


@sign_up_router.post("/checks", summary="填写时核对信用代码和分支机构")
async def check_enterprise(body: EnterpriseCheck, runtime: RuntimeOf, address: Address) -> EnterpriseChecked:
    return await sign_up.check_enterprise(runtime, body=body, address=address)


@router.post("/codes", status_code=202, summary="获取注册的短信验证码")
async def send_sign_up_code(body: CodeRequest, session: Session, address: Address) -> CodeSent:
    return await service.send_code(session, body=body, address=address)


@router.post("/legacy-matches", summary="匹配原账号，查看可导入的基本信息")
async def match_legacy_account(body: LegacyMatch, session: Session, _address: Address) -> LegacyBasics:
    return await service.show_legacy_basics(session, body=body)


@sign_up_router.post("/declaration-accounts", status_code=201, summary="培训系统的单位为本单位开通申报账号")
async def create_declaration_account(
    body: DeclarationAccountCreate, runtime: RuntimeOf, actor: SignedIn, response: Response
) -> DeclarationAccountOpened:
    opened = await sign_up.open_declaration_account(runtime, actor=actor, body=body)
    response.headers["Location"] = f"/api/auth/accounts/{opened.account_id}"
    return opened


async def _accepted_code(request: Request, runtime: RuntimeOf) -> AsyncIterator[None]:
    """The form tells all faults at once (FAQ-D11), a wrong last place with them unless it may be right."""
    code = normalise_uscc(await stated(request, "credit_code"))
    with waived([code] if uscc_misses_check(code) and await sign_up.is_code_known(runtime, code) else []):
        yield


@sign_up_router.post(
    "",
    status_code=201,
    summary="企业注册",
    response_model=EnterpriseOpened,
    dependencies=[Depends(_accepted_code)],
)
async def create_enterprise(
    body: EnterpriseSignUp, runtime: RuntimeOf, address: Address, response: Response, once: OnceOf
) -> EnterpriseOpened | Response:
    if kept := await once.earlier(runtime):
        return kept
    opened = await sign_up.sign_up(runtime, body=body, address=address, once=once)
    response.headers["Location"] = sign_up.address_of(opened)
    return opened
