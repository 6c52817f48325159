"""Setting the first password, by the link or by a code, and what a password must be like. Nobody here has an account yet that could sign
in: what they bring is a token, or a proof.
"""

from fastapi import APIRouter

from services.auth.access.activations import service
from services.auth.access.activations.schemas import (
    ActivationByCode,
    ActivationCodeCreate,
    ActivationCreate,
    ActivationLook,
    ActivationRead,
    PasswordSet,
    PolicyRead,
    read_policy,
)
from services.auth.access.codes.service import CodeSent
from services.auth.visitors import Address
from shared.app import api_router
from shared.roles import Portal
from shared.services import Service
from shared.web.route import RuntimeOf, Session

router = api_router(Service.AUTH, "activations", "账号激活")
# Not units of work: these hold no connection while a password is hashed.
password_router = APIRouter(prefix="/api/auth/activations", tags=["账号激活"])
policy_router = APIRouter(prefix="/api/auth/password-policies", tags=["账号激活"])


@policy_router.get("", summary="各平台的密码规则")
async def list_password_policies() -> list[PolicyRead]:
    return [read_policy(portal) for portal in Portal]


@router.post("/look", summary="查看激活链接对应的账号")
async def look_at_activation(body: ActivationLook, session: Session, _address: Address) -> ActivationRead:
    return await service.look_at_activation(session, body.token)


@password_router.post("", summary="用激活链接设置密码")
async def activate_account(body: ActivationCreate, runtime: RuntimeOf, address: Address) -> PasswordSet:
    return await service.activate(runtime, body, address)


@router.post("/codes", summary="获取激活验证码")
async def send_activation_code(body: ActivationCodeCreate, session: Session, address: Address) -> CodeSent:
    return await service.request_activation_code(session, body, address)


@password_router.post("/by-code", summary="用验证码激活账号并设置密码")
async def activate_account_by_code(body: ActivationByCode, runtime: RuntimeOf, address: Address) -> PasswordSet:
    return await service.activate_by_code(runtime, body, address)
